"""A wave rehearsed with the people on shift. `rehearse` plays it many times, each time with other luck, and says when it will be picked and
packed, which orders will miss the truck, and where people stand and wait. Called by the plans, the rescue of running waves and the bench.

The same shift, seed and number of runs give the same forecast. Luck goes with the thing it happens to: the same call of the same order has
the same luck in every plan that is rehearsed with the same seed, so that two plans are compared and not two days.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from oms.planning.compiled import Floats, Ints
from oms.planning.rehearsal_floor import NEVER, handled, walked
from oms.planning.shifts import (
    ANYWHERE,
    NO_LUCK,
    RUNS,
    BadShift,
    Band,
    Bench,
    Call,
    Crew,
    Forecast,
    Luck,
    Moment,
    Risk,
    Shift,
    Tour,
    Truck,
)

__all__ = [
    "ANYWHERE",
    "NO_LUCK",
    "RUNS",
    "BadShift",
    "Band",
    "Bench",
    "Call",
    "Crew",
    "Forecast",
    "Luck",
    "Moment",
    "Risk",
    "Shift",
    "Tour",
    "Truck",
    "rehearse",
]

#: Points of a curve.
_POINTS: Final = 40
#: Kinds of luck: each is drawn by itself.
_PEOPLE, _WALKS, _PICKS, _TROUBLE, _SORTING, _PACKING = range(6)


@dataclass(frozen=True, slots=True)
class _Arrays:
    """A shift as the kernels take it; see there. `rank` says which luck a call has."""

    calls: Sequence[Call]
    tours: Sequence[Tour]
    first: Ints
    tour_zone: Ints
    after_first: Ints
    after: Ints
    tour_s: Floats
    aisle: Ints
    walk: Floats
    work: Floats
    crew: Ints
    order: Ints
    is_sorted: Ints
    sorting: Floats
    opening: Floats
    packing: Floats
    left: Ints
    waiting: Ints
    cut_off: Floats
    rank: Ints


@dataclass(slots=True)
class _Seen:
    """What all runs showed, a row each."""

    done: Floats
    packed: Floats
    picked_s: Floats
    jam: Floats
    stood: Floats
    busy: Floats


def rehearse(shift: Shift, seed: int = 1, runs: int = RUNS) -> Forecast:
    """Plays the shift `runs` times. BadShift where it can never end, ValueError for less than one run."""
    if runs < 1:
        raise ValueError("one run at least")
    made = _arrays(shift)
    seen = _Seen(
        np.zeros((runs, len(made.calls))), np.zeros((runs, len(shift.orders))),
        np.zeros(runs), np.zeros(runs), np.zeros(runs), np.zeros((runs, 3)),
    )  # fmt: skip
    for run in range(runs):
        _run(shift, made, seed, run, seen)
    return _forecast(shift, made, seed, seen)


def _arrays(shift: Shift) -> _Arrays:
    tours = sorted(range(len(shift.tours)), key=lambda n: not shift.tours[n].begun)
    place_of = {n: place for place, n in enumerate(tours)}
    ordered = [shift.tours[n] for n in tours]
    calls = list(chain.from_iterable(tour.calls for tour in ordered))
    numbers = {truck.order: n for n, truck in enumerate(shift.orders)}
    if any(call.order not in numbers for call in calls):
        raise BadShift("unknown_order")
    zones = {zone: n for n, zone in enumerate(sorted({tour.zone for tour in ordered} | set(shift.crew.pickers)))}
    crew = [
        -1 if zone == ANYWHERE else zones[zone]
        for zone, count in sorted(shift.crew.pickers.items())
        for _ in range(count)
    ]
    tour_zone = [-1 if tour.zone == ANYWHERE else zones[tour.zone] for tour in ordered]
    if (tour_zone and not crew) or (-1 not in crew and any(zone >= 0 and zone not in crew for zone in tour_zone)):
        raise BadShift("nobody")
    order = _ints(numbers[call.order] for call in calls)
    aisles = {name: n for n, name in enumerate(sorted({call.aisle for call in calls} - {""}))}
    times, bench = shift.times, shift.bench
    return _Arrays(
        calls=calls,
        tours=ordered,
        first=_ints(accumulate((len(tour.calls) for tour in ordered), initial=0)),
        tour_zone=_ints(tour_zone),
        after_first=_ints(accumulate((len(tour.after) for tour in ordered), initial=0)),
        after=_ints(place_of[n] for tour in ordered for n in tour.after),
        tour_s=_floats(chain.from_iterable(_of_tour(shift, tour) for tour in ordered)),
        aisle=_ints(aisles.get(call.aisle, -1) for call in calls),
        walk=_floats(call.metres * times.metre_s for call in calls),
        work=_floats(chain.from_iterable(_work(shift, tour) for tour in ordered)),
        crew=_ints(crew),
        order=order,
        is_sorted=_ints(tour.sorted for tour in ordered),
        sorting=_floats(call.units * bench.sort_unit_s * bool(shift.crew.sorters) for call in calls),
        opening=_floats(bench.sort_tote_s * tour.totes * bool(shift.crew.sorters) for tour in ordered),
        packing=_floats(
            bool(shift.crew.packers) * (bench.parcel_s + truck.lines * bench.line_s + truck.units * bench.unit_s)
            for truck in shift.orders
        ),
        left=np.bincount(order, minlength=len(shift.orders)).astype(np.int64),
        waiting=_ints(truck.waiting for truck in shift.orders),
        cut_off=_floats(NEVER if truck.cut_off_s is None else truck.cut_off_s for truck in shift.orders),
        rank=np.argsort(
            np.array(sorted(range(len(calls)), key=lambda n: (calls[n].order, calls[n].place, n)), dtype=np.int64),
            kind="stable",
        ),
    )


def _of_tour(shift: Shift, tour: Tour) -> tuple[float, float, float]:
    """Its earliest start, seconds to begin it, seconds home."""
    begin = 0.0 if tour.begun else tour.totes * shift.times.tote_s
    return tour.from_s, begin, tour.home * shift.times.metre_s


def _work(shift: Shift, tour: Tour) -> Iterator[float]:
    """Seconds of each call without the way to it."""
    times = shift.times
    for before, call in pairwise((None, *tour.calls)):
        assert call is not None
        is_new = before is None or before.place != call.place
        yield times.seconds(0, bins=int(is_new), picks=1, units=call.units)


def _run(shift: Shift, made: _Arrays, seed: int, run: int, seen: _Seen) -> None:
    luck, calls = shift.luck, len(made.calls)
    pace = _varied(len(made.crew), luck.people, seed, run, _PEOPLE)
    walk = made.walk * _varied(calls, luck.walks, seed, run, _WALKS)[made.rank]
    work = made.work * _varied(calls, luck.picks, seed, run, _PICKS)[made.rank]
    if luck.trouble:
        troubled = np.random.default_rng((seed, run, _TROUBLE)).random(calls)[made.rank] < luck.trouble
        work += troubled * luck.trouble_s
    over, stood = np.zeros(len(made.tours)), np.zeros(len(pace))
    walked(
        made.first, made.tour_zone, made.after_first, made.after, made.tour_s, made.aisle, walk, work, made.crew,
        pace, shift.aisle_room, 1 + shift.crew.ahead, seen.done[run], over, stood,
    )  # fmt: skip
    if over.max(initial=0.0) >= NEVER:
        raise BadShift("circle")
    totals = np.zeros(3)
    handled(
        made.first, made.is_sorted, np.argsort(over, kind="stable"), over, made.order,
        made.sorting * _varied(calls, luck.benches, seed, run, _SORTING)[made.rank], made.opening,
        made.packing * _varied(len(made.packing), luck.benches, seed, run, _PACKING), made.left.copy(), made.waiting,
        max(1, shift.crew.sorters), max(1, shift.crew.packers), shift.slots, seen.packed[run], totals,
    )  # fmt: skip
    end = float(over.max(initial=0.0))
    seen.picked_s[run], seen.jam[run], seen.stood[run] = end, totals[0], stood.sum()
    packed = float(seen.packed[run].max(initial=0.0))
    moving = _moving(made, walk, work, pace)
    seen.busy[run] = (
        _share(moving, end * len(pace)),
        _share(totals[1], packed * shift.crew.sorters),
        _share(totals[2], packed * shift.crew.packers),
    )


def _moving(made: _Arrays, walk: Floats, work: Floats, pace: Floats) -> float:
    """Seconds that all people together walked and picked, at the mean pace."""
    tours = made.tour_s.reshape(-1, 3)[:, 1:].sum()
    return float((walk.sum() + work.sum() + tours) * (pace.mean() if len(pace) else 1.0))


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0 else 0.0


def _varied(count: int, share: float, seed: int, run: int, kind: int) -> Floats:
    """Factors around one that never are negative: log-normal, with this standard deviation."""
    if not share:
        return np.ones(count)
    width = np.log1p(share * share)
    drawn = np.random.default_rng((seed, run, kind)).standard_normal(count)
    return np.asarray(np.exp(drawn * np.sqrt(width) - width / 2))


def _forecast(shift: Shift, made: _Arrays, seed: int, seen: _Seen) -> Forecast:
    late = seen.packed > made.cut_off
    packed_s = seen.packed.max(axis=1, initial=0.0)
    units = np.array([call.units for call in made.calls], dtype=np.float64)
    busy = seen.busy.mean(axis=0)
    return Forecast(
        runs=len(late),
        seed=seed,
        units=int(units.sum()),
        metres=round(sum(sum(call.metres for call in tour.calls) + tour.home for tour in made.tours), 3),
        picked=_band(seen.picked_s),
        packed=_band(packed_s),
        zones=_zones(made, seen.done),
        late=_band(late.sum(axis=1)),
        risks=_risks(shift, made, seen.packed, late),
        jam_minutes=_band(seen.jam / 60),
        aisle_minutes=_band(seen.stood / 60),
        busy={"pickers": float(busy[0]), "sorters": float(busy[1]), "packers": float(busy[2])},
        curve=_curve(shift, seen, units, float(max(packed_s.max(), seen.picked_s.max()))),
        picked_runs=tuple(float(one) for one in seen.picked_s),
        packed_runs=tuple(float(one) for one in packed_s),
        late_runs=tuple(int(one) for one in late.sum(axis=1)),
    )


def _band(values: Floats) -> Band:
    low, middle, high = np.percentile(values, (10, 50, 90))
    return Band(float(low), float(middle), float(high))


def _zones(made: _Arrays, done: Floats) -> dict[str, Band]:
    mine: dict[str, list[int]] = {}
    for n, call in enumerate(made.calls):
        mine.setdefault(call.zone, []).append(n)
    return {zone: _band(done[:, mine[zone]].max(axis=1)) for zone in sorted(mine)}


def _risks(shift: Shift, made: _Arrays, packed: Floats, late: NDArray[np.bool_]) -> tuple[Risk, ...]:
    shares = late.mean(axis=0)
    risks = [
        Risk(truck.order, float(shares[n]), float(made.cut_off[n]), _band(packed[:, n]))
        for n, truck in enumerate(shift.orders)
        if shares[n] > 0
    ]
    return tuple(sorted(risks, key=lambda risk: (-risk.share, risk.cut_off_s, risk.order)))


def _curve(shift: Shift, seen: _Seen, units: Floats, end: float) -> tuple[Moment, ...]:
    """Units picked and packed by and by; the last point is the end of the longest run."""
    grid = np.linspace(0.0, end, _POINTS)
    parcels = np.array([float(truck.units) for truck in shift.orders])
    picked, packed = _by_then(seen.done, units, grid), _by_then(seen.packed, parcels, grid)
    return tuple(
        Moment(round(float(at) / 60, 3), _band(picked[:, n]), _band(packed[:, n])) for n, at in enumerate(grid)
    )


def _by_then(when: Floats, amounts: Floats, grid: Floats) -> Floats:
    """What had come by each time of the grid, a row for each run."""
    found = np.zeros((len(when), len(grid)))
    for run, row in enumerate(when):
        order = np.argsort(row, kind="stable")
        sums = np.concatenate(([0.0], np.cumsum(amounts[order])))
        found[run] = sums[np.searchsorted(row[order], grid, side="right")]
    return found


def _ints(values: Iterable[float]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _floats(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)
