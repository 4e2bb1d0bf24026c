"""The pick screen."""
