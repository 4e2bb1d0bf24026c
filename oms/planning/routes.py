"""The order in which the stops of a job are walked to, whatever the job. Called by the actions that make jobs, and by benches.

A walk begins and ends at one of the depots named for it, the best pair of them; without one it begins anywhere. Stops of a lower rank come
before all of a higher one (heavy goods first, fragile ones last); of stops that belong together none is left before all are done. Stops
that no way leads to come last, as they were given, and are named.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from oms.planning.block_tour import block_tour
from oms.planning.compiled import Floats, Ints
from oms.planning.layout import Layout
from oms.planning.rectangle import recognised
from oms.planning.single_block import Block
from oms.planning.tours import KICKS, WORSE, shortest

#: Ranks in which goods go onto the cart.
HEAVY, ANY, FRAGILE = 0, 1, 2
#: The most stops of one walk; nobody walks more in one go, and the matrix grows with its square.
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Stop:
    """A bin (or crossing) to go to. `together` is the same word for stops that are finished before others, such as those of one product."""

    place: str
    rank: int = ANY
    together: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """`order` are positions in the stops that were asked about, all of them; `metres` the walk without `unreached`, which come last.
    `start` and `end` are the depots chosen ('' where the floor has none or nothing is reached)."""

    order: tuple[int, ...]
    metres: float
    start: str
    end: str
    unreached: tuple[int, ...] = ()


def route(
    layout: Layout,
    stops: Sequence[Stop],
    starts: Sequence[str],
    ends: Sequence[str] | None = None,
    kicks: int = KICKS,
    seed: int = 1,
) -> Route:
    """The walk over `stops` from one of `starts` (none: anywhere) to one of `ends` (None: back to a start). ValueError for more than `MOST`
    stops, `BadLayout` for a depot that is not on the floor. The same input and seed give the same walk."""
    if len(stops) > MOST:
        raise ValueError(f"more than {MOST} stops in one walk")
    ends = starts if ends is None else ends
    depots = layout.numbers([*starts, *ends])
    merged = _merged([stop for stop in stops if stop.place in layout.places])
    places = np.concatenate([depots, layout.numbers([stop.place for stop in merged])]).astype(np.int64)
    between = layout.distances(places)
    matrix = _matrix(between, len(starts), len(ends))
    if list(starts) == list(ends) and len(starts) == 1 and len({(stop.rank, stop.together) for stop in merged}) == 1:
        exact = _through_block(layout, int(depots[0]), [int(n) for n in places[2:]])
        if exact is not None:
            return _told(stops, merged, [0, *exact, len(merged) + 1], matrix, between, starts, ends)
    kept = _within_reach(matrix)
    while True:
        inside = matrix[np.ix_(kept, kept)]
        order = _ordered(inside, [merged[n - 1] for n in kept[1:-1]], kicks, seed)
        broken = next((n for n, (a, b) in enumerate(pairwise(order), 1) if not np.isfinite(inside[a, b])), len(order))
        if broken >= len(order) - 1:
            break
        kept = np.delete(kept, order[broken:-1])
    walk = [int(kept[n]) for n in order]
    return _told(stops, merged, walk, matrix, between, starts, ends)


def _through_block(layout: Layout, depot: int, places: Sequence[int]) -> list[int] | None:
    """The shortest order of places (numbered from 1) in a floor that is one block with its depot at the end of an aisle; else None."""
    block = recognised(layout)
    if block is None or block.deep[depot] not in (0.0, block.long):
        return None
    is_front = block.deep[depot] == 0.0
    picks: dict[tuple[int, float], list[int]] = defaultdict(list)
    for n, place in enumerate(places, 1):
        deep = min(max(block.deep[place], 0.0), block.long)
        picks[block.aisles[place], deep if is_front else block.long - deep].append(n)
    tour = block_tour(Block(block.long, (*block.steps, 0.0), block.aisles[depot]), list(picks))
    order = [n for pick in tour.stops for n in picks[pick]]
    # Both directions are as long: people know the one that begins with what they were given first.
    return order if order[0] < order[-1] else [n for pick in reversed(tour.stops) for n in picks[pick]]


def _merged(stops: Sequence[Stop]) -> list[Stop]:
    """Each place once, for everything of one kind that is to be done there."""
    return list(dict.fromkeys(stops))


def _matrix(between: Floats, starts: int, ends: int) -> Floats:
    """From metres between depots and stops to a matrix whose first place is the best start and whose last the best end for each stop."""
    depots = starts + ends
    stops = len(between) - depots
    matrix = np.zeros((stops + 2, stops + 2))
    matrix[1:-1, 1:-1] = between[depots:, depots:]
    matrix[0, 1:-1] = between[:starts, depots:].min(axis=0) if starts else 0.0
    matrix[1:-1, -1] = between[depots:, starts:depots].min(axis=1) if ends else 0.0
    matrix[0, -1] = between[:starts, starts:depots].min() if starts and ends else 0.0
    # Nobody comes back to the start or goes on from the end.
    matrix[-1, :-1], matrix[1:, 0] = matrix[:-1, -1], matrix[0, 1:]
    return matrix


def _within_reach(matrix: Floats) -> Ints:
    """The rows of the matrix that can be walked to and left again, start and end included."""
    last = len(matrix) - 1
    good = np.isfinite(matrix[0]) & np.isfinite(matrix[:, last])
    good[0] = good[last] = True
    return np.flatnonzero(good).astype(np.int64)


def _ordered(metres: Floats, stops: Sequence[Stop], kicks: int, seed: int) -> list[int]:
    """The order of the matrix's places, with ranks and what belongs together kept."""
    costs = np.where(np.isfinite(metres), metres, 0.0)
    lost = ~np.isfinite(metres)
    has_rules = bool(lost.any()) or len({(stop.rank, stop.together) for stop in stops}) > 1
    if has_rules:
        costs = costs + _penalties(stops, float(costs.max()) * len(costs) + 1.0, lost)
    # A share of what it costs to break a rule is no measure of walks.
    order, _ = shortest(np.ascontiguousarray(costs), kicks, seed, worse=0.0 if has_rules else WORSE)
    walk = [int(n) for n in order]
    is_even = np.array_equal(costs, costs.T) and np.array_equal(costs[0, 1:-1], costs[-1, 1:-1])
    if is_even and len(walk) > 3 and walk[1] > walk[-2]:
        walk[1:-1] = reversed(walk[1:-1])
    return walk


