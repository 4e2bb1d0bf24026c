"""Zones: the cut beside every other cut, and totes through zones beside their bound."""

from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning.zones import cut, passed

work = st.lists(st.integers(0, 50).map(float), min_size=1, max_size=9)


@settings(max_examples=80, deadline=None)
@given(work, st.integers(1, 4))
def test_no_other_cut_has_a_less_busy_zone(bays, zones):
    found = cut(bays, zones)
    assert len(found.first) == len(found.loads) == zones
    assert list(found.first) == sorted(found.first)
    assert sum(found.loads) == pytest.approx(sum(bays))
    every = [
        max(sum(bays[start:end]) for start, end in zip((0, *places), (*places, len(bays)), strict=True))
        for places in combinations_with_replacement(range(len(bays) + 1), zones - 1)
    ]
    assert max(found.loads) == pytest.approx(min(every))
    assert [
        sum(load for bay, load in enumerate(bays) if found.of(bay) == zone) for zone in range(zones)
    ] == pytest.approx(list(found.loads))


def test_one_busy_aisle_is_cut_within():
    bays = [10.0] * 8 + [1.0] * 40
    assert cut(bays, 4).uneven == pytest.approx(1.0)
    assert cut([80.0, *[8.0] * 5], 4).uneven > 2


@pytest.mark.parametrize(
    ("bays", "zones"), [([], 2), ([1.0], 0), ([-1.0], 1), ([float("nan")], 1)], ids=["none", "zones", "negative", "nan"]
)
def test_no_zones_of_nothing(bays, zones):
    with pytest.raises(ValueError):
        cut(bays, zones)


def test_no_work_is_even():
    assert cut([0.0, 0.0], 2).uneven == 1.0


tables = st.integers(1, 4).flatmap(
    lambda zones: st.lists(
        st.lists(st.integers(0, 9).map(float), min_size=zones, max_size=zones), min_size=1, max_size=8
    )
)


@settings(max_examples=40, deadline=None)
@given(tables, st.integers(1, 5))
def test_totes_pass_not_faster_than_can_be_and_not_slower_than_one_by_one(table, pickers):
    found = passed(table, pickers)
    assert sorted(found.order) == list(range(len(table)))
    assert found.bound - 1e-9 <= found.seconds <= sum(map(sum, table)) + 1e-9


def test_the_tote_with_most_work_starts_first():
    found = passed([[1.0, 1.0], [5.0, 5.0], [2.0, 2.0]])
    assert found.order == (1, 2, 0)
    assert found.seconds == 5 + 5 + 2 + 1


@pytest.mark.parametrize("table", [[], [[]], [[-1.0]]], ids=["none", "no_zone", "negative"])
def test_no_totes_of_nothing(table):
    with pytest.raises(ValueError):
        passed(table)
