"""Rate tables in the database, what a parcel costs by them, and the choice of a service for an order. Called by labels and the routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.shipping.carriers.models import Label, RateTable, ServiceChoice
from oms.shipping.carriers.port import Address, Box, Carrier, CarrierTrouble, Offer
from oms.shipping.carriers.shop import Live
from oms.shipping.carriers.tables import Table, quote, zone_info
from oms.shipping.numbers import new_tracking
from sync.contract.codes import OrderState, ParcelState
from sync.contract.shipping import RateOption

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(frozen=True, slots=True)
class Sending:
    """What has to be known of a parcel to price it."""

    ship_from: list[str]
    to: Address


def tables_of(db: Session, site: str, day: date) -> list[Table]:
    """The table of every service as it is on `day`, by carrier and service."""
    rows = (
        select(RateTable).where(RateTable.site_id == site, RateTable.valid_from <= day).order_by(RateTable.valid_from)
    )
    newest = {(row.carrier, row.service): row for row in db.scalars(rows)}
    return [msgspec.convert(newest[key].body, Table) for key in sorted(newest)]


def home_zone(db: Session, site: str, carrier: str) -> tzinfo:
    """The time zone in which a carrier's cut-offs are, which is ours; any carrier's where this one has no table, UTC without any."""
    rows = db.execute(select(RateTable.carrier, RateTable.body["time_zone"].astext).where(RateTable.site_id == site))
    found = sorted(rows, key=lambda row: (row[0] != carrier, row[0]))
    return zone_info(found[0][1] or "UTC") if found else UTC


def charge_of(w: "Work", parcel: Parcel, box: Box) -> tuple[Decimal | None, str]:
    """(what our own table says a parcel costs, its currency); None where there is no table or no price in it."""
    for table in tables_of(w.db, w.site, w.now.date()):
        if (table.carrier, table.service) == (parcel.carrier, parcel.service):
            order = w.db.get_one(Order, (w.site, parcel.order_no))
            return quote(table, address_of(order), box, w.now).price, table.currency
    return None, ""


def address_of(order: Order) -> Address:
    """Where an order goes."""
    return Address(
        name=order.ship_name,
        street=order.ship_street,
        postcode=order.ship_postcode,
        city=order.ship_city,
        country=order.ship_country,
    )


def sending(db: Session, site: str, order_no: str, country: str, postcode: str) -> Sending | None:
    """Whence and whither; None for an order nobody knows."""
    ship_from = db.get_one(Site, site).ship_from
    if not order_no:
        return Sending(ship_from, Address(country=country, postcode=postcode))
    order = db.get(Order, (site, order_no))
    return None if order is None else Sending(ship_from, address_of(order))


def live_offers(carriers: Mapping[str, Carrier], what: Sending, box: Box) -> Live:
    """What carriers ask now. Of those that do not answer, the tables speak."""
    found: dict[tuple[str, str], Offer] = {}
    for code, carrier in carriers.items():
        try:
            found |= {(code, offer.service): offer for offer in carrier.rates(what.ship_from, what.to, box)}
        except CarrierTrouble:
            continue
    return found


def keep_choice(w: "Work", order_no: str, options: list[RateOption]) -> bool:
    """The order and its parcels that have no label yet go with the first of `options`. False when it is too late or none is possible."""
    order = w.db.get(Order, (w.site, order_no), with_for_update=True)
    best = options[0] if options else None
    if order is None or best is None or best.why_not is not None:
        return False
    if order.state in (OrderState.SHIPPED, OrderState.CANCELLED):
        return False
    parcels = w.db.scalars(select(Parcel).where(Parcel.site_id == w.site, Parcel.order_no == order_no)).all()
    ids = [parcel.id for parcel in parcels]
    if w.db.scalar(select(Label.id).where(Label.parcel_id.in_(ids)).limit(1)) is not None:
        return False
    order.carrier, order.service = best.carrier, best.service
    move_parcels(w, order_no, best.carrier, best.service)
    keep_options(w, order_no, options)
    w.touch("order", order_no)
    w.audit("service.chosen", order=order_no, carrier=best.carrier, service=best.service, price=best.price)
    return True


def move_parcels(w: "Work", order_no: str, carrier: str, service: str) -> None:
    """The order's parcels that have no label yet go with this service, under numbers of its own."""
    parcels = select(Parcel).where(Parcel.site_id == w.site, Parcel.order_no == order_no).order_by(Parcel.number)
    for parcel in w.db.scalars(parcels):
        if parcel.state in (ParcelState.PLANNED, ParcelState.LABEL_PENDING):
            if (parcel.carrier, parcel.service) != (carrier, service):
                parcel.carrier, parcel.service = carrier, service
                parcel.tracking = new_tracking(w, carrier, service)
            w.touch("parcel", parcel.id)


def keep_options(w: "Work", order_no: str, options: list[RateOption], asked: tuple[str, str] | None = None) -> None:
    """What an order's service, the first of `options`, was chosen from. `asked` are the carrier and service it came with, when nobody but
    the OMS chose."""
    best, body = options[0], {"options": msgspec.to_builtins(options)}
    if asked is not None:
        body["asked"] = list(asked)
    kept = w.db.get(ServiceChoice, (w.site, order_no))
    if kept is None:
        w.db.add(
            ServiceChoice(
                site_id=w.site, order_no=order_no, at=w.now, carrier=best.carrier, service=best.service, body=body
            )
        )
    else:
        kept.at, kept.carrier, kept.service, kept.body = w.now, best.carrier, best.service, body
