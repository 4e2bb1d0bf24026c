"""Batches: no plan breaks a cart, mixes priorities or loses an order; the same seed gives the same plan; proven optima are found."""

import gzip
import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning import batching, compiled
from oms.planning.batching import Effort, Load, cart, plan
from oms.planning.explaining import Because, too_much, why
from oms.planning.partition import Columns, least, promising
from oms.planning.single_block import Block
from oms.planning.walks import block_walk, matrix_walk, metres_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "third-party" / "order-batching"
BLOCK = Block.even(4, 20.0, 5.0)
FEW = Effort(moves=60)

# A machine that never compiled this needs half a minute for it, and a busy one minutes.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    batching.warm()


def orders_of(seed, many, lines=4):
    draw = np.random.default_rng(seed)
    return [
        [(int(draw.integers(4)), float(draw.integers(1, 20))) for _ in range(draw.integers(1, lines + 1))]
        for _ in range(many)
    ]


def small(seed=1, many=30):
    orders = orders_of(seed, many)
    return block_walk(BLOCK, orders), [Load(lines=len(order)) for order in orders]


loads = st.builds(Load, st.integers(0, 3), st.integers(0, 900), st.integers(0, 50), st.integers(0, 9))
limits = st.builds(cart, st.integers(0, 8), st.integers(0, 3000), st.integers(0, 90), st.integers(1, 20))


@st.composite
def jobs(draw):
    own = draw(st.lists(st.tuples(loads, st.integers(0, 2)), min_size=0, max_size=18))
    return [load for load, _ in own], [priority for _, priority in own], draw(limits), draw(st.integers(1, 9))


@settings(max_examples=40, deadline=None)
@given(jobs(), st.sampled_from(["block", "matrix"]), st.sampled_from([0, 20]))
def test_no_plan_breaks_a_rule(job, place, moves):
    own, priorities, most, seed = job
    orders = orders_of(seed, len(own))
    walk = block_walk(BLOCK, orders) if place == "block" else matrix_walk(SQUARE, as_stops(orders))
    found = plan(walk, own, most, priorities, Effort(moves=moves, seed=seed))
    assert sorted([order for batch in found.batches for order in batch.orders] + list(found.unfit)) == list(
        range(len(own))
    )
    for batch in found.batches:
        assert batch.orders
        assert {priorities[order] for order in batch.orders} == {batch.priority}
        carried = zip(*(own[order].measures() for order in batch.orders), strict=True)
        assert all(sum(each) <= limit for each, limit in zip(carried, most.measures(), strict=True))
        assert batch.full <= 1
    assert all(too_much(own[order], most) for order in found.unfit)
    assert [batch.priority for batch in found.batches] == sorted(batch.priority for batch in found.batches)
    assert found.metres == pytest.approx(sum(batch.metres for batch in found.batches))


def as_stops(orders):
    return [[1 + aisle * 20 + int(high) for aisle, high in order] for order in orders]


def square():
    places = [(0, 0), *product(range(4), range(20))]
    return np.array(
        [[abs(a - b) * 5.0 + (abs(x - y) if a == b else min(x + y, 40 - x - y)) for b, y in places] for a, x in places]
    )


SQUARE = square()


def test_the_same_seed_gives_the_same_plan_and_another_effort_no_worse_than_savings():
    walk, own = small()
    first, second = (plan(walk, own, cart(lines=12), effort=FEW) for _ in range(2))
    assert first == second
    savings = plan(walk, own, cart(lines=12), effort=Effort(moves=0))
    assert savings.moves == 0
    assert first.metres < savings.metres


def test_a_plan_made_by_the_clock_is_made_again_by_its_moves():
    walk, own = small()
    priorities = [order % 2 for order in range(30)]
    timed = plan(walk, own, cart(lines=12), priorities, Effort(seconds=0.05))
    assert timed.moves > 0
    again = plan(walk, own, cart(lines=12), priorities, Effort(moves=timed.moves))
    assert again.metres <= timed.metres + 1e-6


def test_without_the_compiler_the_plan_is_the_same():
    walk, own = small(many=14)
    over = matrix_walk(SQUARE, as_stops(orders_of(1, 14)))
    effort = Effort(moves=15, searches=1)
    fast = [plan(way, own, cart(lines=8), effort=effort) for way in (walk, over)]
    with compiled.plain():
        slow = [plan(way, own, cart(lines=8), effort=effort) for way in (walk, over)]
    assert slow == fast


