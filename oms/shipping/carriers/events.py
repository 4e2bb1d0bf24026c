"""How far parcels are: what carriers say, once each, and what it comes to for a parcel and an order. Called by the webhook, the desk and
the customer's page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from msgspec.structs import replace
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.packing.sharing import orders_in, parcels_for
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.shipping.carriers.costs import home_zone
from oms.shipping.carriers.models import Label, LabelState, ParcelDelivery, ParcelEvent
from oms.shipping.carriers.port import CarrierEvent
from sync.contract.codes import ParcelState
from sync.contract.shipping import Delivery, DeliveryEvent, DeliveryRow

if TYPE_CHECKING:
    from oms.db.work import Work

_POLL_EVERY: Final = timedelta(hours=4)
_POLL_FOR: Final = timedelta(days=60)
_POLL_MOST: Final = 50
_MOST_AHEAD: Final = timedelta(days=1)
FINAL: Final = frozenset({Delivery.DELIVERED, Delivery.RETURNED})
_ORDER: Final = list(Delivery)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of events: new, known already, of parcels that are not ours or from a clock that cannot be right."""

    taken: int
    known: int
    strange: int


def take(w: "Work", carrier: str, said: Sequence[CarrierEvent]) -> Taken:
    """Keeps what a carrier says; the same event again changes nothing."""
    parcels = _parcels(w, carrier, {event.tracking for event in said})
    counted: Counter[str] = Counter()
    for event in said:
        parcel = parcels.get(event.tracking)
        if parcel is None or event.at > w.now + _MOST_AHEAD:
            counted["strange"] += 1
        else:
            counted["taken" if _keep(w, parcel, carrier, event) else "known"] += 1
    return Taken(counted["taken"], counted["known"], counted["strange"])


def together(some: Sequence[Taken], said: int) -> Taken:
    """What became of `said` events that several sites were asked about: each parcel is one site's."""
    taken, known = sum(one.taken for one in some), sum(one.known for one in some)
    return Taken(taken, known, max(0, said - taken - known))


def _parcels(w: "Work", carrier: str, numbers: set[str]) -> dict[str, str]:
    """Tracking number -> parcel."""
    bought = select(Label.tracking, Label.parcel_id).where(
        Label.site_id == w.site,
        Label.carrier == carrier,
        Label.tracking.in_(numbers),
        Label.state == LabelState.BOUGHT,
    )
    return {str(tracking): str(parcel) for tracking, parcel in w.db.execute(bought)}


