"""The floor as arrays: crossings, the paths between them, and where each bin lies on a path. Distances in metres between the places of one
job only, by Dijkstra from each, so that ten thousand bins take no more memory than their own rows. Called by routes, actions and benches.

A path is walked both ways unless it is one-way; one that is blocked leads nowhere. A bin that no path names lies on the path nearest to it,
at the foot of the shortest line; one further away than `REACH` metres from every path cannot be reached.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import isfinite
from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints, kernel

#: How far beside its path a bin may lie, in metres.
REACH: Final = 6.0
#: More crossings or paths than any floor has.
MOST: Final = 100_000


class BadLayout(ValueError):
    """The floor cannot be drawn; `code` says why, `place` the crossing or bin that it is about."""

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(f"{code} {place}".rstrip())
        self.code, self.place = code, place


@dataclass(frozen=True, slots=True)
class Point:
    """A crossing, a depot or a bin by its code, in metres from the corner of the floor."""

    code: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Path:
    """A straight way between two crossings or bins. `metres` where it is not the straight line between them."""

    start: str
    end: str
    metres: float | None = None
    one_way: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A floor. `places` numbers crossings (first) and bins by code; a place lies `along` metres from `starts` towards `ends` (both numbers
    of crossings) on path `on`, or is a crossing (`on` -1)."""

    places: dict[str, int]
    x: Floats
    y: Floats
    on: Ints
    along: Floats
    starts: Ints
    ends: Ints
    lengths: Floats
    one_way: Ints
    blocked: Ints
    #: Steps from each crossing: those of crossing c are [first[c], first[c + 1]).
    first: Ints
    to: Ints
    metres: Floats
    #: Bins that lie beside no path.
    lost: frozenset[str] = field(default_factory=frozenset)

    def numbers(self, codes: Iterable[str]) -> Ints:
        """The numbers of places; `BadLayout` unknown for one that is not on the floor."""
        found = []
        for code in codes:
            if code not in self.places:
                raise BadLayout("unknown", code)
            found.append(self.places[code])
        return np.array(found, dtype=np.int64)

    def distances(self, places: Ints) -> Floats:
        """Metres from each of these places to each, `inf` where no way leads."""
        return _distances(self._arrays(), self.first, self.to, self.metres, places)

    def legs(self, places: Ints) -> Floats:
        """Metres from each of these places to the next one, one fewer than places."""
        return _legs(self._arrays(), self.first, self.to, self.metres, places)

    def way(self, start: int, end: int) -> list[tuple[float, float]]:
        """The corners of the shortest way from a place to another, both included; empty where none leads."""
        pair = np.array([start, end], dtype=np.int64)
        metres, before = _reach(self._arrays(), self.first, self.to, self.metres, start, pair)
        through = _last(self._arrays(), metres, start, end)
        if through == -2:
            return []
        crossings = []
        while through >= 0:
            crossings.append(int(through))
            through = before[through]
        chain = [start, *reversed(crossings), end]
        corners = [(float(self.x[one]), float(self.y[one])) for one in chain]
        return [one for n, one in enumerate(corners) if n == 0 or one != corners[n - 1]]

    def _arrays(self) -> tuple[Ints, Floats, Ints, Ints, Floats, Ints]:
        return self.on, self.along, self.starts, self.ends, self.lengths, self.one_way


