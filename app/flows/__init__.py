"""One module per workflow: pure steps, and the table of what may follow what as data. No I/O, no clock, no database."""
