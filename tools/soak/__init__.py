"""What takes long: many seeds, many faults, many hours. Each module here has `main(arguments) -> list[Figure]`; `make soak` runs them all."""
