"""The zone screen."""
