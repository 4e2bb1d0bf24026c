"""The plan of a wave: every line allocated, every job made for nobody yet, and all that is wrong said at once. Called by the actions on
waves and by the keeper."""

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, func, select

from oms.catalog.models import Bin, Item
from oms.db.locks import lock_rows
from oms.feed.rows import stamp
from oms.inventory.queries import reserve_shelves
from oms.orders.allocation import Lack, Stock, lines_of
from oms.orders.models import Order, Reservation
from oms.picking.actions import epoch
from oms.picking.build import Allocated, Limits, Trips, build, urgency
from oms.picking.models import Job, WorkItem
from oms.picking.rules import JOB, UNFINISHED, WORK
from oms.picking.scene import lock_orders
from oms.promise import keeping
from oms.transitions import moved
from oms.waves import capacity
from oms.waves.models import Wave, WaveOrder
from oms.waves.rules import WAVE
from sync.contract.codes import BinKind, JobState, Method, OrderState, WaveState, WorkState
from sync.contract.waves import Plan, Problem, Template, ZoneLoad

if TYPE_CHECKING:
    from oms.db.work import Work


def template_of(wave: Wave) -> Template:
    """The template a wave was made by, as it was then."""
    return msgspec.convert(wave.body, Template)


def order_numbers(w: "Work", wave_id: str) -> list[str]:
    """The orders that are in the wave now."""
    mine = select(WaveOrder.order_no).where(WaveOrder.wave_id == wave_id, WaveOrder.left_at.is_(None))
    return list(w.db.scalars(mine.order_by(WaveOrder.order_no)))


def plan(w: "Work", wave: Wave) -> Plan:
    """Plans, or plans anew. Orders without stock are left out; when nothing at all can be allocated, the plan has failed."""
    orders = lock_orders(w, order_numbers(w, wave.id))
    unplan(w, wave)
    free = [order for order in orders if order.state is OrderState.OPEN]
    problems = [_problem("order_not_open", order=o.number, state=o.state.value) for o in orders if o not in free]
    allocated, lacks = allocate(w, free)
    problems += _of_stock(w, lacks)
    made, _ = make_jobs(w, wave, allocated)
    left_out = [order.number for order in orders if order.number not in {one.order.number for one in allocated}]
    made = msgspec.structs.replace(made, left_out=left_out, problems=[*problems, *made.problems])
    keep(w, wave, made)
    return made


def make_jobs(
    w: "Work", wave: Wave, allocated: list[Allocated], batches: tuple[tuple[str, ...], ...] = ()
) -> tuple[Plan, list[Job]]:
    """The wave's jobs, for nobody yet, and what they come to; `batches` are the orders of each where that was planned."""
    template = template_of(wave)
    trips = Trips(template.method, Limits(slots=template.slots), JobState.WAITING, wave.id, batches)
    jobs = list({job.id: job for some in build(w, trips, allocated).values() for job in some}.values())
    _send_to_lanes(template, jobs)
    capacity.take_turns(w, jobs)
    return _described(w, wave, template, allocated, jobs), jobs


def keep(w: "Work", wave: Wave, made: Plan) -> None:
    """The wave has this plan now; without a single order it has failed."""
    wave.plan, wave.planned_at = msgspec.to_builtins(made), w.now
    if wave.state is WaveState.DRAFT:
        wave.state = moved(WAVE, wave.state, WaveState.COLLECTING)
    wave.state = moved(WAVE, wave.state, WaveState.PLANNED if made.orders else WaveState.FAILED)
    w.audit("wave.planned", wave=wave.id, orders=made.orders, left_out=len(made.left_out), problems=len(made.problems))


def _problem(code: str, **words: str | int) -> Problem:
    return Problem(code=code, words=words)


def allocate(w: "Work", orders: list[Order]) -> tuple[list[Allocated], list[tuple[str, Lack]]]:
    """Where each order's lines come from, the most urgent order first; and everything that is lacking, of all orders."""
    lines = {order.number: lines_of(w, order.number) for order in orders}
    stock = Stock.lock(w, {line.sku for some in lines.values() for line in some})
    allocated: list[Allocated] = []
    lacking: list[tuple[str, Lack]] = []
    for order in sorted(orders, key=urgency):
        takes, lacks = stock.take(w, order, lines[order.number])
        if lacks:
            lacking += [(order.number, lack) for lack in lacks]
        else:
            allocated.append(Allocated(order, takes))
    return allocated, lacking


