"""What planning is worth: the same day of 400 orders picked in the order they came in, in batches for an S-shape walk, and by Floorhand,
with the same cart and the same times for walking and picking. `python -m tools.bench_planning.worth` prints the table of the README.

The day is drawn from a seed: twelve aisles in two blocks, 1 200 bins of which a fifth has three fifths of the lines, orders of one to
twelve lines (three on the average), a cart of twelve totes of 40 litres and at most 150 kg. The depot is in the middle of the front.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Final

import numpy as np

from oms.planning.batching import Effort, Load, cart, plan
from oms.planning.floor_walk import floor_walk
from oms.planning.layout import Layout, Point, laid_out
from oms.planning.layout import Path as Way
from oms.planning.routes import Stop, route
from oms.planning.times import USUAL
from tools.bench_planning._measure import Result, elapsed

NAME: Final = "worth"
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {NAME: {}}
ORDERS: Final = 400
CART: Final = cart(slots=12, grams=150_000)
DEPOT: Final = "6/0"
_TOTE_ML: Final = 40_000
_AISLES, _BAYS, _LEVELS, _PITCH = 12, 50, (0.0, 27.0, 54.0), 4.0

Batches = list[list[int]]


@dataclass(frozen=True, slots=True)
class Day:
    """A floor and its orders: each the bins of its lines, what it takes of the cart, and how many units it has."""

    layout: Layout
    orders: Sequence[Sequence[str]]
    loads: Sequence[Load]
    units: Sequence[int]


@dataclass(frozen=True, slots=True)
class Picked:
    """A way to pick the day: cart tours, metres walked, minutes of walking and of all work."""

    name: str
    tours: int
    metres: float
    walking: float
    minutes: float


def day(seed: int, orders: int = ORDERS) -> Day:
    """A day's orders. The same seed gives the same day."""
    draw = np.random.default_rng(seed)
    layout, bins = _floor()
    often = np.zeros(len(bins))
    ranked = draw.permutation(len(bins))
    top = len(bins) // 5
    often[ranked[:top]], often[ranked[top:]] = 0.6 / top, 0.4 / (len(bins) - top)
    lines = np.minimum(12, draw.geometric(1 / 3, orders))
    chosen = [[bins[n] for n in draw.choice(len(bins), count, replace=False, p=often)] for count in lines]
    units = [int(draw.integers(1, 4, count).sum()) for count in lines]
    loads = []
    for count, many in zip(lines, units, strict=True):
        grams, millilitres = (int(many * draw.integers(*between)) for between in ((150, 900), (400, 2500)))
        loads.append(Load(max(1, ceil(millilitres / _TOTE_ML)), grams, millilitres, int(count)))
    return Day(layout, chosen, loads, units)


