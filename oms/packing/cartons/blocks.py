"""One large container filled as full as can be: pallet cages, roll containers, trucks. Blocks of units, chosen by what they waste.

Blocks of like units, and pairs of such blocks that stand flush, go into the free space nearest to a corner of the container (Parreno et
al., 2008). A block's worth is its volume less what its remainders can no longer use (Araya and Riff, 2014); a beam of partial loadings
is widened until the time is up. Called by the bench; nothing rests on it but the figures there.
"""

import math
from collections.abc import Sequence
from heapq import nlargest
from operator import itemgetter
from time import thread_time
from typing import NamedTuple

from oms.packing.cartons.spaces import Space, Unit, not_inside
from oms.packing.cartons.types import Size

_MOST_BLOCKS = 6_000
#: How much less many small units are worth than one large one of their volume.
_SMALL = 0.2


class Goods(NamedTuple):
    """One kind of unit: the ways it may lie, and how many there are."""

    sides: tuple[Size, ...]
    qty: int


class Block(NamedTuple):
    """Units that are placed at once: outer sides, their own volume, a bound of their worth, and the units at their places within."""

    volume: int
    size: Size
    needs: tuple[tuple[int, int], ...]
    worth: float
    parts: tuple[tuple["Block", Size], ...]
    unit: int


Found = dict[tuple[Size, tuple[tuple[int, int], ...]], Block]


class State(NamedTuple):
    """A partial loading: the free spaces, what is left of each kind, the volume inside, and the blocks at their places."""

    spaces: list[Space]
    left: list[int]
    volume: int
    placed: tuple[tuple[Block, Size], ...]


class Loading(NamedTuple):
    """A finished loading: every unit with its place, and the share of the container that is used."""

    units: list[Unit]
    used: float


