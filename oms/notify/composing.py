"""Which events make a mail, and the facts it needs, read when the event is. `oms.notify.outbox` calls it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sqlalchemy import exists, select

from oms.catalog.models import Site
from oms.customers.rules import plain_email
from oms.documents.formats import day, language_of, money
from oms.hooks.models import Happening
from oms.notify.codes import MailKind
from oms.notify.composing_returns import back_link, letter_of_return
from oms.notify.models import Mail
from oms.notify.settings import MailSettings
from oms.notify.stops import agreed
from oms.notify.writing import Letter, one_line, say
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.sales.codes import EventKind, SaleState
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderEvent, OrderHold, SubstituteOffer
from oms.sales.pickup_models import PickUp
from oms.shipping.links import path_of
from sync.contract.codes import ParcelState
from sync.contract.pickup import code_text

if TYPE_CHECKING:
    from oms.db.work import Work

#: Which mails follow from which event. A held order is told of when it has been released.
MAILS: Final[Mapping[EventKind, tuple[MailKind, ...]]] = {
    EventKind.CAPTURED: (MailKind.CONFIRMED,),
    EventKind.HOLD_RELEASED: (MailKind.CONFIRMED,),
    EventKind.PROMISED: (MailKind.DELAYED,),
    EventKind.BACKORDERED: (MailKind.BACKORDERED,),
    EventKind.SUBSTITUTE_OFFERED: (MailKind.SUBSTITUTE,),
    EventKind.READY: (MailKind.READY,),
    EventKind.SHIPPED: (MailKind.SHIPPED,),
    EventKind.DELIVERED: (MailKind.DELIVERED, MailKind.FOLLOW_UP),
    EventKind.PICKED_UP: (MailKind.FOLLOW_UP,),
    EventKind.CHANGED: (MailKind.CHANGED,),
    EventKind.CANCELLED: (MailKind.CANCELLED,),
    EventKind.REFUNDED: (MailKind.REFUNDED,),
    EventKind.RETURN_ASKED: (MailKind.RETURN_ASKED,),
    EventKind.RETURN_APPROVED: (MailKind.RETURN_APPROVED,),
    EventKind.RETURN_LABEL: (MailKind.RETURN_LABEL,),
    EventKind.RETURN_REFUSED: (MailKind.RETURN_REFUSED,),
    EventKind.RETURN_RECEIVED: (MailKind.RETURN_RECEIVED,),
}
#: Said of an order once, whatever happens to it.
_ONCE: Final = frozenset({MailKind.CONFIRMED, MailKind.FOLLOW_UP})
#: What of a change a customer wants to know.
_TOLD_CHANGES: Final = frozenset({"lines", "substitute", "address"})
#: Nobody wants to hear what is older, e.g. when mails are switched on.
TOO_OLD: Final = timedelta(days=3)


def due(w: "Work", happening: Happening) -> tuple[OrderEvent, CustomerOrder, list[MailKind]] | None:
    """The event, its order, and the mails that follow from it; None when none does."""
    kinds = MAILS.get(EventKind(happening.kind), ()) if happening.kind in set(EventKind) else ()
    if not kinds or w.now - happening.at > TOO_OLD:
        return None
    event = w.db.get_one(OrderEvent, happening.event_id)
    order = w.db.get_one(CustomerOrder, happening.order_no)
    if not plain_email(order.email):
        return None
    return event, order, [kind for kind in kinds if not _told(w, event, kind) and _fits(w, event, order, kind)]


def letter(w: "Work", event: OrderEvent, order: CustomerOrder, kind: MailKind, settings: MailSettings) -> Letter | None:
    """The mail's facts; None when there is nothing (any more) to tell."""
    language = language_of(order.language, order.ship_country)
    lines = w.db.scalars(
        select(CustomerOrderLine).where(CustomerOrderLine.order_no == order.number).order_by(CustomerOrderLine.line_no)
    ).all()
    base = {
        "kind": kind,
        "language": language,
        "shop": settings.shop or order.channel,
        "order": order.reference or order.number,
    }
    name = order.ship_name
    match kind:
        case MailKind.CONFIRMED:
            told = [_line(line, line.qty - line.cancelled) for line in lines if line.qty > line.cancelled]
            total = money(order.total, order.currency, language) if order.total else ""
            promised = day(order.promised, language) if order.promised else ""
            return Letter(**base, name=name, lines=told, total=total, promised=promised)  # type: ignore[arg-type]
        case MailKind.DELAYED:
            return Letter(**base, name=name, promised=day(_day(event), language))  # type: ignore[arg-type]
        case MailKind.DELIVERED:
            return Letter(**base, name=name, links=back_link(w, order.number, settings))  # type: ignore[arg-type]
        case MailKind.FOLLOW_UP:
            return Letter(**base, name=name)  # type: ignore[arg-type]
        case MailKind.BACKORDERED:
            told = [_late(line, language) for line in lines if line.backordered]
            return Letter(**base, name=name, lines=told) if told else None  # type: ignore[arg-type]
        case MailKind.SUBSTITUTE:
            offer = _offer(event, lines, language)
            url = _answer_url(w, event, order, settings)
            links = [("answer", url)] if url else []
            return Letter(**base, name=name, lines=offer, links=links, asks_reply=not url) if offer else None  # type: ignore[arg-type]
        case MailKind.READY:
            site = w.db.get(Site, event.site_id or order.pick_up_site or "")
            code, picture = _code(w, event)
            return Letter(**base, name=name, place=site.name if site else "", code=code, picture=picture)  # type: ignore[arg-type]
        case MailKind.SHIPPED:
            told, links = _parcels(w, event, language, settings)
            links += back_link(w, order.number, settings)
            partly = order.state is SaleState.PARTLY_SHIPPED
            return Letter(**base, name=name, lines=told, links=links, partly=partly)  # type: ignore[arg-type]
        case MailKind.CHANGED:
            total = money(order.total, order.currency, language) if order.total else ""
            return Letter(**base, name=name, lines=_changed(event, order, lines, language), total=total)  # type: ignore[arg-type]
        case MailKind.CANCELLED:
            whole = order.state is SaleState.CANCELLED
            told = [] if whole else [_line(line, line.cancelled) for line in lines if line.cancelled]
            return Letter(**base, name=name, lines=told, partly=not whole) if whole or told else None  # type: ignore[arg-type]
        case MailKind.REFUNDED:
            amount = _amount(event, order, language)
            return Letter(**base, name=name, amount=amount) if amount else None  # type: ignore[arg-type]
        case _:
            return letter_of_return(w, event, kind, {**base, "name": name}, settings)


