"""The service of an order just released, chosen once more with what carriers themselves ask now, as long as nobody has begun with it.

Called by `asking`, in a unit of work each; in between carriers are asked, and no transaction is open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms.catalog.models import Carton, ServiceRule, Site
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.shipping.carriers.costs import address_of, move_parcels
from oms.shipping.carriers.live import Journey
from oms.shipping.carriers.port import Address, Box, Offer
from oms.shipping.carriers.queries import from_carriers
from oms.shipping.carriers.rating import Rater
from oms.shipping.carriers.shop import Live
from oms.shipping.carriers.tables import Table, quote
from oms.shipping.choosing import choose_service
from sync.contract.codes import OrderState, ParcelState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Released longer ago than this, an order keeps what it has.
_SINCE: Final = timedelta(minutes=10)
_AT_ONCE: Final = 50
#: Nobody sends for a tenth of what the table of the same service says.
_LEAST_OF_TABLE: Final = 10

#: An order and its release.
Release = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Due:
    """An order whose service may still be chosen: the carriers it may go with, whither by the zones of each, and its parcels."""

    release: Release
    journeys: dict[str, Journey]
    boxes: tuple[Box, ...]


def released(
    w: "Work", seen: Collection[Release], asked: Collection[str]
) -> tuple[set[Release], dict[Release, Due | None]]:
    """(all releases of the last minutes; some of those not in `seen`, each with what to ask, None where there is nothing to choose)."""
    fresh = select(Order).where(
        Order.site_id == w.site, Order.state == OrderState.RELEASED, Order.released_at > w.now - _SINCE
    )
    orders = list(w.db.scalars(fresh.order_by(Order.released_at)))
    codes = sorted(from_carriers(w.db, w.site) & set(asked))
    news = [order for order in orders if _release(order) not in seen][:_AT_ONCE]
    return {_release(order) for order in orders}, {_release(order): _due(w, order, codes) for order in news}


def _release(order: Order) -> Release:
    assert order.released_at is not None
    return order.number, order.released_at


def _due(w: "Work", order: Order, codes: Sequence[str]) -> Due | None:
    site, rater = w.db.get_one(Site, w.site), Rater.of(w, order)
    if site.service_rule is ServiceRule.NEVER or (all(rater.asked) and site.service_rule is not ServiceRule.ALWAYS):
        return None
    may = [code for code in codes if rater.may(code, rater.asked[1])]
    boxes = _boxes(w, order)
    if not may or boxes is None:
        return None
    to = address_of(order)
    journeys = {code: Journey(site.ship_from, to, _zone(rater.tables, code, to, w.now), w.now.date()) for code in may}
    return Due(_release(order), journeys, boxes)


def _zone(tables: Sequence[Table], code: str, to: Address, now: datetime) -> str:
    """By the carrier's own tables; without any, the beginning of the postcode."""
    zones = {quote(table, to, Box(grams=1), now).zone for table in tables if table.carrier == code}
    return "/".join(sorted(zones - {""})) or to.postcode[:3].upper()


def _boxes(w: "Work", order: Order) -> tuple[Box, ...] | None:
    """The order's parcels as they are planned; None once one of them is more than planned."""
    mine = select(Parcel).where(
        Parcel.site_id == w.site, Parcel.order_no == order.number, Parcel.state != ParcelState.VOID
    )
    parcels = list(w.db.scalars(mine.order_by(Parcel.number)))
    if any(parcel.state is not ParcelState.PLANNED for parcel in parcels):
        return None
    outer = {
        row.code: (row.outer_length_mm, row.outer_width_mm, row.outer_height_mm)
        for row in w.db.scalars(select(Carton).where(Carton.site_id == w.site))
    }
    plans = [parcel.plan for parcel in parcels if parcel.plan and parcel.plan.get("carton")]
    return tuple(Box(grams=max(plan["gross_g"], 1), sides_mm=outer.get(plan["carton"])) for plan in plans) or (
        Box(grams=1),
    )


def settle(w: "Work", due: Due, lives: Sequence[Live]) -> bool:
    """Chooses with what carriers ask, parcel by parcel of `due`. False when somebody has begun with the order, or plans it otherwise."""
    order = w.db.get(Order, (w.site, due.release[0]), with_for_update=True, populate_existing=True)
    if order is None or order.state is not OrderState.RELEASED or _release(order) != due.release:
        return False
    if _boxes(w, order) != due.boxes:
        return False
    rater = Rater.of(w, order)
    before = (order.carrier, order.service)
    choose_service(w, order, rater, due.boxes, believed(lives, rater, due.boxes))
    if (order.carrier, order.service) != before:
        move_parcels(w, order.number, order.carrier, order.service)
    w.touch("order", order.number)
    return True


def believed(lives: Sequence[Live], rater: Rater, boxes: Sequence[Box]) -> list[Live]:
    """What is compared: prices in the money of the table of the same service (of other services: of the first table), and not those that
    can only be a mistake. Where a price is not believed, the table speaks."""
    tables = {(table.carrier, table.service): table for table in rater.tables}
    first = next((offer.currency for live in lives for _, offer in sorted(live.items())), "")
    money = rater.tables[0].currency if rater.tables else first

    def fits(service: tuple[str, str], offer: Offer, box: Box) -> bool:
        table = tables.get(service)
        if offer.currency != (table.currency if table else money):
            return False
        said = quote(table, rater.to, box, rater.now).price if table else None
        return said is None or offer.price * _LEAST_OF_TABLE >= said

    return [
        {service: offer for service, offer in live.items() if fits(service, offer, box)}
        for live, box in zip(lives, boxes, strict=True)
    ]
