"""What an order must have, and that its state table has no dead ends but the two ends."""

from dataclasses import replace
from decimal import Decimal

import pytest

from oms.orders.codes import OrderProblem
from oms.orders.rules import ON_FLOOR, ORDER, Draft, DraftLine, problems
from sync.contract.codes import OrderState

GOOD = Draft("Ada Vos", "Kade 1", "1011 AA", "Amsterdam", "NL", (DraftLine("TEA", 2, Decimal("3.95")),))


def codes(draft):
    return [problem.code for problem in problems(draft, {"TEA", "CUP"})]


def test_a_good_order_has_no_problem():
    assert codes(GOOD) == []
    assert codes(replace(GOOD, postcode="")) == []  # Ireland lived without postcodes for long; the UAE still do.


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"lines": ()}, OrderProblem.NO_LINES),
        ({"name": "  "}, OrderProblem.NO_NAME),
        ({"city": ""}, OrderProblem.NO_ADDRESS),
        ({"street": " "}, OrderProblem.NO_ADDRESS),
        ({"country": "nl"}, OrderProblem.BAD_COUNTRY),
        ({"currency": "EURO"}, OrderProblem.BAD_CURRENCY),
        ({"lines": (DraftLine("COFFEE", 1),)}, OrderProblem.UNKNOWN_ITEM),
        ({"lines": (DraftLine("TEA", 0),)}, OrderProblem.BAD_QUANTITY),
        ({"lines": (DraftLine("TEA", 1, Decimal("-0.01")),)}, OrderProblem.BAD_PRICE),
        ({"lines": (DraftLine("TEA", 1, Decimal("NaN")),)}, OrderProblem.BAD_PRICE),
    ],
)
def test_each_problem_is_named(change, problem):
    assert codes(replace(GOOD, **change)) == [problem]


def test_all_problems_are_named_at_once_with_their_line():
    found = problems(replace(GOOD, name="", lines=(DraftLine("TEA", 1), DraftLine("X", -1))), {"TEA"})
    assert [(problem.code, problem.line) for problem in found] == [
        (OrderProblem.NO_NAME, None),
        (OrderProblem.UNKNOWN_ITEM, 2),
        (OrderProblem.BAD_QUANTITY, 2),
    ]
    assert dict(found[1].words) == {"sku": "X"}


def test_only_shipped_and_cancelled_are_final_and_all_is_reachable():
    assert {state for state, after in ORDER.items() if not after} == {OrderState.SHIPPED, OrderState.CANCELLED}
    assert set(ORDER) == set(OrderState)
    reached, todo = set(), [OrderState.HELD]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo.extend(ORDER[state])
    assert reached == set(OrderState)


def test_an_order_on_the_floor_can_always_be_cancelled():
    assert all(OrderState.CANCELLED in ORDER[state] for state in ON_FLOOR)
