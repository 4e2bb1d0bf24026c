"""The put wall's screen."""
