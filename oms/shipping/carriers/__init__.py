"""Carriers: what they cost, their labels bought exactly once, manifests, and what they say of parcels on their way."""
