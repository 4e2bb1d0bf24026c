"""From tables to contract rows: what devices see of each entity. The unit of work calls `build` for everything it touched."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

import msgspec
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from oms.catalog.models import Bin, Carton, Item, ItemCode, Site
from oms.customers.models import Customer
from oms.db.base import Base
from oms.feed.models import FloorException
from oms.inventory.history import look_alikes
from oms.orders.models import Order, OrderLine
from oms.packing.learning import CARTON, ITEM, learned
from oms.packing.models import Parcel
from oms.packing.pallet_models import Pallet
from oms.packing.pallet_rows import pallet_rows, stands
from oms.packing.sharing import guests, together
from oms.people.models import Worker, WorkerRole
from oms.picking.exceptions import LEDGER_WORDS, units_to_put_back
from oms.picking.models import Job, JobSlot, WorkItem
from oms.picking.rules import AHEAD, LIVE, UNFINISHED
from oms.purchasing.inbound_rows import purchase_rows
from oms.purchasing.models import PurchaseOrder
from oms.returns.feed_rows import return_rows
from oms.returns.models import CustomerReturn
from oms.sales.pickup_models import PickUp
from oms.shipping.carriers.queries import label_states
from oms.shipping.models import Shipment
from oms.shipping.papers import papers_of
from sync.contract.codes import JobKind, JobState, Method, Role, WorkState
from sync.contract.packing import ParcelPlan, ServiceSaid
from sync.contract.pickup import code_digest
from sync.contract.rows import (
    BinRow,
    CartonRow,
    ExceptionRow,
    ItemRow,
    JobRow,
    OrderLineRow,
    OrderRow,
    PackCode,
    ParcelRow,
    Row,
    SiteRow,
    Slot,
    WorkerRow,
    WorkRow,
)

T = TypeVar("T", bound=Base)
K = TypeVar("K")


def build(db: Session, site: str, entity: str, ids: list[str]) -> dict[str, Row]:
    """The rows of those of `ids` that exist, by id; what is missing is to be sent as deleted."""
    return {row.id: row for row in _BUILDERS[entity](db, site, ids)}


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _found(db: Session, model: type[T], key: InstrumentedAttribute[str], ids: list[str], site: str) -> Sequence[T]:
    """The rows of `model` on this site whose `key` is one of `ids`."""
    of_site: InstrumentedAttribute[str] = model.site_id  # type: ignore[attr-defined]
    return db.scalars(select(model).where(key.in_(ids), of_site == site)).all()


def _grouped(rows: Sequence[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _moment(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _sites(db: Session, site: str, ids: list[str]) -> list[Row]:
    return [
        SiteRow(
            id=found.id,
            name=found.name,
            bin_scan_required=found.bin_scan_required,
            weight_tolerance_g=found.weight_tolerance_g,
            weight_tolerance_permille=found.weight_tolerance_permille,
            ship_from=found.ship_from,
            fefo=found.fefo,
            slot_proof=found.slot_proof,
            ask_empty=found.ask_empty,
            no_mans_land_min=found.no_mans_land_min,
            product_first=found.product_first,
        )
        for found in db.scalars(select(Site).where(Site.id == site, Site.id.in_(ids)))
    ]


def _bins(db: Session, site: str, ids: list[str]) -> list[Row]:
    return [
        BinRow(id=bin.code, zone=bin.zone, kind=bin.kind, seq=bin.seq, x_mm=bin.x_mm, y_mm=bin.y_mm)
        for bin in _found(db, Bin, Bin.code, ids, site)
    ]


def _items(db: Session, site: str, ids: list[str]) -> list[Row]:
    alike, weights = look_alikes(db, site, ids), learned(db, site, ITEM, ids)
    codes = _grouped(_found(db, ItemCode, ItemCode.sku, ids, site), lambda code: code.sku)
    return [
        ItemRow(
            id=item.sku,
            name=item.name,
            codes=[
                PackCode(gtin=code.code, qty=code.qty)
                for code in sorted(codes.get(item.sku, []), key=lambda code: (code.qty, code.code))
            ],
            weight_g=item.weight_g,
            size_mm=_size(item),
            lot_tracked=item.lot_tracked,
            serial_tracked=item.serial_tracked,
            expiry_tracked=item.expiry_tracked,
            fragile=item.fragile,
            colour=item.colour,
            substitutes=item.substitutes,
            look_alikes=alike.get(item.sku, []),
            learned=weights.get(item.sku),
        )
        for item in _found(db, Item, Item.sku, ids, site)
    ]


def _size(item: Item) -> tuple[int, int, int] | None:
    if item.length_mm is None or item.width_mm is None or item.height_mm is None:
        return None
    return item.length_mm, item.width_mm, item.height_mm


def _cartons(db: Session, site: str, ids: list[str]) -> list[Row]:
    weights = learned(db, site, CARTON, ids)
    return [
        CartonRow(
            id=carton.code,
            name=carton.name,
            inner_mm=(carton.inner_length_mm, carton.inner_width_mm, carton.inner_height_mm),
            outer_mm=(carton.outer_length_mm, carton.outer_width_mm, carton.outer_height_mm),
            tare_g=carton.tare_g,
            max_g=carton.max_g,
            material=carton.material,
            learned=weights.get(carton.code),
        )
        for carton in _found(db, Carton, Carton.code, ids, site)
    ]


def _jobs(db: Session, site: str, ids: list[str]) -> list[Row]:
    # What an order that was pulled out leaves behind wants nothing. A job of which nothing is wanted any more is still its orders'.
    wanted = or_(WorkItem.qty_req > 0, WorkItem.kind == JobKind.COUNT)
    orders = func.array_agg(func.distinct(WorkItem.order_no))
    sums = db.execute(
        select(
            WorkItem.job_id,
            func.coalesce(orders.filter(wanted), orders),
            func.count().filter(wanted),
            func.sum(WorkItem.qty_req),
        )
        .where(WorkItem.job_id.in_(ids))
        .group_by(WorkItem.job_id)
    )
    totals: dict[str, tuple[list[str], int, int]] = {
        job: (sorted(filter(None, orders)), lines, int(units)) for job, orders, lines, units in sums
    }
    jobs = _found(db, Job, Job.id, ids, site)
    slots = _grouped(db.scalars(select(JobSlot).where(JobSlot.job_id.in_(ids))).all(), lambda slot: slot.job_id)
    trips = _trips(db, {job.trip for job in jobs if job.trip and job.method in _JOINED})
    totes = _more_totes(db, [job.id for job in jobs if job.kind is JobKind.PACK])
    awaited = _awaited(db, site, [job.id for job in jobs if job.kind is JobKind.PACK and job.state in LIVE])
    return [
        _job(job, *totals.get(job.id, ([], 0, 0)), slots.get(job.id, []), trips.get(job.trip or ""), totes, awaited)
        for job in jobs
    ]


#: Ways of picking in which several jobs work for one order and know of each other.
_JOINED = frozenset({Method.LEGS, Method.ZONES})


@dataclass(frozen=True, slots=True)
class _Trip:
    """What the jobs of a trip know of each other: parts that have arrived, and units missing per job."""

    here: int
    missing: dict[str, int]

    def missing_elsewhere(self, job: str) -> int:
        """Units that the others could not find."""
        return sum(units for other, units in self.missing.items() if other != job)


def _trips(db: Session, trips: set[str]) -> dict[str, _Trip]:
    short = case((WorkItem.state == WorkState.SHORT, WorkItem.qty_req - WorkItem.qty_done), else_=0)
    rows = db.execute(
        select(Job.trip, Job.id, Job.state, func.sum(short))
        .join(WorkItem, WorkItem.job_id == Job.id)
        .where(Job.trip.in_(trips), Job.kind == JobKind.PICK)
        .group_by(Job.trip, Job.id, Job.state)
    ).all()
    return {
        trip: _Trip(
            here=sum(row.trip == trip and row.state is JobState.DONE for row in rows),
            missing={id: int(units) for of, id, _, units in rows if of == trip},
        )
        for trip in trips
    }


def _awaited(db: Session, site: str, jobs: list[str]) -> dict[str, int]:
    """Units on trips that are still out for the orders of pack jobs."""
    if not jobs:
        return {}
    packing = select(WorkItem.job_id, WorkItem.order_no).where(WorkItem.job_id.in_(jobs)).distinct().subquery()
    units = case((WorkItem.state == WorkState.SHORT, WorkItem.qty_done), else_=WorkItem.qty_req)
    rows = db.execute(
        select(packing.c.job_id, func.sum(units))
        .join(WorkItem, (WorkItem.order_no == packing.c.order_no) & (WorkItem.site_id == site))
        .join(Job, Job.id == WorkItem.job_id)
        .where(WorkItem.kind == JobKind.PICK, WorkItem.state != WorkState.CANCELLED, Job.state.in_(AHEAD))
        .group_by(packing.c.job_id)
    )
    return {job: int(sum_) for job, sum_ in rows}


def _more_totes(db: Session, jobs: list[str]) -> dict[str, list[str]]:
    """In which totes the goods of a pack job are."""
    rows = db.execute(
        select(WorkItem.job_id, WorkItem.from_bin)
        .where(WorkItem.job_id.in_(jobs), WorkItem.from_bin != "")
        .distinct()
        .order_by(WorkItem.from_bin)
    )
    totes: dict[str, list[str]] = defaultdict(list)
    for job, tote in rows:
        totes[job].append(tote)
    return totes


def _job(
    job: Job,
    orders: list[str],
    lines: int,
    units: int,
    slots: list[JobSlot],
    trip: _Trip | None,
    totes: dict[str, list[str]],
    awaited: dict[str, int],
) -> JobRow:
    return JobRow(
        id=job.id,
        kind=job.kind,
        method=job.method,
        state=job.state,
        priority=job.priority,
        orders=orders,
        lines=lines,
        units=units,
        holder=job.holder,
        worker=job.worker_id,
        tote=job.tote,
        lane=job.lane,
        cut_off=_moment(job.cut_off),
        slots=[Slot(n=slot.n, order=slot.order_no, tote=slot.tote, place=slot.place) for slot in _in_order(slots)],
        cart=job.cart,
        wave=job.wave_id,
        zone=job.zone,
        trip=job.trip,
        leg=job.leg,
        legs=job.legs,
        parts_here=trip.here if trip and job.method is Method.ZONES else 0,
        found_at=job.found_at,
        passed_at=_moment(job.passed_at),
        missing=trip.missing_elsewhere(job.id) if trip else 0,
        awaited=awaited.get(job.id, 0),
        more_totes=[tote for tote in totes.get(job.id, []) if tote != job.tote],
    )


def _in_order(slots: list[JobSlot]) -> list[JobSlot]:
    return sorted(slots, key=lambda slot: slot.n)


def _work(db: Session, site: str, ids: list[str]) -> list[Row]:
    back = units_to_put_back(db, site, ids)
    return [
        WorkRow(
            id=item.id,
            job=item.job_id,
            kind=item.kind,
            order=item.order_no,
            sku=item.sku,
            qty_req=item.qty_req,
            qty_done=item.qty_done,
            state=item.state,
            seq=item.seq,
            from_bin=item.from_bin,
            lot=item.lot or None,
            expiry=_day(item.expiry),
            holder=item.holder,
            token=(item.tok_epoch, item.tok_n),
            slot=item.slot,
            to_place=item.to_place,
            careful=item.careful,
            empties=item.empties,
            put_back=min(back.get(item.id, 0), item.qty_done) if item.state in _WANTS_FEWER else 0,
        )
        for item in _found(db, WorkItem, WorkItem.id, ids, site)
    ]


#: An item that is cancelled or short goes back as a whole, or not by its picker's walk.
_WANTS_FEWER = UNFINISHED | {WorkState.DONE}


def _orders(db: Session, site: str, ids: list[str]) -> list[Row]:
    lines = _grouped(_found(db, OrderLine, OrderLine.order_no, ids, site), lambda line: line.order_no)
    found = _found(db, Order, Order.number, ids, site)
    customers = {order.customer_id for order in found if order.customer_id}
    names = dict(db.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customers))).all())
    why = _service_whys(db, site, ids)
    waiting = {one.order_no: one for one in _found(db, PickUp, PickUp.order_no, ids, site)}
    return [
        _order(
            order, lines.get(order.number, []), names.get(order.customer_id or ""), why.get(order.number),
            waiting.get(order.number),
        )
        for order in found
    ]  # fmt: skip


def _service_whys(db: Session, site: str, ids: list[str]) -> dict[str, ServiceSaid]:
    """Of each order's newest shipment that had a choice."""
    kept = select(Shipment.order_no, Shipment.why).where(
        Shipment.site_id == site, Shipment.order_no.in_(ids), Shipment.why.is_not(None)
    )
    rows = db.execute(kept.order_by(Shipment.created_at))
    return {order: msgspec.convert(why, ServiceSaid) for order, why in rows}


