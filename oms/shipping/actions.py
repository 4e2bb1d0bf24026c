"""Gives an order its shipment and its parcels, with the identities the labels will carry. Called by release, and when a parcel left
before everything was in it."""

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import func, select

from oms.catalog.models import Site
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.shipping.models import SSCC_SERIAL, Shipment
from oms.shipping.numbers import new_tracking
from oms.shipping.rules import sscc
from sync.contract.codes import ParcelState

if TYPE_CHECKING:
    from oms.db.work import Work


def plan_parcel(w: "Work", order: Order) -> Parcel:
    """The order's next parcel, in its shipment, with the SSCC and tracking number drawn now; raises `RangeUsedUp`."""
    shipment = _shipment(w, order)
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


def _shipment(w: "Work", order: Order) -> Shipment:
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
