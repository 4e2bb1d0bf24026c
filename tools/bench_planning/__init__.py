"""Planning beside the best known values: `make bench-planning`. A module here is a benchmark: see `_measure.Benchmark`."""
