"""The pair screen."""
