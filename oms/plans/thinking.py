"""A plan thought out: from a `Scene` to batches, walks, figures and reasons. No database, and no clock but the one that says how long it
took, so the same scene gives the same plan. Called by the planner's process."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from oms.feed.rows import stamp
from oms.planning.batching import Plan
from oms.planning.explaining import Because as Reason
from oms.planning.explaining import everybody, too_much
from oms.planning.walks import Walk
from oms.planning.waves import Step, latest_release, spread_people
from oms.plans.batches import Group, Grouped, cart_of, grouped, in_turn, load_of, together
from oms.plans.rehearsing import Rehearsed, rehearsed
from oms.plans.scene import Scene
from oms.plans.walking import Walked, bin_after_bin, seconds_of, told, walked
from sync.contract.codes import Method
from sync.contract.plans import (
    Because,
    PlanBatch,
    PlanRelease,
    PlanResult,
    PlanTotals,
    PlanWhy,
    PlanZone,
)
from sync.contract.waves import Problem

Progress = Callable[[float], None]
Stopped = Callable[[], bool]

#: Shares of the whole at which the search, the walks and the reasons are done.
_SEARCHED, _WALKED, _EXPLAINED = 0.7, 0.85, 0.9


class WasStopped(Exception):
    """Somebody stopped it; nothing came of it."""


class NothingToPlan(Exception):
    """No order can be picked at all."""


@dataclass(slots=True)
class Thought:
    """What came of thinking: the result as it travels; `steps` as using the plan needs them; the runs of its rehearsal."""

    result: PlanResult
    steps: dict[str, Any] = field(default_factory=dict)


def think(scene: Scene, progress: Progress, walks: Progress, stopped: Stopped) -> Thought:
    """Thinks the plan out. `progress` is told how far it is (0 to 1), `walks` the metres once they are known. `WasStopped`,
    `NothingToPlan`."""
    began = monotonic()
    found = grouped(scene, lambda share: progress(share * _SEARCHED), stopped)
    _unless(stopped)
    if not found.groups:
        raise NothingToPlan
    if found.found is not None:
        walks(found.found.metres)
    jobs = []
    for n, group in enumerate(found.groups):
        _unless(stopped)
        jobs.append((group, walked(scene, group)))
        progress(_SEARCHED + (_WALKED - _SEARCHED) * (n + 1) / len(found.groups))
    batches = [told(scene, n, group, walk) for n, (group, walk) in enumerate(jobs, 1)]
    walks(sum(batch.metres for batch in batches))
    reasons = _reasons(scene, found)
    progress(_EXPLAINED)
    _unless(stopped)
    forecast = rehearsed(scene, jobs)
    progress(1.0)
    return Thought(
        _result(scene, found, batches, reasons, forecast, monotonic() - began), _steps(scene, jobs, forecast)
    )


def _unless(stopped: Stopped) -> None:
    if stopped():
        raise WasStopped


def _result(
    scene: Scene,
    found: Grouped,
    batches: list[PlanBatch],
    reasons: list[PlanWhy],
    forecast: Rehearsed | None,
    seconds: float,
) -> PlanResult:
    picked = sorted({n for group in found.groups for n in group.orders})
    return PlanResult(
        totals=_totals(len(picked), batches),
        drawn=scene.floor is not None,
        in_turn=_in_turn(scene, picked) if scene.floor is not None else None,
        s_shape=_bin_after_bin(scene, found.groups) if scene.floor is not None else None,
        batches=batches,
        why=reasons,
        problems=_problems(scene, len(picked), forecast),
        releases=_releases(scene, found.groups, batches),
        zones=_zones(scene, batches),
        forecast=forecast.forecast if forecast is not None else None,
        moves=found.found.moves if found.found is not None else 0,
        seconds=round(seconds, 2),
    )


def _totals(orders: int, batches: Sequence[PlanBatch]) -> PlanTotals:
    return PlanTotals(
        orders=orders,
        lines=sum(batch.lines for batch in batches),
        units=sum(batch.units for batch in batches),
        batches=len(batches),
        metres=round(sum(batch.metres for batch in batches), 1),
        minutes=round(sum(batch.minutes for batch in batches), 1),
    )


def _in_turn(scene: Scene, picked: Sequence[int]) -> PlanTotals:
    """The same orders in the order they came in, on the same cart, bin after bin."""
    if scene.asked.method not in (Method.CLUSTER, Method.WALL):
        return _bin_after_bin(scene, [together(scene, [n]) for n in picked])
    came = sorted(picked, key=lambda n: (scene.orders[n].priority, scene.orders[n].placed_at, n))
    return _bin_after_bin(scene, [together(scene, group) for group in in_turn(scene, came)])


def _bin_after_bin(scene: Scene, groups: Sequence[Group]) -> PlanTotals:
    metres = [bin_after_bin(scene, [take.bin for _, take in group.takes]) for group in groups]
    takes = [take for group in groups for _, take in group.takes]
    seconds = sum(seconds_of(scene, group, far) for group, far in zip(groups, metres, strict=True))
    return PlanTotals(
        orders=len({n for group in groups for n in group.orders}),
        lines=len(takes),
        units=sum(take.qty for take in takes),
        batches=len(groups),
        metres=round(sum(metres), 1),
        minutes=round(seconds / 60, 1),
    )


def _reasons(scene: Scene, found: Grouped) -> list[PlanWhy]:
    """Each order once: those on carts, those too big for one, and those that wait."""
    batch_of = {n: number for number, group in enumerate(found.groups, 1) for n in reversed(group.orders)}
    reasons = [
        *(
            _searched(scene, batch_of, found.walk, found.found)
            if found.walk is not None and found.found is not None
            else [
                PlanWhy(order=scene.orders[n].number, because=Because.IN_TURN, batch=batch_of[n])
                for n in sorted(batch_of)
            ]
        ),
        *(_too_big(scene, n) for n in found.unfit),
        *(PlanWhy(order=one.number, because=one.because, words=dict(one.words)) for one in scene.waits),
    ]
    return sorted(reasons, key=lambda why: (why.batch is None, why.batch or 0, why.order))


def _searched(scene: Scene, batch_of: dict[int, int], walk: Walk, found: Plan) -> list[PlanWhy]:
    return [
        PlanWhy(
            order=scene.orders[one.order].number,
            because=Because.TOGETHER if one.because is Reason.TOGETHER else Because.ALONE,
            batch=batch_of[one.order],
            alone_m=round(one.alone, 1),
            added_m=round(one.added, 1),
            partner=scene.orders[one.partner].number if one.partner is not None else None,
            shared_m=round(one.shared, 1),
        )
        for one in everybody(walk, found)
        if one.order in batch_of
    ]


def _too_big(scene: Scene, number: int) -> PlanWhy:
    load, limits = load_of(scene.orders[number]), cart_of(scene.asked)
    measure = too_much(load, limits)[0]
    words: dict[str, str | int] = {"measure": measure, "has": getattr(load, measure), "most": getattr(limits, measure)}
    return PlanWhy(order=scene.orders[number].number, because=Because.TOO_BIG, words=words)


def _problems(scene: Scene, picked: int, forecast: Rehearsed | None) -> list[Problem]:
    found = []
    if scene.asked.method is Method.WALL and picked > scene.walls:
        found.append(Problem(code="wall_too_small", words={"slots": picked, "wall": scene.walls}))
    if scene.floor is None:
        found.append(Problem(code="floor_not_drawn"))
    elif scene.floor.layout.lost:
        bins = sorted(scene.floor.layout.lost)
        found.append(Problem(code="bins_off_the_floor", words={"count": len(bins), "bin": bins[0]}))
    if forecast is None:
        found.append(Problem(code="not_rehearsed"))
    return found


def _releases(scene: Scene, groups: Sequence[Group], batches: Sequence[PlanBatch]) -> list[PlanRelease]:
    """For each truck: everything that must be picked by then, back from its cut-off."""
    trucks: dict[tuple[datetime, str], int] = defaultdict(int)
    for n in sorted({n for group in groups for n in group.orders}):
        order = scene.orders[n]
        if order.cut_off is not None:
            trucks[order.cut_off, order.carrier] += 1
    found = []
    for (cut_off, carrier), orders in sorted(trucks.items()):
        due = [
            60 * batch.minutes for group, batch in zip(groups, batches, strict=True) if _is_due(scene, group, cut_off)
        ]
        latest = latest_release(_steps_to_truck(scene, due))
        usual = cut_off - timedelta(seconds=latest.usual)
        found.append(
            PlanRelease(
                carrier=carrier,
                cut_off=stamp(cut_off),
                release_at=stamp(usual),
                safe_at=stamp(cut_off - timedelta(seconds=latest.safe)),
                orders=orders,
                late=usual < scene.now,
            )
        )
    return found


def _steps_to_truck(scene: Scene, seconds: Sequence[float]) -> list[Step]:
    """Picking by those who are there, then the rule's minutes for what follows."""
    rule = scene.rule
    fixed = rule.pack_min + rule.buffer_min + (rule.sort_min if scene.asked.method is Method.WALL else 0)
    picking = Step("pick", sum(seconds), scene.people.picking, max(seconds, default=0.0))
    return [picking, Step("after", 0.0, fixed=60.0 * fixed)]