def _order(
    order: Order, lines: list[OrderLine], customer: str | None, why: ServiceSaid | None, waits: PickUp | None
) -> OrderRow:
    town = " ".join(part for part in (order.ship_postcode, order.ship_city) if part)
    return OrderRow(
        id=order.number,
        state=order.state,
        customer=customer or order.ship_name,
        ship_to=[part for part in (order.ship_name, order.ship_street, town) if part],
        country=order.ship_country,
        lines=[
            OrderLineRow(
                line=line.line_no, sku=line.sku, qty=line.qty, picked=line.picked, packed=line.packed, short=line.short
            )
            for line in sorted(lines, key=lambda line: line.line_no)
        ],
        priority=order.priority,
        carrier=order.carrier,
        service=order.service,
        channel=order.channel,
        note=order.note,
        flags=order.flags,
        cut_off=_moment(order.cut_off),
        placed_at=stamp(order.placed_at),
        held_reason=order.held_reason,
        substitution=order.substitution,
        service_why=why,
        pick_up=order.pick_up,
        ready_at=_moment(order.ready_at),
        shelf=waits.shelf if waits else "",
        pieces=waits.pieces if waits else [],
        code_digest=code_digest(waits.order_no, waits.code) if waits else "",
        together=together(order),
    )


def _parcels(db: Session, site: str, ids: list[str]) -> list[Row]:
    parcels = _found(db, Parcel, Parcel.id, ids, site)
    labels, places = label_states(db, site, parcels), stands(db, parcels)
    papers = papers_of(db, site, parcels)
    shared = guests(db, ids)
    return [
        ParcelRow(
            id=parcel.id,
            order=parcel.order_no,
            number=parcel.number,
            sscc=parcel.sscc,
            carrier=parcel.carrier,
            service=parcel.service,
            tracking=parcel.tracking,
            state=parcel.state,
            carton=parcel.carton,
            grams=parcel.grams,
            label=labels[parcel.id],
            plan=msgspec.convert(parcel.plan, ParcelPlan) if parcel.plan else None,
            shipped_at=_moment(parcel.shipped_at),
            manifest=places[parcel.id].manifest,
            pallet=places[parcel.id].pallet,
            load=places[parcel.id].load,
            papers=papers[parcel.id],
            joined=shared.get(parcel.id, []),
        )
        for parcel in parcels
    ]


