"""What can be set on a device: typed options, read from a file, the environment and the command line, in that order of weight."""
