"""The rehearsal of a plan with the people who are there: from jobs as they are walked to a shift, and from its forecast to what travels.
Plain functions. Called by `thinking`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from oms.planning.rehearsal import rehearse
from oms.planning.shifts import ANYWHERE, FETCHED_AHEAD, BadShift, Band, Call, Crew, Forecast, Shift, Tour, Truck
from oms.plans.batches import Group
from oms.plans.scene import Scene, Wanted
from oms.plans.walking import Walked, totes_of
from oms.walks.floors import Floor
from sync.contract.codes import Method
from sync.contract.plans import CurvePoint, LateOrder, PlanForecast, Spread, ZoneFinish

#: The same luck for every plan, so that two of them can be compared run by run.
_SEED: Final = 1
_RUNS: Final = 200
#: Calls of all runs together: a rehearsal of a large wave is played less often.
_MOST: Final = 400_000
_FEWEST: Final = 20
_LATE_NAMED: Final = 200
#: Nobody signs in to a put wall.
_SORTERS: Final = 1


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The forecast as it travels, and each run's seconds until packed and late orders, to compare plans by."""

    forecast: PlanForecast
    packed_s: tuple[float, ...]
    late: tuple[int, ...]


def rehearsed(scene: Scene, jobs: Sequence[tuple[Group, Walked]]) -> Rehearsed | None:
    """How the jobs, taken in this order, will go; None when they can never end with these people."""
    calls = sum(len(walk.takes) for _, walk in jobs)
    runs = max(_FEWEST, min(_RUNS, _MOST // max(1, calls)))
    try:
        found = rehearse(_shift(scene, jobs), _SEED, runs)
    except BadShift:
        return None
    return Rehearsed(_told(scene, found), found.packed_runs, found.late_runs)


def _shift(scene: Scene, jobs: Sequence[tuple[Group, Walked]]) -> Shift:
    picked = {n for group, _ in jobs for n in group.orders}
    tours = []
    last_leg: dict[int, int] = {}
    for place, (group, walk) in enumerate(jobs):
        is_leg = scene.asked.method is Method.LEGS and group.trip is not None and group.trip in last_leg
        tours.append(_tour(scene, group, walk, (last_leg[group.trip],) if is_leg and group.trip is not None else ()))
        if group.trip is not None:
            last_leg[group.trip] = place
    is_wall = scene.asked.method is Method.WALL
    return Shift(
        tours=tuple(tours),
        orders=tuple(_truck(scene, scene.orders[n]) for n in sorted(picked)),
        crew=Crew(_pickers(scene, jobs), _SORTERS if is_wall else 0, scene.people.packers, FETCHED_AHEAD),
        times=scene.times,
        slots=scene.walls if is_wall else 0,
    )


def _pickers(scene: Scene, jobs: Sequence[tuple[Group, Walked]]) -> dict[str, int]:
    """People keep to their zones where jobs do and every zone has somebody; else everybody goes everywhere."""
    there = dict(scene.people.pickers)
    zones = {group.zone for group, _ in jobs}
    if ANYWHERE not in zones and all(there.get(zone) or there.get(ANYWHERE) for zone in zones):
        return there
    return {ANYWHERE: scene.people.picking}


def _tour(scene: Scene, group: Group, walk: Walked, after: tuple[int, ...]) -> Tour:
    metres, home = _legs(scene.floor, walk)
    calls = tuple(
        Call(take.bin, far, take.qty, scene.orders[n].number, zone=scene.places[take.bin].zone)
        for (n, take), far in zip(walk.takes, metres, strict=True)
    )
    is_wall = scene.asked.method is Method.WALL
    return Tour(calls, home, group.zone, totes_of(scene, group), after, sorted=is_wall)


def _legs(floor: Floor | None, walk: Walked) -> tuple[list[float], float]:
    """Metres to each take from the one before, and home. Where no way is known nobody walks."""
    bins = [take.bin for _, take in walk.takes]
    if floor is None:
        return [0.0] * len(bins), 0.0
    known = floor.layout.places
    codes = [code for code in (walk.start, *bins, walk.end) if code in known]
    legs = floor.layout.legs(floor.layout.numbers(codes))
    far = {pair: float(metres) for pair, metres in zip(pairwise(codes), legs, strict=True) if np.isfinite(metres)}
    metres, here = [], walk.start
    for bin in bins:
        metres.append(far.get((here, bin), 0.0) if bin != here else 0.0)
        here = bin if bin in known else here
    return metres, far.get((here, walk.end), 0.0)


def _truck(scene: Scene, order: Wanted) -> Truck:
    seconds = (order.cut_off - scene.now).total_seconds() if order.cut_off is not None else None
    lines = len({take.line_no for take in order.takes})
    return Truck(order.number, max(0.0, seconds) if seconds is not None else None, lines, order.units)


def _told(scene: Scene, found: Forecast) -> PlanForecast:
    orders = {order.number: order for order in scene.orders}
    return PlanForecast(
        runs=found.runs,
        picked=_minutes(found.picked),
        packed=_minutes(found.packed),
        zones=[
            ZoneFinish(zone=zone, minutes=_minutes(band), busy_percent=round(100 * found.busy.get("pickers", 0.0)))
            for zone, band in found.zones.items()
        ],
        picked_curve=[_point(one.minute, one.picked) for one in found.curve],
        packed_curve=[_point(one.minute, one.packed) for one in found.curve],
        late=[_late(orders[risk.order], risk.share) for risk in found.risks[:_LATE_NAMED]],
        jam=_spread(found.jam_minutes),
        waits=_spread(found.aisle_minutes),
        late_orders=_spread(found.late),
    )


def _late(order: Wanted, share: float) -> LateOrder:
    cut_off = order.cut_off.isoformat(timespec="seconds") if order.cut_off is not None else ""
    return LateOrder(order=order.number, carrier=order.carrier, cut_off=cut_off, percent=round(100 * share))


def _minutes(band: Band) -> Spread:
    return Spread(p10=round(band.p10 / 60, 2), p50=round(band.p50 / 60, 2), p90=round(band.p90 / 60, 2))


def _spread(band: Band) -> Spread:
    return Spread(p10=round(band.p10, 2), p50=round(band.p50, 2), p90=round(band.p90, 2))


def _point(minute: float, band: Band) -> CurvePoint:
    return CurvePoint(minute=minute, p10=round(band.p10, 1), p50=round(band.p50, 1), p90=round(band.p90, 1))