def _is_due(scene: Scene, group: Group, cut_off: datetime) -> bool:
    own = [scene.orders[n].cut_off for n in group.orders]
    return any(one is not None and one <= cut_off for one in own)


def _zones(scene: Scene, batches: Sequence[PlanBatch]) -> list[PlanZone]:
    """Each zone's stops, units and minutes (a batch's walk by its stops), and who should be there."""
    stops: dict[str, int] = defaultdict(int)
    units: dict[str, int] = defaultdict(int)
    minutes: dict[str, float] = defaultdict(float)
    for batch in batches:
        for stop in batch.stops:
            stops[stop.zone] += 1
            units[stop.zone] += stop.units
            minutes[stop.zone] += batch.minutes / len(batch.stops)
    names, there = sorted(stops), scene.people.by_zone(minutes)
    advised = spread_people([60 * minutes[zone] for zone in names], [there[zone] for zone in names]).people
    return [
        PlanZone(
            zone=zone,
            stops=stops[zone],
            units=units[zone],
            minutes=round(minutes[zone], 1),
            people=scene.people.pickers.get(zone, 0),
            advised=advised[n],
        )
        for n, zone in enumerate(names)
    ]


def _steps(scene: Scene, jobs: Sequence[tuple[Group, Walked]], forecast: Rehearsed | None) -> dict[str, Any]:
    """The jobs as they are made when the plan is used: for each its orders and zone, and its takes in walking order."""
    return {
        "jobs": [
            {
                "orders": [scene.orders[n].number for n in group.orders],
                "takes": [
                    [scene.orders[n].number, take.line_no, take.sku, take.bin, take.lot, take.qty]
                    for n, take in walk.takes
                ],
            }
            for group, walk in jobs
        ],
        "packed_s": [round(one, 1) for one in forecast.packed_s] if forecast is not None else [],
        "late": list(forecast.late) if forecast is not None else [],
    }
