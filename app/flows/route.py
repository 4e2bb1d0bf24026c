"""The walk as a list of stops: which lines are taken together, where a new stop costs the fewest steps, and what a change by the centre
does to a walk under way. Pure; used by the pick flow of every method."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from app.flows.units import Line

#: What one stop has in common: bin, item, lot, and whether goods come or go.
Key = tuple[str, str, str | None, bool]


def key(line: Line) -> Key:
    """Lines with the same key are taken in one go."""
    return line.place, line.sku, line.lot, line.back


def together(lines: Sequence[Line], walk: Sequence[int]) -> tuple[int, ...]:
    """Indices of all lines of the stop in hand (that of the first open line of the walk), closed ones too; the most urgent first."""
    at = first_open(lines, walk)
    if at is None:
        return ()
    place, wanted = lines[at].place, key(lines[at])
    # Asked many times a scan: most lines are told apart by their bin alone.
    alike = [n for n in walk if lines[n].place == place and not lines[n].gone and key(lines[n]) == wanted]
    return tuple(sorted(alike, key=lambda n: (lines[n].urgency, walk.index(n)))) if len(alike) > 1 else tuple(alike)


def first_open(lines: Sequence[Line], walk: Sequence[int]) -> int | None:
    """Index of the first line of the walk that is not closed; None at the end of the walk."""
    return next((n for n in walk if not lines[n].closed), None)


def merged(lines: Sequence[Line]) -> Line:
    """The lines of one stop as one line: "take 7". It bears the name of the first open one."""
    first = next((line for line in lines if not line.closed), lines[0])
    return replace(
        first,
        need=sum(line.need for line in lines),
        done=sum(line.done for line in lines),
        short=sum(line.short for line in lines),
        swapped=sum(line.swapped for line in lines),
        serials=tuple(serial for line in lines for serial in line.serials),
        careful=any(line.careful for line in lines),
        empties=any(line.empties for line in lines),
    )


def shares(lines: Sequence[Line], stop: Sequence[int], qty: int) -> tuple[tuple[int, int], ...]:
    """How `qty` units fall to the lines of a stop, as (index, units): the most urgent order is served first, whole."""
    out = []
    for n in stop:
        part = min(qty, lines[n].open)
        if part > 0:
            out.append((n, part))
            qty -= part
    return tuple(out)


def insert(lines: Sequence[Line], walk: Sequence[int], new: int, here: int, end: int | None = None) -> tuple[int, ...]:
    """The walk with line `new` where it costs the fewest steps among the stops still to come. `here` is where the picker stands, `end`
    where the tote goes at last (both `seq`; None: not known).

    A line in the way of the walk costs nothing; of two points that cost the same the earlier is taken. A stop where the picker stands is
    finished first.
    """
    ahead = [n for n in walk if not lines[n].closed]
    behind = [n for n in walk if lines[n].closed]
    places: list[int | None] = [here, *(lines[n].seq for n in ahead), end]
    begun = bool(ahead) and lines[ahead[0]].seq == here
    costs = [
        (_detour(lines[new].seq, before, after), n)
        for n, (before, after) in enumerate(pairwise(places))
        if before is not None and (n > 0 or not begun)
    ]
    _, at = min(costs)
    return (*behind, *ahead[:at], new, *ahead[at:])


def _detour(seq: int, before: int, after: int | None) -> int:
    """Steps that going by `seq` adds to the way from `before` to `after`."""
    return abs(seq - before) + (abs(after - seq) - abs(after - before) if after is not None else 0)


def sku_first(lines: Sequence[Line], walk: Sequence[int], sku: str) -> tuple[int, ...]:
    """The walk with every open line of `sku` drawn to the front: a started product is finished before the next."""
    started = [n for n in walk if lines[n].sku == sku and not lines[n].closed]
    return (*started, *(n for n in walk if n not in started))
