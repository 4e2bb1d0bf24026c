"""Purchasing: who sells what to us, when to order it, orders to suppliers and what came of them."""
