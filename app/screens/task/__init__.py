"""The screen of tasks on stock."""
