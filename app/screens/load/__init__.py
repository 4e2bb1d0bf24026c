"""Pallets, trucks and carriers' lists: what stands on what, what is in the truck, and who took it over."""
