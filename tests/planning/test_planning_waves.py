"""Waves as numbers: the latest release, constant work, people over zones, parts side by side, and orders selected for little walking."""

from itertools import pairwise, product
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning import compiled
from oms.planning.selecting import ENDLESS, Limits, Stocks, Tries, Wanted, ground_of, select
from oms.planning.waves import Step, latest_release, let_go, side_by_side, spread_people
from tools.bench_planning._measure import SHARED
from tools.bench_planning._zalando_rules import Batch, metres, read, wrong
from tools.bench_planning.zalando import GREEDY, batches_of, solved

SMALL = SHARED / "third-party" / "zalando-batching" / "small-0.json.gz"


def test_the_latest_release_is_counted_back_over_every_step():
    found = latest_release([Step("pick", 7200, 2), Step("sort", 600, 4, longest=300), Step("pack", 0, fixed=900)])
    assert found.by_step == (("pick", 3600), ("sort", 300), ("pack", 900))
    assert found.usual == 4800
    assert found.spread == pytest.approx(1.645 * np.hypot(0.15 * 3600, 0.15 * 300))
    assert latest_release([Step("pack", 0, fixed=60)]).safe == 60


def test_more_people_release_later_until_one_job_is_all_there_is():
    lasts = [latest_release([Step("pick", 3600, people, longest=1200)]).safe for people in (1, 2, 3, 9)]
    assert lasts[0] > lasts[1] > lasts[2] == lasts[3]


tables = st.integers(1, 3).flatmap(
    lambda zones: st.tuples(
        st.lists(st.integers(0, 500).map(float), min_size=zones, max_size=zones),
        st.lists(st.lists(st.integers(0, 300).map(float), min_size=zones, max_size=zones), max_size=8),
        st.lists(st.integers(0, 3), min_size=zones, max_size=zones),
    )
)


@settings(max_examples=70, deadline=None)
@given(tables, st.integers(1, 400))
def test_work_is_let_go_until_everybody_has_enough_and_no_more(table, seconds):
    floor, waiting, people = table
    found = let_go(floor, waiting, people, seconds)
    work = np.array([floor, *waiting[: found.count]]).sum(axis=0)
    short = [zone for zone, there in enumerate(people) if there and work[zone] < seconds * there]
    assert list(found.short) == short
    # Who has too little has it because nothing is left for them.
    assert not any(piece[zone] for zone in short for piece in waiting[found.count :])
    if found.count:
        before = np.array([floor, *waiting[: found.count - 1]]).sum(axis=0)
        assert any(there and before[zone] < seconds * there for zone, there in enumerate(people))


def test_nothing_is_let_go_for_zones_without_people():
    found = let_go([0.0, 500.0], [[100.0, 0.0], [0.0, 50.0]], [0, 1], 300)
    assert (found.count, found.busy) == (0, (0.0, 500.0))
    assert let_go([0.0], [[10.0]], [0], 300).count == 0
    with pytest.raises(ValueError):
        let_go([0.0], [[1.0, 2.0]], [1], 300)


@settings(max_examples=70, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 90).map(float), st.integers(0, 3)), min_size=1, max_size=4))
def test_no_other_way_to_spread_the_people_ends_sooner(zones):
    work, people = [list(column) for column in zip(*zones, strict=True)]
    found = spread_people(work, people)
    assert sum(found.people) == sum(people)
    assert found.after <= found.before

    def ends(there):
        return max((todo / hands if hands else inf for todo, hands in zip(work, there, strict=True) if todo), default=0)

    every = [one for one in product(range(sum(people) + 1), repeat=len(work)) if sum(one) == sum(people)]
    assert ends(found.people) == found.after
    assert found.after * 0.97 <= min(map(ends, every)) or found.after == min(map(ends, every)) == inf
    moved = np.array(people)
    for move in found.moves:
        moved[move.start] -= move.count
        moved[move.end] += move.count
        assert move.after < move.before
    assert tuple(moved) == found.people
    assert sum(move.count for move in found.moves) == sum(
        max(0, b - a) for a, b in zip(people, found.people, strict=True)
    )


