"""What a batch walks, over one block or over any matrix of distances: the same question for savings, annealing and online batching.

`Walk` carries the picks of all orders with the place they lie in; `walk_metres` is the kernel that answers for a set of orders.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from oms.planning.compiled import Floats, Ints, kernel
from oms.planning.single_block import OPTIMAL, Block, Pick, block_metres, words_of


class Walk(NamedTuple):
    """Orders by number, in one of two forms: bits of a block (`row`s of words, see `single_block`), or stops of a matrix.

    `method` is one of the block's, or `MATRIX`. `first_stop[n]:first_stop[n + 1]` is order n's part of `stops`; the depot is stop 0 of
    `metres` (square, symmetrical).
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
    return Walk(method, bits, at, block.long, np.array(block.steps), block.depot, none, none, np.zeros((1, 1)))


def matrix_walk(metres: Floats, orders: Sequence[Sequence[int]]) -> Walk:
    """The walk of orders, each a list of stops, over a symmetrical matrix of distances whose stop 0 is the depot."""
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
    return Walk(MATRIX, bits, np.zeros((1, 1)), 0.0, np.zeros(1), 0, first, flat, table)


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
    words = walk.bits.shape[1]
    for word in range(words):
        row[word] = 0
    for place in range(count):
        order = orders[place]
        for word in range(words):
            row[word] |= walk.bits[order, word]
    return block_metres(walk.method, row[:words], walk.at, walk.long, walk.steps, walk.depot)


def room(walk: Walk) -> Ints:
    """Room for `walk_metres` to count in."""
    return np.zeros(max(walk.bits.shape[1], 2 * len(walk.metres) + 2), np.int64)


@kernel
def _matrix_metres(walk: Walk, orders: Ints, count: int, row: Ints) -> float:
    stops = _gather(walk, orders, count, row)
    if stops == 1:
        return 0.0
    _nearest_first(walk.metres, row, stops)
    return _shortened(walk.metres, row, stops)


@kernel
def _gather(walk: Walk, orders: Ints, count: int, row: Ints) -> int:
    # The tour is written to the front of the row; the back half marks stops that are in it already.
    half = walk.metres.shape[0]
    for stop in range(half):
        row[half + stop] = 0
    row[0] = 0
    found = 1
    for place in range(count):
        order = orders[place]
        for index in range(walk.first_stop[order], walk.first_stop[order + 1]):
            stop = walk.stops[index]
            if row[half + stop] == 0:
                row[half + stop] = 1
                row[found] = stop
                found += 1
    return found


@kernel
def _nearest_first(metres: Floats, tour: Ints, stops: int) -> None:
    for place in range(1, stops - 1):
        best = place
        for other in range(place + 1, stops):
            if metres[tour[place - 1], tour[other]] < metres[tour[place - 1], tour[best]]:
                best = other
        tour[place], tour[best] = tour[best], tour[place]


@kernel
def _shortened(metres: Floats, tour: Ints, stops: int) -> float:
    # Two edges exchanged, or one to three stops moved, until nothing gets shorter. The room behind the tour holds what is moved.
    better = True
    while better:
        better = _uncrossed(metres, tour, stops) or _moved(metres, tour, stops)
    total = metres[tour[stops - 1], tour[0]]
    for place in range(stops - 1):
        total += metres[tour[place], tour[place + 1]]
    return total


@kernel
def _uncrossed(metres: Floats, tour: Ints, stops: int) -> bool:
    found = False
    for left in range(stops - 2):
        here, after = tour[left], tour[left + 1]
        for right in range(left + 2, stops):
            end = tour[right]
            beyond = tour[right + 1] if right + 1 < stops else tour[0]
            if metres[here, end] + metres[after, beyond] < metres[here, after] + metres[end, beyond] - 1e-9:
                low, high = left + 1, right
                while low < high:
                    tour[low], tour[high] = tour[high], tour[low]
                    low += 1
                    high -= 1
                after = tour[left + 1]
                found = True
    return found


@kernel
def _moved(metres: Floats, tour: Ints, stops: int) -> bool:
    found = False
    for size in range(1, 4):
        for start in range(1, stops - size + 1):
            end = start + size - 1
            before, first, last = tour[start - 1], tour[start], tour[end]
            behind = tour[end + 1] if end + 1 < stops else tour[0]
            gain = metres[before, first] + metres[last, behind] - metres[before, behind] - 1e-9
            if gain <= 0:
                continue
            for gap in range(stops):
                if start - 1 <= gap <= end:
                    continue
                left = tour[gap]
                right = tour[gap + 1] if gap + 1 < stops else tour[0]
                direct = metres[left, right]
                ahead = metres[left, first] + metres[last, right] - direct
                turned = metres[left, last] + metres[first, right] - direct
                if min(ahead, turned) < gain:
                    _put(tour, start, size, gap, turned < ahead)
                    found = True
                    break
    return found


@kernel
def _put(tour: Ints, start: int, size: int, gap: int, turned: bool) -> None:
    # By rotation, one stop at a time: segments are of three stops at most.
    if turned:
        low, high = start, start + size - 1
        while low < high:
            tour[low], tour[high] = tour[high], tour[low]
            low += 1
            high -= 1
    if gap > start:
        for _ in range(size):
            stop = tour[start]
            for place in range(start, gap):
                tour[place] = tour[place + 1]
            tour[gap] = stop
    else:
        for step in range(size):
            stop = tour[start + step]
            for place in range(start + step, gap + 1 + step, -1):
                tour[place] = tour[place - 1]
            tour[gap + 1 + step] = stop
