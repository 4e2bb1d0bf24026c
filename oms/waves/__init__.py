"""Waves: orders that are planned, released and watched together."""
