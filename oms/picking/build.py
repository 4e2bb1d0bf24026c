"""Arranges allocated order lines into pick jobs, by method. Called by release and by waves; the orders are locked by them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import select

from oms.catalog.models import Bin, Item
from oms.inventory import history
from oms.inventory.rules import Take
from oms.orders.models import Order, OrderLine
from oms.picking.actions import reserve
from oms.picking.models import Job, JobSlot, WorkItem
from oms.planning.batching import Load, cart
from oms.walks.order import order_jobs
from oms.walks.together import near_together
from sync.contract.codes import JobKind, JobState, Method, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work


_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def urgency(order: Order) -> tuple[int, datetime, str]:
    """Sorts the most urgent first."""
    return order.priority, order.cut_off or _NEVER, order.number


@dataclass(frozen=True, slots=True)
class Allocated:
    """An order, and from which shelves its lines are taken."""

    order: Order
    takes: list[tuple[OrderLine, Take]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one trip takes at most. `slots` counts orders, `lines` stops, `grams` what weighs on the cart."""

    slots: int = 8
    lines: int = 40
    grams: int = 150_000


@dataclass(frozen=True, slots=True)
class Trips:
    """How jobs are to be made: `state` OPEN, or WAITING while their wave is only planned. `batches` are the numbers of orders that share a
    trip, where that was planned; of one trip only those of one priority stay together."""

    method: Method
    limits: Limits = Limits()
    state: JobState = JobState.OPEN
    wave: str | None = None
    batches: tuple[tuple[str, ...], ...] = ()


def trips_of(method: Method, slots: int | None = None) -> Trips:
    """Trips of a method that take `slots` orders (1 to 60), or as many as usual."""
    usual = Limits()
    return Trips(method, replace(usual, slots=min(60, max(1, slots))) if slots is not None else usual)


def build(w: "Work", trips: Trips, orders: Sequence[Allocated]) -> dict[str, list[Job]]:
    """Makes the jobs for all these orders, with their stock reserved; per order number those that work for it, in walk order."""
    made = _made(w, trips, orders)
    order_jobs(w, {job.id for jobs in made.values() for job in jobs})
    return made


def _made(w: "Work", trips: Trips, orders: Sequence[Allocated]) -> dict[str, list[Job]]:
    if trips.method in (Method.CLUSTER, Method.WALL):
        groups = _planned(trips.batches, orders) if trips.batches else _searched(w, trips, orders)
        return {one.order.number: [job] for group in groups for job in [_together(w, trips, group)] for one in group}
    return {one.order.number: _MAKERS[trips.method](w, trips, one) for one in orders}


def _single(w: "Work", trips: Trips, one: Allocated) -> list[Job]:
    job = _job(w, trips, one.order)
    _items(w, job, one.takes)
    return [job]


def _together(w: "Work", trips: Trips, group: list[Allocated]) -> Job:
    """One trip for several orders; in a cluster each has its slot on the cart."""
    job = _job(w, trips, group[0].order)
    for n, one in enumerate(group, 1):
        in_slot = n if trips.method is Method.CLUSTER else None
        if in_slot:
            w.db.add(JobSlot(job_id=job.id, n=n, site_id=w.site, order_no=one.order.number))
        _items(w, job, one.takes, slot=in_slot)
    return job


def _planned(batches: Sequence[Sequence[str]], orders: Sequence[Allocated]) -> list[list[Allocated]]:
    """The orders as they were planned; those that nobody planned alone, those whose priority has changed apart."""
    batch_of = {number: n for n, batch in enumerate(batches) for number in batch}
    groups: dict[tuple[int, int, str], list[Allocated]] = defaultdict(list)
    for one in sorted(orders, key=lambda one: urgency(one.order)):
        number = one.order.number
        alone = "" if number in batch_of else number
        groups[batch_of.get(number, len(batches)), one.order.priority, alone].append(one)
    return [groups[key] for key in sorted(groups)]


def _searched(w: "Work", trips: Trips, orders: Sequence[Allocated]) -> list[list[Allocated]]:
    """On a floor that is drawn, the orders that are near each other; else as many as fit, the most urgent first."""
    grams = _weights(w, orders)
    loads = [
        Load(
            slots=1,
            grams=sum(grams.get(line.sku, 0) * take.qty for line, take in one.takes),
            lines=len(one.takes),
        )
        for one in orders
    ]
    limits = cart(slots=trips.limits.slots, grams=trips.limits.grams, lines=trips.limits.lines)
    bins = [[take.shelf.bin for _, take in one.takes] for one in orders]
    levels = [2 * one.order.priority + _is_single(one) for one in orders]
    found = near_together(w, bins, loads, limits, levels)
    if found is None:
        return list(_groups(orders, trips.limits, grams))
    groups = [sorted((orders[n] for n in group), key=lambda one: urgency(one.order)) for group in found]
    return sorted(groups, key=lambda group: (group[0].order.priority, _is_single(group[0]), urgency(group[0].order)))


