"""Migrations and models say the same; a database that is up to date is left alone."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from oms.db import schema
from oms.db.engine import make_engine
from oms.db.tables import METADATA

pytestmark = pytest.mark.postgres


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url, pool_size=2)
    yield made
    made.dispose()


def test_migrations_make_exactly_the_models(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_sequences_of_the_models_exist(engine):
    with engine.connect() as connection:
        made = set(connection.scalars(text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")))
    assert {sequence.name for sequence in METADATA._sequences.values()} <= made


def test_upgrade_again_changes_nothing(engine):
    schema.upgrade(engine)
    with engine.connect() as connection:
        here, wanted = schema.current(connection)
    assert here == wanted is not None


def test_every_synced_table_is_guarded(engine):
    """A table with a site that devices see through a row builder must not be writable without the feed."""
    query = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'in_work'"
    with engine.connect() as connection:
        guarded = set(connection.scalars(text(query)))
    seen = {"site", "bin", "item", "item_code", "carton", "job", "work_item", "sales_order", "order_line", "parcel"}
    assert seen | {"worker", "worker_role", "floor_exception", "change", "stock_move", "stock_balance"} <= guarded
