"""What the people who build Floorhand run beside it; none of it is installed."""
