"""Returns over two sites, anything in any order: see `returns_day`."""

from collections import Counter

import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from oms.bootstrap import open_oms
from oms.returns.codes import Resolution
from oms.verify import verify
from tests.oms.returns.returns_day import ReturnsDay, walk

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def many_days(postgres):
    """One OMS for all these days: each has sites and goods of its own."""
    with psycopg.connect(
        host=postgres.url("postgres").query["host"], user="postgres", dbname="postgres", autocommit=True
    ) as admin:
        admin.execute("CREATE DATABASE returns_days TEMPLATE floorhand_template")
    made = open_oms(postgres.url("returns_days"))
    yield made
    assert verify(made.engine).findings == []
    made.close()


@pytest.mark.slow
def test_any_order_of_events_keeps_goods_and_money(many_days):
    run_state_machine_as_test(
        lambda: ReturnsDay(many_days),
        settings=settings(max_examples=8, stateful_step_count=20, phases=[Phase.generate]),
    )


def test_long_days_of_returns_keep_goods_and_money(many_days):
    done = Counter()
    for seed in (1, 2):
        done.update(walk(many_days, seed, 40))
    # Days on which nothing gets anywhere would prove nothing.
    assert all(done[how] for how in Resolution), done
    assert all(done[what] for what in ("return_not_now", "invoiced", "paid back")), done