def _floor() -> tuple[Layout, list[str]]:
    crossings = [Point(f"{a}/{n}", a * _PITCH, y) for a in range(_AISLES) for n, y in enumerate(_LEVELS)]
    ways = [Way(f"{a}/{n}", f"{a}/{n + 1}") for a in range(_AISLES) for n in range(2)]
    ways += [Way(f"{a}/{n}", f"{a + 1}/{n}") for n in range(3) for a in range(_AISLES - 1)]
    bins = []
    for aisle in range(_AISLES):
        for bay in range(_BAYS):
            y = 1.5 + bay + (2.0 if bay >= _BAYS // 2 else 0.0)
            bins += [
                Point(f"{aisle:02d}-{bay:02d}-{side}", aisle * _PITCH + at, y) for side, at in (("L", -1), ("R", 1))
            ]
    return laid_out(crossings, ways, bins), [point.code for point in bins]


class _SShape:
    """Walks a block of the floor after the other, the furthest first, and its aisles in turn up and down. Where the last aisle need not be
    walked to its end it is not: that flatters it."""

    def __init__(self, day: Day) -> None:
        self._day = day
        codes = sorted({code for bins in day.orders for code in bins})
        self._number = {code: n for n, code in enumerate(codes, 1)}
        self._metres = day.layout.distances(day.layout.numbers([DEPOT, *codes]))

    def metres(self, orders: Sequence[int]) -> float:
        """Metres for a cart with these orders."""
        walk = [
            0,
            *(self._number[code] for code in self._order({code for n in orders for code in self._day.orders[n]})),
            0,
        ]
        return float(sum(self._metres[a, b] for a, b in pairwise(walk)))

    def _order(self, codes: set[str]) -> list[str]:
        found: list[str] = []
        aisles: dict[tuple[int, str], list[str]] = {}
        for code in sorted(codes):
            aisle, bay, _ = code.split("-")
            aisles.setdefault((0 if int(bay) >= _BAYS // 2 else 1, aisle), []).append(code)
        for block in (0, 1):
            of_block = sorted((key for key in aisles if key[0] == block), reverse=block == 1)
            for turn, key in enumerate(of_block):
                found += sorted(aisles[key], key=lambda code: code[3:], reverse=(turn + block) % 2 == 1)
        return found


def _fits(day: Day, orders: Sequence[int]) -> bool:
    carried = zip(*(day.loads[order].measures() for order in orders), strict=True)
    return all(sum(each) <= most for each, most in zip(carried, CART.measures(), strict=True))


def came_in(day: Day) -> Batches:
    """The orders as they came, a cart leaving when the next one does not fit on it."""
    found: Batches = []
    for order in range(len(day.orders)):
        if found and _fits(day, [*found[-1], order]):
            found[-1].append(order)
        else:
            found.append([order])
    return found


def saved(day: Day, metres: Callable[[Sequence[int]], float]) -> Batches:
    """Clarke and Wright: the two carts that save most together become one until none fit, savings counted again after each."""
    carts = {n: [n] for n in range(len(day.orders))}
    long = {n: metres([n]) for n in carts}
    savings = {(a, b): long[a] + long[b] - metres([a, b]) for a in carts for b in carts if a < b and _fits(day, [a, b])}
    while savings:
        one, other = max(savings, key=lambda pair: (savings[pair], -pair[0], -pair[1]))
        if savings[one, other] <= 0:
            break
        carts[one] += carts.pop(other)
        long[one] = metres(carts[one])
        savings = {pair: much for pair, much in savings.items() if one not in pair and other not in pair}
        for third in carts:
            both = [*carts[one], *carts[third]]
            if third != one and _fits(day, both):
                savings[min(one, third), max(one, third)] = long[one] + long[third] - metres(both)
    return list(carts.values())


def picked(day: Day, name: str, batches: Batches, metres: Callable[[Sequence[int]], float]) -> Picked:
    """What it takes to pick these carts. ValueError for one that is too full, or a plan that does not have every order once."""
    if sorted(order for batch in batches for order in batch) != list(range(len(day.orders))):
        raise ValueError(f"{name}: not every order is picked once")
    if not all(_fits(day, batch) for batch in batches):
        raise ValueError(f"{name}: a cart is too full")
    walked = sum(metres(batch) for batch in batches)
    bins = sum(len({code for order in batch for code in day.orders[order]}) for batch in batches)
    totes = sum(load.slots for load in day.loads)
    seconds = USUAL.seconds(walked, bins, sum(load.lines for load in day.loads), sum(day.units), totes)
    return Picked(name, len(batches), walked, walked * USUAL.metre_s / 60, seconds / 60)


def compared(day: Day, effort: Effort) -> list[Picked]:
    """The three ways, Floorhand last."""
    s_shape = _SShape(day).metres
    walk = floor_walk(day.layout, day.orders, [DEPOT]).walk
    planned = plan(walk, day.loads, CART, effort=effort)

    def shortest(orders: Sequence[int]) -> float:
        return route(day.layout, [Stop(code) for order in orders for code in day.orders[order]], [DEPOT]).metres

    return [
        picked(day, "as the orders came in, S-shape", came_in(day), s_shape),
        picked(day, "batches for an S-shape walk", saved(day, s_shape), s_shape),
        picked(day, "planned by Floorhand", [list(batch.orders) for batch in planned.batches], shortest),
    ]


def table(ways: Sequence[Picked]) -> str:
    """The ways as a table of the README."""
    lines = ["| 400 orders of a day | carts | metres | minutes walking | minutes in all |", "|---|---|---|---|---|"]
    for way in ways:
        less = f" ({way.metres / ways[0].metres - 1:+.0%})" if way is not ways[0] else ""
        lines.append(f"| {way.name} | {way.tours} | {way.metres:,.0f}{less} | {way.walking:.0f} | {way.minutes:.0f} |")
    return "\n".join(lines)


def run(data: Path) -> Sequence[Result]:
    """No data are needed: `data` is not looked at. The ratio is Floorhand's metres to those of the orders as they came in."""
    before = elapsed()
    ways = compared(day(1), Effort(moves=3000))
    first, batched, planned = ways
    figures = {
        f"{name}_{what}": getattr(way, what)
        for name, way in (("came_in", first), ("s_shape", batched), ("planned", planned))
        for what in ("metres", "minutes")
    }
    return [Result(NAME, [planned.metres / first.metres], [elapsed() - before], figures)]


if __name__ == "__main__":
    print(table(compared(day(1), Effort(moves=3000))))
