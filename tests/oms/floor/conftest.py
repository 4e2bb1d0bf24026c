"""A small warehouse on a real PostgreSQL, for each test on a site of its own."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import update

from oms.bootstrap import open_oms
from oms.feed.models import Meta
from oms.verify import verify
from tests.oms.floors import Floor


@pytest.fixture(scope="session")
def shared_oms(postgres):
    """One OMS for all these tests: each works on a site of its own."""
    with psycopg.connect(
        host=postgres.url("postgres").query["host"], user="postgres", dbname="postgres", autocommit=True
    ) as admin:
        admin.execute("CREATE DATABASE floors TEMPLATE floorhand_template")
    made = open_oms(postgres.url("floors"))
    yield made
    # What these tests left behind must pass the check that runs on production at night.
    assert verify(made.engine).findings == []
    made.close()


@pytest.fixture
def new_floor(shared_oms):
    """Makes an empty site of its own, as often as wanted."""
    return lambda: Floor(shared_oms, f"S-{uuid4().hex[:8]}")


@pytest.fixture
def floor(new_floor):
    """A site with bins A-01 to A-04, 10 TEA in A-01, 5 TEA in A-03, 10 CUP in A-02."""
    return new_floor().build().stock("A-01", "TEA", 10).stock("A-03", "TEA", 5).stock("A-02", "CUP", 10)


@pytest.fixture
def restored(shared_oms):
    """Bumps the epoch, as after a restore; afterwards everything is as it was."""

    def to(epoch):
        with shared_oms.sessions.begin() as db:
            db.execute(update(Meta).values(epoch=epoch))

    yield lambda: to(2)
    to(1)
