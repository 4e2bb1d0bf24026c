"""Reads a running wave from the database: its trips, orders and people, how the floor is walked, and what services still leave today.
Called by `foreseeing`."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Bin
from oms.feed.models import Op
from oms.foresight.scene import DEPOT, Going, Scene, Step, Trip
from oms.orders.models import Order, OrderLine
from oms.people.models import Worker
from oms.picking.models import Job, WorkItem, ZonePresence
from oms.picking.rules import UNFINISHED
from oms.planning.rescue import Metres
from oms.planning.shifts import ANYWHERE, FETCHED_AHEAD, Crew
from oms.shipping.carriers.costs import tables_of
from oms.shipping.carriers.tables import leaves_today
from oms.walks.floors import floor_of
from oms.walks.learning import times_of
from oms.waves.models import Wave, WaveOrder
from sync.contract.codes import BinKind, JobKind, JobState, Method, OrderState, WorkState

#: Who picked, sorted or packed within these minutes is on shift.
_RECENT: Final = timedelta(minutes=15)
#: Metres between two bins of which nobody knows where they lie.
_APART_M: Final = 15.0
_ON_THE_FLOOR: Final = (OrderState.RELEASED, OrderState.PICKING, OrderState.PICKED, OrderState.PACKING)
_BY_ZONE: Final = (Method.LEGS, Method.ZONES)


def scene_of(db: Session, site: str, wave: Wave, now: datetime) -> Scene:
    """The wave as it is now, with what was done when."""
    items = db.scalars(
        select(WorkItem)
        .join(Job, Job.id == WorkItem.job_id)
        .where(
            Job.wave_id == wave.id,
            WorkItem.kind == JobKind.PICK,
            WorkItem.state != WorkState.CANCELLED,
        )
        .order_by(WorkItem.seq, WorkItem.id)
    ).all()
    jobs = db.scalars(
        select(Job)
        .where(Job.wave_id == wave.id, Job.kind == JobKind.PICK, Job.state != JobState.CANCELLED)
        .order_by(Job.priority, Job.cut_off, Job.id)
    ).all()
    is_wall = wave.method is Method.WALL
    return Scene(
        wave=wave.id,
        now=now,
        released_at=wave.released_at or now,
        trips=_trips(db, site, wave.method, wave.released_at or now, jobs, items),
        orders=_orders(db, site, wave.id),
        crew=_crew(db, site, wave.method, jobs, now),
        times=times_of(db, site, wave.method),
        metres=_metres(db, site, {item.from_bin for item in items}),
        is_wall=is_wall,
        is_alone=wave.method not in (Method.CLUSTER, Method.WALL),
        slots=_slots(db, site) if is_wall else 0,
        services=_services(db, site, now),
    )


def _trips(
    db: Session, site: str, method: Method, since: datetime, jobs: Sequence[Job], items: Sequence[WorkItem]
) -> tuple[Trip, ...]:
    zones = _zones(db, site, {item.from_bin for item in items})
    finished = [item.id for item in items if item.state not in UNFINISHED]
    # What no device has reported was over when the wave began.
    done = {**dict.fromkeys(finished, since), **_done(db, finished)}
    steps: dict[str, list[Step]] = defaultdict(list)
    for item in items:
        left = item.qty_req - item.qty_done if item.state in UNFINISHED else 0
        steps[item.job_id].append(
            Step(item.order_no, item.from_bin, zones.get(item.from_bin, ""), item.qty_req, left, done.get(item.id))
        )
    names = dict(db.execute(select(Worker.id, Worker.name).where(Worker.id.in_({job.worker_id for job in jobs}))).all())
    legs = {(job.trip or "", job.leg): job.id for job in jobs}
    return tuple(
        Trip(
            job.id,
            tuple(steps.get(job.id, ())),
            zone=(job.zone or "") if method in _BY_ZONE else "",
            worker=names.get(job.worker_id or "", "?") if job.state is JobState.ACTIVE else "",
            after=legs.get((job.trip or "", job.leg - 1), "") if method is Method.LEGS else "",
        )
        for job in jobs
    )


def _zones(db: Session, site: str, bins: Collection[str]) -> dict[str, str]:
    return dict(db.execute(select(Bin.code, Bin.zone).where(Bin.site_id == site, Bin.code.in_(bins))).all())


def _done(db: Session, items: Collection[str]) -> dict[str, datetime]:
    """When the last fact about each came in."""
    facts = select(Op.item, func.max(Op.received_at)).where(Op.item.in_(items)).group_by(Op.item)
    return {item: at for item, at in db.execute(facts) if item is not None}


def _orders(db: Session, site: str, wave_id: str) -> tuple[Going, ...]:
    rows = db.execute(
        select(Order.number, Order.cut_off, Order.carrier, Order.service, func.count(), func.sum(OrderLine.qty))
        .join(WaveOrder, WaveOrder.order_no == Order.number)
        .join(OrderLine, (OrderLine.site_id == Order.site_id) & (OrderLine.order_no == Order.number))
        .where(
            Order.site_id == site,
            WaveOrder.wave_id == wave_id,
            WaveOrder.left_at.is_(None),
            Order.state.in_(_ON_THE_FLOOR),
        )
        .group_by(Order.number, Order.cut_off, Order.carrier, Order.service)
        .order_by(Order.cut_off.asc().nulls_last(), Order.number)
    )
    return tuple(
        Going(number, lines, int(units), cut_off, carrier, service)
        for number, cut_off, carrier, service, lines, units in rows
    )


def _crew(db: Session, site: str, method: Method, jobs: Sequence[Job], now: datetime) -> Crew:
    """Who picks: people with a trip of the wave in hand or who just picked; in methods by zone, those in the zones. One at least, for
    a wave that nobody has begun."""
    pickers = {ANYWHERE: max(1, len(_pickers(db, site, jobs, now)))}
    if method in _BY_ZONE:
        there = select(ZonePresence.zone, func.count()).where(ZonePresence.site_id == site).group_by(ZonePresence.zone)
        zones = {job.zone for job in jobs if job.zone}
        present = Counter({zone: count for zone, count in db.execute(there) if zone in zones})
        pickers = {zone: max(1, present[zone]) for zone in sorted(zones)} or pickers
    return Crew(pickers, _at_work(db, site, JobKind.SORT, now), _at_work(db, site, JobKind.PACK, now), FETCHED_AHEAD)


def _pickers(db: Session, site: str, jobs: Sequence[Job], now: datetime) -> set[str]:
    recent = (
        select(Op.worker_id)
        .distinct()
        .where(Op.site_id == site, Op.kind == "pick.confirm", Op.received_at > now - _RECENT)
    )
    active = {job.worker_id for job in jobs if job.state is JobState.ACTIVE}
    return {one for one in {*active, *db.scalars(recent)} if one is not None}


def _at_work(db: Session, site: str, kind: JobKind, now: datetime) -> int:
    """People who sort or pack now, or ended such work a short while ago; one at least."""
    lately = (Job.state == JobState.ACTIVE) | (Job.done_at > now - _RECENT)
    people = select(func.count(Job.worker_id.distinct())).where(Job.site_id == site, Job.kind == kind, lately)
    return max(1, db.scalars(people).one())


def _slots(db: Session, site: str) -> int:
    return db.scalars(select(func.count()).select_from(Bin).where(Bin.site_id == site, Bin.kind == BinKind.WALL)).one()


def _metres(db: Session, site: str, bins: Collection[str]) -> Metres:
    """Ways over the floor as it is drawn; straight along its sides where it is not; `_APART_M` where nobody knows."""
    floor = floor_of(db, site, bins)
    rows = select(Bin.code, Bin.x_mm, Bin.y_mm).where(Bin.site_id == site, Bin.code.in_(bins))
    spots = {code: (x / 1000, y / 1000) for code, x, y in db.execute(rows)}
    known = len(set(spots.values())) > 1

    @cache
    def metres(one: str, other: str) -> float:
        if one == other:
            return 0.0
        if floor is not None:
            depot = floor.depots[0] if floor.depots else ""
            ends = [place or depot for place in (one, other)]
            if all(end in floor.layout.places for end in ends):
                far = float(floor.layout.legs(floor.layout.numbers(ends)).sum())
                return far if far < float("inf") else _APART_M
        if DEPOT in (one, other) or not known:
            return _APART_M
        (ax, ay), (bx, by) = spots.get(one, (0.0, 0.0)), spots.get(other, (0.0, 0.0))
        return abs(ax - bx) + abs(ay - by)

    return metres


def _services(db: Session, site: str, now: datetime) -> Mapping[str, Sequence[tuple[str, datetime]]]:
    """By carrier the services that still leave today."""
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for table in tables_of(db, site, now.date()):
        cut_off = leaves_today(table, now)
        if cut_off is not None:
            found[table.carrier].append((table.service, cut_off))
    return found
