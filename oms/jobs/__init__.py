"""Background work: one queue in the database (procrastinate), with a schedule, retries and several workers, in servers or beside them."""
