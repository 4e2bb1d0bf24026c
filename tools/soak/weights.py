"""The weight check on simulated parcels: what is blocked, what is let through, and whether the first explanation is the true one.

A catalogue with true weights is made up, with master data that are off, missing or plainly wrong; a bench learns it from parcels that were
packed and weighed as people do (with the maths of the server), among them some with a mistake nobody saw. Then it judges parcels it has
never seen, with the maths of the pack station: good ones, and ones with a unit missing or too many. Items are 20 g to 3 kg; single units
stray by 0.2 to 3 % of their weight, cartons by 2 %, filling by some grams; the scale shows whole divisions.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.flows.weight import CauseKind, Check, Content, Known, Parcel, check, stated
from oms.packing.weights import KNOWN_FROM, Estimate, Part, first_carton, first_item, learn
from tools.bench import Figure

DIVISION_G = 2.0
CARTONS = ((60, 0.0), (110, 6.0), (180, 10.0), (260, 16.0), (420, 26.0))
"""Tare and mean filling of the cartons at the bench, in grams."""
BANDS = (3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 20.0, 40.0, math.inf)
"""Weight of the item that is missing or extra, in sigma of its parcel."""
UNSEEN = 0.004
"""Share of the parcels learned from that have a mistake nobody saw."""
NEARBY = 6
"""Items of other orders that lie at the same bench."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What nature knows of an item or carton: mean and sigma of one, in grams; and what master data say (None: nothing)."""

    name: str
    mean: float
    spread: float
    master: int | None


@dataclass(slots=True)
class World:
    """A warehouse: its things, and the dice."""

    dice: random.Random
    items: list[Thing]
    cartons: list[Thing]

    def order(self) -> dict[int, int]:
        """Item number -> units: one to eight lines, most of one unit."""
        lines = min(8, 1 + int(self.dice.expovariate(1 / 2.2)))
        popular = [int(len(self.items) * self.dice.random() ** 1.7) for _ in range(lines)]
        return {number: 1 + min(5, int(self.dice.expovariate(1.4))) for number in popular}

    def carton(self, order: dict[int, int]) -> int:
        """The carton for it: the heavier the larger."""
        heavy = sum(qty * self.items[number].mean for number, qty in order.items())
        return min(len(self.cartons) - 1, int(math.log2(1 + heavy / 400)))

    def weighed(self, order: dict[int, int], carton: int) -> int:
        """What the scale shows for it."""
        grams = self._one(self.cartons[carton])
        grams += sum(self._one(self.items[number]) for number, qty in order.items() for _ in range(qty))
        return int(round(grams / DIVISION_G) * DIVISION_G)

    def _one(self, thing: Thing) -> float:
        return max(1.0, self.dice.gauss(thing.mean, thing.spread))


def world(seed: int, items: int = 400) -> World:
    """A warehouse made up from a seed."""
    dice = random.Random(seed)
    made = []
    for n in range(items):
        mean = min(3000.0, max(20.0, dice.lognormvariate(math.log(280), 1.0)))
        spread = mean * min(0.03, max(0.002, dice.lognormvariate(math.log(0.008), 0.6)))
        fate = dice.random()
        stated = mean * (1 if fate > 0.02 else dice.choice((0.1, 0.5, 2.0))) * dice.gauss(1, 0.03)
        made.append(Thing(f"I{n}", mean, spread, None if 0.02 < fate < 0.12 else max(1, round(stated))))
    cartons = [
        Thing(f"C{n}", tare + filling, math.hypot(0.02 * tare, 0.25 * filling, 1.0), tare)
        for n, (tare, filling) in enumerate(CARTONS)
    ]
    return World(dice, made, cartons)


@dataclass(slots=True)
class Book:
    """What has been learned so far."""

    world: World
    items: list[Estimate] = field(default_factory=list)
    cartons: list[Estimate] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.items = [first_item(thing.master) for thing in self.world.items]
        self.cartons = [first_carton(thing.master or 0) for thing in self.world.cartons]

    def learn(self, order: dict[int, int], carton: int, grams: int) -> None:
        """Reads one verified parcel."""
        parts = [Part(1, self.cartons[carton]), *(Part(qty, self.items[number]) for number, qty in order.items())]
        self.cartons[carton], *items = learn(parts, grams, DIVISION_G)
        for number, estimate in zip(order, items, strict=True):
            self.items[number] = estimate

    def content(self, number: int, qty: int) -> Content | None:
        """So many of an item as the pack station knows it; None while it does not."""
        estimate = self.items[number]
        master = self.world.items[number].master
        if estimate.parcels < KNOWN_FROM and master is None:
            return None
        return Content(self.world.items[number].name, qty, _known(estimate, master))

    def check(self, order: dict[int, int], carton: int, nearby: Sequence[int] = ()) -> Check:
        """What the parcel should weigh."""
        content = [self.content(number, qty) for number, qty in order.items()]
        if any(part is None for part in content):
            return Check(None, 0)
        near = (self.content(number, 1) for number in nearby)
        cartons = tuple(
            (thing.name, _known(estimate, thing.master))
            for n, (thing, estimate) in enumerate(zip(self.world.cartons, self.cartons, strict=True))
            if n != carton
        )
        parcel = Parcel(
            tuple(part for part in content if part),
            _known(self.cartons[carton], self.world.cartons[carton].master),
            DIVISION_G,
            tuple(part for part in near if part),
            cartons,
        )
        return check(parcel, 30, 20)


def _known(estimate: Estimate, master: int | None) -> Known:
    if estimate.parcels < KNOWN_FROM:
        return stated(master or 0)
    return Known(estimate.mean, estimate.spread, estimate.error, learned=True)


