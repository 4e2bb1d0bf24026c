"""The shortest walk over stops whose distances are known, for any layout and in any direction. Called by routes and by batching.

A walk begins at place 0 and ends at the last place of the matrix (for a round trip that is the first again); places between may come in
any order. Steps may cost more one way than the other, so one-way aisles and rules of precedence are in the matrix. Nearest neighbour,
then 2-opt and Or-opt among near places until nothing helps, then kicks: two neighbouring stretches swap and what they touched is mended;
a walk that is much worse is forgotten.
"""

from typing import Final

import numpy as np

from oms.planning.compiled import ROLLS, Floats, Ints, kernel, roll

#: Kicks for each place of a walk that is given to somebody: some 20 ms at sixty stops.
KICKS: Final = 40
#: The share by which a walk may be longer than the best to be gone on from.
WORSE: Final = 0.02
#: Near places that are looked at from each.
_NEAR: Final = 10
#: Stops of a stretch that is moved as one, and the longest stretch of a kick.
_SEGMENT: Final = 3
_STRETCH: Final = 30
#: What is less than this shorter is not: sums of some thousand steps are no more exact.
_SLIGHT: Final = 1e-6


def shortest(
    distances: Floats, kicks: int = KICKS, seed: int = 1, start: Ints | None = None, worse: float = WORSE
) -> tuple[Ints, float]:
    """The order of all places of a square matrix, beginning with 0 and ending with the last, and its length in the matrix's unit.
    `kicks` are tried for each place, `worse` as in `improve`. `start` is such an order to begin from: what is found is never longer.
    The same input and seed give the same walk."""
    order = nearest(distances) if start is None else start.copy()
    if len(distances) > 3:
        improve(distances, near_places(distances, _NEAR), order, kicks * len(distances), 1 + seed % (ROLLS - 1), worse)
    return order, float(walked(distances, order))


@kernel
def walked(distances: Floats, order: Ints) -> float:
    """The length of the walk."""
    total: float = 0.0
    for at in range(len(order) - 1):
        total += distances[order[at], order[at + 1]]
    return total


@kernel
def nearest(distances: Floats) -> Ints:
    """Always to the nearest place that is left; of several the first."""
    count = len(distances)
    order = np.arange(count)
    for at in range(1, count - 1):
        best = at
        for other in range(at + 1, count - 1):
            if distances[order[at - 1], order[other]] < distances[order[at - 1], order[best]]:
                best = other
        place = order[best]
        order[best] = order[at]
        order[at] = place
    return order


@kernel
def near_places(distances: Floats, most: int) -> Ints:
    """For each place those that a step to or from it costs least, nearest first."""
    count = len(distances)
    wide = min(most, count - 1)
    near = np.zeros((count, wide), dtype=np.int64)
    costs = np.zeros(wide)
    for place in range(count):
        held = 0
        for other in range(count):
            if other == place:
                continue
            cost = min(distances[place, other], distances[other, place])
            if held == wide and cost >= costs[held - 1]:
                continue
            if held < wide:
                held += 1
            at = held - 1
            while at > 0 and costs[at - 1] > cost:
                costs[at] = costs[at - 1]
                near[place, at] = near[place, at - 1]
                at -= 1
            costs[at] = cost
            near[place, at] = other
    return near


@kernel
def improve(distances: Floats, near: Ints, order: Ints, kicks: int, state: int, worse: float) -> float:
    """Shortens `order` in place; its length. From the first kick to the last it goes on from walks that are longer than the best one by
    less and less: by the share `worse` of it at first."""
    count = len(order)
    places = np.empty(count, dtype=np.int64)
    forth = np.zeros(count)
    back = np.zeros(count)
    waiting = np.empty(count, dtype=np.int64)
    is_waiting = np.ones(count, dtype=np.int64)
    for at in range(count):
        waiting[at] = order[at]
    _index(distances, order, places, forth, back, 0, count - 1)
    _mend(distances, near, order, places, forth, back, waiting, is_waiting, count)
    length: float = forth[count - 1]
    if count < 5:
        return length
    best, now, long_now = order.copy(), order.copy(), length
    ends = np.empty(6, dtype=np.int64)
    for kick in range(kicks):
        state = roll(state)
        first = 1 + state % (count - 3)
        state = roll(state)
        middle = first + 1 + state % min(_STRETCH, count - 2 - first)
        state = roll(state)
        end = middle + 1 + state % min(_STRETCH, count - 1 - middle)
        _swap(order, first, middle, end)
        _index(distances, order, places, forth, back, first, end)
        swapped = first + end - middle
        ends[0], ends[1], ends[2] = order[first - 1], order[first], order[swapped - 1]
        ends[3], ends[4], ends[5] = order[swapped], order[end - 1], order[end]
        queued = 0
        for place in ends:
            if is_waiting[place] == 0:
                is_waiting[place] = 1
                waiting[queued] = place
                queued += 1
        _mend(distances, near, order, places, forth, back, waiting, is_waiting, queued)
        if forth[count - 1] < max(long_now, length * (1.0 + worse * (1.0 - kick / kicks))) + _SLIGHT:
            long_now = forth[count - 1]
            now[:] = order
            if long_now < length - _SLIGHT:
                length = long_now
                best[:] = order
        else:
            order[:] = now
            _index(distances, order, places, forth, back, 0, count - 1)
    order[:] = best
    return length


