"""The tour of one block: exact beside every order of stops, the same by its way, and the simple methods never shorter."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning import compiled
from oms.planning.bits import lowest
from oms.planning.block_tour import block_tour
from oms.planning.single_block import LARGEST_GAP, OPTIMAL, S_SHAPE, Block, block_metres, words_of

LONG = 20.0


def metres(block, picks, method=OPTIMAL):
    bits, at = words_of(block, [picks])
    return block_metres(method, bits[0], at, block.long, np.array(block.steps), block.depot)


def between(block, one, other):
    """The shortest way between two picks, over either cross-aisle."""
    if one[0] == other[0]:
        return abs(one[1] - other[1])
    aside = sum(block.steps[min(one[0], other[0]) : max(one[0], other[0])])
    return aside + min(one[1] + other[1], 2 * block.long - one[1] - other[1])


def walked(block, stops):
    way = [(block.depot, 0.0), *stops, (block.depot, 0.0)]
    return sum(between(block, one, other) for one, other in pairwise(way))


blocks = st.builds(
    lambda steps, depot: Block(LONG, tuple(map(float, steps)), depot % len(steps)),
    st.lists(st.integers(0, 7), min_size=1, max_size=4),
    st.integers(0, 3),
)
places = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([0.0, 1.5, 4.0, 9.5, 13.0, 20.0])), min_size=1, max_size=6
)


def inside(block, picks):
    return sorted({(aisle % len(block.steps), high) for aisle, high in picks})


@settings(max_examples=40, deadline=None)
@given(blocks, places)
def test_no_order_of_stops_is_shorter(block, picks):
    stops = inside(block, picks)
    best = min(walked(block, way) for way in permutations(stops))
    assert metres(block, stops) == pytest.approx(best)


@settings(max_examples=80, deadline=None)
@given(blocks, st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40).map(lambda half: half / 2)), max_size=30))
def test_the_way_is_as_long_as_was_said_and_has_every_stop_once(block, picks):
    stops = inside(block, picks)
    tour = block_tour(block, picks and stops)
    assert sorted(tour.stops) == stops
    assert tour.metres == pytest.approx(metres(block, stops))
    assert walked(block, tour.stops) == pytest.approx(tour.metres)


@settings(max_examples=40, deadline=None)
@given(blocks, places)
def test_simple_methods_are_never_shorter(block, picks):
    stops = inside(block, picks)
    best = metres(block, stops)
    assert metres(block, stops, S_SHAPE) >= best - 1e-9
    assert metres(block, stops, LARGEST_GAP) >= best - 1e-9


def test_known_lengths():
    block = Block.even(3, LONG, 5.0)
    picks = [(0, 4.0), (1, 2.0), (1, 18.0), (2, 6.0)]
    assert metres(block, [(0, 4.0)]) == 8
    assert metres(block, picks, S_SHAPE) == 20 + 2 * LONG + 12
    assert metres(block, picks, LARGEST_GAP) == 20 + 2 * LONG + 2 * (2 + 2)
    assert metres(block, picks) == 20 + 8 + 2 * LONG


def test_more_places_than_a_word_has_bits():
    block = Block.even(2, 200.0, 5.0)
    every = [(0, float(high)) for high in range(1, 200)]
    assert metres(block, every) == 398
    assert metres(block, [*every, (1, 10.0)]) == 410
    assert block_tour(block, every).stops == tuple(every)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Block(10.0, ()),
        lambda: Block(-1.0, (1.0,)),
        lambda: Block(1.0, (1.0,), depot=1),
        lambda: words_of(Block(10.0, (1.0,)), [[(1, 5.0)]]),
        lambda: words_of(Block(10.0, (1.0,)), [[(0, 11.0)]]),
    ],
    ids=["no_aisle", "negative", "depot", "aisle", "too_far"],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ValueError):
        make()


def test_the_lowest_bit_is_the_same_with_and_without_the_compiler():
    words = [1, 2, 3, 40, 1 << 61, (1 << 62) - 2]
    with compiled.plain():
        plain = [lowest(word) for word in words]
    assert plain == [0, 1, 0, 3, 61, 1]
