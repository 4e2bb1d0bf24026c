"""The single-block instances and what they are run with. Used by the benchmarks of batching."""

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from oms.planning.batching import Effort, Load, Plan, cart, plan
from oms.planning.single_block import Block, Pick
from oms.planning.walks import block_walk
from tools.bench_planning._measure import Result, elapsed, find

SET: Final = "order-batching"
FILE: Final = "obp_single_block.json.gz"
#: Of each set only every so-manieth instance is run: for a look while something is changed.
EVERY: Final = int(os.environ.get("FLOORHAND_BENCH_EVERY", "1"))


@dataclass(frozen=True, slots=True)
class Instance:
    """Orders in a block, the articles that a cart takes, and what is known: the best value, and the published upper and lower bounds."""

    name: str
    block: Block
    orders: tuple[tuple[Pick, ...], ...]
    capacity: int
    best: float
    bound: float | None
    low: float


def instances(data: Path, *sets: str) -> list[Instance]:
    """Those of the named sets, in the file's order. Absent when the file is not there."""
    content = _content(find(data, SET, FILE))
    chosen = [one for one in content["instances"] if one["set"] in sets]
    return [_instance(one, content["geoms"]) for one in chosen[::EVERY]]


@cache
def _content(path: Path) -> dict[str, Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        content: dict[str, Any] = json.load(file)
    return content


def _instance(one: Mapping[str, Any], geoms: Mapping[str, Any]) -> Instance:
    geometry = geoms[one["geom"]]
    length, pitch, depot = (geometry[name] for name in ("aisle_length", "aisle_pitch", "depot_aisle"))
    start, step = geometry["first_cell"], geometry["cell_pitch"]
    orders = tuple(tuple((aisle, start + cell * step) for aisle, cell in order) for order in one["orders"])
    block = Block.even(geometry["aisles"], length, pitch, depot)
    # Not of every instance bounds were published.
    bounds = one["best_known"], one.get("published_ub"), one.get("published_lb") or 0.0
    return Instance(one["name"], block, orders, one["capacity"], *bounds)


def planned(one: Instance, effort: Effort) -> tuple[Plan, float]:
    """A plan, and the seconds it took on the clock."""
    before = elapsed()
    loads = [Load(lines=len(order)) for order in one.orders]
    found = plan(block_walk(one.block, one.orders), loads, cart(lines=one.capacity), effort=effort)
    return found, elapsed() - before


def warmed(run: Iterator[Instance] | list[Instance]) -> list[Instance]:
    """The instances, with everything compiled by a plan of the first that is thrown away."""
    found = list(run)
    for one in found[:1]:
        planned(one, Effort(moves=10))
    return found


def measured(name: str, run: list[Instance], effort: Effort) -> Result:
    """The ratios to the best known value, and to the published bound (`to_bound`)."""
    ratios, bounds, times = [], [], []
    for one in warmed(run):
        found, seconds = planned(one, effort)
        # Some are published as whole numbers, and may be rounded up.
        if found.metres < one.low - (0.5 if one.low == round(one.low) else 0.01):
            raise ValueError(f"{one.name}: {found.metres} m is below what is possible")
        ratios.append(found.metres / one.best)
        if one.bound:
            bounds.append(found.metres / one.bound)
        times.append(seconds)
    figures = {"most_ms": max(times) * 1000}
    if bounds:
        figures |= {"to_bound": sum(bounds) / len(bounds), "worst_to_bound": max(bounds)}
    return Result(name, ratios, times, figures)
