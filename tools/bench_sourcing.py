"""Orders to sites, beside the optimum of a mixed-integer programme: `make bench-sourcing`.

`--data DIR` names the folder that has `dom-amil` (cities and fulfilment centres; the costs are those of Jasin & Sinha 2015) and
`dom-nextmv` (one order with its golden optimum). Instances are drawn from a seed as the data's notes say: orders of 1 to 5 items, items by
Zipf 0.8, cities by population, a centre carries an item with probability 0.75, stock of an item is 1.05 to 1.5 times its demand.

The optimum is solved anew each time; where it takes too long its proven bound stands for it, which makes our ratio look worse, never
better.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oms.planning.compiled import Floats, Ints
from oms.sourcing.batch import solve
from oms.sourcing.costs import kilometres
from oms.sourcing.dual import Wanted
from oms.sourcing.solving import Need, Way, best
from oms.sourcing.stream import Stream
from tools.bench_sourcing_mip import joint_optimum, one_order_optimum

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "third-party"
PARCEL, UNIT, UNIT_MILE, MILE_KM = 8.759, 0.423, 0.000541, 1.609344
ORDERS, BEFORE = 1000, 4000
#: (seed, items): how many items share the orders decides how scarce each is at a centre.
INSTANCES = ((1, 50), (2, 100), (3, 200))
AIMS = {"batch": 1.005, "online": 1.04, "order_ms": 2.0, "nextmv": 1.0}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: ratios to the optimum, milliseconds or parcels; `seconds` is the longest run."""

    name: str
    n: int
    mean: float
    p95: float
    worst: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Instance:
    """Orders in the order in which they come, stock [centre, item], cost of a unit [city, centre], and orders of the days before."""

    orders: list[Wanted]
    stock: Ints
    before: list[Wanted]


def draw(folder: Path, seed: int, items: int, count: int = ORDERS) -> Instance:
    """The instance of a seed."""
    rolls = np.random.default_rng(seed)
    cities, centres = _rows(folder / "cities.csv"), _rows(folder / "fulfillment_centers.csv")
    unit = np.array([[UNIT + UNIT_MILE * _miles(city, centre) for centre in centres] for city in cities])
    people = np.array([float(city["Population"]) for city in cities])
    asked = 1 / np.arange(1, items + 1) ** 0.8

    def order() -> Wanted:
        city = rolls.choice(len(cities), p=people / people.sum())
        mine = rolls.choice(items, rolls.integers(1, 6), replace=False, p=asked / asked.sum())
        return Wanted(np.sort(mine), _need(unit[city], len(mine), float(unit.max())))

    orders = [order() for _ in range(count)]
    demand = np.bincount(np.concatenate([one.items for one in orders]), minlength=items)
    stock = np.zeros((len(centres), items), dtype=np.int64)
    for item in range(items):
        carries = np.flatnonzero(rolls.random(len(centres)) < 0.75)
        carries = carries if len(carries) else np.array([rolls.integers(len(centres))])
        whole = round(demand[item] * rolls.uniform(1.05, 1.5))
        stock[carries, item] = whole // len(carries)
        stock[rolls.permutation(carries)[: whole % len(carries)], item] += 1
    return Instance(orders, stock, [order() for _ in range(BEFORE)])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _miles(one: dict[str, str], other: dict[str, str]) -> float:
    here, there = ((float(row["Latitude"]), float(row["Longitude"])) for row in (one, other))
    return kilometres(here, there) / MILE_KM


def _need(unit: Floats, items: int, farthest: float) -> Need:
    sites = len(unit)
    return Need(
        np.ones(items, dtype=np.int64), np.full(sites, PARCEL), np.tile(unit, (items, 1)), np.full(items, 2 * farthest),
        2 * PARCEL,
    )  # fmt: skip


def nearest(instance: Instance) -> float:
    """What it costs when each line goes from the nearest centre that has it."""
    left, total = instance.stock.copy(), 0.0
    for one in instance.orders:
        need, takes = one.need, np.zeros((len(one.items), len(left)), dtype=np.int64)
        for row, item in enumerate(one.items):
            having = np.flatnonzero(left[:, item])
            if len(having):
                takes[row, having[need.unit[row, having].argmin()]] = 1
        left[:, one.items] -= takes.T
        lacks = 1 - takes.sum(axis=1)
        total += PARCEL * takes.any(axis=0).sum() + (takes * need.unit).sum()
        total += lacks @ need.lack_unit + (need.lack_ship if lacks.any() else 0)
    return total


