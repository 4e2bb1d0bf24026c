"""The customer's link to an order's parcels: 192 random bits, no account, for a while. Called by the routes and by whoever writes to
customers."""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.orders.models import Order
from oms.shipping.carriers.events import deliveries, of_order
from oms.shipping.carriers.models import TrackingLink
from sync.contract.codes import OrderState
from sync.contract.shipping import Delivery, DeliveryRow

if TYPE_CHECKING:
    from oms.db.work import Work

_BYTES: Final = 24
#: Characters of a token.
LENGTH: Final = 32
_TOKEN: Final = re.compile(f"[A-Za-z0-9_-]{{{LENGTH}}}")
LASTS: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Journey:
    """What a customer may see of an order: no name, no address, nothing that was bought."""

    shop: str
    order: str
    cancelled: bool
    state: Delivery
    parcels: list[DeliveryRow]


def path_of(w: "Work", order_no: str) -> str | None:
    """The path of the order's page, valid for `LASTS` from now on; None for an order nobody knows."""
    if w.db.get(Order, (w.site, order_no)) is None:
        return None
    made = insert(TrackingLink).values(
        token=secrets.token_urlsafe(_BYTES), site_id=w.site, order_no=order_no, made_at=w.now, ends_at=w.now + LASTS
    )
    made = made.on_conflict_do_update(index_elements=["site_id", "order_no"], set_={"ends_at": w.now + LASTS})
    return f"/t/{w.db.scalars(made.returning(TrackingLink.token)).one()}"


def paths(db: Session, orders: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The paths of the pages there are, by (site, order). None is made: a customer was told of each."""
    if not orders:
        return {}
    there = tuple_(TrackingLink.site_id, TrackingLink.order_no).in_(list(orders))
    rows = db.execute(select(TrackingLink.site_id, TrackingLink.order_no, TrackingLink.token).where(there))
    return {(site, number): f"/t/{token}" for site, number, token in rows}


def journey(db: Session, token: str, now: datetime) -> Journey | None:
    """What the holder of `token` may see; None when it opens nothing (any more)."""
    link = db.get(TrackingLink, token) if _TOKEN.fullmatch(token) else None
    if link is None or link.ends_at < now:
        return None
    site = link.site_id
    order = db.get_one(Order, (site, link.order_no))
    parcels = deliveries(db, site, link.order_no)
    return Journey(
        shop=db.get_one(Site, site).name,
        order=order.number,
        cancelled=order.state is OrderState.CANCELLED,
        state=of_order(parcels),
        parcels=parcels,
    )