def _keep(w: "Work", parcel: str, carrier: str, event: CarrierEvent) -> bool:
    offset = event.at.utcoffset() or timedelta()
    fresh = (
        insert(ParcelEvent)
        .values(
            id=uuid4().hex,
            site_id=w.site,
            parcel_id=parcel,
            carrier=carrier,
            event_id=event.id,
            state=event.state,
            at=event.at,
            offset_min=int(offset.total_seconds() // 60),
            received_at=w.now,
            place=event.place,
        )
        .on_conflict_do_nothing(index_elements=["site_id", "carrier", "event_id"])
        .returning(ParcelEvent.id)
    )
    if w.db.scalar(fresh) is None:
        return False
    now = _delivery(w, parcel)
    # Carriers' events overtake each other; and what has arrived has arrived, whatever a scanner says of it later.
    ends, ended = event.state in FINAL, now.state in FINAL
    if (ends and not ended) or (ends == ended and event.at >= now.at):
        now.state, now.at = event.state, event.at
    if event.state is Delivery.DELIVERED and not ended:
        _tell_orders(w, w.db.get_one(Parcel, parcel))
    return True


def _tell_orders(w: "Work", parcel: Parcel) -> None:
    """Each customer order that something in the parcel is for hears once that it is there."""
    for number in orders_in(w.db, parcel):
        part = w.db.get(Order, (w.site, number))
        if part is not None and part.customer_order is not None:
            key = f"delivered:{parcel.id}:{number}"
            note(w, part.customer_order, EventKind.DELIVERED, site=w.site, key=key, tracking=parcel.tracking)


def _delivery(w: "Work", parcel: str) -> ParcelDelivery:
    start = datetime(1970, 1, 1, tzinfo=UTC)
    blank = insert(ParcelDelivery).values(parcel_id=parcel, site_id=w.site, state=Delivery.ANNOUNCED, at=start)
    w.db.execute(blank.on_conflict_do_nothing())
    return w.db.get_one(ParcelDelivery, parcel, with_for_update=True, populate_existing=True)


def unheard(w: "Work", carrier: str) -> list[str]:
    """Numbers of parcels on their way that this carrier has not told of for a while; they count as asked for now."""
    rows = (
        select(Parcel.id, Label.tracking)
        .join(Label, Label.parcel_id == Parcel.id)
        .outerjoin(ParcelDelivery, ParcelDelivery.parcel_id == Parcel.id)
        .where(
            Label.site_id == w.site,
            Label.carrier == carrier,
            Label.state == LabelState.BOUGHT,
            Parcel.state == ParcelState.SHIPPED,
            Parcel.shipped_at > w.now - _POLL_FOR,
            or_(ParcelDelivery.state.is_(None), ParcelDelivery.state.not_in(FINAL)),
            or_(ParcelDelivery.polled_at.is_(None), ParcelDelivery.polled_at < w.now - _POLL_EVERY),
        )
        .order_by(ParcelDelivery.polled_at.nulls_first(), Parcel.id)
        .limit(_POLL_MOST)
    )
    found = w.db.execute(rows).all()
    for parcel, _ in found:
        _delivery(w, parcel).polled_at = w.now
    return [tracking for _, tracking in found]


def deliveries(db: Session, site: str, order_no: str) -> list[DeliveryRow]:
    """How far each parcel of an order is, by its number. Void ones are not named."""
    parcels = db.scalars(
        parcels_for(site, order_no)
        .where(Parcel.state != ParcelState.VOID)
        .order_by(Parcel.order_no != order_no, Parcel.number)
    ).all()
    rows = [_row(db, parcel) for parcel in parcels]
    if all(parcel.order_no == order_no for parcel in parcels):
        return rows
    # Of a parcel that is shared the customer reads how many there are of this order.
    return [replace(row, number=n) for n, row in enumerate(rows, 1)]


def of_order(rows: Sequence[DeliveryRow]) -> Delivery:
    """An order is as far as the parcel that is least far."""
    return min((row.state for row in rows), key=_ORDER.index, default=Delivery.ANNOUNCED)


def _row(db: Session, parcel: Parcel) -> DeliveryRow:
    said = select(ParcelEvent).where(ParcelEvent.parcel_id == parcel.id)
    newest = said.order_by(ParcelEvent.at.desc(), ParcelEvent.received_at.desc()).limit(100)
    events = [
        DeliveryEvent(state=event.state, at=_local(event.at, event.offset_min), place=event.place)
        for event in db.scalars(newest)
    ]
    if parcel.shipped_at is not None and not any(event.state is Delivery.HANDED_OVER for event in events):
        here = parcel.shipped_at.astimezone(home_zone(db, parcel.site_id, parcel.carrier))
        left = DeliveryEvent(state=Delivery.HANDED_OVER, at=here.isoformat(timespec="minutes"))
        events = sorted([*events, left], key=lambda event: datetime.fromisoformat(event.at), reverse=True)
    kept = db.get(ParcelDelivery, parcel.id)
    start = Delivery.HANDED_OVER if parcel.shipped_at is not None else Delivery.ANNOUNCED
    state = start if kept is None else max(kept.state, start, key=_ORDER.index)
    return DeliveryRow(
        parcel=parcel.id,
        number=parcel.number,
        carrier=parcel.carrier,
        tracking=parcel.tracking,
        state=state,
        events=events,
    )


def _local(moment: datetime, offset_min: int) -> str:
    return moment.astimezone(timezone(timedelta(minutes=offset_min))).isoformat(timespec="minutes")