def load(container: Size, goods: Sequence[Goods], seconds: float) -> Loading:
    """The fullest loading found in about `seconds` of the processor. Units may overhang; `goods` says how each may lie."""
    until = thread_time() + seconds
    yard = _Yard(container, goods)
    best = yard.complete(yard.start(), until)
    width = 1
    while thread_time() < until:
        best = max(best, yard.beam(width, until), key=lambda state: state.volume)
        width += max(1, width // 2)
    units: list[Unit] = []
    for block, at in best.placed:
        _unfold(block, at, units)
    return Loading(units, best.volume / (container[0] * container[1] * container[2]))


def _unfold(block: Block, at: Size, units: list[Unit]) -> None:
    """The units of a block at their places in the container."""
    if not block.parts:
        units.append((block.unit, *at, *block.size))
    for part, (x, y, z) in block.parts:
        _unfold(part, (at[0] + x, at[1] + y, at[2] + z), units)


class _Yard:
    """Owns what stays the same during one search: the container, the blocks, and how far each length can be filled exactly."""

    def __init__(self, container: Size, goods: Sequence[Goods]) -> None:
        self.container = container
        self.goods = goods
        self.blocks = _blocks(container, goods)
        self.reach = [
            _reach(side, {size[axis] for one in goods for size in one.sides}) for axis, side in enumerate(container)
        ]
        self.least = tuple(min(size[axis] for one in goods for size in one.sides) for axis in range(3))

    def start(self) -> State:
        """Nothing loaded."""
        return State([(0, 0, 0, 0, *self.container)], [one.qty for one in self.goods], 0, ())

    def complete(self, state: State, until: float) -> State:
        """The best block every time, until nothing fits."""
        while state.spaces and thread_time() < until:
            state, best = self.candidates(state, 1)
            if best:
                state = self.put(state, best[0])
        return state

    def candidates(self, state: State, many: int) -> tuple[State, list[Block]]:
        """The best blocks for the first space that any fits; spaces before it are of no use any more."""
        spaces = state.spaces
        for n, space in enumerate(spaces):
            found = self._fitting(space, state.left, many)
            if found:
                return state._replace(spaces=spaces[n:]), found
        return state._replace(spaces=[]), []

    def _fitting(self, space: Space, left: list[int], many: int) -> list[Block]:
        _, x0, y0, z0, x1, y1, z1 = space
        long, wide, high = x1 - x0, y1 - y0, z1 - z0
        reach_x, reach_y, reach_z = self.reach
        room = 1 / (long * wide * high)
        least = 0.0
        found: list[tuple[float, int, Block]] = []
        for n, block in enumerate(self.blocks):
            _, (length, width, height), needs, worth, _, _ = block
            if worth <= least:
                break
            if length > long or width > wide or height > high:
                continue
            for kind, count in needs:
                if left[kind] < count:
                    break
            else:
                used = (
                    (length + reach_x[long - length])
                    * (width + reach_y[wide - width])
                    * (height + reach_z[high - height])
                    * room
                )
                score = worth * used * used * used * used
                if score > least:
                    found.append((score, -n, block))
                    if len(found) > many:
                        found.remove(min(found))
                    if len(found) == many:
                        least = min(found)[0]
        found.sort(reverse=True)
        return [block for _, _, block in found]

    def put(self, state: State, block: Block) -> State:
        """The block in the corner of the first space that is nearest to one of the container."""
        _, x0, y0, z0, x1, y1, z1 = state.spaces[0]
        long, wide, high = self.container
        length, width, height = block.size
        x = x0 if x0 <= long - x1 else x1 - length
        y = y0 if y0 <= wide - y1 else y1 - width
        z = z0 if z0 <= high - z1 else z1 - height
        left = list(state.left)
        for kind, count in block.needs:
            left[kind] -= count
        spaces = self._cut(state.spaces, x, y, z, x + length, y + width, z + height)
        return State(spaces, left, state.volume + block.volume, (*state.placed, (block, (x, y, z))))

    def _cut(self, spaces: list[Space], x: int, y: int, z: int, far_x: int, far_y: int, top: int) -> list[Space]:
        long, wide, high = self.container
        lx, ly, lz = self.least
        kept: list[Space] = []
        cut: list[Space] = []
        for space in spaces:
            _, x0, y0, z0, x1, y1, z1 = space
            if far_x <= x0 or x >= x1 or far_y <= y0 or y >= y1 or top <= z0 or z >= z1:
                kept.append(space)
                continue
            for a0, b0, c0, a1, b1, c1 in (
                (x0, y0, z0, x, y1, z1),
                (far_x, y0, z0, x1, y1, z1),
                (x0, y0, z0, x1, y, z1),
                (x0, far_y, z0, x1, y1, z1),
                (x0, y0, z0, x1, y1, z),
                (x0, y0, top, x1, y1, z1),
            ):
                if a1 - a0 >= lx and b1 - b0 >= ly and c1 - c0 >= lz:
                    away = (
                        (a0 if a0 < long - a1 else long - a1)
                        + (b0 if b0 < wide - b1 else wide - b1)
                        + (c0 if c0 < high - c1 else high - c1)
                    )
                    cut.append((away, a0, b0, c0, a1, b1, c1))
        kept += not_inside(cut, kept)
        kept.sort()
        return kept

    def beam(self, width: int, until: float) -> State:
        """Widens each of `width` partial loadings by its best blocks, keeps those whose greedy completion is fullest."""
        nodes = [self.start()]
        best = nodes[0]
        while nodes and thread_time() < until:
            grown: dict[int, tuple[int, State]] = {}
            for node in nodes:
                node, blocks = self.candidates(node, width + 1)
                for block in blocks:
                    child = self.put(node, block)
                    done = self.complete(child, until)
                    if done.volume > best.volume:
                        best = done
                    grown.setdefault(done.volume * 64 + len(child.placed) % 64, (done.volume, child))
            nodes = [child for _, child in nlargest(width, grown.values(), key=itemgetter(0))]
        return best


def _reach(side: int, sizes: set[int]) -> list[int]:
    """For each length up to `side` how much of it can be filled with whole sizes."""
    can = [0] * (side + 1)
    for length in range(1, side + 1):
        can[length] = max((size + can[length - size] for size in sizes if size <= length), default=0)
    return can


def _blocks(container: Size, goods: Sequence[Goods]) -> list[Block]:
    """Blocks of like units, then flush pairs of blocks, the most worth first."""
    found: Found = {}
    for kind, one in enumerate(goods):
        for size in one.sides:
            _alike(container, kind, one.qty, size, found)
    level = list(found.values())
    while level and len(found) < _MOST_BLOCKS:
        level = _pairs(container, goods, list(found.values()), level, found)
    return sorted(found.values(), key=lambda block: -block.worth)


def _alike(container: Size, kind: int, count: int, size: Size, found: Found) -> None:
    """Every grid of one kind lying one way."""
    length, width, height = size
    one = Block(length * width * height, size, ((kind, 1),), _worth(length * width * height, 1), (), kind)
    for nx in range(1, min(count, container[0] // length) + 1):
        for ny in range(1, min(count // nx, container[1] // width) + 1):
            for nz in range(1, min(count // (nx * ny), container[2] // height) + 1):
                many = nx * ny * nz
                places = tuple(
                    (one, (i * length, j * width, k * height)) for k in range(nz) for j in range(ny) for i in range(nx)
                )
                volume = one.volume * many
                sides = (nx * length, ny * width, nz * height)
                block = Block(volume, sides, ((kind, many),), _worth(volume, many), places if many > 1 else (), kind)
                found.setdefault((block.size, block.needs), block)


def _worth(volume: int, many: int) -> float:
    """Volume, a little less for many small units."""
    return volume * math.pow(many, -_SMALL)


def _pairs(
    container: Size,
    goods: Sequence[Goods],
    blocks: list[Block],
    new: list[Block],
    found: Found,
) -> list[Block]:
    """Pairs that stand flush beside each other along one side of the container; the new ones."""
    made: list[Block] = []
    for axis in range(3):
        other = [n for n in range(3) if n != axis]
        by_face: dict[tuple[int, int], list[Block]] = {}
        for block in blocks:
            by_face.setdefault((block.size[other[0]], block.size[other[1]]), []).append(block)
        for block in new:
            for twin in by_face[block.size[other[0]], block.size[other[1]]]:
                pair = _pair(container, goods, block, twin, axis)
                if pair and found.setdefault((pair.size, pair.needs), pair) is pair:
                    made.append(pair)
                    if len(found) >= _MOST_BLOCKS:
                        return made
    return made


def _pair(container: Size, goods: Sequence[Goods], a: Block, b: Block, axis: int) -> Block | None:
    """Two blocks of equal face beside each other along `axis`, if the container and the goods allow it."""
    sides = list(a.size)
    sides[axis] += b.size[axis]
    if sides[axis] > container[axis]:
        return None
    needs = dict(a.needs)
    for kind, count in b.needs:
        needs[kind] = needs.get(kind, 0) + count
        if needs[kind] > goods[kind].qty:
            return None
    volume = a.volume + b.volume
    shift = [0, 0, 0]
    shift[axis] = a.size[axis]
    parts = ((a, (0, 0, 0)), (b, (shift[0], shift[1], shift[2])))
    side_by_side = (sides[0], sides[1], sides[2])
    return Block(volume, side_by_side, tuple(sorted(needs.items())), _worth(volume, sum(needs.values())), parts, -1)
