"""The hand-over screen."""
