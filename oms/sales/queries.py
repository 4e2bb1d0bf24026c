"""Customer orders as the API tells them: one, or a page, newest first. Reads by indexes only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from oms.sales.codes import SaleState
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from sync.contract.customer_orders import AddressIn, CustomerOrderOut, HoldWord, OrderLineOut

_PLACE: Final = ("name", "street", "postcode", "city", "region", "country")


def order_page(
    db: Session,
    *,
    state: SaleState | None,
    channel: str,
    reference: str,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[CustomerOrderOut]:
    """Orders placed before that point, newest first."""
    wanted = select(CustomerOrder.number).order_by(CustomerOrder.placed_at.desc(), CustomerOrder.number.desc())
    if state is not None:
        wanted = wanted.where(CustomerOrder.state == state)
    if channel:
        wanted = wanted.where(CustomerOrder.channel == channel)
    if reference:
        wanted = wanted.where(CustomerOrder.reference == reference, CustomerOrder.reference.is_not(None))
    if before is not None:
        wanted = wanted.where(tuple_(CustomerOrder.placed_at, CustomerOrder.number) < before)
    return orders_of(db, list(db.scalars(wanted.limit(limit))))


def orders_of(db: Session, numbers: Sequence[str]) -> list[CustomerOrderOut]:
    """Those of the orders that exist, in the order of `numbers`, in three statements."""
    orders = {o.number: o for o in db.scalars(select(CustomerOrder).where(CustomerOrder.number.in_(numbers)))}
    lines: dict[str, list[OrderLineOut]] = {}
    mine = select(CustomerOrderLine).where(CustomerOrderLine.order_no.in_(numbers))
    for line in db.scalars(mine.order_by(CustomerOrderLine.order_no, CustomerOrderLine.line_no)):
        lines.setdefault(line.order_no, []).append(_line(line))
    holds: dict[str, list[HoldWord]] = {}
    kept = select(OrderHold).where(OrderHold.order_no.in_(numbers), OrderHold.released_at.is_(None))
    for hold in db.scalars(kept.order_by(OrderHold.at, OrderHold.id)):
        holds.setdefault(hold.order_no, []).append(hold_word(hold))
    return [_order(orders[n], lines.get(n, []), holds.get(n, [])) for n in numbers if n in orders]


def channel_of_order(db: Session, number: str) -> str | None:
    """The channel a customer's order came by; None for one that is not there."""
    return db.scalar(select(CustomerOrder.channel).where(CustomerOrder.number == number))


def hold_word(hold: OrderHold) -> HoldWord:
    """A hold as it is told."""
    return HoldWord(code=hold.code, line=hold.line_no, params=hold.params, id=hold.id, at=hold.at.isoformat())


def _line(line: CustomerOrderLine) -> OrderLineOut:
    return OrderLineOut(
        line=line.line_no, sku=line.sku, foreign_sku=line.foreign_sku, name=line.name, qty=line.qty, assigned=line.assigned,
        backordered=line.backordered, shipped=line.shipped, cancelled=line.cancelled, returned=line.returned,
        price=line.price, discount=line.discount, tax_rate=line.tax_rate, tax=line.tax, total=line.total,
        expected=line.expected, problem=line.problem,
    )  # fmt: skip


def _order(o: CustomerOrder, lines: list[OrderLineOut], holds: list[HoldWord]) -> CustomerOrderOut:
    return CustomerOrderOut(
        number=o.number, state=o.state, channel=o.channel, reference=o.reference, placed_at=o.placed_at,
        captured_at=o.captured_at, language=o.language, email=o.email, phone=o.phone,
        ship_to=AddressIn(**{name: getattr(o, f"ship_{name}") for name in _PLACE}),
        bill_to=AddressIn(**{name: str(o.bill_to.get(name, "")) for name in _PLACE}),
        pick_up_site=o.pick_up_site, carrier=o.carrier, service=o.service, priority=o.priority, wanted=o.wanted,
        promised=o.promised, note=o.note, flags=o.flags, currency=o.currency, tax_included=o.tax_included, goods=o.goods,
        discount=o.discount, shipping=o.shipping, tax=o.tax, total=o.total, payment=o.payment, revision=o.revision,
        lines=lines, holds=holds,
    )  # fmt: skip
