"""The device set-up screen."""
