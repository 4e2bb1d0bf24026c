"""Sourcing: which sites send what of a customer order, and why. Solving is pure; `actions` reads, decides, writes and explains."""
