"""The shop that is played: what its items are asked for by day, who sells them and how late that comes. All of it follows from the seed, so
that two ways of ordering meet the same customers and the same suppliers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import cos, pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: What suppliers say of their lead time, in days.
_LEADS: Final = (4, 8, 14, 21, 35)
#: Share of orders that come late beside what a lead time spreads, and by how many days.
_LATE, _LATE_DAYS = 0.15, (3, 15)
#: How much more than in the mean is asked for at the height of an item's season.
_SWING: Final = (0.4, 0.9)
_LINES: Final = (0.6, 0.3, 0.1)
_UNITS: Final = (0.75, 0.2, 0.05)
_PACKS: Final = (1, 1, 6, 12)


@dataclass(frozen=True, slots=True)
class Seller:
    """A supplier as it calls itself; `lead` and `spread` in days."""

    code: str
    lead: int
    spread: float


@dataclass(frozen=True, slots=True)
class World:
    """`share` [items]: of what is asked for in a year; `peak` [items]: the day of the year on which most is, `swing` [items] how much more
    (0: as much all year)."""

    seed: int
    skus: tuple[str, ...]
    sellers: tuple[Seller, ...]
    seller: tuple[int, ...]
    cost: tuple[Decimal, ...]
    pack: tuple[int, ...]
    share: Floats
    peak: Floats
    swing: Floats

    @classmethod
    def made(cls, items: int, seed: int) -> "World":
        """A third of the items sells in summer, a third towards Christmas, a third all year; few sell often."""
        dice = np.random.default_rng([seed, 1])
        share = dice.lognormal(0.0, 1.2, items)
        kind = dice.integers(0, 3, items)
        return cls(
            seed, tuple(f"ITEM-{n:04d}" for n in range(items)),
            tuple(Seller(f"S{lead:02d}", lead, round(0.15 * lead, 1)) for lead in _LEADS),
            tuple(int(one) for one in dice.integers(0, len(_LEADS), items)),
            tuple(Decimal(f"{one:.2f}") for one in dice.lognormal(2.0, 0.8, items)),
            tuple(_PACKS[one] for one in dice.integers(0, len(_PACKS), items)),
            share / share.sum(), np.where(kind == 1, 196.0, 345.0), np.where(kind == 0, 0.0, dice.uniform(*_SWING, items)),
        )  # fmt: skip

    def orders(self, day: date, many: int) -> Iterator[list[tuple[int, int]]]:
        """So many orders of a day, each with (item, units) by line."""
        dice = np.random.default_rng([self.seed, 2, day.toordinal()])
        chance = self._chance(day)
        lines = dice.choice(len(_LINES), many, p=_LINES) + 1
        items = dice.choice(len(self.skus), int(lines.sum()), p=chance)
        units = dice.choice(len(_UNITS), int(lines.sum()), p=_UNITS) + 1
        at = 0
        for n in lines:
            # An item that was drawn twice is one line.
            found: dict[int, int] = {}
            for item, qty in zip(items[at : at + n], units[at : at + n], strict=True):
                found[int(item)] = found.get(int(item), 0) + int(qty)
            yield list(found.items())
            at += int(n)

    def asked(self, day: date, many: int) -> dict[int, int]:
        """Units by item of so many orders of a day."""
        found: dict[int, int] = {}
        for order in self.orders(day, many):
            for item, qty in order:
                found[item] = found.get(item, 0) + qty
        return found

    def arrival(self, seller: Seller, sent: date) -> date:
        """When the goods come that were ordered of it on a day."""
        dice = np.random.default_rng([self.seed, 3, sent.toordinal(), seller.lead])
        days = max(1.0, dice.normal(seller.lead, seller.spread))
        late = int(dice.integers(*_LATE_DAYS)) if dice.random() < _LATE else 0
        day = sent + timedelta(days=round(days) + late)
        return day + timedelta(days=8 - day.isoweekday()) if day.isoweekday() > 5 else day

    def _chance(self, day: date) -> Floats:
        turn = 2 * pi * (day.timetuple().tm_yday - self.peak) / 365.25
        raw = self.share * (1 + self.swing * np.array([cos(one) for one in turn]))
        return np.asarray(raw / raw.sum())