def test_people_go_where_the_end_is_and_no_more_than_that_takes():
    found = spread_people([600.0, 100.0, 100.0], [1, 1, 3])
    (move,) = found.moves
    assert (move.start, move.end, move.count) == (2, 0, 2)
    assert (found.before, found.after, move.before, move.after) == (600.0, 200.0, 600.0, 200.0)
    assert spread_people([100.0, 98.0], [1, 1]).moves == ()
    assert spread_people([900.0, 1.0], [1, 5], most=[2, 9]).people == (2, 4)
    with pytest.raises(ValueError):
        spread_people([1.0], [1, 2])


def test_parts_of_orders_that_end_together_go_together():
    found = side_by_side([[10.0, 0.0], [9.0, 0.0], [0.0, 10.0], [0.0, 9.0]], [1, 1], 2)
    assert (found.go, found.seconds, found.wait) == ((0, 2), 10.0, (1, 3))
    assert side_by_side([[1.0]], [1], 0).wait == (0,)
    with pytest.raises(ValueError):
        side_by_side([[1.0]], [1, 1], 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 9).map(float), min_size=2, max_size=2), max_size=8),
    st.integers(0, 5),
)
def test_every_order_goes_or_waits_and_the_wall_is_never_overfull(parts, slots):
    found = side_by_side(parts, [1, 2], slots)
    assert sorted(found.go + found.wait) == list(range(len(parts)))
    assert len(found.go) == min(slots, len(parts))
    assert 0 in found.go or not found.go


def stocks_of(rows):
    """(item, place, free) of each; places on a line, the depot at 0."""
    none = np.zeros(len(rows), np.int64)
    item, place, free = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return Stocks(item, none, none, place, free, (0, 0))


LINE = ground_of(np.abs(np.arange(30)[:, None] - np.arange(30)).astype(float))


def test_the_orders_that_lie_together_are_chosen_and_the_closest_stock_serves_them():
    rows = [(0, 3, 9), (0, 25, 9), (1, 4, 9), (2, 20, 9), (3, 5, 1)]
    orders = [Wanted([(2, 1, 1)]), Wanted([(0, 1, 1)]), Wanted([(1, 2, 1), (3, 1, 1)])]
    with compiled.plain():
        found = select(LINE, stocks_of(rows), orders, Limits(lines=3), Tries(moves=20))
    (group,) = found.groups
    assert (group.orders, found.waiting, found.metres, found.reached) == ((1, 2), (0,), 10.0, True)
    assert group.served == ((0,), (2, 4))
    assert [sorted(walk.stocks) for walk in group.walks] == [[0, 2, 4]]


def test_the_urgent_go_first_even_if_they_lie_far():
    rows = [(0, 2, 9), (1, 28, 9)]
    orders = [Wanted([(0, 1, 1)], (1,)), Wanted([(0, 1, 1)], (1,)), Wanted([(1, 1, 1)], (1,), urgent=True)]
    with compiled.plain():
        found = select(LINE, stocks_of(rows), orders, Limits(None, (2,)), Tries(moves=50))
    assert 2 in found.groups[0].orders
    assert found.lines == 2


wishes = st.lists(
    st.builds(
        Wanted,
        st.lists(st.tuples(st.integers(0, 4), st.integers(1, 2), st.integers(0, 3)), min_size=1, max_size=3),
        st.tuples(st.integers(0, 4), st.integers(1, 1)),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)
shelves = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 29), st.integers(0, 3)), min_size=1, max_size=9
)