def _groups(orders: Sequence[Allocated], limits: Limits, grams: dict[str, int]) -> Iterator[list[Allocated]]:
    """The orders by urgency, as many together as a trip takes. Priorities are never mixed, and orders of a single unit, which need no
    sorting, go with their like."""
    group: list[Allocated] = []
    for one in sorted(orders, key=lambda one: (one.order.priority, _is_single(one), urgency(one.order))):
        if group and (_alike(group[-1]) != _alike(one) or not _fits([*group, one], limits, grams)):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _is_single(one: Allocated) -> bool:
    return sum(take.qty for _, take in one.takes) == 1


def _alike(one: Allocated) -> tuple[int, bool]:
    return one.order.priority, _is_single(one)


def _fits(group: list[Allocated], limits: Limits, grams: dict[str, int]) -> bool:
    lines = sum(len(one.takes) for one in group)
    weight = sum(grams.get(line.sku, 0) * take.qty for one in group for line, take in one.takes)
    return len(group) <= limits.slots and lines <= limits.lines and weight <= limits.grams


def _weights(w: "Work", orders: Sequence[Allocated]) -> dict[str, int]:
    skus = {line.sku for one in orders for line, _ in one.takes}
    known = select(Item.sku, Item.weight_g).where(Item.site_id == w.site, Item.sku.in_(skus))
    return {sku: grams or 0 for sku, grams in w.db.execute(known)}


def _legs(w: "Work", trips: Trips, one: Allocated) -> list[Job]:
    """A leg per zone, in walk order. Only the first can be taken; the others wait for the tote."""
    jobs = _by_zone(w, trips, one)
    for job in jobs[1:]:
        job.state = JobState.WAITING
    return jobs


def _by_zone(w: "Work", trips: Trips, one: Allocated) -> list[Job]:
    """A job per zone, in walk order."""
    codes = {take.shelf.bin for _, take in one.takes}
    zone_of = dict(w.db.execute(select(Bin.code, Bin.zone).where(Bin.site_id == w.site, Bin.code.in_(codes))).all())
    zones: dict[str, list[tuple[OrderLine, Take]]] = defaultdict(list)
    for line, take in sorted(one.takes, key=lambda taken: taken[1].shelf.seq):
        zones[zone_of[take.shelf.bin]].append((line, take))
    trip, jobs = uuid4().hex, []
    for n, (zone, takes) in enumerate(zones.items(), 1):
        job = _job(w, trips, one.order)
        job.zone, job.trip, job.leg, job.legs = zone, trip, n, len(zones)
        _items(w, job, takes)
        jobs.append(job)
    return jobs


def _job(w: "Work", trips: Trips, order: Order) -> Job:
    job = Job(
        id=uuid4().hex,
        site_id=w.site,
        kind=JobKind.PICK,
        state=trips.state,
        created_at=w.now,
        method=trips.method,
        priority=order.priority,
        cut_off=order.cut_off,
        wave_id=trips.wave,
    )
    w.db.add(job)
    w.db.flush()
    w.touch("job", job.id)
    return job


def _items(w: "Work", job: Job, takes: Sequence[tuple[OrderLine, Take]], slot: int | None = None) -> None:
    """The job's items, each with its stock reserved."""
    skus = {line.sku for line, _ in takes}
    weak, alike = history.weak(w.db, w.site, skus), history.look_alikes(w.db, w.site, skus)
    items = [_item(w, job, line, take, slot) for line, take in takes]
    for item in items:
        item.careful = (item.from_bin, item.sku) in weak or bool(alike.get(item.sku))
    w.db.flush()
    for item in items:
        reserve(w, item)
        w.touch("work", item.id)
    w.db.flush()


def _item(w: "Work", job: Job, line: OrderLine, take: Take, slot: int | None) -> WorkItem:
    shelf = take.shelf
    item = WorkItem(
        id=uuid4().hex,
        site_id=w.site,
        job_id=job.id,
        kind=JobKind.PICK,
        state=WorkState.OPEN,
        order_no=line.order_no,
        line_no=line.line_no,
        sku=line.sku,
        qty_req=take.qty,
        from_bin=shelf.bin,
        seq=shelf.seq,
        lot=shelf.lot,
        expiry=shelf.expiry,
        priority=job.priority,
        slot=slot,
        empties=take.qty == shelf.free,
    )
    w.db.add(item)
    return item


_MAKERS: dict[Method, Callable[["Work", Trips, Allocated], list[Job]]] = {
    Method.SINGLE: _single,
    Method.LEGS: _legs,
    Method.ZONES: _by_zone,
}
