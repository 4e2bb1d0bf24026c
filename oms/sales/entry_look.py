"""What an order that a clerk types would come to: checked and priced as `capture` does it, and nothing of it kept. The order-entry routes
call it with every line that is typed: no number is drawn, nothing is locked, and nobody waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from oms.channels.codes import ChannelKind
from oms.customers.matching import Buyer, find
from oms.customers.models import Customer
from oms.money import pricing
from oms.promise.availability import available
from oms.promise.queries import Destination, Wanted, promise_basket
from oms.sales import known, writing
from oms.sales.capture import likeness_of, looks_like, sane
from oms.sales.checks import Way, check
from oms.sales.drafts import HoldCode, SaleDraft, SaleDraftLine, Trouble
from oms.sales.entry import channel_of_kind, customer_of, draft_of, word_of
from oms.sales.models import CustomerOrderLine
from sync.contract.customer_orders import HoldWord
from sync.contract.order_entry import LookedLine, TypedOrder

if TYPE_CHECKING:
    from oms.db.work import Work

#: The database refuses whatever would be kept, drawn or locked.
_READ: Final = text("SET TRANSACTION READ ONLY")
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


def look(w: "Work", typed: TypedOrder) -> Looked:
    """What it would come to. Nothing else can be done in its unit of work: that only reads from here on."""
    w.db.execute(_READ)
    channel = channel_of_kind(w.db, typed.kind)
    code = channel.code if channel is not None else typed.kind.value
    customer = customer_of(w.db, typed)
    draft = sane(draft_of(typed, code, customer), w.now)
    # Where nobody made a channel of this kind, there will be a plain one.
    way = known.ways(w.db, [code]).get(code) or Way(ChannelKind(typed.kind.value))
    there = _there(w, draft)
    fresh = _fresh(w, draft, way, customer)
    holds = tuple(word_of(one) for one in fresh.troubles if one.code not in _NOT_YET or (typed.lines and typed.name))
    told = tuple(_looked(line, said, there) for line, said in zip(fresh.lines, draft.lines, strict=False))
    order = fresh.order
    return Looked(order.currency, order.goods, order.shipping, order.tax, order.total, told, holds)


def _fresh(w: "Work", draft: SaleDraft, way: Way, customer: Customer | None) -> writing.Fresh:
    """The order as capture would write it."""
    goods = known.Goods(w.db, [(draft.channel, line) for line in draft.lines])
    checked = check(draft, way, goods, known.site_ids(w.db, [draft]))
    likeness = likeness_of(draft, checked)
    checked.troubles.extend(_looks_like(w, draft, likeness, way.rules.likeness_minutes))
    buyer = Buyer(channel=draft.channel, foreign_id=draft.customer_number, email=draft.email)
    met = find(w.db, buyer) if customer is None else None
    who = customer.id if customer is not None else met.id if met is not None else None
    fresh = writing.fresh(w, draft, checked, writing.Named("", 0, who, "", likeness))
    writing.hold_for_money(fresh, pricing.look(w, fresh.order, fresh.lines))
    return fresh


def _looks_like(w: "Work", draft: SaleDraft, likeness: str, minutes: int) -> list[Trouble]:
    placed = draft.placed_at or w.now
    others = known.look_alikes(w.db, [likeness], placed - timedelta(minutes=minutes) if minutes else None)
    return looks_like(others, likeness, placed, minutes)


@dataclass(frozen=True, slots=True)
class _There:
    """What may be sold, and when it comes, before this order takes of it: by SKU, and by place in the order."""

    free: Mapping[str, int]
    arrives: Mapping[int, date | None]


def _there(w: "Work", draft: SaleDraft) -> _There:
    goods = known.Goods(w.db, [(draft.channel, line) for line in draft.lines])
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
