"""A real PostgreSQL for the tests of the OMS: started once a session, one fresh database per test, copied from a migrated template."""

import shutil
import tempfile
import uuid
from pathlib import Path

import psycopg
import pytest

from oms.bootstrap import Oms, open_oms
from oms.db import schema
from oms.db.embedded import EmbeddedPostgres
from oms.db.engine import make_engine

TEMPLATE = "floorhand_template"


@pytest.fixture(scope="session")
def postgres():
    """The embedded server with a migrated template database. Not synced to disk: it lives as long as the tests."""
    # pytest's own temporary folders are closed to the system user that PostgreSQL runs as under root.
    folder = Path(tempfile.mkdtemp(prefix="fh-pg-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "pg", durable=False)
    server.start()
    with psycopg.connect(str(_dsn(server)), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {TEMPLATE}")
    engine = make_engine(server.url(TEMPLATE), pool_size=1)
    schema.upgrade(engine)
    engine.dispose()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def database_url(postgres):
    """URL of an own, empty, migrated database."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(str(_dsn(postgres)), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield postgres.url(name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def oms(database_url):
    """The composed OMS on an own database, with its site `MAIN`; no server."""
    made = open_oms(database_url)
    yield made
    made.close()


def _dsn(server):
    return f"host={server.url('postgres').query['host']} user=postgres dbname=postgres"
