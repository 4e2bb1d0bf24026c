"""The walk of orders over a drawn floor, as batching wants it: exact where the floor is one block, else a matrix of distances between the
spots where something is picked. Called by whoever plans batches for a floor.

Bins that no way leads to are left out of the walk and named: their orders are batched by their other bins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints
from oms.planning.layout import Layout
from oms.planning.rectangle import Rectangle, recognised
from oms.planning.single_block import Block, Pick
from oms.planning.walks import Walk, block_walk, matrix_walk

#: The most spots of a matrix: 3000 take 72 MB and some tenths of a second. Of more, those that lie within some metres on a path are one.
MOST_SPOTS: Final = 3000
#: Bins that lie nearer than so many metres on a path are one spot anyway.
_SAME: Final = 0.01

#: A path (-1: at a crossing), and the how-manieth stretch of it (the crossing's number).
Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FloorWalk:
    """`walk` has all orders, by their numbers. `lost` are the bins that are not on the floor, or that no way leads to and back from.
    `within` is how many metres of a path count as one spot, more than 0.01 only where there are too many; 0 in a single block."""

    walk: Walk
    lost: tuple[str, ...]
    within: float


def floor_walk(
    layout: Layout, orders: Sequence[Sequence[str]], depots: Sequence[str], most_spots: int = MOST_SPOTS
) -> FloorWalk:
    """Orders, each the codes of its bins, walked from and to the best of `depots` (none: from anywhere). `BadLayout` for a depot that is
    not on the floor."""
    starts = layout.numbers(depots)
    places = {code: layout.places[code] for bins in orders for code in bins if code in layout.places}
    lost = {code for bins in orders for code in bins if code not in places}
    found = recognised(layout) if len(starts) == 1 else None
    if found is not None and found.deep[starts[0]] in (0.0, found.long):
        picks = _picks(found, places, int(starts[0]))
        block = Block(found.long, (*found.steps, 0.0), found.aisles[starts[0]])
        own = [[picks[code] for code in bins if code in picks] for bins in orders]
        return FloorWalk(block_walk(block, own), tuple(sorted(lost)), 0.0)
    spots, within = _spots(layout, places, most_spots)
    first = {spots[code]: place for code, place in reversed(places.items())}
    matrix, kept = _matrix(layout, starts, np.array(list(first.values()), np.int64))
    number = {list(first)[spot]: stop for stop, spot in enumerate(kept, 1)}
    lost |= {code for code, spot in spots.items() if spot not in number}
    stops = [[number[spots[code]] for code in bins if code not in lost] for bins in orders]
    return FloorWalk(matrix_walk(matrix, stops), tuple(sorted(lost)), within)


def _picks(block: Rectangle, places: Mapping[str, int], depot: int) -> dict[str, Pick]:
    """Aisle and metres from the side of the depot."""
    is_front = block.deep[depot] == 0.0
    deep = {code: min(max(block.deep[place], 0.0), block.long) for code, place in places.items()}
    return {
        code: (block.aisles[place], deep[code] if is_front else block.long - deep[code])
        for code, place in places.items()
    }


def _spots(layout: Layout, places: Mapping[str, int], most: int) -> tuple[dict[str, Spot], float]:
    """For each bin the spot that it lies in, and how long a spot is."""
    within = _SAME
    while True:
        spots = {
            code: (-1, place) if layout.on[place] < 0 else (int(layout.on[place]), int(layout.along[place] / within))
            for code, place in places.items()
        }
        if len(set(spots.values())) <= most or within > layout.lengths.max():
            return spots, within
        within = max(1.0, 2 * within)


def _matrix(layout: Layout, starts: Ints, spots: Ints) -> tuple[Floats, list[int]]:
    """Distances between the spots that can be walked to and back, from stop 1 on (0 is the nearest depot), and these spots' numbers."""
    depots = len(starts)
    between = layout.distances(np.concatenate([starts, spots]).astype(np.int64))
    inside = between[depots:, depots:]
    if depots:
        out, back = between[:depots, depots:].min(axis=0), between[depots:, :depots].min(axis=1)
    else:
        # From anywhere: among the spots that hang together with the first one.
        out = back = np.where(np.isfinite(inside[:1]) & np.isfinite(inside[:, :1].T), 0.0, np.inf).reshape(-1)
    kept = np.flatnonzero(np.isfinite(out) & np.isfinite(back))
    matrix = np.zeros((len(kept) + 1, len(kept) + 1))
    matrix[0, 1:], matrix[1:, 0] = out[kept], back[kept]
    matrix[1:, 1:] = inside[np.ix_(kept, kept)]
    return matrix, [int(spot) for spot in kept]
