"""Zones of equal work: bays in a row along the walk are cut into zones so that the busiest has as little as can be. Plain functions over
numbers; a zone is cut between bays and not between aisles, for one aisle of fast movers can be more than a zone's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from oms.planning.compiled import Floats

_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Zones:
    """Zone z has the bays from `first[z]` to before `first[z + 1]`, and `loads[z]` of work."""

    first: tuple[int, ...]
    loads: tuple[float, ...]

    @property
    def uneven(self) -> float:
        """The busiest zone's work by the mean: 1.0 is even. 1.0 where there is no work."""
        mean = sum(self.loads) / len(self.loads)
        return max(self.loads) / mean if mean > 0 else 1.0

    def of(self, bay: int) -> int:
        """The zone that a bay is in."""
        return int(np.searchsorted(self.first, bay, side="right")) - 1


def cut(work: Sequence[float], zones: int) -> Zones:
    """The cut of bays, in their order, whose busiest zone has least work; of equal ones that whose later zones have least. A zone may be
    empty where there are fewer bays than zones. ValueError for no bays or zones, or work below nothing."""
    load = np.asarray(work, np.float64)
    if zones < 1 or not len(load) or not np.isfinite(load).all() or (load < 0).any():
        raise ValueError("bays with their work, and a zone at least")
    before = np.concatenate(([0.0], np.cumsum(load)))
    most, cuts = _least(before, zones)
    first = _walked_back(cuts, len(load))
    loads = tuple(float(before[end] - before[start]) for start, end in zip(first, [*first[1:], len(load)], strict=True))
    assert max(loads) <= most * (1 + 1e-9) + _TINY
    return Zones(tuple(first), loads)


def _least(before: Floats, zones: int) -> tuple[float, np.ndarray]:
    # best[j]: the busiest of so many zones over the first j bays. Both terms are monotonous in where the last zone begins.
    bays = len(before) - 1
    best = before.copy()
    cuts = np.zeros((zones, bays + 1), np.int64)
    for zone in range(1, zones):
        now = np.zeros(bays + 1)
        for end in range(bays + 1):
            busiest = np.maximum(best[: end + 1], before[end] - before[: end + 1])
            cuts[zone, end] = int(np.argmin(busiest))
            now[end] = busiest[cuts[zone, end]]
        best = now
    return float(best[bays]), cuts


def _walked_back(cuts: np.ndarray, bays: int) -> list[int]:
    first, end = [], bays
    for zone in range(len(cuts) - 1, 0, -1):
        end = int(cuts[zone, end])
        first.append(end)
    return [0, *reversed(first)]


@dataclass(frozen=True, slots=True)
class Passing:
    """Totes through zones one after the other: in which order they start, when the last is ready (seconds), and the least that any order
    of starting could take."""

    order: tuple[int, ...]
    seconds: float
    bound: float


def passed(seconds: Sequence[Sequence[float]], pickers: int | None = None) -> Passing:
    """Pass and pick: tote t needs `seconds[t][z]` in zone z, one picker a zone (`pickers` of them share all, when fewer). Those with most
    work start first, and the last zones' totes before the first zones' among equals. ValueError for a ragged or empty table."""
    work = np.asarray(seconds, np.float64)
    if work.ndim != 2 or not work.size or (work < 0).any():
        raise ValueError("each tote's seconds in each zone")
    totes, zones = work.shape
    hands = zones if pickers is None else max(1, min(pickers, zones))
    tail = (work * np.arange(zones)).sum(axis=1)
    order = sorted(range(totes), key=lambda tote: (-work[tote].sum(), -tail[tote], tote))
    bound = max(float(work.sum(axis=0).max()), float(work.sum()) / hands, float(work.sum(axis=1).max()))
    return Passing(tuple(order), _played(work, order, hands), bound)


def _played(work: Floats, order: Sequence[int], hands: int) -> float:
    # Always the step that can begin first, of several the tote that was started first. With a picker for each zone nobody else is needed.
    zones = work.shape[1]
    free, zone_free = [0.0] * hands, [0.0] * zones
    steps = {tote: [zone for zone in range(zones) if work[tote, zone] > 0] for tote in order}
    ready = {tote: 0.0 for tote in order if steps[tote]}
    finish = 0.0
    while ready:
        hand = min(range(hands), key=free.__getitem__)
        least = free[hand] if hands < zones else 0.0
        starts = {tote: max(at, zone_free[steps[tote][0]], least) for tote, at in ready.items()}
        tote = min(starts, key=starts.__getitem__)
        zone = steps[tote].pop(0)
        end = starts[tote] + float(work[tote, zone])
        free[hand] = zone_free[zone] = ready[tote] = end
        finish = max(finish, end)
        if not steps[tote]:
            del ready[tote]
    return finish