def laid_out(crossings: Sequence[Point], paths: Sequence[Path], bins: Sequence[Point] = ()) -> Layout:
    """The floor of these; `BadLayout` empty, twice, unknown, loop, too_long (a path) or too_many."""
    points = _points(crossings, paths, bins)
    number = {point.code: n for n, point in enumerate(points)}
    pairs = np.array([(number[one.start], number[one.end]) for one in paths], dtype=np.int64).reshape(-1, 2)
    starts, ends = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
    x, y = (np.array([getattr(point, axis) for point in points]) for axis in ("x", "y"))
    lengths = np.hypot(x[ends] - x[starts], y[ends] - y[starts])
    for n, path in enumerate(paths):
        if path.metres is not None:
            lengths[n] = path.metres
    one_way, blocked = (np.array([getattr(one, of) for one in paths], dtype=np.int64) for of in ("one_way", "blocked"))
    beside = [one for one in bins if one.code not in number]
    on, along = _feet(beside, x, y, starts, ends, lengths)
    lost = frozenset(one.code for one, path in zip(beside, on, strict=True) if path < 0 or blocked[path])
    kept = [n for n, one in enumerate(beside) if one.code not in lost]
    crossing = np.full(len(points), -1, dtype=np.int64)
    first, to, metres = _steps(len(points), starts, ends, lengths, one_way, blocked)
    return Layout(
        places=number | {beside[n].code: len(points) + at for at, n in enumerate(kept)},
        x=np.concatenate([x, [beside[n].x for n in kept]]),
        y=np.concatenate([y, [beside[n].y for n in kept]]),
        on=np.concatenate([crossing, on[kept]]),
        along=np.concatenate([np.zeros(len(points)), along[kept]]),
        starts=starts,
        ends=ends,
        lengths=lengths,
        one_way=one_way,
        blocked=blocked,
        first=first,
        to=to,
        metres=metres,
        lost=lost,
    )


def _points(crossings: Sequence[Point], paths: Sequence[Path], bins: Sequence[Point]) -> list[Point]:
    """Where paths begin and end: crossings, and bins that a path names."""
    if not crossings or not paths:
        raise BadLayout("empty")
    if max(len(crossings), len(paths), len(bins)) > MOST:
        raise BadLayout("too_many")
    known = {point.code: point for point in bins}
    points = {point.code: point for point in crossings}
    if len(points) < len(crossings) or len(known) < len(bins) or points.keys() & known.keys():
        seen: set[str] = set()
        twice = next(one.code for one in (*crossings, *bins) if one.code in seen or seen.add(one.code))  # type: ignore[func-returns-value]
        raise BadLayout("twice", twice)
    for path in paths:
        for code in (path.start, path.end):
            if code in points:
                continue
            if code not in known:
                raise BadLayout("unknown", code)
            points[code] = known[code]
        if path.start == path.end:
            raise BadLayout("loop", path.start)
        if path.metres is not None and not (isfinite(path.metres) and 0 <= path.metres <= MOST):
            raise BadLayout("too_long", path.start)
    return list(points.values())


def _feet(
    bins: Sequence[Point], x: Floats, y: Floats, starts: Ints, ends: Ints, lengths: Floats
) -> tuple[Ints, Floats]:
    """For each bin the path nearest to it (-1: none within reach) and how far along it lies, in metres of the path."""
    on, along = np.full(len(bins), -1, dtype=np.int64), np.zeros(len(bins))
    ax, ay = x[starts], y[starts]
    dx, dy = x[ends] - ax, y[ends] - ay
    square = np.maximum(dx * dx + dy * dy, 1e-12)
    for n, one in enumerate(bins):
        share = np.clip(((one.x - ax) * dx + (one.y - ay) * dy) / square, 0.0, 1.0)
        far = np.hypot(one.x - ax - share * dx, one.y - ay - share * dy)
        nearest = int(np.argmin(far))
        if far[nearest] <= REACH:
            on[n], along[n] = nearest, share[nearest] * lengths[nearest]
    return on, along


def _steps(
    count: int, starts: Ints, ends: Ints, lengths: Floats, one_way: Ints, blocked: Ints
) -> tuple[Ints, Ints, Floats]:
    """The open paths as steps from each crossing."""
    there, back = blocked == 0, (blocked == 0) & (one_way == 0)
    out = np.concatenate([starts[there], ends[back]])
    order = np.argsort(out, kind="stable")
    first = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(out, minlength=count), out=first[1:])
    to, metres = np.concatenate([ends[there], starts[back]]), np.concatenate([lengths[there], lengths[back]])
    return first, to[order], metres[order]


Places = tuple[Ints, Floats, Ints, Ints, Floats, Ints]


