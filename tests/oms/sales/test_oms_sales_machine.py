"""Customer orders over two sites, anything in any order: see `sales_day`."""

from collections import Counter

import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from oms.bootstrap import open_oms
from oms.money.codes import Money
from oms.money.events import Told
from oms.money.provider import Outcome
from oms.sales.codes import PaymentState, SaleState, Splitting
from oms.sourcing.codes import Rest
from oms.verify import verify
from sync.contract.codes import Substitution
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


def test_what_is_paid_back_at_the_provider_is_not_taken_again(many_days):
    """Two units, one at each site: the first has left and is paid when its money is given back. The second is taken all the same."""
    day = SalesDay(many_days)
    day.open_the_houses(0, 0, Rest.BACKORDER)
    for step, words in (
        (
            day.capture,
            {
                "tea": 2,
                "cup": 0,
                "splitting": Splitting.ALLOWED,
                "say": Substitution.NEVER,
                "paid": PaymentState.PENDING,
            },
        ),
        (day.provider_tells, {"nth": 0, "kind": Told.AUTHORISED, "all_of_it": True}),
        (day.whole_way, {"side": 0, "nth": 0}),
        (day.provider_answers, {"nth": 0, "outcome": Outcome.DONE}),
        (day.provider_pays_back, {"nth": 0, "all_of_it": True}),
        (day.whole_way, {"side": 1, "nth": 0}),
        (day.provider_answers, {"nth": 0, "outcome": Outcome.DONE}),
    ):
        step(**words)
        day.everything_is_right()
    assert day.answered == {(Money.CAPTURE, Outcome.DONE): 2, (Money.REFUND, "told"): 1}
    assert [one.state for one in day.sales()] == [SaleState.SHIPPED]
    day.teardown()


def test_long_days_of_orders_keep_them_right(many_days):
    states, answered = Counter(), Counter()
    for seed in (4, 5):
        seen, said = walk(many_days, seed, 60)
        states.update(seen)
        answered.update(said)
    # Days on which nothing gets anywhere would prove nothing.
    assert states[SaleState.IN_WORK]
    assert states[SaleState.SHIPPED]
    assert answered
