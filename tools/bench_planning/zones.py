"""Zones of equal work: four of them over bays of five cells, on the class-based instances of 60 orders and more; cut by aisle beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np

from oms.planning.zones import cut
from tools.bench_planning._batches import Instance, instances
from tools.bench_planning._measure import Result

NAME: Final = "zones"
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {NAME: {"mean": 1.08}}
ZONES: Final = 4
_CELLS: Final = 5


def work_by_bay(one: Instance) -> list[float]:
    """Picks in each bay of five cells, aisle after aisle."""
    bays = np.zeros((len(one.block.steps), int(one.block.long) // _CELLS + 1))
    for order in one.orders:
        for aisle, metres in order:
            bays[aisle, int(metres - 1) // _CELLS] += 1
    return [float(work) for work in bays.ravel()]


def run(data: Path) -> Sequence[Result]:
    """The busiest zone by the mean; 1.0 is the least there can be."""
    ratios, by_aisle, times = [], [], []
    for one in instances(data, "henn_class_based"):
        if len(one.orders) < 60:
            continue
        before = perf_counter()
        bays = work_by_bay(one)
        ratios.append(cut(bays, ZONES).uneven)
        times.append(perf_counter() - before)
        aisles = np.array(bays).reshape(len(one.block.steps), -1).sum(axis=1)
        by_aisle.append(cut([float(work) for work in aisles], ZONES).uneven)
    return [Result(NAME, ratios, times, {"by_aisle": sum(by_aisle) / len(by_aisle)})]
