"""What the life of an order asks of availability: what anybody may have now, by which day more will have come, and the day on which all of
an order is with its customer. `ports` offers it."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from oms.promise.availability import available
from oms.promise.dates import Calendar, promise
from oms.promise.queries import Destination, calendar_of, transit
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sales.scene import Sale

_GONE = frozenset({OrderState.CANCELLED, OrderState.SHIPPED})


def free(w: "Work", skus: Collection[str]) -> dict[str, int]:
    """Units of each item that anybody may have now, of all sites together."""
    found = available(w.db, skus)
    return {sku: sum(max(0, one.now) for one in found.get(sku, {}).values()) for sku in skus}


def expected(w: "Work", sku: str, units: int) -> date | None:
    """The day by which so many units of an item that nobody is promised will have come; None when that is not known."""
    coming = sorted(
        (one.day, one.units) for there in available(w.db, [sku]).get(sku, {}).values() for one in there.coming
    )
    rest = units
    for day, some in coming:
        rest -= some
        if rest <= 0:
            return day
    return None


def day_of(w: "Work", sale: "Sale") -> date | None:
    """The day by which the customer has all that is still to come, reckoned from now; None when nothing is to come or nobody knows when."""
    order = sale.order
    waits = [line.expected for line in sale.lines if line.backordered]
    there = max((day for day in waits if day is not None), default=None)
    sites = {part.site_id for part in sale.parts if part.state not in _GONE}
    if any(line.open for line in sale.lines) or None in waits or not (sites or waits):
        return None
    to = Destination(order.ship_country, order.ship_postcode)
    days = [_arrives(w, site, to, None, fetched=order.pick_up_site is not None) for site in sorted(sites)]
    if waits:
        # From which site it will go is not decided before it is there.
        site = order.pick_up_site or min(sites, default=w.site)
        days.append(_arrives(w, site, to, there, fetched=order.pick_up_site is not None))
    return max(*days, order.wanted or date.min, date.min)


def _arrives(w: "Work", site: str, to: Destination, there: date | None, *, fetched: bool) -> date:
    days = 1 if fetched else transit(w.db, site, to, w.now.date())
    found = promise(calendar_of(w.db, site) or Calendar(), w.now, there=there, transit_days=days)
    return found.ships if fetched else found.arrives
