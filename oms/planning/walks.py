"""What a batch walks, over one block or over any matrix of distances: the same question for savings, annealing and online batching.

`Walk` carries the picks of all orders with the place they lie in; `walk_metres` is the kernel that answers for a set of orders.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from oms.planning.compiled import Floats, Ints, kernel
from oms.planning.single_block import OPTIMAL, Block, Pick, block_metres, words_of
from oms.planning.tours import WORSE, improve, near_places, nearest, walked


class Walk(NamedTuple):
    """Orders by number, in one of two forms: bits of a block (`row`s of words, see `single_block`), or stops of a matrix.

    `method` is one of the block's, or `MATRIX`. `first_stop[n]:first_stop[n + 1]` is order n's part of `stops`; the depot is stop 0 of
    `metres` (square), and a tour over it is kicked `kicks` times a stop: more is nearer to the shortest, and slower.
    """

    method: int
    bits: Ints
    at: Floats
    long: float
    steps: Floats
    depot: int
    first_stop: Ints
    stops: Ints
    metres: Floats
    kicks: int

    @property
    def orders(self) -> int:
        """How many orders there are."""
        return len(self.first_stop) - 1


#: The method of a walk over a matrix.
MATRIX = 9


def block_walk(block: Block, orders: Sequence[Sequence[Pick]], method: int = OPTIMAL) -> Walk:
    """The walk of orders, each a list of picks, through one block. ValueError for a pick outside of it."""
    bits, at = words_of(block, orders)
    none = np.zeros(len(orders) + 1, np.int64)
    return Walk(method, bits, at, block.long, np.array(block.steps), block.depot, none, none, np.zeros((1, 1)), 0)


def matrix_walk(metres: Floats, orders: Sequence[Sequence[int]]) -> Walk:
    """The walk of orders, each a list of stops, over a square matrix of distances whose stop 0 is the depot."""
    if metres.ndim != 2 or metres.shape[0] != metres.shape[1] or not np.isfinite(metres).all():
        raise ValueError("the matrix is not square, or a stop cannot be reached")
    own = [sorted({stop for stop in stops if stop != 0}) for stops in orders]
    if any(not 0 < stop < len(metres) for stops in own for stop in stops):
        raise ValueError("a stop is outside the matrix")
    first = np.zeros(len(own) + 1, np.int64)
    np.cumsum([len(stops) for stops in own], out=first[1:])
    flat = np.array([stop for stops in own for stop in stops] or [0], np.int64)
    bits = np.zeros((len(own), 1), np.int64)
    table = np.ascontiguousarray(metres, np.float64)
    return Walk(MATRIX, bits, np.zeros((1, 1)), 0.0, np.zeros(1), 0, first, flat, table, 0)


def part_of(walk: Walk, orders: Ints) -> Walk:
    """The same walk for some of the orders, numbered as they are given."""
    counts = walk.first_stop[orders + 1] - walk.first_stop[orders]
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    ranges = [walk.stops[walk.first_stop[order] : walk.first_stop[order + 1]] for order in orders]
    stops = np.concatenate([*ranges, np.zeros(1, np.int64)])
    return walk._replace(bits=np.ascontiguousarray(walk.bits[orders]), first_stop=first, stops=stops)


@kernel
def walk_metres(walk: Walk, orders: Ints, count: int, row: Ints) -> float:
    """Metres of one tour over the first `count` of `orders`. `row` is room to count in, as `room` gives it; each thread has its own."""
    if walk.method == 9:
        return _matrix_metres(walk, orders, count, row)
    for word in range(row.shape[0]):
        row[word] = 0
        for place in range(count):
            row[word] |= walk.bits[orders[place], word]
    return block_metres(walk.method, row, walk.at, walk.long, walk.steps, walk.depot)


def room(walk: Walk) -> Ints:
    """Room for `walk_metres` to count in."""
    return np.zeros(len(walk.metres) if walk.method == MATRIX else walk.bits.shape[1], np.int64)


def walks_of(walk: Walk, orders: Ints, counts: Ints) -> Floats:
    """Metres of many tours: the one of row k goes over the first `counts[k]` of `orders[k]`."""
    return _each(walk, np.ascontiguousarray(orders, np.int64), counts.astype(np.int64), room(walk))


def metres_of(walk: Walk, orders: Sequence[int]) -> float:
    """Metres of one tour over these orders."""
    own = np.array([orders], np.int64).reshape(1, -1)
    return float(walks_of(walk, own, np.array([own.shape[1]]))[0])


@kernel
def _each(walk: Walk, orders: Ints, counts: Ints, row: Ints) -> Floats:
    metres = np.zeros(orders.shape[0])
    for one in range(orders.shape[0]):
        metres[one] = walk_metres(walk, orders[one], counts[one], row)
    return metres


@kernel
def _matrix_metres(walk: Walk, orders: Ints, count: int, row: Ints) -> float:
    # The stops in rising order, so that the same orders give the same tour however they stand in their batch.
    row[:] = 0
    for place in range(count):
        for index in range(walk.first_stop[orders[place]], walk.first_stop[orders[place] + 1]):
            row[walk.stops[index]] = 1
    row[0] = 1
    stops = 0
    for stop in range(row.shape[0]):
        if row[stop] == 1:
            row[stops] = stop
            stops += 1
    if stops == 1:
        return 0.0
    between = np.zeros((stops + 1, stops + 1))
    for one in range(stops):
        for other in range(stops):
            between[one, other] = walk.metres[row[one], row[other]]
        between[one, stops] = walk.metres[row[one], 0]
        between[stops, one] = walk.metres[0, row[one]]
    order = nearest(between)
    if stops < 3:
        return walked(between, order)
    return improve(between, near_places(between, 8), order, walk.kicks * stops, 1, WORSE)
