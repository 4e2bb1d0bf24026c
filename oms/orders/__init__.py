"""Orders: what customers asked for and how far it is."""
