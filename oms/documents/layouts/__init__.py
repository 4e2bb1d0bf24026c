"""One module a paper: its parts in their order, nothing else."""
