"""Shipping: parcel identities, labels and what left the house."""
