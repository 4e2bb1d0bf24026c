"""An order made here, from a quotation or an earlier order, rather than captured from a channel. Quotations call it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from oms.customers.models import Customer
from oms.db.work import Work
from oms.money.currencies import ZERO
from oms.money.invoices import next_number
from oms.money.pricing import price
from oms.money.problem import Problem
from oms.sales.codes import EventKind, PaymentState, SaleState
from oms.sales.events import note
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold

Line = tuple[str, int, Decimal | None, Decimal, Decimal | None]
_SERIES = "SO"


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What is ordered: (sku, qty, price or None for the price list's, discount, tax rate) each. `said` goes into its first event."""

    customer_id: str | None
    lines: Sequence[Line]
    currency: str
    channel: str = ""
    tax_included: bool = True
    shipping: Decimal = ZERO
    ship_to: Mapping[str, str] = field(default_factory=dict)
    bill_to: Mapping[str, str] = field(default_factory=dict)
    email: str = ""
    language: str = ""
    purchase_order: str = ""
    payment: PaymentState = PaymentState.NONE
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """The order's number, and why it is held."""

    number: str
    problems: Sequence[Problem]


def make_order(w: Work, draft: OrderDraft) -> Made:
    """Makes the order with its money; problems hold it."""
    order = _order(w, draft, next_number(w, _SERIES))
    lines = [
        CustomerOrderLine(
            order_no=order.number, line_no=n, sku=sku, qty=qty, price=price_, discount=discount, tax_rate=rate
        )
        for n, (sku, qty, price_, discount, rate) in enumerate(draft.lines, 1)
    ]
    problems = price(w, order, lines, purchase_order=draft.purchase_order)
    if problems:
        order.state = SaleState.HELD
    w.db.add(order)
    w.db.flush()
    w.db.add_all(lines)
    w.db.flush()
    note(w, order.number, EventKind.CAPTURED, channel=order.channel, reference=None, **draft.said)
    for one in problems:
        words: dict[str, Any] = {**one.params, "code": str(one.code), "line": one.line}
        w.db.add(
            OrderHold(
                id=uuid.uuid4().hex, order_no=order.number, code=str(one.code), at=w.now, params=dict(one.params),
                line_no=one.line,
            )
        )  # fmt: skip
        note(w, order.number, EventKind.HELD, **words)
    w.db.flush()
    return Made(order.number, problems)


def _order(w: Work, draft: OrderDraft, number: str) -> CustomerOrder:
    customer = w.db.get(Customer, draft.customer_id) if draft.customer_id else None
    to = draft.ship_to
    return CustomerOrder(
        number=number, state=SaleState.ACCEPTED, placed_at=w.now, captured_at=w.now, channel=draft.channel,
        customer_id=draft.customer_id, language=draft.language or (customer.language if customer else "en"),
        email=draft.email or (customer.email if customer else ""),
        ship_name=to.get("name", "") or (customer.name if customer else ""), ship_street=to.get("street", ""),
        ship_postcode=to.get("postcode", ""), ship_city=to.get("city", ""), ship_region=to.get("region", ""),
        ship_country=to.get("country", ""), bill_to=dict(draft.bill_to), currency=draft.currency,
        tax_included=draft.tax_included, shipping=draft.shipping, payment=draft.payment,
        due_at=w.now,
    )  # fmt: skip
