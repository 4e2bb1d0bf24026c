"""A small shift of two pickers with a process each, who make mistakes while the network, servers and the database go away; the long runs of
all methods are `tools.soak.shifts_of_people`."""

from functools import cache

import pytest

from tools.soak.shifts_of_people import NOUGHT, play

ORDERS = 6

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("shift-people")]


@cache
def _played() -> dict:
    return play("cluster", ORDERS, seed=3, pickers=2)


@pytest.fixture
def figures() -> dict:
    """What came of it; played once, in whatever order the tests come."""
    return _played()


def test_every_order_leaves_by_one_door(figures: dict) -> None:
    assert figures.get("problem") is None
    assert figures["shipped"] + figures["short_shipped"] + figures["cancelled"] == ORDERS
    assert figures["ok"], figures


def test_nothing_is_lost_doubled_or_in_the_wrong_place(figures: dict) -> None:
    assert {word: figures[word] for word in NOUGHT} == dict.fromkeys(NOUGHT, 0)
    assert figures["invariants"]["broken"] == {}
    assert figures["stock_conserved"]
    assert figures["errors_nobody_can_act_on"] == 0


def test_trouble_really_came(figures: dict) -> None:
    assert sum(figures["faults"].values()) >= 1
    assert figures["slips_refused"] + figures["faults"]["wrong"] >= 1
    assert (figures["server_restarts"], figures["link_cuts"], figures["database_kills"]) == (3, 3, 1)
