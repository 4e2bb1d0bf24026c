"""Inventory: the movement ledger, balances and reservations."""
