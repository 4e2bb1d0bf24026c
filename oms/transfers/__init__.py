"""Goods that go from one of our sites to another."""
