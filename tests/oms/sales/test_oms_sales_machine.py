"""Customer orders over two sites, anything in any order: see `sales_day`."""

from collections import Counter

import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from oms.bootstrap import open_oms
from oms.sales.codes import SaleState
from oms.verify import verify
from tests.oms.sales.sales_day import SalesDay, walk

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def many_days(postgres):
    """One OMS for all these days: each has sites and goods of its own."""
    with psycopg.connect(
        host=postgres.url("postgres").query["host"], user="postgres", dbname="postgres", autocommit=True
    ) as admin:
        admin.execute("CREATE DATABASE sales_days TEMPLATE floorhand_template")
    made = open_oms(postgres.url("sales_days"))
    yield made
    assert verify(made.engine).findings == []
    made.close()


@pytest.mark.slow
def test_any_order_of_events_keeps_orders_right(many_days):
    run_state_machine_as_test(
        lambda: SalesDay(many_days),
        settings=settings(max_examples=5, stateful_step_count=12, phases=[Phase.generate]),
    )


def test_long_days_of_orders_keep_them_right(many_days):
    states, answered = Counter(), Counter()
    for seed in (1, 3):
        seen, said = walk(many_days, seed, 60)
        states.update(seen)
        answered.update(said)
    # Days on which nothing gets anywhere would prove nothing.
    assert states[SaleState.IN_WORK]
    assert states[SaleState.SHIPPED]
    assert answered
