"""Mails to customers about their orders, made from what happened to them."""
