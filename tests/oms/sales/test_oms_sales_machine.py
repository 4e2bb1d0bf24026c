"""Customer orders over two sites, anything in any order: see `sales_day`."""

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


@pytest.mark.parametrize("seed", range(2))
def test_a_long_day_of_orders_keeps_them_right(many_days, seed):
    states = walk(many_days, seed, 40)
    # A day on which nothing gets anywhere would prove nothing.
    assert states[SaleState.IN_WORK]