def _told(w: "Work", event: OrderEvent, kind: MailKind) -> bool:
    """Whether a mail of this kind says it already: an order is confirmed once; what happened at one moment to several lines is one mail."""
    same = select(Mail.id).join(OrderEvent, OrderEvent.id == Mail.event_id)
    same = same.where(Mail.order_no == event.order_no, Mail.kind == kind)
    if kind not in _ONCE:
        same = same.where(OrderEvent.at == event.at, OrderEvent.site_id.is_not_distinct_from(event.site_id))
    return w.db.scalars(same.limit(1)).first() is not None


def _fits(w: "Work", event: OrderEvent, order: CustomerOrder, kind: MailKind) -> bool:
    if kind is MailKind.DELAYED:
        return _later_than_told(w, event)
    if kind is MailKind.FOLLOW_UP:
        return agreed(w, order.customer_id)
    if kind is MailKind.CHANGED:
        # What is held is told of when it has been released, as it is then.
        return order.state is not SaleState.HELD and not _TOLD_CHANGES.isdisjoint(_changes(event))
    if kind is not MailKind.CONFIRMED:
        return True
    if order.state in (SaleState.HELD, SaleState.CANCELLED):
        return False
    return not w.db.scalar(select(exists().where(OrderHold.order_no == order.number, OrderHold.released_at.is_(None))))


def _later_than_told(w: "Work", event: OrderEvent) -> bool:
    """Whether the day is after the one that was said before."""
    before = select(OrderEvent).where(
        OrderEvent.order_no == event.order_no, OrderEvent.kind == EventKind.PROMISED, OrderEvent.id < event.id
    )
    last = w.db.scalars(before.order_by(OrderEvent.id.desc()).limit(1)).first()
    return last is not None and _day(event) > _day(last)


