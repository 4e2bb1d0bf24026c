"""Where the units of one order line are taken from, by the rules of a site. Plain functions over rows; the allocation of orders calls
`chosen` with what lies free, locked.

Expiry comes first: within goods that expire on the same day the other rules choose. A rule that a site does not have does not apply, and
without any goods are taken from the pick faces in the order of the walk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, TypeAlias


class Rule(StrEnum):
    """What a site may want beyond expiry and the order of the walk."""

    #: One bin that has all of it before several, and as few bins as can be.
    FEWEST_STOPS = "fewest_stops"
    #: What lies nearest to where walks begin, where the floor is drawn.
    CLOSEST = "closest"
    #: Bins whose last counts differed from the books come last, whoever waits.
    TRUSTED_FIRST = "trusted_first"
    #: A line that asks for all that lies in a reserve bin, or more, takes it whole.
    WHOLE_PLATES = "whole_plates"
    #: What the pick faces do not have is picked from the reserve.
    RESERVE_TOO = "reserve_too"


@dataclass(frozen=True, slots=True)
class Policy:
    """A site's rules. Goods leave with more than `shelf_life_days` days to go; 0: any that have not expired."""

    rules: frozenset[Rule] = frozenset()
    shelf_life_days: int = 0

    @property
    def needs_reserve(self) -> bool:
        """Whether it looks at what lies in reserve bins."""
        return bool(self.rules & {Rule.WHOLE_PLATES, Rule.RESERVE_TOO})

    def last_day(self, today: date) -> date:
        """Goods that expire then, or earlier, do not go."""
        return today + timedelta(days=self.shelf_life_days)


#: No rule at all.
PLAIN: Final = Policy()


@dataclass(frozen=True, slots=True)
class Lying:
    """Free units of one item and lot in one bin. `place` is where it stands in the walk, ties told apart by anything that sorts;
    `metres` how far it is, 0 where nobody knows."""

    free: int
    place: tuple[int, str, str]
    expiry: date | None = None
    reserve: bool = False
    doubted: bool = False
    metres: float = 0.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """(row, units) to take, the first to take first; units that are nowhere to be had; and of those how many lie in reserve, from where
    the pick faces must be filled before the line can be picked."""

    takes: tuple[tuple[int, int], ...]
    missing: int
    replenish: int


_Numbered: TypeAlias = tuple[int, Lying]


def chosen(rows: Iterable[Lying], qty: int, today: date, *, fefo: bool, policy: Policy = PLAIN) -> Chosen:
    """Takes `qty` units (0 or more). With `fefo` nothing that expires later is taken while the rules allow something that expires earlier.
    ValueError for a negative quantity."""
    if qty < 0:
        raise ValueError("so many units or none")
    last = policy.last_day(today)
    good = [(n, row) for n, row in enumerate(rows) if row.free > 0 and (row.expiry is None or row.expiry > last)]
    takes: list[tuple[int, int]] = []
    left = qty
    for day in sorted({_day(row, fefo) for _, row in good}):
        found = _same_day([one for one in good if _day(one[1], fefo) == day], left, policy)
        left -= sum(units for _, units in found)
        takes += found
    taken = dict(takes)
    in_reserve = sum(row.free - taken.get(n, 0) for n, row in good if row.reserve)
    return Chosen(tuple(takes), left, min(left, in_reserve))


def _day(row: Lying, fefo: bool) -> date:
    return (row.expiry or date.max) if fefo else date.max


def _same_day(rows: Sequence[_Numbered], qty: int, policy: Policy) -> list[tuple[int, int]]:
    takes: list[tuple[int, int]] = []
    if Rule.WHOLE_PLATES in policy.rules:
        for n, row in sorted(rows, key=lambda one: (one[1].doubted, -one[1].free, one[1].place)):
            if row.reserve and row.free <= qty:
                takes.append((n, row.free))
                qty -= row.free
    whole = {n for n, _ in takes}
    for reserve in (False, True) if Rule.RESERVE_TOO in policy.rules else (False,):
        for doubted in (False, True):
            some = [
                one for one in rows if (one[1].reserve, one[1].doubted) == (reserve, doubted) and one[0] not in whole
            ]
            for n, units in _from(some, qty, policy):
                takes.append((n, units))
                qty -= units
    return takes


def _from(rows: Sequence[_Numbered], qty: int, policy: Policy) -> list[tuple[int, int]]:
    """From bins that are as good as one another but for where they are."""
    key = _nearest if Rule.CLOSEST in policy.rules else _walked
    takes: list[tuple[int, int]] = []
    rest = sorted(rows, key=key)
    while qty and rest:
        at = _fewest(rest, qty) if Rule.FEWEST_STOPS in policy.rules else 0
        n, row = rest.pop(at)
        takes.append((n, min(row.free, qty)))
        qty -= takes[-1][1]
    return takes


def _fewest(rest: Sequence[_Numbered], qty: int) -> int:
    """The first that has all of it; where none has, the one that has most."""
    return max(range(len(rest)), key=lambda at: (min(rest[at][1].free, qty), -at))


def _walked(one: _Numbered) -> tuple[float, tuple[int, str, str]]:
    return 0.0, one[1].place


def _nearest(one: _Numbered) -> tuple[float, tuple[int, str, str]]:
    return one[1].metres, one[1].place
