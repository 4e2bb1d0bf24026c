"""Where a line comes from: expiry and conservation hold whatever the rules and the shelves, and each rule does what it says."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning.allocating import PLAIN, Lying, Policy, Rule, chosen

TODAY = date(2026, 3, 1)


def lying(free, place=1, days=None, **words):
    return Lying(free, (place, f"B{place}", ""), None if days is None else TODAY + timedelta(days=days), **words)


def takes(rows, qty, *rules, days=0, fefo=True):
    return chosen(rows, qty, TODAY, fefo=fefo, policy=Policy(frozenset(rules), days)).takes


shelves = st.lists(
    st.builds(
        lying,
        st.integers(-2, 9),
        st.integers(1, 6),
        st.none() | st.integers(-1, 4),
        reserve=st.booleans(),
        doubted=st.booleans(),
        metres=st.integers(0, 3).map(float),
    ),
    max_size=7,
)
policies = st.builds(Policy, st.frozensets(st.sampled_from(Rule)), st.integers(0, 2))


@settings(max_examples=150, deadline=None)
@given(shelves, st.integers(0, 25), policies, st.booleans())
def test_never_more_than_there_is_and_never_a_later_lot_before_an_earlier_one(rows, qty, policy, fefo):
    found = chosen(rows, qty, TODAY, fefo=fefo, policy=policy)
    taken = dict(found.takes)
    assert len(taken) == len(found.takes)
    assert all(0 < units <= rows[n].free for n, units in found.takes)
    assert sum(taken.values()) + found.missing == qty
    assert found.missing >= found.replenish >= 0
    last = policy.last_day(TODAY)
    assert all(rows[n].expiry is None or rows[n].expiry > last for n in taken)
    good = {n for n, row in enumerate(rows) if row.free > 0 and (row.expiry is None or row.expiry > last)}
    pickable = {n for n in good if not rows[n].reserve or Rule.RESERVE_TOO in policy.rules}
    left = {n for n in pickable if taken.get(n, 0) < rows[n].free}
    # Something is lacking only when nothing that may be picked is left.
    assert not (found.missing and left)
    if fefo:
        latest = max((rows[n].expiry or date.max for n in taken), default=date.min)
        assert all((rows[n].expiry or date.max) >= latest for n in left)
    plates = {n for n in taken if rows[n].reserve and n not in pickable}
    assert all(taken[n] == rows[n].free and Rule.WHOLE_PLATES in policy.rules for n in plates)


@settings(max_examples=100, deadline=None)
@given(shelves, st.integers(1, 20))
def test_fewest_stops_are_never_more_than_without(rows, qty):
    own = [row for row in rows if not row.reserve and not row.doubted and row.expiry is None]
    assert len(takes(own, qty, Rule.FEWEST_STOPS)) <= len(takes(own, qty))
    enough = [row for row in own if row.free >= qty]
    assert not enough or len(takes(own, qty, Rule.FEWEST_STOPS)) == 1


def test_without_rules_it_goes_by_the_walk_and_leaves_the_reserve_alone():
    rows = [lying(9, 5), lying(2, 1), lying(50, 3, reserve=True)]
    assert takes(rows, 4) == ((1, 2), (0, 2))
    found = chosen(rows, 20, TODAY, fefo=True)
    assert (found.missing, found.replenish) == (9, 9)
    assert chosen(rows[:2], 20, TODAY, fefo=True).replenish == 0
    assert PLAIN.needs_reserve is False


def test_one_bin_that_has_all_of_it_comes_before_several():
    rows = [lying(2, 1), lying(3, 2), lying(4, 3), lying(9, 4)]
    assert takes(rows, 4, Rule.FEWEST_STOPS) == ((2, 4),)
    assert takes(rows, 4) == ((0, 2), (1, 2))
    assert takes(rows, 12, Rule.FEWEST_STOPS) == ((3, 9), (1, 3))


def test_whole_plates_go_whole_and_the_rest_comes_from_the_pick_face():
    rows = [lying(8, 1), lying(20, 9, reserve=True), lying(24, 8, reserve=True)]
    assert takes(rows, 30, Rule.WHOLE_PLATES) == ((2, 24), (0, 6))
    assert takes(rows, 19, Rule.WHOLE_PLATES) == ((0, 8),)
    assert takes(rows, 50, Rule.WHOLE_PLATES) == ((2, 24), (1, 20), (0, 6))


def test_the_reserve_comes_after_the_pick_face_where_it_may_be_picked_from():
    rows = [lying(50, 1, reserve=True), lying(3, 9)]
    assert takes(rows, 5, Rule.RESERVE_TOO) == ((1, 3), (0, 2))


def test_the_closest_bin_and_bins_in_doubt():
    rows = [lying(5, 1, metres=30.0), lying(5, 2, metres=4.0), lying(5, 3, doubted=True)]
    assert takes(rows, 12, Rule.CLOSEST) == ((1, 5), (0, 5), (2, 2))
    assert takes([lying(5, 1, 3, doubted=True), lying(5, 2, 9)], 5) == ((0, 5),)


def test_goods_must_last_as_long_as_the_site_says():
    rows = [lying(5, 1, 10), lying(5, 2, 11)]
    assert takes(rows, 5, days=10) == ((1, 5),)
    assert chosen(rows, 8, TODAY, fefo=True, policy=Policy(frozenset(), 10)).missing == 3


def test_no_less_than_nothing():
    with pytest.raises(ValueError):
        chosen([], -1, TODAY, fefo=True)