def _penalties(stops: Sequence[Stop], much: float, lost: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    """What makes a walk that breaks a rule longer than any that does not: leaving what belongs together, going back to a lower rank (and
    going on to a higher one, so that the first walk is built in order), a step where no way leads."""
    kinds = [(stop.rank, stop.together or f"\0{n}") for n, stop in enumerate(stops)]
    group = np.array([{one: n for n, one in enumerate(dict.fromkeys(kinds))}[kind] for kind in kinds], dtype=np.int64)
    group = np.concatenate([[-1], group, [-2]])
    ranks = sorted({stop.rank for stop in stops})
    steps = np.array([0, *(ranks.index(stop.rank) for stop in stops), max(0, len(ranks) - 1)])
    up = np.maximum(steps[None, :] - steps[:, None], 0)
    down = np.maximum(steps[:, None] - steps[None, :], 0)
    leaving = (group[:, None] != group[None, :]) * much
    above = much * (len(stops) + 2)
    penalties: Floats = leaving + (up + 2 * down) * above + lost * above * (len(ranks) + 1) * 3
    np.fill_diagonal(penalties, 0.0)
    return penalties


def _told(
    stops: Sequence[Stop],
    merged: Sequence[Stop],
    walk: Sequence[int],
    matrix: Floats,
    between: Floats,
    starts: Sequence[str],
    ends: Sequence[str],
) -> Route:
    """The walk over merged stops in the words of those that were asked about."""
    at = {merged[n - 1]: place for place, n in enumerate(walk) if 0 < n <= len(merged)}
    reached = sorted((n for n, stop in enumerate(stops) if stop in at), key=lambda n: (at[stops[n]], n))
    unreached = tuple(n for n, stop in enumerate(stops) if stop not in at)
    metres = float(sum(matrix[a, b] for a, b in pairwise(walk))) if reached else 0.0
    start = end = ""
    if reached:
        depots = len(starts) + len(ends)
        first, last = depots + walk[1] - 1, depots + walk[-2] - 1
        start = starts[int(np.argmin(between[: len(starts), first]))] if starts else ""
        end = ends[int(np.argmin(between[last, len(starts) : depots]))] if ends else ""
    return Route((*reached, *unreached), metres, start, end, unreached)
