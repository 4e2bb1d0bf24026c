"""The floor made ready for drawing: bins sorted into shades by their picks, how large one is, what lies around it all. Made off the GUI
thread by `app.services.plans`; drawn by `app.screens.plans.picture`. Lengths are millimetres, y grows upwards as in the drawing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from sync.contract.plans import FloorMapReply, MapBin, MapPath

#: Shades of bins that are picked from; the first of all is for those that are not.
SHADES: Final = 4
#: How large a bin may be taken to be.
_LEAST_MM, _MOST_MM = 200.0, 4000.0
#: Around everything, as a share of the longer side.
_MARGIN = 0.03

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DrawnBin:
    """A bin on the floor; `shade` 0 (not picked from) to `SHADES`, the last one being the bins picked from most."""

    code: str
    x: int
    y: int
    shade: int


@dataclass(frozen=True, slots=True)
class FloorDrawing:
    """A floor ready to be drawn. `steps` are the least numbers of picks of the last shades; `box` is left, bottom, right, top; `bin_mm` the
    side of a bin. `drawn` False: there are bins perhaps, but no paths, so nobody knows how far anything is."""

    drawn: bool = False
    bins: tuple[DrawnBin, ...] = ()
    #: The same, those of each shade together.
    by_shade: tuple[tuple[DrawnBin, ...], ...] = ()
    paths: tuple[MapPath, ...] = ()
    depots: tuple[Point, ...] = ()
    steps: tuple[int, ...] = ()
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    bin_mm: float = 1000.0


def prepared(reply: FloorMapReply) -> FloorDrawing:
    """The drawing of a floor. What stands at one place is drawn once, with the picks of all of it."""
    steps = _steps(reply.bins)
    places: dict[Point, list[MapBin]] = defaultdict(list)
    for one in reply.bins:
        places[one.x_mm, one.y_mm].append(one)
    bins = tuple(
        DrawnBin(here[0].code, x, y, _shade(max(one.picks for one in here), steps)) for (x, y), here in places.items()
    )
    corners = [*places, *((one.x_mm, one.y_mm) for one in reply.crossings)]
    return FloorDrawing(
        drawn=reply.drawn,
        bins=bins,
        by_shade=tuple(tuple(one for one in bins if one.shade == shade) for shade in range(SHADES + 1)),
        paths=tuple(reply.paths),
        depots=tuple((one.x_mm, one.y_mm) for one in reply.crossings if one.depot),
        steps=steps,
        box=_box(corners),
        bin_mm=_bin_mm(places),
    )


def _steps(bins: Iterable[MapBin]) -> tuple[int, ...]:
    """From how many picks each shade begins: as many bins in each, as far as their numbers differ."""
    counts = sorted(one.picks for one in bins if one.picks > 0)
    if not counts:
        return ()
    found = [counts[len(counts) * i // SHADES] for i in range(SHADES)]
    return tuple(sorted({1, *found[1:]}))


def _shade(picks: int, steps: tuple[int, ...]) -> int:
    """Where there are fewer steps than shades, the strongest ones are used."""
    reached = sum(picks >= step for step in steps)
    return reached + SHADES - len(steps) if reached else 0


def _box(corners: list[Point]) -> tuple[float, float, float, float]:
    if not corners:
        return (0.0, 0.0, 1.0, 1.0)
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    margin = max(max(xs) - min(xs), max(ys) - min(ys), 1000) * _MARGIN
    return (min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin)


def _bin_mm(places: Iterable[Point]) -> float:
    """The usual distance between neighbours in a row, whichever way the rows run."""
    rows: dict[int, list[int]] = defaultdict(list)
    columns: dict[int, list[int]] = defaultdict(list)
    for x, y in places:
        rows[y].append(x)
        columns[x].append(y)
    usual = [gap for gap in (_usual_gap(rows.values()), _usual_gap(columns.values())) if gap]
    return min(_MOST_MM, max(_LEAST_MM, min(usual, default=1000.0) * 0.9))


def _usual_gap(lines: Iterable[list[int]]) -> float:
    gaps = []
    for line in lines:
        line.sort()
        gaps += [b - a for a, b in pairwise(line) if b > a]
    return float(median(gaps)) if gaps else 0.0
