"""The pack screen."""