@dataclass(slots=True)
class Tally:
    """What became of the parcels with one kind of mistake and one band of weight."""

    parcels: int = 0
    passed: int = 0
    named: int = 0
    among: int = 0


@dataclass(slots=True)
class Outcome:
    """All the counts. `bands`: (kind of mistake, band) -> tally; `mistaken`: what was named first instead."""

    good: int = 0
    alarms: int = 0
    unjudged: int = 0
    bands: dict[tuple[str, int], Tally] = field(default_factory=dict)
    mistaken: Counter[tuple[str, str]] = field(default_factory=Counter)


def taught(seed: int, parcels: int) -> Book:
    """A bench that has learned from `parcels` parcels."""
    made = world(seed)
    book = Book(made)
    for _ in range(parcels):
        order = made.order()
        carton = made.carton(order)
        lies = _wrong(made, order)[1] if made.dice.random() < UNSEEN else order
        book.learn(order, carton, made.weighed(lies, carton))
    return book


def judged(book: Book, parcels: int) -> Outcome:
    """`parcels` good parcels, and as many with one unit missing or too many."""
    made, out = book.world, Outcome()
    for _ in range(parcels):
        order = made.order()
        carton = made.carton(order)
        nearby = [made.dice.randrange(len(made.items)) for _ in range(NEARBY)]
        expected = book.check(order, carton, nearby)
        if expected.expected is None:
            out.unjudged += 1
            continue
        out.good += 1
        out.alarms += not expected.within(made.weighed(order, carton))
        _judge_wrong(made, out, expected, order, carton, nearby)
    return out


def _judge_wrong(
    made: World, out: Outcome, expected: Check, order: dict[int, int], carton: int, nearby: Sequence[int]
) -> None:
    (kind, number), lies = _wrong(made, order, nearby)
    sigma = math.sqrt(expected.parcel.variance) if expected.parcel else 1.0
    band = sum(made.items[number].mean / sigma >= edge for edge in BANDS)
    tally = out.bands.setdefault((kind.value, band), Tally())
    tally.parcels += 1
    grams = made.weighed(lies, carton)
    if expected.within(grams):
        tally.passed += 1
        return
    causes = expected.causes(grams)
    right = [(cause.kind, cause.sku) == (kind, made.items[number].name) for cause in causes]
    tally.named += right[0]
    tally.among += any(right)
    if not right[0] and band:
        first = causes[0].kind
        out.mistaken[kind.value, first.value if first is not kind else "another item"] += 1


def _wrong(
    made: World, order: dict[int, int], nearby: Sequence[int] = ()
) -> tuple[tuple[CauseKind, int], dict[int, int]]:
    """One mistake: (what, item number), and what then lies in the carton."""
    lines = [number for number, qty in order.items() for _ in range(qty)]
    lies = dict(order)
    if made.dice.random() < 0.6:
        gone = made.dice.choice(lines)
        lies[gone] -= 1
        return (CauseKind.MISSING, gone), lies
    there = made.dice.choice(nearby) if nearby and made.dice.random() > 0.7 else made.dice.choice(list(order))
    lies[there] = lies.get(there, 0) + 1
    return (CauseKind.EXTRA, there), lies


def table(out: Outcome) -> Iterator[str]:
    """The outcome by kind of mistake and weight of the item."""
    yield "unit      sigma      parcels  let through  named first  among three"
    for kind in (CauseKind.MISSING, CauseKind.EXTRA):
        for band in range(len(BANDS)):
            tally = out.bands.get((kind.value, band), Tally())
            least = BANDS[band - 1] if band else 0.0
            blocked = max(1, tally.parcels - tally.passed)
            yield (
                f"{kind.value:<8} {least:>4.0f}-{BANDS[band]:<5.0f} {tally.parcels:>9} {tally.passed / max(1, tally.parcels):>11.2%}"
                f" {tally.named / blocked:>12.1%} {tally.among / blocked:>12.1%}"
            )


def figures(out: Outcome) -> list[Figure]:
    """What the weight check promises, of units heavier than three sigma. `not named first` is of those that were blocked."""
    heavy = [tally for (_, band), tally in out.bands.items() if band]
    parcels, passed = sum(tally.parcels for tally in heavy), sum(tally.passed for tally in heavy)
    unnamed = parcels - passed - sum(tally.named for tally in heavy)
    each = [
        (kind, [tally for (of, band), tally in out.bands.items() if band and of == kind])
        for kind in ("missing", "extra")
    ]
    return [
        Figure("good parcels", out.good, "parcels"),
        Figure("false alarms", 100 * out.alarms / max(1, out.good), "%", limit=0.5),
        Figure("parcels with a unit heavier than 3 sigma missing or extra", parcels, "parcels"),
        Figure("of them let through", 100 * passed / max(1, parcels), "%", limit=1.0),
        Figure(
            "of the others the true cause not named first", 100 * unnamed / max(1, parcels - passed), "%", limit=10.0
        ),
        *(
            Figure(
                f"the same of units that are {kind}",
                100 - 100 * sum(t.named for t in some) / max(1, sum(t.parcels - t.passed for t in some)),
                "%",
            )
            for kind, some in each
        ),
        Figure("parcels that could not be judged", out.unjudged, "parcels"),
    ]


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """The whole: `--learn` parcels are learned from (20 000), `--judge` good and as many wrong ones are judged (50 000)."""
    parser = argparse.ArgumentParser(prog="weights", description=__doc__)
    parser.add_argument("--learn", type=int, default=20_000)
    parser.add_argument("--judge", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}, learned from {options.learn} parcels")
    out = judged(taught(options.seed, options.learn), options.judge)
    print("\n".join(table(out)))
    print("named first instead:", ", ".join(f"{a} as {b} {n}" for (a, b), n in out.mistaken.most_common()))
    return figures(out)