def _pallets(db: Session, site: str, ids: list[str]) -> list[Row]:
    return list(pallet_rows(db, site, ids))


def _returns(db: Session, site: str, ids: list[str]) -> list[Row]:
    return list(return_rows(db, site, ids))


def _workers(db: Session, site: str, ids: list[str]) -> list[Row]:
    """Who has left is sent as deleted."""
    roles: dict[str, list[Role]] = defaultdict(list)
    for worker_id, role in db.execute(
        select(WorkerRole.worker_id, WorkerRole.role).where(WorkerRole.worker_id.in_(ids)).order_by(WorkerRole.role)
    ):
        roles[worker_id].append(role)
    return [
        WorkerRow(
            id=one.id, name=one.name, number=one.number, roles=roles[one.id], language=one.language, trust_n=one.trust_n
        )
        for one in _found(db, Worker, Worker.id, ids, site)
        if one.active
    ]


def _exceptions(db: Session, site: str, ids: list[str]) -> list[Row]:
    return [
        ExceptionRow(
            id=one.id,
            kind=one.kind,
            state=one.state,
            action=one.action,
            params={name: word for name, word in one.params.items() if name not in LEDGER_WORDS},
            op_id=one.op_id,
            item=one.item,
            job=one.job,
            worker=one.worker_id,
            device=one.device,
        )
        for one in _found(db, FloorException, FloorException.id, ids, site)
    ]


