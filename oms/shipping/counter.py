"""What the routes of shipping ask for, in plain values: prices for a parcel, the label of a parcel, its bytes."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.packing.models import Parcel
from oms.shipping.carriers.costs import Sending, sending, tables_of
from oms.shipping.carriers.models import Label, LabelState
from oms.shipping.carriers.port import Box
from oms.shipping.carriers.queries import label_states
from oms.shipping.carriers.shop import Live, shop
from sync.contract.shipping import CarrierLabel, LabelReply, RateOption, RatesRequest


def box_of(asked: RatesRequest) -> Box:
    """The parcel that is asked about."""
    return Box(grams=asked.grams, sides_mm=asked.sides_mm)


def whither(db: Session, site: str, asked: RatesRequest) -> Sending | None:
    """Whence and whither; None for an order nobody knows."""
    return sending(db, site, asked.order, asked.country.upper(), asked.postcode)


def prices(
    db: Session, site: str, asked: RatesRequest, to: Sending, live: Live, promised: date | None, now: datetime
) -> tuple[list[RateOption], bool]:
    """See `oms.shipping.carriers.shop.shop`."""
    return shop(tables_of(db, site, now.date()), live, to.to, box_of(asked), promised, now)


def label_of(db: Session, site: str, parcel_id: str) -> LabelReply | None:
    """The label of a parcel with its bytes once they are there; None for a parcel nobody knows."""
    parcel = db.scalar(select(Parcel).where(Parcel.id == parcel_id, Parcel.site_id == site))
    if parcel is None:
        return None
    state = label_states(db, site, [parcel])[parcel.id]
    label = db.scalar(select(Label).where(Label.parcel_id == parcel.id, Label.state != LabelState.VOID))
    if label is None or state is CarrierLabel.OWN:
        return LabelReply(parcel=parcel.id, state=state, tracking=parcel.tracking)
    ready = state is CarrierLabel.READY
    return LabelReply(
        parcel=parcel.id,
        state=state,
        tracking=label.tracking if ready else "",
        format=label.format if ready else None,
        body=(label.body or b"") if ready else b"",
        sha256=label.sha256 if ready else "",
        problem=label.problem,
        tries=label.tries,
    )
