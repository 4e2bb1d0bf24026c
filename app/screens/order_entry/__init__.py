"""Orders that a clerk types: on the phone at a desk, or on the shop floor."""
