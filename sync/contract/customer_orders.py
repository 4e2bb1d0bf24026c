"""A customer order as programs send it and as the client types it (`POST /v1/customer-orders`), and what the server says of it.

Money is decimal text (or a JSON number) in the order's currency, times are RFC 3339, days `YYYY-MM-DD`. What is absent takes the channel's
own rule.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

MAX_ORDERS = 500


class AddressIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where something goes. `country` is ISO 3166-1 alpha-2."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


class OrderLineIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line: `sku` is ours, or `foreign_sku` is what the channel calls it. `price` of one, before `discount` (positive, of the line)."""

    sku: str = ""
    foreign_sku: str = ""
    qty: int = 1
    name: str = ""
    price: Decimal | None = None
    discount: Decimal = Decimal(0)
    tax: Decimal | None = None
    tax_rate: Decimal | None = None
    flags: list[str] = []


class CustomerOrderIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One order. `reference` is what the channel calls it: the same one again changes nothing."""

    channel: str = ""
    reference: str | None = None
    number: str | None = None
    customer_number: str = ""
    customer_name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    ship_to: AddressIn = AddressIn()
    bill_to: AddressIn = AddressIn()
    #: The site where the customer fetches it.
    pick_up_site: str | None = None
    lines: list[OrderLineIn] = []
    currency: str = ""
    tax_included: bool | None = None
    discount: Decimal = Decimal(0)
    shipping: Decimal = Decimal(0)
    tax: Decimal | None = None
    #: Checked to add up when it is told.
    total: Decimal | None = None
    promo_codes: list[str] = []
    #: none, pending, authorised, captured, on_terms.
    payment: str = ""
    wanted: date | None = None
    #: allowed, one_site, complete.
    splitting: str = ""
    #: never, ask, allowed.
    substitution: str = ""
    flags: list[str] = []
    note: str = ""
    carrier: str = ""
    service: str = ""
    priority: Annotated[int, Meta(ge=1, le=9)] = 3
    placed_at: datetime | None = None


class CaptureRequest(Struct, frozen=True, kw_only=True):
    """Up to `MAX_ORDERS` orders. `session` is the supervisor's; a program with an API key leaves it empty."""

    orders: list[CustomerOrderIn]
    session: str = ""


class HoldWord(Struct, frozen=True, kw_only=True):
    """Why an order is held: a message code, the line (from 1) and the words of its sentence. `id` names it where it is kept."""

    code: str
    line: int | None = None
    params: dict[str, str | int] = {}
    id: str = ""
    at: str = ""


class CapturedOrder(Struct, frozen=True, kw_only=True):
    """What became of one order: created, held, unchanged, conflict or rejected. `number` is ours, '' when nothing was kept."""

    number: str
    reference: str
    result: str
    holds: list[HoldWord] = []


class CaptureReply(Struct, frozen=True, kw_only=True):
    """One result per order, in their order."""

    orders: list[CapturedOrder]
    epoch: int
    server_time: str


class OrderLineOut(Struct, frozen=True, kw_only=True):
    """A line as it is kept, with its counts in base units."""

    line: int
    sku: str
    foreign_sku: str
    name: str
    qty: int
    assigned: int
    backordered: int
    shipped: int
    cancelled: int
    returned: int
    price: Decimal | None
    discount: Decimal
    tax_rate: Decimal | None
    tax: Decimal
    total: Decimal
    expected: date | None
    problem: str


class CustomerOrderOut(Struct, frozen=True, kw_only=True):
    """A customer order as it is kept. `holds` are those that are open."""

    number: str
    state: str
    channel: str
    reference: str | None
    placed_at: datetime
    captured_at: datetime
    language: str
    email: str
    phone: str
    ship_to: AddressIn
    bill_to: AddressIn
    pick_up_site: str | None
    carrier: str
    service: str
    priority: int
    wanted: date | None
    promised: date | None
    note: str
    flags: list[str]
    currency: str
    tax_included: bool
    goods: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    payment: str
    revision: int
    lines: list[OrderLineOut]
    holds: list[HoldWord]


class CustomerOrderPage(Struct, frozen=True, kw_only=True):
    """A page of orders, newest first; pass `next` as `before` for the next one, None at the end."""

    orders: list[CustomerOrderOut]
    next: str | None
    epoch: int
    server_time: str


class HoldRequest(Struct, frozen=True, kw_only=True):
    """Keeps an order back by hand; `note` is why, in a person's words."""

    note: str
    session: str = ""


class ReleaseHoldRequest(Struct, frozen=True, kw_only=True):
    """Lets go of one hold (`hold` is its id), with what puts it right. `remember`: what the channel calls `sku` is known from now on."""

    hold: str
    because: str = ""
    address: AddressIn | None = None
    email: str = ""
    sku: str = ""
    units: int = 1
    qty: int | None = None
    remember: bool = True
    session: str = ""


class HoldReply(Struct, frozen=True, kw_only=True):
    """`done`, or the code of what is still wrong; the order's state and open holds now."""

    number: str
    done: bool
    reason: str
    state: str
    holds: list[HoldWord]
    epoch: int
    server_time: str
