"""Gives a released order its shipment and its parcel, with the identities the label will carry. Called by release."""

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import func, select

from oms.catalog.models import Site
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.shipping.models import SSCC_SERIAL, TRACKING_SERIAL, CarrierService, Shipment
from oms.shipping.rules import sscc, tracking
from sync.contract.codes import ParcelState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Places of the serial in a tracking number.
TRACKING_DIGITS = 9


def plan_parcel(w: "Work", order: Order) -> Parcel:
    """A shipment with one parcel whose SSCC and tracking number are drawn now; raises `RangeUsedUp` when the SSCCs are."""
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
    site = w.db.get_one(Site, w.site)
    service = w.db.get(CarrierService, (w.site, order.carrier, order.service))
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
        tracking=tracking(
            service.tracking_prefix if service else "",
            w.db.scalars(select(TRACKING_SERIAL.next_value())).one(),
            TRACKING_DIGITS,
        ),
        state=ParcelState.PLANNED,
    )
    w.db.add(parcel)
    w.touch("parcel", parcel.id)
    return parcel