def alone(instance: Instance) -> tuple[float, list[float]]:
    """Each order its best, as it comes: the cost, and milliseconds of each."""
    left, total, times = instance.stock.copy(), 0.0, []
    for one in instance.orders:
        begun = time.thread_time()
        way = best(one.need, left[:, one.items].T)
        times.append(1000 * (time.thread_time() - begun))
        left[:, one.items] -= way.takes.T
        total += way.cost
    return total, times


def online(instance: Instance) -> tuple[float, list[float], list[Way]]:
    """One by one with what was learned from the days before: the cost, milliseconds of each (new prices among them), the ways."""
    stream = Stream(instance.stock.copy(), len(instance.orders), list(instance.before))
    ways, times = [], []
    for one in instance.orders:
        begun = time.thread_time()
        ways.append(stream.take(one))
        times.append(1000 * (time.thread_time() - begun))
    return sum(way.cost for way in ways), times, ways


def figure(name: str, values: Sequence[float], seconds: float = 0.0) -> Figure:
    """Mean, 95th percentile and worst."""
    mean, p95, worst = (round(float(one), 4) for one in (np.mean(values), np.percentile(values, 95), max(values)))
    return Figure(name, len(values), mean, p95, worst, round(seconds, 2))


def amil(folder: Path, instances: Sequence[tuple[int, int]], limit_s: float) -> list[Figure]:
    """Every way beside the optimum."""
    ratios: dict[str, list[float]] = {"nearest": [], "alone": [], "online": [], "batch": []}
    order_ms: list[float] = []
    parcels: list[float] = []
    seconds = {"batch": 0.0, "optimum": 0.0}
    for seed, items in instances:
        instance = draw(folder, seed, items)
        begun = time.perf_counter()
        solved = solve(instance.orders, instance.stock)
        seconds["batch"] = max(seconds["batch"], time.perf_counter() - begun)
        begun = time.perf_counter()
        optimum = max(joint_optimum(instance.orders, instance.stock, limit_s), solved.bound)
        seconds["optimum"] = max(seconds["optimum"], time.perf_counter() - begun)
        greedy, _ = alone(instance)
        learned, times, ways = online(instance)
        for name, cost in (
            ("nearest", nearest(instance)), ("alone", greedy), ("online", learned), ("batch", solved.cost),
        ):  # fmt: skip
            ratios[name].append(cost / optimum)
        order_ms += times
        parcels += [len(way.sites) for way in ways]
        print(
            f"seed {seed}, {items} items: optimum {optimum:.1f}, "
            + ", ".join(f"{name} {some[-1]:.4f}" for name, some in ratios.items()),
            file=sys.stderr,
        )
    found = [figure(name, some, seconds["batch"] if name == "batch" else 0.0) for name, some in ratios.items()]
    return [
        *found, figure("order_ms", order_ms), figure("parcels", parcels), figure("optimum_s", [seconds["optimum"]]),
    ]  # fmt: skip


def nextmv(folder: Path) -> Figure:
    """The ratio to the golden optimum."""
    shop: dict[str, Any] = json.loads((folder / "input.json").read_text())
    golden = json.loads((folder / "golden.json").read_text())["statistics"]["result"]["value"]
    begun = time.perf_counter()
    value = one_order_optimum(shop)
    return figure("nextmv", [value / golden], time.perf_counter() - begun)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. 0 also where the data are not there: that is said, and nothing printed as if it were a result."""
    parser = argparse.ArgumentParser("bench-sourcing", description="Orders to sites beside the optimum.")
    parser.add_argument("--data", type=Path, default=SHARED, help="folder with dom-amil and dom-nextmv")
    parser.add_argument("--limit", type=float, default=120, metavar="S", help="seconds for each optimum")
    parser.add_argument("--instances", type=int, default=len(INSTANCES), metavar="N", help="only the first so many")
    parser.add_argument("--json", action="store_true", help="the figures as JSON lines")
    options = parser.parse_args(arguments)
    if not (options.data / "dom-amil" / "cities.csv").exists():
        print(f"skipped: no dom-amil in {options.data}", file=sys.stderr)
        return 0
    figures = amil(options.data / "dom-amil", INSTANCES[: options.instances], options.limit)
    if (options.data / "dom-nextmv" / "input.json").exists():
        figures.append(nextmv(options.data / "dom-nextmv"))
    for one in figures:
        if options.json:
            print(json.dumps(asdict(one)))
        else:
            aim = f"   aim {AIMS[one.name]}" if one.name in AIMS else ""
            print(
                f"{one.name:12} n {one.n:5}  mean {one.mean:8.4f}  p95 {one.p95:8.4f}  worst {one.worst:8.4f}  {one.seconds:7.2f} s{aim}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
