"""Customers: who ordered, one record across channels."""
