"""The shortest tour through one block of parallel aisles, exactly, after Ratliff and Rosenthal; S-shape and largest gap beside it.

Called millions of times by the annealing through `walks`: `block_metres` takes the picks as bits, an aisle's cells in one or more words,
and gives metres only. The way itself is in `block_tour`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from oms.planning.bits import BITS, lowest
from oms.planning.compiled import Floats, Ints, kernel

#: How the picker walks the block.
OPTIMAL: Final = 0
S_SHAPE: Final = 1
LARGEST_GAP: Final = 2

#: A pick: number of the aisle from the left, and metres from the front cross-aisle.
Pick = tuple[int, float]

_NEVER: Final = 1e18


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle: aisles from a front to a back cross-aisle, `long` metres apart; `steps[a]` metres from aisle a to the next one, along
    either cross-aisle (the last is not used). The tour starts and ends at the front of aisle `depot`."""

    long: float
    steps: tuple[float, ...]
    depot: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError for a block that cannot be."""
        if not self.steps or not 0 <= self.depot < len(self.steps) or self.long < 0 or min(self.steps) < 0:
            raise ValueError("a block has aisles, a depot in front of one of them, and no negative lengths")

    @staticmethod
    def even(aisles: int, long: float, pitch: float, depot: int = 0) -> "Block":
        """A block of `aisles` aisles, `pitch` metres from middle to middle."""
        return Block(long, (pitch,) * aisles, depot)


def words_of(block: Block, orders: Sequence[Sequence[Pick]]) -> tuple[Ints, Floats]:
    """The picks of each order as bits: (orders x aisles * words, aisles x places). An aisle's places are those that have a pick at all."""
    places: list[list[float]] = [[] for _ in block.steps]
    for aisle, metres in {pick for picks in orders for pick in picks}:
        if not 0 <= aisle < len(places) or not 0 <= metres <= block.long:
            raise ValueError("a pick is outside the block")
        places[aisle].append(metres)
    words = max(1, -(-max(map(len, places)) // BITS))
    at = np.zeros((len(places), words * BITS))
    number = {}
    for aisle, found in enumerate(places):
        for place, metres in enumerate(sorted(found)):
            at[aisle, place] = metres
            number[aisle, metres] = (aisle * words + place // BITS, 1 << place % BITS)
    bits = np.zeros((len(orders), len(places) * words), np.int64)
    for order, picks in enumerate(orders):
        for pick in picks:
            word, bit = number[pick]
            bits[order, word] |= bit
    return bits, at


@kernel
def block_metres(method: int, row: Ints, at: Floats, long: float, steps: Floats, depot: int) -> float:
    """Metres of the tour over the picks in `row` (words of all aisles, one after the other) by `method`; 0 without picks."""
    aisles = steps.shape[0]
    words = row.shape[0] // aisles
    first, last = -1, -1
    for word in range(row.shape[0]):
        if row[word] != 0:
            last = word // words
            if first < 0:
                first = last
    if first < 0:
        return 0.0
    if method == 0:
        return _optimal(row, at, long, steps, depot, min(first, depot), max(last, depot))
    return _by_rule(method, row, at, long, steps, depot, first, last)


@kernel
def _optimal(row: Ints, at: Floats, long: float, steps: Floats, depot: int, first: int, last: int) -> float:
    # What is known of the part tour so far, by its two open ends in this aisle (top, bottom): both odd; top only; bottom only; both even
    # in one piece; both even in two; nothing yet.
    words = row.shape[0] // steps.shape[0]
    odd, top, bottom, one, two, none = 1e18, 1e18, 1e18, 1e18, 1e18, 0.0
    for aisle in range(first, last + 1):
        low, high, gap = -1.0, -1.0, 0.0
        for word in range(words):
            left = row[aisle * words + word]
            while left != 0:
                place = at[aisle, word * 62 + lowest(left)]
                left &= left - 1
                if high < 0:
                    low = place
                elif place - high > gap:
                    gap = place - high
                high = place
        apart = min(min(top, bottom), min(two, none))
        through = min(apart, one) + long
        joined = min(odd, apart + long) + long
        if high >= 0:
            down, up, around = 2 * (long - low), 2 * high, 2 * (long - gap)
            stub = min(min(down, up), around)
            two = min(min(two + stub, min(bottom + down, top + up)), min(min(top, bottom), none) + around)
            top = min(top, none) + down
            bottom = min(bottom, none) + up
            odd = min(through, odd + stub)
            one = min(joined, one + stub)
            none = 1e18
        else:
            one = min(one, joined)
            odd = min(odd, through)
        if aisle == last:
            break
        step = 2 * steps[aisle]
        two = min(two, min(top, bottom)) + 2 * step
        if aisle == depot:
            two = min(two, none + 2 * step)
            top = one + step
            bottom = min(min(one, bottom), none) + step
        else:
            top = min(one, top) + step
            bottom = min(one, bottom) + step
        none = 1e18
        odd += step
        one += 2 * step
    if last == depot:
        return min(bottom, one)
    return min(min(top, bottom), one)


@kernel
def _by_rule(
    method: int, row: Ints, at: Floats, long: float, steps: Floats, depot: int, first: int, last: int
) -> float:
    words = row.shape[0] // steps.shape[0]
    metres = 0.0
    for aisle in range(min(first, depot), max(last, depot)):
        metres += 2 * steps[aisle]
    visited = 0
    high = 0.0
    for aisle in range(first, last + 1):
        before, gap, picks = 0.0, 0.0, 0
        for word in range(words):
            left = row[aisle * words + word]
            while left != 0:
                place = at[aisle, word * 62 + lowest(left)]
                left &= left - 1
                gap = max(gap, place - before)
                before = place
                picks += 1
        if picks == 0:
            continue
        visited += 1
        high = before
        if method == 1 or aisle in (first, last):
            metres += long
        else:
            metres += 2 * (long - max(gap, long - before))
    if method == 1 and visited % 2 == 1:
        metres += 2 * high - long
    if method == 2 and visited == 1:
        metres += 2 * high - long
    return metres
