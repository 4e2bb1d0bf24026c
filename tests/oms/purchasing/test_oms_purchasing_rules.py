"""How much is ordered, what it costs, and what deliveries say."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.promise.dates import Calendar
from oms.purchasing.codes import BuyState
from oms.purchasing.rules import BUY, Terms, expected_day, learned, needed, to_order, tolerated_over, tolerated_under

MONDAY = date(2030, 6, 3)


@pytest.mark.parametrize(
    ("need", "terms", "units"),
    [
        (1, Terms(), 1),
        (5, Terms(moq=12), 12),
        (13, Terms(moq=12, pack=6), 18),
        # 40 at 2.00 cost 80; 48 at 1.50 cost 72.
        (40, Terms(prices=((1, Decimal(2)), (48, Decimal("1.5")))), 48),
        # 30 at 2.00 cost 60: less than 48 do.
        (30, Terms(prices=((1, Decimal(2)), (48, Decimal("1.5")))), 30),
        (40, Terms(pack=10, prices=((1, Decimal(2)), (48, Decimal("1.5")))), 50),
    ],
)
def test_orders_are_rounded_as_the_supplier_sells(need, terms, units):
    assert to_order(need, terms) == units


@given(
    need=st.integers(1, 500), moq=st.integers(1, 200), pack=st.integers(1, 50),
    steps=st.lists(st.tuples(st.integers(2, 300), st.decimals("0.01", "9", places=2)), max_size=4, unique_by=lambda one: one[0]),
)  # fmt: skip
def test_what_is_ordered_is_enough_and_whole_and_never_dearer_than_the_plain_lot(need, moq, pack, steps):
    terms = Terms(moq, pack, ((1, Decimal(10)), *sorted(steps)))
    units = to_order(need, terms)
    plain = -(-max(need, moq) // pack) * pack
    assert units >= need
    assert units >= moq
    assert units % pack == 0
    assert units * terms.price(units) <= plain * terms.price(plain)


def test_nothing_is_needed_above_the_reorder_point():
    assert [needed(stock, 10, 30) for stock in (11, 10, 0, -5)] == [0, 20, 30, 35]


def test_goods_come_on_a_day_on_which_the_supplier_works():
    works = Calendar(off=frozenset({date(2030, 6, 10)}))
    assert expected_day(works, MONDAY, Decimal(2)) == date(2030, 6, 5)
    # Saturday and Sunday, and then its own day off.
    assert expected_day(works, MONDAY, Decimal("4.5")) == date(2030, 6, 11)
    assert expected_day(works, date(2030, 6, 8), Decimal(1)) == date(2030, 6, 12)


def test_few_deliveries_teach_nothing_and_old_ones_are_forgotten():
    assert learned([3.0] * 4) is None
    assert learned([3.0] * 5) == (Decimal("3.0"), Decimal("0.0"))
    assert learned([100.0] * 10 + [4.0, 6.0] * 25) == (Decimal("5.0"), Decimal("1.01"))


def test_tolerances_are_shares_of_what_was_ordered():
    assert [tolerated_over(100, came, 10) for came in (110, 111)] == [True, False]
    assert [tolerated_under(100, came, 10) for came in (90, 89)] == [True, False]


def test_every_state_can_be_reached_and_what_is_over_stays_over():
    reached, fresh = {BuyState.DRAFT}, {BuyState.DRAFT}
    while fresh:
        fresh = set().union(*(BUY[state] for state in fresh)) - reached
        reached |= fresh
    assert reached == set(BuyState) == set(BUY)
    assert [state for state in BuyState if not BUY[state]] == [BuyState.CLOSED, BuyState.CANCELLED]
