"""`make bench-year`: a shop's year on a clock of its own, with Floorhand's suggestions and with levels set by hand."""
