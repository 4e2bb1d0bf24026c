"""The `floorhand server|import|admin` commands, for people at the machine."""
