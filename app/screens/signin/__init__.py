"""The signin screen."""
