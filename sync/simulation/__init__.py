"""A link that loses, delays, doubles and reorders, with a virtual clock: the sync machine proved without a network."""
