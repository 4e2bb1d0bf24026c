"""Reads what shops, marketplaces and trading partners send. Each adapter is pure: bytes in, drafts and unreadable lines out."""