def _day(event: OrderEvent) -> date:
    try:
        return date.fromisoformat(str(event.words.get("day")))
    except ValueError:
        return date.min


def _changes(event: OrderEvent) -> set[str]:
    return set(str(event.words.get("what", "")).split(", "))


def _changed(event: OrderEvent, order: CustomerOrder, lines: Sequence[CustomerOrderLine], language: str) -> list[str]:
    """How the order stands now: where it goes, if that is what changed, and what is in it."""
    said = []
    if "address" in _changes(event):
        where = (
            order.ship_name,
            order.ship_street,
            f"{order.ship_postcode} {order.ship_city}".strip(),
            order.ship_country,
        )
        said.append(say(language, "goes_to", address=one_line(", ".join(part for part in where if part))))
    return said + [_line(line, line.qty - line.cancelled) for line in lines if line.qty > line.cancelled]


def _line(line: CustomerOrderLine, qty: int) -> str:
    return f"{qty} × {one_line(line.name or line.sku)}"


def _late(line: CustomerOrderLine, language: str) -> str:
    when = (
        say(language, "expected", day=day(line.expected, language))
        if line.expected
        else say(language, "expected_unknown")
    )
    return f"{_line(line, line.backordered)}: {when}"


def _offer(event: OrderEvent, lines: Sequence[CustomerOrderLine], language: str) -> list[str]:
    words = event.words
    line = next((one for one in lines if one.line_no == words.get("line")), None)
    new = words.get("other")
    if line is None or not isinstance(new, str) or not new:
        return []
    qty = words.get("qty")
    old = one_line(line.name or line.sku)
    return [say(language, "instead", qty=qty if isinstance(qty, int) else line.qty, new=one_line(new), old=old)]


def _answer_url(w: "Work", event: OrderEvent, order: CustomerOrder, settings: MailSettings) -> str:
    """Where the customer answers; the code in it is the offer's own and is in no event."""
    mine = select(SubstituteOffer.code).where(
        SubstituteOffer.order_no == order.number, SubstituteOffer.line_no == event.words.get("line")
    )
    code = w.db.scalars(mine.order_by(SubstituteOffer.at.desc()).limit(1)).first() or ""
    return settings.answer_url.replace("{order}", quote(order.number, safe="")).replace("{code}", quote(code, safe=""))


def _code(w: "Work", event: OrderEvent) -> tuple[str, str]:
    """What the customer says, and shows, at the site where it stands; nothing once it was handed over."""
    part = event.words.get("part")
    waits = w.db.get(PickUp, (event.site_id, part)) if isinstance(part, str) and event.site_id else None
    if waits is None or waits.handed_at is not None or not waits.code:
        return "", ""
    return waits.code, code_text(waits.order_no, waits.code)


def _parcels(
    w: "Work", event: OrderEvent, language: str, settings: MailSettings
) -> tuple[list[str], list[tuple[str, str]]]:
    """Tracking numbers of what left with this event, and the page where they are followed."""
    part, site = event.words.get("part"), event.site_id
    if not isinstance(part, str) or site is None or w.db.get(Order, (site, part)) is None:
        return [], []
    mine = select(Parcel).where(Parcel.site_id == site, Parcel.order_no == part, Parcel.state == ParcelState.SHIPPED)
    told = [
        say(language, "tracking", carrier=one_line(one.carrier), number=one_line(one.tracking))
        for one in w.db.scalars(mine.order_by(Parcel.number)) if one.tracking
    ]  # fmt: skip
    path = path_of(w.beside(site), part) if settings.public_url and told else None
    return told, [("follow", settings.public_url + path)] if path else []


def _amount(event: OrderEvent, order: CustomerOrder, language: str) -> str:
    try:
        value = Decimal(str(event.words.get("amount")))
    except InvalidOperation:
        return ""
    currency = event.words.get("currency")
    return (
        money(value, currency if isinstance(currency, str) else order.currency, language) if value.is_finite() else ""
    )
