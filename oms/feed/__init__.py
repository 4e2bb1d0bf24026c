"""The server half of sync: facts come in once and only once, changes go out gap-free, work is leased."""
