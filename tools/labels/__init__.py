"""Two independent opinions on what a label will look like, and a reader for what is on it. Used by tests, never by Floorhand itself."""
