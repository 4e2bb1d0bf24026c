"""Hooks: what happened to orders, told to other programs - as a feed they ask for, and as signed messages they are sent."""
