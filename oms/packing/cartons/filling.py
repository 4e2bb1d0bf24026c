"""One carton filled once, in a given order and manner. Called by `parcels`.

A `Shape` is reckoned once for an order and filled many times: the ways each kind may lie are ranked and kept.
"""

from collections.abc import Sequence
from copy import copy
from typing import NamedTuple

from oms.packing.cartons.spaces import BIG, Kind, Room, Side, Unit, Way
from oms.packing.cartons.types import Size

#: A kind and how many of it.
Run = tuple[int, int]


class Manner(NamedTuple):
    """One way to go about it: the rule for corners, the runs in the order of laying, and the kinds (bits) that are turned by a right
    angle where it makes no other difference."""

    way: Way
    runs: list[Run]
    turned: int = 0


class Laid(NamedTuple):
    """What went in, in the order of laying, what did not, and the steps it took."""

    units: list[Unit]
    left: list[Run]
    steps: int


class Shape:
    """One carton for one order: its free room, what goods in it may weigh and measure, and how each kind may lie in it."""

    def __init__(self, inner: Size, kinds: Sequence[Kind], room_g: int, room_mm3: int) -> None:
        self.inner = inner
        self.kinds = kinds
        self.room_g = room_g
        self.room_mm3 = room_mm3
        self._ranked: dict[tuple[Way, int], list[list[Side]]] = {}
        self._least = [tuple(map(min, zip(*kind.sides, strict=True))) for kind in kinds]

    def ranked(self, manner: Manner) -> list[list[Side]]:
        """The sides of each kind that fit the room, the best first; among equals the shorter length first, or the longer if turned."""
        way, turned = manner.way, manner.turned
        key = way, turned
        if key not in self._ranked:
            self._ranked[key] = [
                sorted(
                    [(way.side(*size), *size) for size in kind.sides],
                    key=lambda side: (side[0], -side[1] if turned >> number & 1 else side[1]),
                )
                for number, kind in enumerate(self.kinds)
            ]
        return self._ranked[key]

    def lighter(self, room_g: int) -> "Shape":
        """The same carton for less weight."""
        other = copy(self)
        other.room_g = min(room_g, self.room_g)
        return other

    def shortest(self, runs: Sequence[Run]) -> list[Size]:
        """For each run the shortest length, width and height of it and all that follow; one more for nothing left."""
        x = y = z = BIG
        found = [(x, y, z)]
        for number, _ in reversed(runs):
            least = self._least[number]
            if least:
                a, b, c = least
                x, y, z = a if a < x else x, b if b < y else y, c if c < z else z
            found.append((x, y, z))
        found.reverse()
        return found


def fill(shape: Shape, manner: Manner, support_percent: int, whole: bool = False) -> Laid:
    """Lays the runs of `manner` in their order; kinds that do not fit the room are left. `whole` stops at the first that does not go in."""
    runs, kinds, ranked, leasts = manner.runs, shape.kinds, shape.ranked(manner), shape.shortest(manner.runs)
    room = Room(shape.inner, manner.way, support_percent, any(kinds[number].bears_g is not None for number, _ in runs))
    grams, volume = shape.room_g, shape.room_mm3
    left: list[Run] = []
    for n, (number, count) in enumerate(runs):
        kind, sides = kinds[number], ranked[number]
        todo = min(count, volume // kind.volume, grams // kind.grams if kind.grams else count) if sides else 0
        short = count - todo
        while todo and not (whole and short):
            done = room.lay(number, kind, sides, todo, leasts[n] if todo > 1 else leasts[n + 1])
            if not done:
                break
            todo -= done
            grams -= done * kind.grams
            volume -= done * kind.volume
        if todo + short:
            left.append((number, todo + short))
            if whole:
                break
    return Laid(room.units, left, room.steps)
