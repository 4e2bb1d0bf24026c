"""The two choices of a put wall, as pure rules: which order gets a unit, and which free slot an order gets. Used by `flows.wall`."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.messages import Message
from app.flows.units import Line, Unit, over

#: Sorts after every date.
_NO_CUT_OFF = "9"


@dataclass(frozen=True, slots=True)
class Place:
    """A slot of a wall by its label. Of a slot, `x` runs along the wall and `y` is its height; millimetres."""

    code: str
    x: int = 0
    y: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Sort:
    """One order line of the bulk tote: `line` counts what was put, `slot` is its order's number, `gone` says that it was cancelled since
    and `aside` how many of its units went into the exception tote instead."""

    line: Line
    slot: int
    gone: bool = False
    aside: int = 0

    @property
    def open(self) -> int:
        """Units still in the bulk tote, as far as anybody knows."""
        return self.line.open - self.aside


@dataclass(frozen=True, slots=True)
class Seat:
    """One order of the bulk tote and its slot: `place` once its first unit came. A lower `priority` is more urgent."""

    n: int
    order: str
    priority: int = 3
    cut_off: str | None = None
    place: str | None = None


def wants(sort: Sort, unit: Unit) -> bool:
    """Whether the line still needs units like this one."""
    line = sort.line
    lot_fits = unit.lot is None or line.lot is None or unit.lot == line.lot
    return not sort.gone and line.sku == unit.sku and sort.open > 0 and lot_fits


def choose(sorts: Sequence[Sort], seats: Sequence[Seat], unit: Unit, room: bool) -> int | Message | None:
    """Index of the line a unit is for: the most urgent order that still needs it; of equals one that has a slot before one that needs a
    new one. Without `room` for a new slot only those that have one.

    A message when a pack is larger than what any of them needs; None when no order can have it.
    """
    by_n = {seat.n: seat for seat in seats}

    def rank(at: int) -> tuple[int, str, bool, int]:
        seat = by_n[sorts[at].slot]
        return (seat.priority, seat.cut_off or _NO_CUT_OFF, seat.place is None, seat.n)

    needing = [at for at, sort in enumerate(sorts) if wants(sort, unit)]
    fitting = [at for at in needing if room or by_n[sorts[at].slot].place is not None]
    if not fitting:
        return None
    whole = [at for at in fitting if over(sorts[at].line, unit.qty) is None]
    if whole:
        return min(whole, key=rank)
    return over(sorts[max(fitting, key=lambda at: sorts[at].open)].line, unit.qty)


def choose_place(free: Sequence[Place], near: Place | None, large: bool) -> Place | None:
    """The free slot nearest to `near` (where the last unit was put); a large order gets the lowest first. None when none is free."""

    def rank(place: Place) -> tuple[int, int, int, str]:
        far = abs(place.x - near.x) + abs(place.y - near.y) if near else 0
        return (place.y if large else 0, far, place.seq, place.code)

    return min(free, key=rank, default=None)


def is_large(units: int, all_units: Sequence[int]) -> bool:
    """Whether an order of so many units is larger than the average order of its tote."""
    return units * len(all_units) > sum(all_units)
