"""Catalogue: the site, its bins, items and cartons."""
