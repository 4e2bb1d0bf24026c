"""Orders that a clerk types are taken. The order-entry routes call it; `entry_look` is what they would come to while they are typed.

A typed order goes the way of every channel's (`capture`), under the channel of its kind and with the clerk's key as its reference: sent
twice it is one order.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from oms.channels.codes import ChannelKind
from oms.channels.models import Channel
from oms.customers.models import Customer, CustomerIdentity
from oms.customers.rules import plain_phone
from oms.sales.capture import Captured, CaptureResult, capture
from oms.sales.codes import PaymentState
from oms.sales.drafts import SaleDraft, SaleDraftLine, Trouble
from oms.sales.models import OrderHold
from oms.sales.queries import hold_word
from oms.sales.wire import address_of, plain
from sync.contract.customer_orders import HoldWord
from sync.contract.order_entry import EntryKind, EntryPayment, TypedOrder

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from oms.db.work import Work

_MOST_KEY: Final = 60
_PAID: Final = {
    EntryPayment.TO_PAY: PaymentState.PENDING,
    EntryPayment.AT_TILL: PaymentState.CAPTURED,
    EntryPayment.ON_ACCOUNT: PaymentState.ON_TERMS,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """The order there is now, and why it is held."""

    number: str
    held: bool
    holds: tuple[HoldWord, ...]


def take(w: "Work", typed: TypedOrder) -> Taken:
    """Takes it, or finds the order that it is already."""
    channel = _channel(w, typed.kind)
    customer = customer_of(w.db, typed)
    if customer is not None:
        # This channel knows them by their number from now on, so that capture finds nobody else.
        known = insert(CustomerIdentity).values(
            channel=channel.code, foreign_id=customer.number, customer_id=customer.id
        )
        w.db.execute(known.on_conflict_do_nothing())
    [done] = capture(w, [draft_of(typed, channel.code, customer)])
    w.audit("order_entry.taken", order=done.number, result=done.result, kind=typed.kind)
    if done.result in (CaptureResult.UNCHANGED, CaptureResult.CONFLICT):
        return _as_it_is(w, done)
    return Taken(done.number, done.result is not CaptureResult.CREATED, tuple(word_of(one) for one in done.holds))


def _as_it_is(w: "Work", done: Captured) -> Taken:
    open_ = select(OrderHold).where(OrderHold.order_no == done.number, OrderHold.released_at.is_(None))
    holds = tuple(hold_word(one) for one in w.db.scalars(open_.order_by(OrderHold.at, OrderHold.id)))
    return Taken(done.number, bool(holds), holds)


def word_of(one: Trouble) -> HoldWord:
    """As the client is told it."""
    return HoldWord(code=str(one.code), line=one.line, params=one.params)


def channel_of_kind(db: "Session", kind: EntryKind) -> Channel | None:
    """The first open channel of this kind; None where nobody made one."""
    mine = (
        select(Channel).where(Channel.kind == ChannelKind(kind.value), Channel.active).order_by(Channel.code).limit(1)
    )
    return db.scalars(mine).first()


def _channel(w: "Work", kind: EntryKind) -> Channel:
    """Where nobody made a channel of this kind, there is one from now on, named as its kind."""
    found = channel_of_kind(w.db, kind)
    if found is not None:
        return found
    fresh = insert(Channel).values(
        code=kind.value, kind=ChannelKind(kind.value), name=kind.value.title(), created_at=w.now, rules={}
    )
    made = w.db.scalars(fresh.on_conflict_do_nothing().returning(Channel.code)).one_or_none()
    if made is not None:
        w.audit("channel.made", channel=made, fields="")
    return w.db.get_one(Channel, kind.value)


def draft_of(typed: TypedOrder, channel: str, customer: Customer | None) -> SaleDraft:
    """The typed order as capture takes it, of the `customer` who was chosen."""
    ship = address_of(typed.ship_to)
    name = plain(typed.name)
    return SaleDraft(
        channel=channel, reference=plain(typed.key)[:_MOST_KEY] or None,
        customer_number=customer.number if customer else _by_phone(typed), customer_name=name or ship.name,
        email=plain(typed.email), phone=plain(typed.phone), language=customer.language if customer else "", ship=ship,
        pick_up_site=plain(typed.pick_up_site) or None,
        lines=tuple(SaleDraftLine(sku=plain(one.sku)[:100], qty=one.qty, name=plain(one.name)) for one in typed.lines),
        payment=_PAID[typed.payment], flags=("gift",) if typed.gift else (), note=plain(typed.note),
        placed_at=_moment(typed.placed_at),
    )  # fmt: skip


def _by_phone(typed: TypedOrder) -> str:
    """Who has no e-mail address is known by their telephone; who has neither, by this order."""
    if plain(typed.email):
        return ""
    return plain_phone(plain(typed.phone))[:_MOST_KEY] or plain(typed.key)[:_MOST_KEY]


def _moment(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def customer_of(db: "Session", typed: TypedOrder) -> Customer | None:
    """The customer who was chosen."""
    number = plain(typed.customer)[:_MOST_KEY]
    return db.scalars(select(Customer).where(Customer.number == number)).one_or_none() if number else None