@settings(max_examples=40, deadline=None)
@given(
    wishes,
    shelves,
    st.none() | st.integers(1, 9),
    st.tuples(st.integers(0, 9), st.integers(0, 5)),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(2, 9),
)
def test_no_selection_breaks_a_capacity_or_takes_what_is_not_there(orders, rows, lines, caps, batches, most, volume):
    item, zone, place, free = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    stocks = Stocks(item, zone, np.zeros_like(item), place, free, (0, 0))
    with compiled.plain():
        found = select(LINE, stocks, orders, Limits(lines, caps, batches, most, volume), Tries(moves=12, looked=4))
    gone = [order for group in found.groups for order in group.orders]
    assert sorted([*gone, *found.waiting]) == list(range(len(orders)))
    assert len(found.groups) <= batches
    assert all(len(group.orders) <= most for group in found.groups)
    for measure, cap in enumerate(caps):
        assert sum(orders[order].sizes[measure] for order in gone) <= cap
    left = free.copy()
    for group in found.groups:
        walked = sorted(stock for walk in group.walks for stock in walk.stocks)
        assert walked == sorted(stock for served in group.served for stock in served)
        for order, served in zip(group.orders, group.served, strict=True):
            for (wanted, units, _), stock in zip(orders[order].lines, served, strict=True):
                assert item[stock] == wanted
                left[stock] -= units
        for walk in group.walks:
            assert {int(zone[stock]) for stock in walk.stocks} == {walk.zone}
            path = [0, *(int(place[stock]) for stock in walk.stocks), 0]
            assert walk.metres == pytest.approx(sum(abs(a - b) for a, b in pairwise(path)))
    assert (left >= 0).all()
    assert found.lines == sum(len(orders[order].lines) for order in gone)
    assert found.reached == (lines is None or found.lines >= lines)


@pytest.mark.parametrize(
    "order",
    [Wanted([]), Wanted([(0, 0, 1)]), Wanted([(0, 1, -1)]), Wanted([(0, 1, 1)], (1,))],
    ids=["no_lines", "no_units", "negative", "sizes"],
)
def test_what_cannot_be_selected_from_is_said(order):
    with pytest.raises(ValueError):
        select(LINE, stocks_of([(0, 1, 1)]), [order], Limits())


def test_nothing_to_select_from_is_no_selection():
    with compiled.plain():
        assert select(LINE, stocks_of([(0, 1, 1)]), [], Limits()).groups == ()
        assert select(LINE, stocks_of([(0, 1, 1)]), [Wanted([(7, 1, 1)])], Limits(volume=ENDLESS)).waiting == (0,)
        at_the_depot = select(LINE, stocks_of([(0, 0, 1)]), [Wanted([(0, 1, 1)])], Limits(lines=1))
    assert (at_the_depot.metres, at_the_depot.reached) == (0.0, True)


def drawn(seed):
    draw = np.random.default_rng(seed)
    rows = [(int(draw.integers(12)), int(draw.integers(30)), 3) for _ in range(40)]
    return stocks_of(rows), [Wanted([(int(item), 1, 1) for item in draw.integers(0, 12, 2)]) for _ in range(30)]


def test_the_compiler_changes_nothing_and_the_same_seed_gives_the_same_selection():
    stocks, orders = drawn(3)
    limits, tries = Limits(20, (), 2, 8, 12), Tries(moves=40, looked=10, seed=5)
    first = select(LINE, stocks, orders, limits, tries)
    assert first == select(LINE, stocks, orders, limits, tries)
    with compiled.plain():
        assert first == select(LINE, stocks, orders, limits, tries)


def test_searching_longer_walks_less_and_it_can_be_stopped():
    stocks, orders = drawn(4)
    limits = Limits(20, (), 2, 8, 12)
    told = []
    some = select(LINE, stocks, orders, limits, Tries(moves=0, looked=4))
    more = select(LINE, stocks, orders, limits, Tries(moves=400, looked=4), told.append)
    assert more.metres < some.metres
    assert told[-1] == 1.0
    assert told == sorted(told)
    assert select(LINE, stocks, orders, limits, Tries(400, 4), stopped=lambda: True) == some


@pytest.mark.skipif(not SMALL.exists(), reason="the published instances of wave release are not there")
def test_a_published_instance_is_solved_by_its_rules_and_below_its_greedy():
    instance = read(SMALL)
    batches = batches_of(solved(instance, Tries(moves=200)))
    assert wrong(instance, batches) == []
    assert sum(metres(instance, picklist) for batch in batches for picklist in batch.picklists) < GREEDY["small-0"]


@pytest.mark.skipif(not SMALL.exists(), reason="the published instances of wave release are not there")
def test_the_published_rules_see_what_is_wrong():
    instance = read(SMALL)
    batches = batches_of(solved(instance, Tries(moves=0)))
    one, *rest = batches
    assert wrong(instance, rest)
    assert wrong(instance, [*batches, one])
    assert wrong(instance, [Batch(one.orders[1:], one.picklists), *rest])
    assert wrong(instance, [Batch(one.orders, [[n for own in one.picklists for n in own]]), *rest])
