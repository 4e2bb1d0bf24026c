"""The orders screen."""
