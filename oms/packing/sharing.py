"""Which orders may share a parcel, and which do. Reads only; asked by packing, shipping, papers, the customer's page, the feed and its
leases.

A shared parcel stays that of the order it was made for: one label, one SSCC, one charge.
"""

from collections import defaultdict
from collections.abc import Collection
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session, aliased

from oms.orders.models import Order
from oms.packing.bench_models import ParcelJoin
from oms.packing.models import Parcel
from oms.picking.models import Job, WorkItem
from oms.picking.rules import UNFINISHED
from sync.contract.codes import JobKind, OrderState, ParcelState

#: Where an order can still share a parcel.
_OPEN: Final = frozenset(
    {OrderState.RELEASED, OrderState.PICKING, OrderState.PICKED, OrderState.PACKING, OrderState.LABEL_PENDING}
)


def together(order: Order) -> str:
    """What orders that may share a parcel have in common, as a word that says nothing of the customer; empty: it goes alone. A day that
    was promised is kept only by a parcel that was promised for that day."""
    place = (order.ship_name, order.ship_street, order.ship_postcode, order.ship_city, order.ship_country)
    if order.pick_up or order.state not in _OPEN or not all((order.ship_name, order.ship_street, order.ship_city)):
        return ""
    who = (order.customer_id or "", *(" ".join(part.casefold().split()) for part in place))
    how = (order.carrier, order.service, order.channel, order.currency, str(order.promised or ""))
    return sha256("\x1f".join((order.site_id, *who, *how)).encode()).hexdigest()[:16]


def guests(db: Session, parcels: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """(order, its packing job) of the others in each parcel, the first that joined first."""
    live = select(ParcelJoin).where(ParcelJoin.parcel_id.in_(parcels), ParcelJoin.parted_at.is_(None))
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in db.scalars(live.order_by(ParcelJoin.at, ParcelJoin.op_id)):
        found[one.parcel_id].append((one.order_no, one.job_id))
    return found


def orders_in(db: Session, parcel: Parcel) -> list[str]:
    """Numbers of all orders that a parcel is for, its own first."""
    return [parcel.order_no, *(order for order, _ in guests(db, [parcel.id])[parcel.id])]


def shared_by(site: str, order_no: str) -> Select[str]:
    """Ids of other orders' parcels that this order shares."""
    return select(ParcelJoin.parcel_id).where(
        ParcelJoin.site_id == site, ParcelJoin.order_no == order_no, ParcelJoin.parted_at.is_(None)
    )


def parcels_for(site: str, order_no: str) -> Select[Parcel]:
    """Every parcel an order has goods in, or is to have: its own, and those it shares."""
    # Two index look-ups; asked for as one or the other, the database would read every parcel there ever was.
    box = aliased(Parcel)
    own = select(box.id).where(box.site_id == site, box.order_no == order_no)
    return select(Parcel).where(Parcel.site_id == site, Parcel.id.in_(own.union_all(shared_by(site, order_no))))


def packed_with(db: Session, site: str, job: str) -> set[str]:
    """Ids of the other packings whose goods go in the same open parcel as those of `job`: they are in one box, and so in one pair of
    hands."""
    orders = select(WorkItem.order_no).where(WorkItem.job_id == job, WorkItem.kind == JobKind.PACK)
    joined = select(ParcelJoin.parcel_id).where(ParcelJoin.job_id == job, ParcelJoin.parted_at.is_(None))
    open_ = (Parcel.site_id == site, Parcel.state == ParcelState.PLANNED)
    box = aliased(Parcel)
    own = select(box.id).where(box.site_id == site, box.order_no.in_(orders))
    boxes = db.execute(select(Parcel.id, Parcel.order_no).where(*open_, Parcel.id.in_(own.union_all(joined)))).all()
    if not boxes:
        return set()
    inside = db.scalars(
        select(ParcelJoin.job_id).where(
            ParcelJoin.parcel_id.in_([box for box, _ in boxes]), ParcelJoin.parted_at.is_(None)
        )
    ).all()
    if not inside:
        return set()
    of_orders = (WorkItem.site_id == site, WorkItem.order_no.in_([order for _, order in boxes]))
    hosts = db.scalars(select(WorkItem.job_id).where(WorkItem.kind == JobKind.PACK, *of_orders))
    return {*inside, *hosts} - {job}


def not_along() -> ColumnElement[bool]:
    """Of jobs: nothing of them goes in another order's open parcel that somebody has still to pack; those are given out with it."""
    left = (WorkItem.kind == JobKind.PACK, WorkItem.state.in_(UNFINISHED))
    host = select(WorkItem.id).where(*left, WorkItem.site_id == Parcel.site_id, WorkItem.order_no == Parcel.order_no)
    box = and_(Parcel.id == ParcelJoin.parcel_id, Parcel.state == ParcelState.PLANNED, host.exists())
    return ~exists().where(ParcelJoin.job_id == Job.id, ParcelJoin.parted_at.is_(None), box)