def test_progress_rises_to_the_end_and_a_stop_gives_what_there_is():
    walk, own = small()
    told = []
    whole = plan(walk, own, cart(lines=12), effort=FEW, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    assert not whole.stopped
    told.clear()
    part = plan(walk, own, cart(lines=12), effort=FEW, progress=told.append, stopped=lambda: len(told) >= 3)
    assert part.stopped
    assert len(told) == 3
    assert sorted(order for batch in part.batches for order in batch.orders) == list(range(30))


def test_up_to_a_dozen_orders_nothing_is_better():
    walk, own = small(seed=4, many=5)
    found = plan(walk, own, cart(lines=8), effort=FEW)
    every = [
        groups
        for groups in product(range(5), repeat=5)
        if all(sum(own[o].lines for o in range(5) if groups[o] == g) <= 8 for g in range(5))
    ]
    lengths = {}

    def length(group):
        return lengths.setdefault(group, metres_of(walk, group))

    best = min(sum(length(tuple(o for o in range(5) if groups[o] == g)) for g in set(groups)) for groups in every)
    assert found.metres == pytest.approx(best)


def test_proven_optima():
    if not DATA.is_dir():
        pytest.skip("the instances are not here")
    with gzip.open(DATA / "obp_single_block.json.gz", "rt") as file:
        content = json.load(file)
    chosen = [one for one in content["instances"] if one["set"] == "bahceci_oncan"][::20]
    assert len(chosen) > 20
    for one in chosen:
        geometry = content["geoms"][one["geom"]]
        block = Block.even(geometry["aisles"], geometry["aisle_length"], geometry["aisle_pitch"])
        orders = [[(aisle, geometry["first_cell"] + cell) for aisle, cell in order] for order in one["orders"]]
        own = [Load(lines=len(order)) for order in orders]
        found = plan(block_walk(block, orders), own, cart(lines=one["capacity"]), effort=FEW)
        assert found.metres == pytest.approx(one["best_known"], abs=0.01), one["name"]


def test_the_cover_of_what_was_seen_is_the_cheapest():
    batches = [([0, 1], 10.0), ([2, 3], 10.0), ([0, 2], 7.0), ([1, 3], 8.0), ([0], 6.0), ([1, 2, 3], 20.0)]
    first = np.concatenate(([0], np.cumsum([len(own) for own, _ in batches])))
    columns = Columns(
        np.array([metres for _, metres in batches]), first, np.array([order for own, _ in batches for order in own])
    )
    assert sorted(least(columns, 4, 20.0, 10.0)) == [2, 3]
    assert list(promising(columns, np.full(4, 5.0)).metres) == [metres for _, metres in batches]
    assert least(columns, 4, 15.0, 10.0) is None


def test_every_order_says_why():
    walk = block_walk(BLOCK, [[(3, 10.0)], [(3, 12.0)], [(0, 2.0)], [(1, 1.0)] * 2])
    own = [Load(lines=1), Load(lines=1), Load(lines=2), Load(lines=9)]
    found = plan(walk, own, cart(lines=2), effort=FEW)
    first, alone, big = (why(walk, found, order) for order in (0, 2, 3))
    assert (first.because, first.partner) == (Because.TOGETHER, 1)
    assert first.saved == pytest.approx(first.alone)
    assert first.shared == pytest.approx(50.0)
    assert (alone.because, alone.partner, alone.saved) == (Because.ALONE, None, 0.0)
    assert big.because is Because.TOO_BIG
    assert too_much(own[3], cart(lines=2)) == ["lines"]
    with pytest.raises(ValueError):
        why(walk, found, 4)


@pytest.mark.parametrize(
    "broken",
    [
        lambda walk, own: plan(walk, own[:-1], cart()),
        lambda walk, own: plan(walk, own, cart(), [1]),
        lambda walk, own: plan(walk, [Load(lines=-1)] * 30, cart()),
        lambda walk, own: matrix_walk(np.array([[0.0, np.inf], [np.inf, 0.0]]), [[1]]),
        lambda walk, own: matrix_walk(np.zeros((2, 3)), [[1]]),
        lambda walk, own: matrix_walk(np.zeros((2, 2)), [[2]]),
    ],
    ids=["loads", "priorities", "negative", "unreachable", "not_square", "no_stop"],
)
def test_what_cannot_be_planned_is_refused(broken):
    with pytest.raises(ValueError):
        broken(*small())
