"""Grocery orders in two blocks (FoodMart, W(8,1,3)): baskets are not shared, the tour goes over a matrix of distances. In two seconds,
beside our own reference: the optimum for up to ten orders, an earlier annealing for more."""

import csv
import json
from collections.abc import Mapping, Sequence
from math import ceil, hypot
from pathlib import Path
from typing import Any, Final

import numpy as np

from oms.planning.batching import Effort, Load, cart, plan
from oms.planning.compiled import Floats
from oms.planning.walks import Walk, matrix_walk
from tools.bench_planning._measure import Result, clock, elapsed, find

NAME: Final = "foodmart"
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {NAME: {"worst": 1.00002}, f"{NAME}_proven": {"worst": 1.00002}}
BASKETS: Final = 8
_UNITS: Final = 40
SECONDS: Final = 2.0


def run(data: Path) -> Sequence[Result]:
    """All 24 of the reference; those with a proven optimum again by themselves."""
    folder = find(data, "foodmart-orders", "reference_results.csv").parent
    with (folder / "reference_results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    everything: list[tuple[float, float, bool]] = []
    for row in rows:
        walk, loads = two_blocks(folder, f"orders_d{row['delta']}.json", int(row["orders"]))
        if not everything:
            plan(walk, loads, cart(slots=BASKETS), effort=Effort(moves=10))
        before = elapsed()
        found = plan(walk, loads, cart(slots=BASKETS), effort=Effort(seconds=SECONDS, clock=clock))
        best = row["optimal_setpartition"] or row["sa_opt_routing"]
        everything.append((found.metres / float(best), elapsed() - before, bool(row["optimal_setpartition"])))
    proven = [one for one in everything if one[2]]
    return [_result(NAME, everything), _result(f"{NAME}_proven", proven)]


def _result(name: str, found: Sequence[tuple[float, float, bool]]) -> Result:
    return Result(name, [ratio for ratio, _, _ in found], [seconds for _, seconds, _ in found])


def two_blocks(folder: Path, file: str, orders: int) -> tuple[Walk, list[Load]]:
    """The orders of a file with most products (`orders` of them are in each file's front), and the baskets that each takes."""
    house: dict[str, Any] = json.loads((folder / "warehouse_8_1_3.json").read_text(encoding="utf-8"))
    chosen: list[dict[str, int]] = json.loads((folder / file).read_text(encoding="utf-8"))[:orders]
    where = house["product_location"]
    places = sorted({tuple(where[product]) for order in chosen for product in order})
    number = {place: count + 1 for count, place in enumerate(places)}
    stops = [[number[tuple(where[product])] for product in order] for order in chosen]
    loads = [Load(slots=ceil(sum(order.values()) / _UNITS)) for order in chosen]
    return matrix_walk(_metres(house, places), stops), loads


def _metres(house: Mapping[str, Any], places: Sequence[tuple[int, ...]]) -> Floats:
    pitch, across, slots = house["aisle_pitch"], house["cross_y"], house["slot_y"]
    count = len(places) + 1
    metres = np.zeros((count, count))
    for one in range(1, count):
        aisle, high = places[one - 1][0], slots[places[one - 1][1]]
        metres[0, one] = metres[one, 0] = min(
            hypot(4, pitch * entry) + high + pitch * abs(entry - aisle) for entry in range(house["aisles"])
        )
        for other in range(one + 1, count):
            aside, far = places[other - 1][0], slots[places[other - 1][1]]
            if aside == aisle:
                metres[one, other] = metres[other, one] = abs(high - far)
            else:
                around = min(abs(high - cross) + abs(far - cross) for cross in across)
                metres[one, other] = metres[other, one] = pitch * abs(aisle - aside) + around
    return metres
