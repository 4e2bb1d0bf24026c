"""Proofs that goods cannot go into a room, whatever the arrangement: cheaper than searching for one in vain. Called by `search`.

Dual feasible functions (Fekete and Schepers, 2004): lengths are rescaled so that whatever fits side by side still fits; if the
rescaled volumes exceed the room's, nothing fits. A unit that may be turned counts with its smallest rescaled volume.
"""

from collections.abc import Iterable, Sequence
from itertools import product

from oms.packing.cartons.types import Size

#: Into how many parts each of the three sides is thought to be cut (0 leaves lengths as they are), the strongest proofs first.
_MIXES = sorted(product(range(3), repeat=3), key=lambda mix: (mix != (1, 1, 0), max(mix), mix))
_NEARLY_NOTHING = 1e-6


def overfull(inner: Size, goods: Iterable[tuple[Sequence[Size], int]]) -> bool:
    """Whether `goods` (the ways a unit may lie, how many units) are proven not to fit into `inner`."""
    long, wide, high = inner
    scaled = [([(_shares(x, long), _shares(y, wide), _shares(z, high)) for x, y, z in sides], count) for sides, count in goods]
    for a, b, c in _MIXES:
        room = 1 + _NEARLY_NOTHING
        for ways, count in scaled:
            room -= count * min([x[a] * y[b] * z[c] for x, y, z in ways])
            if room < 0:
                return True
    return False


def _shares(side: int, room: int) -> tuple[float, float, float]:
    """The share of `room` that `side` takes as it is, with halves and with thirds: more than 1/(n+1) of the room counts as 1/n, more
    than 2/(n+1) as 2/n, and so on; exact multiples of 1/(n+1) stay as they are."""
    half, half_rest = divmod(2 * side, room)
    third, third_rest = divmod(3 * side, room)
    plain = side / room
    return plain, half if half_rest else plain, third / 2 if third_rest else plain
