"""Laying units into one room: the free room is kept as its largest empty boxes, each unit goes into the best corner of one of them.

The extreme-point idea of Crainic, Perboli and Tadei (2008) with the empty maximal spaces of Lai and Chan (1997): a unit is laid at a
corner of a maximal space, every space it touches is cut into at most six, spaces inside another are dropped. Called by `filling`;
`blocks` shares the last step.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from oms.packing.cartons.types import Size

#: A free box: rank, then its two corners x0, y0, z0, x1, y1, z1.
Space = tuple[int, int, int, int, int, int, int]
#: A unit as it lies: rank, length, width, height.
Side = tuple[int, int, int, int]
#: A base or top face: x0, y0, x1, y1.
Face = tuple[int, int, int, int]
#: A laid unit: its kind, its corner, its sides.
Unit = tuple[int, int, int, int, int, int, int]

BIG = 1 << 14
_ONE = (1, 1, 1)


class Kind(NamedTuple):
    """Units that are alike for packing: their size, the ways they may lie in this room, their weight, what may lie on one."""

    size: Size
    sides: tuple[Size, ...]
    volume: int
    grams: int
    bears_g: int | None


class Way(NamedTuple):
    """A rule which corner is best: the weights of a corner's x, y and z, and the rank of a unit's sides. The lowest sum wins; `grow`
    names the two directions (0 x, 1 y, 2 z) in which units alike follow each other."""

    corner: Size
    side: Callable[[int, int, int], int]
    grow: tuple[int, int]


#: Lowest top first, then the back, then the left.
LOW = Way((1, BIG, BIG * BIG), lambda length, width, height: height * BIG * BIG, (0, 1))
#: Walls from the left and from the back; units stand on each other within a wall.
LEFT = Way((BIG * BIG, 1, BIG), lambda length, width, height: (length * BIG + height) * BIG, (2, 1))
BACK = Way((1, BIG * BIG, BIG), lambda length, width, height: (width * BIG + height) * BIG, (2, 0))
#: The lowest floor first, the largest base on it.
BROAD = Way((BIG, BIG, 1 << 44), lambda length, width, height: -length * width * BIG, (0, 1))


class Room:
    """Owns one carton while it is being filled: its free spaces, the faces goods may stand on, and the load on each unit."""

    def __init__(self, inner: Size, way: Way, support_percent: int, careful: bool) -> None:
        self.units: list[Unit] = []
        self.steps = 0
        self._way = way
        self._support = support_percent
        self._careful = careful
        self._spaces: list[Space] = [(0, 0, 0, 0, *inner)]
        self._tops: dict[int, list[Face]] = {}
        self._load: list[int] = []
        self._may_bear: list[int | None] = []

    def lay(self, number: int, kind: Kind, sides: Sequence[Side], most: int, least: Size) -> int:
        """Lays up to `most` units alike in one go, at the best corner and onwards from it; returns how many. `sides` is sorted by
        rank; `least` is the shortest length, width and height that still comes, this kind's included."""
        spot = self._best(kind, sides)
        if spot is None:
            return 0
        space, x, y, length, width, height = spot
        z = space[3]
        room = (space[4] - x, space[5] - y, space[6] - z)
        many: Sequence[int] = _ONE
        if most > 1 and not self._careful and (x, y) == (space[1], space[2]):
            many = self._grown(spot, (length, width, height), room, most)
        self._put(number, (x, y, z), (length, width, height), many)
        if self._careful:
            self._bear(kind, self.units[-1])
        far_x, far_y, top = x + many[0] * length, y + many[1] * width, z + many[2] * height
        self._cut(x, y, z, far_x, far_y, top, least)
        return many[0] * many[1] * many[2]

    def _put(self, number: int, at: Size, size: Size, many: Sequence[int]) -> None:
        """Notes the units of a block and the faces on top of each of its layers."""
        x, y, z = at
        length, width, height = size
        across, deep, high = many
        face = (x, y, x + across * length, y + deep * width)
        for _ in range(high):
            if across == deep == 1:
                self.units.append((number, x, y, z, length, width, height))
            else:
                self.units += [
                    (number, x + k * length, y + m * width, z, *size) for m in range(deep) for k in range(across)
                ]
            z += height
            faces = self._tops.get(z)
            if faces is None:
                self._tops[z] = [face]
            else:
                faces.append(face)

    def _grown(self, spot: tuple[Space, int, int, int, int, int], size: Size, room: Size, most: int) -> list[int]:
        """How many units alike follow along x, y and z from `spot`: rows first, then rows beside rows. Off the floor, a row only goes
        on where one face carries it whole."""
        space, x, y, *_ = spot
        many = [1, 1, 1]
        if space[3] and self._support:
            for x0, y0, x1, y1 in self._tops.get(space[3], ()):
                if x0 <= x < x1 and y0 <= y < y1:
                    room = (min(room[0], x1 - x), min(room[1], y1 - y), room[2])
                    break
        first, second = self._way.grow
        many[first] = max(1, min(room[first] // size[first], most))
        many[second] = max(1, min(room[second] // size[second], most // many[first]))
        return many

    def _best(self, kind: Kind, sides: Sequence[Side]) -> tuple[Space, int, int, int, int, int] | None:
        """The best space for one unit, where in it, and how the unit lies."""
        best = 1 << 62
        found = None
        least = sides[0][0]
        looked = 0
        for space in self._spaces:
            rank, x0, y0, z0, x1, y1, z1 = space
            if rank + least >= best:
                break
            looked += 1
            long, wide, high = x1 - x0, y1 - y0, z1 - z0
            for bias, length, width, height in sides:
                if rank + bias >= best:
                    break
                if length <= long and width <= wide and height <= high:
                    spot = self._stand(space, length, width) if z0 and self._support else (x0, y0)
                    if spot is None:
                        continue
                    if self._careful and not self._bearable(kind, *spot, z0, length, width):
                        continue
                    best = rank + bias
                    found = (space, *spot, length, width, height)
                    break
        self.steps += 2 + looked
        return found

    def _stand(self, space: Space, length: int, width: int) -> tuple[int, int] | None:
        """Where in `space` a base of `length` by `width` stands on enough: a corner, or flush with what carries it."""
        _, x0, y0, z0, x1, y1, _ = space
        faces = self._tops.get(z0)
        if not faces:
            return None
        xs, ys = [x0, x1 - length], [y0, y1 - width]
        last_x, last_y = xs[1], ys[1]
        for left, back, right, front in faces:
            if left <= x0 and back <= y0 and right >= x0 + length and front >= y0 + width:
                return x0, y0
            xs += [at for at in (left, right - length) if x0 < at < last_x]
            ys += [at for at in (back, front - width) if y0 < at < last_y]
        need = length * width * self._support
        for x in dict.fromkeys(xs):
            for y in dict.fromkeys(ys):
                self.steps += 1
                if 100 * _carried(faces, x, y, x + length, y + width) >= need:
                    return x, y
        return None

    def _bearable(self, kind: Kind, x: int, y: int, z: int, length: int, width: int) -> bool:
        """Whether nothing hangs over the place and everything below may bear one more of this kind."""
        far_x, far_y = x + length, y + width
        if any(unit[3] >= z and _meets(unit, x, y, far_x, far_y) for unit in self.units):
            return False
        for n in self._below(x, y, z, far_x, far_y):
            bears = self._may_bear[n]
            if bears is not None and (not bears or self._load[n] + kind.grams > bears):
                return False
        return True

    def _below(self, x0: int, y0: int, z: int, x1: int, y1: int) -> set[int]:
        """Every unit under the face, and under those, and so on: each may have to carry it."""
        found: set[int] = set()
        faces = [(x0, y0, z, x1, y1)]
        while faces:
            x0, y0, z, x1, y1 = faces.pop()
            for n, unit in enumerate(self.units):
                _, x, y, bottom, length, width, height = unit
                if n not in found and bottom + height <= z and _meets(unit, x0, y0, x1, y1):
                    found.add(n)
                    faces.append((x, y, bottom, x + length, y + width))
        return found

    def _bear(self, kind: Kind, unit: Unit) -> None:
        _, x, y, z, length, width, _ = unit
        for n in self._below(x, y, z, x + length, y + width):
            self._load[n] += kind.grams
        self._load.append(0)
        self._may_bear.append(kind.bears_g)

    def _cut(self, x: int, y: int, z: int, far_x: int, far_y: int, top: int, least: Size) -> None:
        """Takes a laid box out of the free spaces; what is too thin for all that still comes is dropped."""
        kept: list[Space] = []
        cut: list[Space] = []
        ax, ay, az = self._way.corner
        lx, ly, lz = least
        for space in self._spaces:
            rank, x0, y0, z0, x1, y1, z1 = space
            if far_x <= x0 or x >= x1 or far_y <= y0 or y >= y1 or top <= z0 or z >= z1:
                if x1 - x0 >= lx and y1 - y0 >= ly and z1 - z0 >= lz:
                    kept.append(space)
                continue
            if y1 - y0 >= ly and z1 - z0 >= lz:
                if x - x0 >= lx:
                    cut.append((rank, x0, y0, z0, x, y1, z1))
                if x1 - far_x >= lx:
                    cut.append((rank + ax * (far_x - x0), far_x, y0, z0, x1, y1, z1))
            if x1 - x0 >= lx:
                if z1 - z0 >= lz:
                    if y - y0 >= ly:
                        cut.append((rank, x0, y0, z0, x1, y, z1))
                    if y1 - far_y >= ly:
                        cut.append((rank + ay * (far_y - y0), x0, far_y, z0, x1, y1, z1))
                if y1 - y0 >= ly:
                    if z - z0 >= lz:
                        cut.append((rank, x0, y0, z0, x1, y1, z))
                    if z1 - top >= lz:
                        cut.append((rank + az * (top - z0), x0, y0, top, x1, y1, z1))
        self.steps += len(self._spaces) + 4 * len(cut)
        kept += not_inside(cut, kept)
        kept.sort()
        self._spaces = kept


def not_inside(cut: list[Space], kept: list[Space]) -> list[Space]:
    """Those of the new spaces that lie in no other."""
    found: list[Space] = []
    cut = list(dict.fromkeys(cut))
    for one in cut:
        _, x0, y0, z0, x1, y1, z1 = one
        for _, a0, b0, c0, a1, b1, c1 in kept:
            if a0 <= x0 and b0 <= y0 and c0 <= z0 and a1 >= x1 and b1 >= y1 and c1 >= z1:
                break
        else:
            for other in cut:
                _, a0, b0, c0, a1, b1, c1 = other
                if a0 <= x0 and b0 <= y0 and c0 <= z0 and a1 >= x1 and b1 >= y1 and c1 >= z1 and other is not one:
                    break
            else:
                found.append(one)
    return found


def _carried(faces: list[Face], x0: int, y0: int, x1: int, y1: int) -> int:
    """How much of a base lies on `faces`, which never overlap, in square millimetres."""
    area = 0
    for left, back, right, front in faces:
        long = (x1 if x1 < right else right) - (x0 if x0 > left else left)
        if long > 0:
            wide = (y1 if y1 < front else front) - (y0 if y0 > back else back)
            if wide > 0:
                area += long * wide
    return area


def _meets(unit: Unit, x0: int, y0: int, x1: int, y1: int) -> bool:
    _, x, y, _, length, width, _ = unit
    return x < x1 and x0 < x + length and y < y1 and y0 < y + width
