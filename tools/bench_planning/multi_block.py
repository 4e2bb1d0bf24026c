"""One walk through floors of one to five blocks, beside the best that two other solvers have found: layout, distances and tour together."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from time import thread_time
from typing import Any

from oms.planning.layout import Layout, Point, laid_out
from oms.planning.layout import Path as Way
from oms.planning.routes import Stop, route
from tools.bench_planning._measure import Result, find, percentile

NAME = "multi_block"
TARGETS = {NAME: {"mean": 1.002, "worst": 1.01, "p95_ms_60_picks": 40.0}}
#: How many picks the time is aimed at for.
_PICKS = 60


def floor(instance: dict[str, Any]) -> tuple[Layout, list[Stop]]:
    """The floor of an instance, its depot called `depot`, and the stops."""
    levels, pitch = instance["cross_y"], instance["aisle_pitch"]
    columns = [n * pitch for n in range(instance["aisles"])]
    crossings = [Point(f"{x}/{y}", x, y) for x in columns for y in levels]
    ways = [Way(f"{x}/{a}", f"{x}/{b}") for x in columns for a, b in pairwise(levels)]
    ways += [Way(f"{a}/{y}", f"{b}/{y}") for y in levels for a, b in pairwise(columns)]
    (depot, depot_y), *picks = instance["pts"]
    bins = [Point("depot", depot * pitch, depot_y)]
    bins += [Point(str(n), aisle * pitch, y) for n, (aisle, y) in enumerate(picks)]
    return laid_out(crossings, ways, bins), [Stop(bin.code) for bin in bins[1:]]


def instances(data: Path) -> Iterator[dict[str, Any]]:
    """The file's; raises `Absent`."""
    yield from json.loads(find(data, "route-multiblock", "instances.json").read_text(encoding="utf-8"))


def run(data: Path) -> Sequence[Result]:
    """Walks them all; an instance's time is that of the distances and the tour, compiled before."""
    ratios, times, times_60 = [], [], []
    for n, instance in enumerate(instances(data)):
        layout, stops = floor(instance)
        if n == 0:
            route(layout, stops, ["depot"])
        started = thread_time()
        found = route(layout, stops, ["depot"])
        times.append(thread_time() - started)
        ratios.append(found.metres / instance["best"])
        if len(stops) == _PICKS:
            times_60.append(times[-1] * 1000)
    figures = {"p95_ms_60_picks": percentile(times_60, 95)} if times_60 else {}
    return [Result(NAME, ratios, times, figures)]
