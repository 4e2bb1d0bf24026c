"""Orders that a clerk types: what they would come to while they are typed, and taking them. The order-entry routes call it.

A typed order goes the way of every channel's (`capture`), under the channel of its kind and with the clerk's key as its reference: sent
twice it is one order. Looking at it is taking it and forgetting that again, so that what the clerk sees is what will be.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from oms.channels.codes import ChannelKind
from oms.channels.models import Channel
from oms.customers.models import Customer, CustomerIdentity
from oms.customers.rules import plain_phone
from oms.promise.availability import available
from oms.promise.queries import Destination, Wanted, promise_basket
from oms.sales.capture import Captured, CaptureResult, capture
from oms.sales.codes import PaymentState
from oms.sales.drafts import HoldCode, SaleDraft, SaleDraftLine, Trouble
from oms.sales.known import Goods
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from oms.sales.queries import hold_word
from oms.sales.wire import address_of, plain
from sync.contract.customer_orders import HoldWord
from sync.contract.order_entry import EntryKind, EntryPayment, LookedLine, TypedOrder

if TYPE_CHECKING:
    from oms.db.work import Work

T = TypeVar("T")
_MOST_KEY: Final = 60
_PAID: Final = {
    EntryPayment.TO_PAY: PaymentState.PENDING,
    EntryPayment.AT_TILL: PaymentState.CAPTURED,
    EntryPayment.ON_ACCOUNT: PaymentState.ON_TERMS,
}
#: Why an order may be held although nothing is typed wrong yet: lines and a name come while one types.
_NOT_YET: Final = frozenset({HoldCode.NO_LINES, HoldCode.NO_NAME})


@dataclass(frozen=True, slots=True)
class Looked:
    """What a typed order would come to, in the channel's currency."""

    currency: str = "EUR"
    goods: Decimal = Decimal(0)
    shipping: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    lines: tuple[LookedLine, ...] = ()
    holds: tuple[HoldWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The order there is now, and why it is held."""

    number: str
    held: bool
    holds: tuple[HoldWord, ...]


class _Forget(Exception):
    """Carries what was seen out of a unit of work that is undone."""

    def __init__(self, seen: object) -> None:
        super().__init__()
        self.seen = seen


def forgetting(run: Callable[[Callable[["Work"], T]], T], act: Callable[["Work"], T]) -> T:
    """What `act` answers in a unit of work of which nothing stays; `run` opens one."""

    def undone(w: "Work") -> T:
        raise _Forget(act(w))

    try:
        return run(undone)
    except _Forget as end:
        return end.seen  # type: ignore[return-value]


def look(w: "Work", typed: TypedOrder) -> Looked:
    """What it would come to. Writes: call it within `forgetting`."""
    channel = _channel(w, typed.kind)
    draft = draft_of(w, typed, channel.code)
    there = _there(w, draft)
    [done] = capture(w, [draft])
    order = w.db.get(CustomerOrder, done.number) if done.number else None
    holds = tuple(_word(one) for one in done.holds if one.code not in _NOT_YET or (typed.lines and typed.name))
    if order is None:
        return Looked(channel.currency, holds=holds)
    mine = select(CustomerOrderLine).where(CustomerOrderLine.order_no == order.number)
    lines = w.db.scalars(mine.order_by(CustomerOrderLine.line_no)).all()
    told = tuple(_looked(line, said, there) for line, said in zip(lines, draft.lines, strict=False))
    return Looked(order.currency, order.goods, order.shipping, order.tax, order.total, told, holds)


def take(w: "Work", typed: TypedOrder) -> Taken:
    """Takes it, or finds the order that it is already."""
    channel = _channel(w, typed.kind)
    [done] = capture(w, [draft_of(w, typed, channel.code)])
    w.audit("order_entry.taken", order=done.number, result=done.result, kind=typed.kind)
    if done.result in (CaptureResult.UNCHANGED, CaptureResult.CONFLICT):
        return _as_it_is(w, done)
    return Taken(done.number, done.result is not CaptureResult.CREATED, tuple(_word(one) for one in done.holds))


def _as_it_is(w: "Work", done: Captured) -> Taken:
    open_ = select(OrderHold).where(OrderHold.order_no == done.number, OrderHold.released_at.is_(None))
    holds = tuple(hold_word(one) for one in w.db.scalars(open_.order_by(OrderHold.at, OrderHold.id)))
    return Taken(done.number, bool(holds), holds)


def _word(one: Trouble) -> HoldWord:
    return HoldWord(code=str(one.code), line=one.line, params=one.params)


def _channel(w: "Work", kind: EntryKind) -> Channel:
    """The first open channel of this kind. Where nobody made one, there is one from now on, named as its kind."""
    wanted = ChannelKind(kind.value)
    mine = select(Channel).where(Channel.kind == wanted, Channel.active).order_by(Channel.code).limit(1)
    found = w.db.scalars(mine).first()
    if found is not None:
        return found
    fresh = insert(Channel).values(code=kind.value, kind=wanted, name=kind.value.title(), created_at=w.now, rules={})
    made = w.db.scalars(fresh.on_conflict_do_nothing().returning(Channel.code)).one_or_none()
    if made is not None:
        w.audit("channel.made", channel=made, fields="")
    return w.db.get_one(Channel, kind.value)


def draft_of(w: "Work", typed: TypedOrder, channel: str) -> SaleDraft:
    """The typed order as capture takes it."""
    customer = _customer(w, plain(typed.customer)[:_MOST_KEY], channel)
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


def _customer(w: "Work", number: str, channel: str) -> Customer | None:
    """The customer who was chosen. This channel knows them by their number from now on, so that capture finds nobody else."""
    found = w.db.scalars(select(Customer).where(Customer.number == number)).one_or_none() if number else None
    if found is not None:
        known = insert(CustomerIdentity).values(channel=channel, foreign_id=number, customer_id=found.id)
        w.db.execute(known.on_conflict_do_nothing())
    return found


@dataclass(frozen=True, slots=True)
class _There:
    """What may be sold, and when it comes, before this order takes of it: by SKU, and by place in the order."""

    free: Mapping[str, int]
    arrives: Mapping[int, date | None]


def _there(w: "Work", draft: SaleDraft) -> _There:
    goods = Goods(w.db, [(draft.channel, line) for line in draft.lines])
    found = [(n, goods(draft.channel, line), line.qty or 0) for n, line in enumerate(draft.lines, 1)]
    meant = [(n, sku[0], qty * sku[1]) for n, sku, qty in found if sku is not None and 0 < qty < 10**6]
    stock = available(w.db, {sku for _, sku, _ in meant}, channel=draft.channel)
    site = draft.pick_up_site
    free = {
        sku: sum(cell.now for at, cell in cells.items() if site in (None, at))
        for sku, cells in stock.items()
    }  # fmt: skip
    to = Destination(draft.ship.country.upper()[:2], draft.ship.postcode)
    wanted = [Wanted(sku, qty) for _, sku, qty in meant]
    promised = promise_basket(w.db, wanted, w.now, channel=draft.channel, to=to) if wanted else []
    arrives = {n: one.arrives for (n, _, _), one in zip(meant, promised, strict=True)}
    if site is not None:
        # What stands in the store needs no road.
        arrives |= {n: w.now.date() for n, sku, qty in meant if free.get(sku, 0) >= qty}
    return _There(free, arrives)


def _looked(line: CustomerOrderLine, said: SaleDraftLine, there: _There) -> LookedLine:
    day = there.arrives.get(line.line_no)
    return LookedLine(
        line=line.line_no, sku=line.sku, name=said.name, qty=line.qty,
        price=None if line.price is None else format(line.price, "f"), tax=format(line.tax, "f"),
        total=format(line.total, "f"), free=there.free.get(line.sku, 0), arrives=day.isoformat() if day else None,
    )  # fmt: skip