def _of_stock(w: "Work", lacks: list[tuple[str, Lack]]) -> list[Problem]:
    """What each order lacks, and what filling pick faces from the reserve would mend."""
    found = [_problem("not_enough_stock", order=no, sku=lack.sku, missing=lack.units) for no, lack in lacks]
    by_sku: dict[str, int] = defaultdict(int)
    for _, lack in lacks:
        by_sku[lack.sku] += lack.units
    for sku, units in sorted(by_sku.items()):
        there = sum(max(0, shelf.free) for shelf in reserve_shelves(w.db, w.site, sku))
        if there:
            found.append(_problem("replenish_first", sku=sku, missing=units, reserve=there))
    return found


def _send_to_lanes(template: Template, jobs: list[Job]) -> None:
    """Jobs go to the template's lanes in turn; the parts of one order to the same."""
    trips: dict[str, int] = {}
    for job in jobs if template.lanes else []:
        turn = trips.setdefault(job.trip or job.id, len(trips))
        if job.method is not Method.LEGS or job.leg == job.legs:
            job.lane = template.lanes[turn % len(template.lanes)]


def _described(w: "Work", wave: Wave, template: Template, allocated: list[Allocated], jobs: list[Job]) -> Plan:
    loads = _loads(w, [job.id for job in jobs])
    needs, people = capacity.needs_of(w, [job.id for job in jobs]), capacity.hands(w)
    latest = capacity.release_between(needs, people, template.release, template.method, wave.cut_off)
    problems: list[Problem] = []
    if latest is not None and latest[1] < w.now:
        problems.append(_problem("too_late", minutes=int((w.now - latest[1]).total_seconds() // 60)))
    if template.method is Method.WALL and len(allocated) > walls(w):
        problems.append(_problem("wall_too_small", slots=len(allocated), wall=walls(w)))
    return Plan(
        orders=len(allocated),
        lines=sum(load.stops for load in loads),
        units=sum(load.units for load in loads),
        grams=_grams(w, allocated),
        jobs=len(jobs),
        minutes=needs.minutes,
        zones=capacity.zone_loads(needs, people, loads),
        problems=problems,
        release_at=stamp(latest[1]) if latest else None,
        release_safe_at=stamp(latest[0]) if latest else None,
        metres=round(needs.metres),
        people=people.picking,
    )


def _grams(w: "Work", allocated: list[Allocated]) -> int:
    skus = {line.sku for one in allocated for line, _ in one.takes}
    known = select(Item.sku, Item.weight_g).where(Item.site_id == w.site, Item.sku.in_(skus))
    weights = {sku: grams or 0 for sku, grams in w.db.execute(known)}
    return sum(weights.get(line.sku, 0) * take.qty for one in allocated for line, take in one.takes)


def walls(w: "Work") -> int:
    """How many slots the put walls of the site have."""
    slots = select(func.count()).select_from(Bin).where(Bin.site_id == w.site, Bin.kind == BinKind.WALL)
    return w.db.scalars(slots).one()


def _loads(w: "Work", jobs: list[str]) -> list[ZoneLoad]:
    rows = w.db.execute(
        select(Bin.zone, func.count(), func.sum(WorkItem.qty_req))
        .join(Bin, (Bin.site_id == WorkItem.site_id) & (Bin.code == WorkItem.from_bin))
        .where(WorkItem.job_id.in_(jobs))
        .group_by(Bin.zone)
        .order_by(Bin.zone)
    )
    return [ZoneLoad(zone=zone, stops=stops, units=int(units), minutes=0) for zone, stops, units in rows]


def unplan(w: "Work", wave: Wave, orders: set[str] | None = None) -> None:
    """Jobs that were only planned, all or those of some orders, are gone, and their stock is free. The others of a shared job stay."""
    planned = select(Job.id).where(Job.wave_id == wave.id, Job.state == JobState.WAITING)
    for job in lock_rows(w.db, Job, Job.id, w.db.scalars(planned)):
        items = lock_rows(
            w.db, WorkItem, WorkItem.id, w.db.scalars(select(WorkItem.id).where(WorkItem.job_id == job.id))
        )
        gone = [one for one in items if one.state in UNFINISHED and (orders is None or one.order_no in orders)]
        for item in gone:
            item.state = moved(WORK, item.state, WorkState.CANCELLED)
            item.tok_epoch, item.tok_n = max(item.tok_epoch, epoch(w)), item.tok_n + 1
            w.touch("work", item.id)
        w.db.execute(delete(Reservation).where(Reservation.work_item.in_([item.id for item in gone])))
        w.touch("job", job.id)
        if all(item.state is WorkState.CANCELLED for item in items):
            job.state = moved(JOB, job.state, JobState.CANCELLED)
            job.done_at = w.now
        _keep_again(w, {item.order_no for item in gone})
    w.db.flush()


def _keep_again(w: "Work", numbers: set[str]) -> None:
    """What was reserved for customers' orders stays theirs."""
    for order in lock_orders(w, numbers):
        keeping.keep_again(w, order)
