"""The wire contract: the only code that the device and the OMS share. Standard library and msgspec, nothing else."""
