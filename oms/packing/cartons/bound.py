"""Proofs that goods cannot go into rooms, whatever the arrangement: cheaper than searching for one in vain. Called by `parcels`.

Dual feasible functions (Fekete and Schepers, 2004): lengths are rescaled so that whatever fits side by side still fits; if the
rescaled volumes exceed the rooms', nothing fits. A unit that may be turned, or go into either room, counts with its smallest
rescaled volume.
"""

from collections.abc import Mapping, Sequence
from itertools import product

from oms.packing.cartons.filling import Run, Shape

#: Into how many parts each of the three sides is thought to be cut (0 leaves lengths as they are), the strongest proofs first.
_MIXES = sorted(product(range(3), repeat=3), key=lambda mix: (mix != (1, 1, 0), max(mix), mix))
_NEARLY_NOTHING = 1e-6

Shares = tuple[float, float, float]
#: For each kind the shares of the room along its sides, for every way it may lie.
Scaled = list[list[tuple[Shares, Shares, Shares]]]


def scaled(shape: Shape) -> Scaled:
    """What the proofs need to know of one room: reckoned once, used for every set of cartons it is in."""
    long, wide, high = shape.inner
    return [[(_shares(x, long), _shares(y, wide), _shares(z, high)) for x, y, z in kind.sides] for kind in shape.kinds]


def overfull(rooms: Mapping[int, Scaled], many: int, runs: Sequence[Run]) -> bool:
    """Whether the runs are proven not to fit into `many` rooms out of these different ones."""
    ways = [[way for room in rooms.values() for way in room[number]] for number, _ in runs]
    counts = [count for _, count in runs]
    for a, b, c in _MIXES:
        free = many + _NEARLY_NOTHING
        for turned, count in zip(ways, counts, strict=True):
            free -= count * min([x[a] * y[b] * z[c] for x, y, z in turned])
            if free < 0:
                return True
    return False


def _shares(side: int, room: int) -> Shares:
    """The share of `room` that `side` takes as it is, with halves and with thirds: more than 1/(n+1) of the room counts as 1/n, more
    than 2/(n+1) as 2/n, and so on; exact multiples of 1/(n+1) stay as they are."""
    half, half_rest = divmod(2 * side, room)
    third, third_rest = divmod(3 * side, room)
    plain = side / room
    return plain, half if half_rest else plain, third / 2 if third_rest else plain