@kernel
def _reach(arrays: Places, first: Ints, to: Ints, metres: Floats, start: int, wanted: Ints) -> tuple[Floats, Ints]:
    """Metres from a place to the crossings at the ends of the wanted places' paths (others may be `inf`), and the crossing before each."""
    on, along, starts, ends, lengths, one_way = arrays
    count = len(first) - 1
    reached = np.full(count, np.inf)
    before = np.full(count, -1, dtype=np.int64)
    asked = np.zeros(count, dtype=np.int64)
    left = 0
    for place in wanted:
        for side in range(2):
            crossing = place
            if on[place] >= 0:
                crossing = starts[on[place]] if side == 0 else ends[on[place]]
            if asked[crossing] == 0:
                asked[crossing] = 1
                left += 1
    heap = [(0.0, start)]
    heap.pop()
    path = on[start]
    if path < 0:
        reached[start] = 0.0
        heappush(heap, (0.0, start))
    else:
        reached[ends[path]] = lengths[path] - along[start]
        heappush(heap, (reached[ends[path]], ends[path]))
        if (one_way[path] == 0 or along[start] <= 0) and along[start] < reached[starts[path]]:
            reached[starts[path]] = along[start]
            heappush(heap, (along[start], starts[path]))
    while len(heap) > 0 and left > 0:
        far, crossing = heappop(heap)
        if far > reached[crossing]:
            continue
        left -= asked[crossing]
        asked[crossing] = 0
        for step in range(first[crossing], first[crossing + 1]):
            onward = far + metres[step]
            if onward < reached[to[step]]:
                reached[to[step]] = onward
                before[to[step]] = crossing
                heappush(heap, (onward, to[step]))
    return reached, before


@kernel
def _last(arrays: Places, reached: Floats, start: int, end: int) -> int:
    """The last crossing on the shortest way to a place; -1 along the path on which both lie, -2 where no way leads."""
    on, along, starts, ends, lengths, one_way = arrays
    path = on[end]
    if path < 0:
        return end if reached[end] < np.inf else -2
    best, through = reached[starts[path]] + along[end], starts[path]
    rest = lengths[path] - along[end]
    if (one_way[path] == 0 or rest <= 0) and reached[ends[path]] + rest < best:
        best, through = reached[ends[path]] + rest, ends[path]
    if (
        on[start] == path
        and (one_way[path] == 0 or along[end] >= along[start])
        and abs(along[end] - along[start]) <= best
    ):
        return -1
    return through if best < np.inf else -2


@kernel
def _between(arrays: Places, reached: Floats, start: int, end: int) -> float:
    """Metres from a place to another, whose path's ends are reached."""
    on, along, starts, _, lengths, _ = arrays
    through = _last(arrays, reached, start, end)
    metres: float = np.inf
    if start == end:
        metres = 0.0
    elif through == -1:
        metres = abs(along[end] - along[start])
    elif through >= 0 and on[end] < 0:
        metres = reached[end]
    elif through >= 0 and through == starts[on[end]]:
        metres = reached[through] + along[end]
    elif through >= 0:
        metres = reached[through] + lengths[on[end]] - along[end]
    return metres


@kernel
def _legs(arrays: Places, first: Ints, to: Ints, metres: Floats, places: Ints) -> Floats:
    """Metres from each place to the next."""
    found = np.zeros(max(len(places) - 1, 0))
    for n in range(len(found)):
        reached, _ = _reach(arrays, first, to, metres, places[n], places[n + 1 : n + 2])
        found[n] = _between(arrays, reached, places[n], places[n + 1])
    return found


@kernel
def _distances(arrays: Places, first: Ints, to: Ints, metres: Floats, places: Ints) -> Floats:
    """Metres from each place to each."""
    count = len(places)
    found = np.zeros((count, count))
    for row in range(count):
        reached, _ = _reach(arrays, first, to, metres, places[row], places)
        for column in range(count):
            found[row, column] = _between(arrays, reached, places[row], places[column])
    return found


def warm() -> None:
    """Compiles what is here."""
    floor = laid_out([Point("a", 0, 0), Point("b", 0, 9)], [Path("a", "b")], [Point("bin", 1, 5)])
    floor.distances(floor.numbers(["a", "bin"]))
    floor.legs(floor.numbers(["a", "bin"]))
