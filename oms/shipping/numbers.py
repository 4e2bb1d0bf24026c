"""Numbers for parcels: from the range a carrier gave us for a service, else from our own series. Called when a parcel is planned and when
it changes its carrier."""

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms.shipping.carriers.models import TrackingRange
from oms.shipping.models import TRACKING_SERIAL, CarrierService
from oms.shipping.rules import RangeUsedUp, tracking

if TYPE_CHECKING:
    from oms.db.work import Work

#: Places of the serial in a tracking number of our own series.
TRACKING_DIGITS: Final = 9


def new_tracking(w: "Work", carrier: str, service: str) -> str:
    """A tracking number that nobody has had; raises `RangeUsedUp`. Holds the range's row until the commit."""
    mine = w.db.get(TrackingRange, (w.site, carrier, service), with_for_update=True, populate_existing=True)
    if mine is None:
        of = w.db.get(CarrierService, (w.site, carrier, service))
        serial = w.db.scalars(select(TRACKING_SERIAL.next_value())).one()
        return tracking(of.tracking_prefix if of else "", serial, TRACKING_DIGITS)
    if mine.next_serial > mine.last_serial:
        raise RangeUsedUp(f"no number of {carrier} {service} is left")
    number = tracking(mine.prefix, mine.next_serial, mine.digits)
    mine.next_serial += 1
    return number
