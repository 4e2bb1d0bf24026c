"""Batches and routes together, over floors of any shape: every order is on exactly one cart or told as not fitting, no cart is too full,
priorities stay apart, and every bin of a cart is walked to or named. Floors that hardly are any give a plan or say why not."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning import batching
from oms.planning.batching import Effort, Load, cart, plan
from oms.planning.explaining import too_much
from oms.planning.floor_walk import floor_walk
from oms.planning.layout import BadLayout, Path, Point, laid_out
from oms.planning.routes import Stop, route
from oms.planning.walks import MATRIX
from tools.bench_planning import worth

# A machine that never compiled this needs half a minute for it, and a busy one minutes.
pytestmark = pytest.mark.timeout(900)

NO_LIMIT = cart()
FEW = Effort(moves=20)


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    batching.warm()


def hall(columns, levels, bins, *, pitch=4.0, one_way=(), blocked=(), depots=("0/0",)):
    """Aisles across `levels`, with bins (aisle, metres) beside them; steps by number are one-way or blocked."""
    crossings = [Point(f"{a}/{n}", a * pitch, y) for a in range(columns) for n, y in enumerate(levels)]
    pairs = [(f"{a}/{n}", f"{a}/{n + 1}") for a in range(columns) for n in range(len(levels) - 1)]
    pairs += [(f"{a}/{n}", f"{a + 1}/{n}") for n in range(len(levels)) for a in range(columns - 1)]
    paths = [Path(*pair, one_way=n in one_way, blocked=n in blocked) for n, pair in enumerate(pairs)]
    points = [Point(f"bin{n}", a * pitch + (1 if n % 2 else -1), y) for n, (a, y) in enumerate(bins)]
    return laid_out(crossings, paths, points), [point.code for point in points], list(depots)


def planned(layout, depots, orders, loads, limits, priorities=(), effort=FEW, most_spots=3000):
    """The plan of the orders and the route of each of its batches, held against all rules."""
    walk = floor_walk(layout, orders, depots, most_spots)
    found = plan(walk.walk, loads, limits, priorities, effort)
    placed = sorted(order for batch in found.batches for order in batch.orders)
    assert sorted([*placed, *found.unfit]) == list(range(len(orders)))
    assert len(set(placed)) == len(placed)
    for order, load in enumerate(loads):
        assert (order in found.unfit) == bool(too_much(load, limits))
    levels = list(priorities) or [0] * len(orders)
    for batch in found.batches:
        assert {levels[order] for order in batch.orders} == {batch.priority}
        summed = np.sum([loads[order].measures() for order in batch.orders], axis=0)
        assert (summed <= limits.measures()).all()
        assert np.isfinite(batch.metres)
        bins = [code for order in batch.orders for code in orders[order]]
        way = route(layout, [Stop(code) for code in bins], depots)
        assert sorted(way.order) == list(range(len(bins)))
        # From anywhere, where aisles are one-way, each may keep to another part of the floor: but neither keeps quiet about it.
        assert walk.lost or not way.unreached
        if depots:
            assert {bins[n] for n in way.unreached} == set(walk.lost) & set(bins)
            reached = [code for n in way.order if (code := bins[n]) not in walk.lost]
            legs = layout.legs(layout.numbers([way.start, *reached, way.end])) if reached else np.zeros(1)
            assert way.metres == pytest.approx(legs.sum())
            if walk.within <= 0.01:
                # Half a promille: both are searches where the floor is no single block.
                assert way.metres == pytest.approx(
                    batch.metres, rel=0.03 if walk.walk.method == MATRIX else 1e-6, abs=0.1
                )
    return walk, found


@st.composite
def floors(draw):
    columns, blocks = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    steps = columns * blocks + (columns - 1) * (blocks + 1)
    levels = [20.0 * n for n in range(blocks + 1)]
    bins = st.tuples(st.integers(0, columns - 1), st.integers(0, 20 * blocks).map(float))
    some = st.sets(st.integers(0, steps - 1), max_size=2)
    crossings = [f"{a}/{n}" for a in range(columns) for n in range(blocks + 1)]
    depots = draw(st.lists(st.sampled_from(crossings), max_size=2, unique=True))
    spots = draw(st.lists(bins, min_size=1, max_size=12, unique=True))
    return hall(columns, levels, spots, one_way=draw(some), blocked=draw(some), depots=depots)


loads = st.builds(Load, st.integers(0, 3), st.integers(0, 900), st.integers(0, 50), st.integers(0, 9))
limits = st.builds(cart, st.integers(0, 8), st.integers(0, 3000), st.integers(0, 90), st.integers(1, 20))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_plan_over_any_floor_breaks_a_rule(data):
    layout, bins, depots = data.draw(floors())
    order = st.tuples(st.lists(st.sampled_from(bins), max_size=5), loads, st.integers(0, 2))
    jobs = data.draw(st.lists(order, max_size=16))
    effort = Effort(moves=data.draw(st.sampled_from([0, 15])), seed=data.draw(st.integers(1, 99)), searches=1)
    orders, own, levels = ([job[n] for job in jobs] for n in range(3))
    planned(layout, depots, orders, own, data.draw(limits), levels, effort)


def test_one_bin():
    layout, bins, depots = hall(2, (0.0, 20.0), [(1, 5.0)])
    walk, found = planned(layout, depots, [bins] * 30, [Load()] * 30, cart(slots=4))
    assert walk.lost == ()
    assert len(found.batches) == 8
    assert found.metres == pytest.approx(8 * 18.0)


@pytest.mark.parametrize("levels", [(0.0, 60.0), (0.0, 30.0, 60.0)], ids=["whole", "in_two"])
def test_one_aisle(levels):
    layout, bins, depots = hall(1, levels, [(0, 2.0 * n) for n in range(30)])
    _, found = planned(layout, depots, [[code] for code in bins], [Load()] * 30, cart(slots=10))
    assert len(found.batches) == 3
    # To the furthest of each ten and back: nothing is shorter.
    assert found.metres == pytest.approx(2 * (58 + 38 + 18))


@pytest.mark.parametrize("depots", [("0/0",), ()], ids=["depot", "anywhere"])
def test_a_bin_that_no_way_leads_to_is_named_and_its_order_planned(depots):
    # The third aisle cannot be come into, from either end, nor can one walk along its front.
    layout, bins, depots = hall(3, (0.0, 20.0), [(0, 5.0), (1, 6.0), (2, 7.0)], blocked=(2, 4, 6), depots=depots)
    orders = [[bins[0], bins[2]], [bins[1]], [bins[2]], ["not drawn", bins[0]]]
    walk, found = planned(layout, depots, orders, [Load()] * 4, cart(slots=4))
    assert walk.lost == (bins[2], "not drawn")
    assert found.unfit == ()


def test_paths_of_no_length():
    crossings = [Point(str(n), 0.0, 0.0) for n in range(4)]
    paths = [Path(a, b, 0.0) for a, b in pairwise("0123")]
    layout = laid_out(crossings, paths, [Point("bin", 0.0, 0.0)])
    orders = [["0"], ["1", "2"], ["bin"], ["3"], []] * 4
    _, found = planned(layout, ["0"], orders, [Load()] * 20, cart(slots=3))
    assert found.metres == 0.0
    assert len(found.batches) == 7


def test_ten_thousand_bins():
    draw = random.Random(3)
    spots = [(draw.randrange(20), round(draw.uniform(0, 120), 2)) for _ in range(10_000)]
    layout, bins, depots = hall(20, (0.0, 40.0, 80.0, 120.0), spots)
    orders = [bins[n : n + 10] for n in range(0, 2000, 10)]
    effort = Effort(moves=0)
    walk = floor_walk(layout, orders, depots, 400)
    assert (walk.lost, len(walk.walk.metres) <= 401, walk.within >= 1) == ((), True, True)
    found = plan(walk.walk, [Load()] * len(orders), cart(slots=4), effort=effort)
    assert sorted(order for batch in found.batches for order in batch.orders) == list(range(len(orders)))


def test_nothing_to_pick():
    layout, _, depots = hall(2, (0.0, 20.0), [(1, 5.0)])
    _, found = planned(layout, depots, [], [], NO_LIMIT)
    assert (found.batches, found.unfit, found.metres) == ((), (), 0)
    _, found = planned(layout, depots, [[], []], [Load(), Load()], NO_LIMIT)
    assert found.metres == 0


@pytest.mark.parametrize("limits", [NO_LIMIT, cart(slots=1), cart(slots=0)], ids=["endless", "one", "none"])
def test_carts_that_hold_everything_one_order_or_nothing(limits):
    layout, bins, depots = hall(3, (0.0, 20.0, 40.0), [(n % 3, n * 1.3) for n in range(30)])
    _, found = planned(layout, depots, [[code] for code in bins], [Load()] * 30, limits)
    assert len(found.batches) == {NO_LIMIT.slots: 1, 1: 30, 0: 0}[limits.slots]


def test_a_floor_that_is_none_says_so():
    with pytest.raises(BadLayout, match="empty"):
        laid_out([Point("a", 0, 0)], [], [])
    layout, bins, _ = hall(2, (0.0, 20.0), [(1, 5.0)])
    with pytest.raises(BadLayout, match="unknown") as told:
        floor_walk(layout, [bins], ["nowhere"])
    assert told.value.place == "nowhere"


def test_bins_become_one_spot_only_where_there_are_too_many():
    layout, bins, depots = hall(3, (0.0, 20.0, 40.0), [(n % 3, n / 4) for n in range(120)])
    orders = [[code] for code in bins]
    assert floor_walk(layout, orders, depots).within == 0.01
    merged, found = planned(layout, depots, orders, [Load()] * 120, cart(slots=12), most_spots=40)
    assert merged.within > 1
    assert len(merged.walk.metres) <= 41
    assert 10 <= len(found.batches) <= 12


def test_the_ways_to_pick_a_day_use_the_same_cart_and_planning_walks_least():
    day = worth.day(1, orders=30)
    first, batched, found = worth.compared(day, Effort(moves=100))
    assert found.metres < batched.metres < first.metres
    assert found.minutes - found.walking <= first.minutes - first.walking
    assert worth.table([first, batched, found]).count("\n") == 4
    with pytest.raises(ValueError, match="too full"):
        worth.picked(day, "all at once", [list(range(30))], len)
    with pytest.raises(ValueError, match="once"):
        worth.picked(day, "one is forgotten", worth.came_in(day)[1:], len)
