"""What takes long: many seeds, many faults, many hours. Each module has `main(arguments) -> list[Figure]`; `make soak` runs them."""
