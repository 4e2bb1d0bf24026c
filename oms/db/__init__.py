"""The only room of the OMS that opens a database: engine, schema, unit of work, locks, embedded PostgreSQL."""
