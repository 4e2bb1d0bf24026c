"""A device, a link and a clock that exist only in memory, running the real client code. For tests and fault searches."""
