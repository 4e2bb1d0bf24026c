"""Alembic migrations, run by `oms.db.schema` at the start of a server."""
