"""Gives an order its shipment and its parcels, with the identities the labels will carry. Called by release, and when a parcel left
before everything was in it."""

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import func, select

from oms.catalog.models import Site
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.picking.rules import UNFINISHED
from oms.picking.scene import JobScene
from oms.shipping.models import SSCC_SERIAL, Shipment
from oms.shipping.numbers import new_tracking
from oms.shipping.rules import PARCEL, sscc
from oms.transitions import moved
from sync.contract.codes import ParcelState

if TYPE_CHECKING:
    from oms.db.work import Work


def plan_parcel(w: "Work", order: Order) -> Parcel:
    """The order's next parcel, in its shipment, with the SSCC and tracking number drawn now; raises `RangeUsedUp`."""
    shipment = open_shipment(w, order)
    site = w.db.get_one(Site, w.site)
    before = select(func.count()).where(Parcel.site_id == w.site, Parcel.order_no == order.number)
    parcel = Parcel(
        id=uuid4().hex,
        site_id=w.site,
        shipment_id=shipment.id,
        order_no=order.number,
        number=w.db.scalars(before).one() + 1,
        sscc=sscc(site.sscc_extension, site.gs1_prefix, w.db.scalars(select(SSCC_SERIAL.next_value())).one()),
        carrier=order.carrier,
        service=order.service,
        tracking=new_tracking(w, order.carrier, order.service),
        state=ParcelState.PLANNED,
    )
    w.db.add(parcel)
    w.touch("parcel", parcel.id)
    return parcel


def units_to_pack(scene: JobScene, order_no: str) -> int:
    """Units of an order that a job still has to pack."""
    open_items = (item for item in scene.items if item.order_no == order_no and item.state in UNFINISHED)
    return sum(item.qty_req - item.qty_done for item in open_items)


def plan_ahead(w: "Work", order: Order, units: int) -> None:
    """With `units` to pack, the bench has a parcel to fill and, where they may be too much for it, the identity of the next: so that a
    packer whose parcel is full need not wait for the network."""
    for _ in range(min(units, 2) - len(_planned(w, order))):
        plan_parcel(w, order)


def void_planned(w: "Work", order: Order) -> None:
    """Parcels that nothing went into are not wanted any more."""
    for parcel in _planned(w, order):
        parcel.state = moved(PARCEL, parcel.state, ParcelState.VOID)
        w.touch("parcel", parcel.id)


def _planned(w: "Work", order: Order) -> list[Parcel]:
    planned = select(Parcel).where(
        Parcel.site_id == w.site, Parcel.order_no == order.number, Parcel.state == ParcelState.PLANNED
    )
    return list(w.db.scalars(planned.order_by(Parcel.number)))


def open_shipment(w: "Work", order: Order) -> Shipment:
    """The shipment of the order that is still open, or a new one."""
    waiting = select(Shipment).where(
        Shipment.site_id == w.site, Shipment.order_no == order.number, Shipment.shipped_at.is_(None)
    )
    shipment = w.db.scalar(waiting)
    if shipment is None:
        shipment = Shipment(
            id=uuid4().hex,
            site_id=w.site,
            order_no=order.number,
            carrier=order.carrier,
            service=order.service,
            created_at=w.now,
        )
        w.db.add(shipment)
        w.db.flush()
    return shipment
