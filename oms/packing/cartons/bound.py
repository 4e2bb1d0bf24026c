"""Proofs that goods cannot go into rooms, whatever the arrangement: cheaper than searching for one in vain. Called by `parcels`.

Dual feasible functions (Fekete and Schepers, 2004): lengths are rescaled so that whatever fits side by side still fits; if the
rescaled volumes exceed the rooms', nothing fits. A unit that may be turned, or go into either room, counts with its smallest
rescaled volume.
"""

from collections.abc import Sequence

from oms.packing.cartons.filling import Run, Shape
from oms.packing.cartons.types import Size

#: Into how many parts each of the three sides is thought to be cut (0 leaves lengths as they are), the strongest proofs first.
_MIXES = (
    (1, 1, 0),
    (0, 0, 0),
    (1, 0, 1),
    (0, 1, 1),
    (1, 1, 1),
    (2, 2, 0),
    (1, 2, 0),
    (2, 1, 0),
    (0, 1, 0),
    (1, 0, 0),
    (0, 0, 1),
)
_NEARLY_NOTHING, _NEVER = 1e-6, float("inf")


class Scaled:
    """Owns what the proofs need to know of one room: reckoned on demand, used for every set of cartons the room is in."""

    def __init__(self, shape: Shape) -> None:
        long, wide, high = shape.inner
        self._ways = [
            [(_shares(x, long), _shares(y, wide), _shares(z, high)) for x, y, z in kind.sides] for kind in shape.kinds
        ]
        self._smallest: dict[Size, list[float]] = {}

    def smallest(self, mix: Size) -> list[float]:
        """The smallest rescaled volume of each kind; infinite where it does not fit the room."""
        if mix not in self._smallest:
            a, b, c = mix
            self._smallest[mix] = [min([x[a] * y[b] * z[c] for x, y, z in ways], default=_NEVER) for ways in self._ways]
        return self._smallest[mix]


def overfull(rooms: Sequence[Scaled], many: int, runs: Sequence[Run]) -> bool:
    """Whether the runs are proven not to fit into `many` rooms out of these different ones."""
    most = many + _NEARLY_NOTHING
    for mix in _MIXES:
        shares = [room.smallest(mix) for room in rooms]
        smallest = shares[0] if len(shares) == 1 else list(map(min, *shares))
        if sum([count * smallest[number] for number, count in runs]) > most:
            return True
    return False


def _shares(side: int, room: int) -> tuple[float, float, float]:
    """The share of `room` that `side` takes as it is, with halves and with thirds: more than 1/(n+1) of the room counts as 1/n, more
    than 2/(n+1) as 2/n, and so on; exact multiples of 1/(n+1) stay as they are."""
    half, half_rest = divmod(2 * side, room)
    third, third_rest = divmod(3 * side, room)
    plain = side / room
    return plain, half if half_rest else plain, third / 2 if third_rest else plain
