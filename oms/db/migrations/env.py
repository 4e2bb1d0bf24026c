"""Alembic's entry: runs the steps on the connection that `oms.db.schema` opened."""

from alembic import context

from oms.db.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, compare_server_default=True
)
with context.begin_transaction():
    context.run_migrations()
