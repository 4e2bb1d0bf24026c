"""Channels: where customer orders come from, what each calls our goods, and how its files and calls are read."""