@kernel
def _mend(
    distances: Floats,
    near: Ints,
    order: Ints,
    places: Ints,
    forth: Floats,
    back: Floats,
    waiting: Ints,
    is_waiting: Ints,
    queued: int,
) -> None:
    """Makes the best move of each place that waits, and lets those it touches wait again, until none helps."""
    count = len(order)
    head = 0
    move = np.empty(4, dtype=np.int64)
    # Steps of very unlike size could add up inexactly and be turned for ever.
    moves = 100 * count
    while queued > 0:
        place = waiting[head]
        head = (head + 1) % count
        queued -= 1
        is_waiting[place] = 0
        while _best_move(distances, near, order, places, forth, back, place, move) < -_SLIGHT and moves > 0:
            moves -= 1
            low, high = _make(order, move)
            for at in (low - 1, low, move[0] - 1, move[0], move[1], move[1] + 1, high, high + 1):
                if at < 0 or at >= count or is_waiting[order[at]] or order[at] == place:
                    continue
                is_waiting[order[at]] = 1
                waiting[(head + queued) % count] = order[at]
                queued += 1
            _index(distances, order, places, forth, back, low, high)


@kernel
def _best_move(
    distances: Floats, near: Ints, order: Ints, places: Ints, forth: Floats, back: Floats, place: int, move: Ints
) -> float:
    """What the best move that brings `place` beside one of its near places adds, and the move: first and last position of a stretch,
    after which position it goes (-1: it stays and is turned round), and whether it is turned. Written as one loop: a call costs more."""
    at, end = places[place], len(order) - 1
    best = -_SLIGHT / 2
    # A step that is gone must have been longer than the one that is gained: so much for the rest of the near places.
    gone = 0.0
    if at > 0:
        gone = distances[order[at - 1], place]
    if at < end:
        gone = max(gone, distances[place, order[at + 1]])
    for n in range(near.shape[1]):
        other = near[place, n]
        if min(distances[place, other], distances[other, place]) >= gone:
            break
        to = places[other]
        for shift in range(2):
            low, high = min(at, to) + 1 - shift, max(at, to) - shift
            if low < 1 or high >= end or low >= high:
                continue
            before, first, last, behind = order[low - 1], order[low], order[high], order[high + 1]
            added = distances[before, last] + distances[first, behind] - distances[before, first]
            added += back[high] - back[low] - forth[high] + forth[low] - distances[last, behind]
            if added < best:
                best = added
                move[0], move[1], move[2], move[3] = low, high, -1, 1
        for low in range(max(1, at - _SEGMENT + 1), at + 1):
            for high in range(at, min(low + _SEGMENT, end)):
                if low < at < high or low - 1 <= to <= high:
                    continue
                first, last = order[low], order[high]
                closed = distances[order[low - 1], order[high + 1]] - distances[order[low - 1], first]
                closed -= distances[last, order[high + 1]]
                turning = back[high] - back[low] - forth[high] + forth[low]
                for after in range(max(to - 1, 0), min(to + 1, end)):
                    if after == high or after == low - 1:
                        continue
                    left, right = order[after], order[after + 1]
                    opened = closed - distances[left, right]
                    added = opened + distances[left, first] + distances[last, right]
                    turned = opened + turning + distances[left, last] + distances[first, right]
                    if min(added, turned) < best:
                        best = min(added, turned)
                        move[0], move[1], move[2], move[3] = low, high, after, 1 if turned < added else 0
    return best


@kernel
def _make(order: Ints, move: Ints) -> tuple[int, int]:
    """Makes the move; the first and last position that may have changed."""
    low, high, after = move[0], move[1], move[2]
    if move[3]:
        _turn(order, low, high)
    if after < 0:
        return low, high
    if after > high:
        _swap(order, low, high + 1, after + 1)
        return low, after
    _swap(order, after + 1, low, high + 1)
    return after + 1, high


@kernel
def _turn(order: Ints, low: int, high: int) -> None:
    """Turns order[low..high] round."""
    while low < high:
        place = order[low]
        order[low] = order[high]
        order[high] = place
        low += 1
        high -= 1


@kernel
def _swap(order: Ints, first: int, middle: int, end: int) -> None:
    """Swaps the stretches [first, middle) and [middle, end)."""
    _turn(order, first, middle - 1)
    _turn(order, middle, end - 1)
    _turn(order, first, end - 1)


@kernel
def _index(distances: Floats, order: Ints, places: Ints, forth: Floats, back: Floats, low: int, high: int) -> None:
    """Where each place stands, and the length of the walk up to each position, forwards and as walked backwards."""
    for at in range(low, high + 1):
        places[order[at]] = at
    for at in range(max(low, 1), len(order)):
        forth[at] = forth[at - 1] + distances[order[at - 1], order[at]]
        back[at] = back[at - 1] + distances[order[at], order[at - 1]]


def warm() -> None:
    """Compiles what is here."""
    shortest(np.array([[0.0, 1.0, 2.0, 3.0, 0.0]] * 5), kicks=1)
