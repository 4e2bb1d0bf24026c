"""What will become of waves that are on the floor, and what a supervisor can still do about it."""