_BUILDERS: dict[str, Callable[[Session, str, list[str]], list[Row]]] = {
    "site": _sites,
    "bin": _bins,
    "item": _items,
    "carton": _cartons,
    "job": _jobs,
    "work": _work,
    "order": _orders,
    "parcel": _parcels,
    "pallet": _pallets,
    "purchase": purchase_rows,
    "return": _returns,
    "worker": _workers,
    "exception": _exceptions,
}

#: entity -> (the column that is its id, the column that says which site it is of): to find all there are.
ENTITY_KEYS: dict[str, tuple[InstrumentedAttribute[str], InstrumentedAttribute[str]]] = {
    "site": (Site.id, Site.id),
    "bin": (Bin.code, Bin.site_id),
    "item": (Item.sku, Item.site_id),
    "carton": (Carton.code, Carton.site_id),
    "job": (Job.id, Job.site_id),
    "work": (WorkItem.id, WorkItem.site_id),
    "order": (Order.number, Order.site_id),
    "parcel": (Parcel.id, Parcel.site_id),
    "pallet": (Pallet.sscc, Pallet.site_id),
    "purchase": (PurchaseOrder.number, PurchaseOrder.site_id),
    "return": (CustomerReturn.number, CustomerReturn.site_id),
    "worker": (Worker.id, Worker.site_id),
    "exception": (FloorException.id, FloorException.site_id),
}
