"""The client: what the person on the floor runs, on a handheld, at a pack station or at a supervisor's desk."""
