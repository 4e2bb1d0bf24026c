"""What `floorhand devices ...` can do, one module a command. Called by `devices.__main__`."""
