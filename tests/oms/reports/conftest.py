"""One database with weeks of a made-up past, for all who only look at it."""

import psycopg
import pytest

from oms.bootstrap import open_oms
from tests.oms.reports.history import History


@pytest.fixture(scope="package")
def past(postgres):
    """(an open OMS, the `History` that is in it)."""
    with psycopg.connect(
        f"host={postgres.url('postgres').query['host']} user=postgres dbname=postgres", autocommit=True
    ) as admin:
        admin.execute("CREATE DATABASE t_reports_past TEMPLATE floorhand_template")
    oms = open_oms(postgres.url("t_reports_past"))
    history = History(20)
    history.write(oms)
    yield oms, history
    oms.close()
    with psycopg.connect(
        f"host={postgres.url('postgres').query['host']} user=postgres dbname=postgres", autocommit=True
    ) as admin:
        admin.execute("DROP DATABASE t_reports_past WITH (FORCE)")
