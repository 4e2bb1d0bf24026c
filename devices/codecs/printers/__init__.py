"""One module per printer language: building labels, reading status."""
