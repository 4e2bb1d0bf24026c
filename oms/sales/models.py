"""Tables of customer orders: the order and its lines with their money, what keeps it back, and everything that happened to it.

A customer order is nobody's site's. Each site that sends something has an order of its own (`oms.orders.models.Order`) that names it in
`customer_order`, its lines name the line in `customer_line`. Money is exact, in the order's currency.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.sales.codes import PaymentState, SaleState, Splitting
from sync.contract.codes import Substitution

#: Orders whose customer pays by invoice and has not. As the index has it: asked with just these words, that is what is read.
ON_TERMS: Final = "customer_order.payment = 'on_terms' AND customer_order.state NOT IN ('returned', 'cancelled')"
_OPEN = "state NOT IN ('shipped', 'returned', 'cancelled')"


class CustomerOrder(Base):
    """What a customer ordered; `number` is ours and unique, `reference` is what it is called on the `channel` it came from."""

    __tablename__ = "customer_order"
    __table_args__ = (
        Index(
            "uq_customer_order_reference",
            "channel",
            "reference",
            unique=True,
            postgresql_where=text("reference IS NOT NULL"),
        ),
        Index("ix_customer_order_open", "state", "placed_at", postgresql_where=text(_OPEN)),
        Index(None, "placed_at", "number"),
        # One state, newest first, whatever else there is; and what should have gone by now.
        Index(None, "state", "placed_at", "number"),
        Index("ix_customer_order_due", "promised", postgresql_where=text(f"{_OPEN} AND promised IS NOT NULL")),
        Index(None, "customer_id", "placed_at"),
        Index("ix_customer_order_on_terms", "customer_id", postgresql_where=text(ON_TERMS)),
        Index("ix_customer_order_onward", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_customer_order_likeness", "likeness", "placed_at", postgresql_where=text("likeness <> ''")),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[SaleState] = mapped_column(words(SaleState))
    placed_at: Mapped[datetime]
    captured_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(default="")
    reference: Mapped[str | None] = mapped_column(default=None)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customer.id"), default=None)
    #: Of the customer, for mails and papers.
    language: Mapped[str] = mapped_column(default="en")
    email: Mapped[str] = mapped_column(default="", repr=False)
    phone: Mapped[str] = mapped_column(default="", repr=False)
    ship_name: Mapped[str] = mapped_column(default="", repr=False)
    ship_street: Mapped[str] = mapped_column(default="", repr=False)
    ship_postcode: Mapped[str] = mapped_column(default="", repr=False)
    ship_city: Mapped[str] = mapped_column(default="", repr=False)
    ship_region: Mapped[str] = mapped_column(default="", repr=False)
    #: ISO 3166-1 alpha-2.
    ship_country: Mapped[str] = mapped_column(default="")
    #: Where the invoice goes, same keys as `ship_*` without the prefix; empty: to the same address.
    bill_to: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, repr=False)
    #: The site where the customer fetches it; None: it is sent.
    pick_up_site: Mapped[str | None] = mapped_column(ForeignKey("site.id"), default=None)
    carrier: Mapped[str] = mapped_column(default="")
    service: Mapped[str] = mapped_column(default="")
    #: 1 is most urgent.
    priority: Mapped[int] = mapped_column(default=3)
    #: What the customer asked for, and what they were told.
    wanted: Mapped[date | None] = mapped_column(default=None)
    promised: Mapped[date | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="", repr=False)
    #: `vip`, `gift`, `fragile`, `hazmat`, `return`, ...: go with each site's order to the floor and onto papers.
    flags: Mapped[list[str]] = mapped_column(default_factory=list)
    substitution: Mapped[Substitution] = mapped_column(words(Substitution), default=Substitution.NEVER)
    splitting: Mapped[Splitting] = mapped_column(words(Splitting), default=Splitting.ALLOWED)
    #: ISO 4217.
    currency: Mapped[str] = mapped_column(default="EUR")
    #: Whether prices of lines have tax in them.
    tax_included: Mapped[bool] = mapped_column(default=True)
    #: Of the whole order: lines before discount, discount (positive), shipping, tax, and what the customer pays.
    goods: Mapped[Decimal] = mapped_column(default=Decimal(0))
    discount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    shipping: Mapped[Decimal] = mapped_column(default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(default=Decimal(0))
    payment: Mapped[PaymentState] = mapped_column(words(PaymentState), default=PaymentState.NONE)
    #: SHA-256 of what the channel sent, and of the last different thing it sent under the same reference.
    content_hash: Mapped[str] = mapped_column(default="", repr=False)
    conflict_hash: Mapped[str] = mapped_column(default="", repr=False)
    #: SHA-256 of who ordered which lines, so that the same order under two references is seen; '': nobody known ordered it.
    likeness: Mapped[str] = mapped_column(default="", server_default=text("''"), repr=False)
    #: Grows with each change, so that who changes it can say which one they looked at.
    revision: Mapped[int] = mapped_column(default=1)
    #: Since when it is to be looked at by itself (`oms.sales.onward`); None: nothing of it waits for that.
    due_at: Mapped[datetime | None] = mapped_column(default=None)


class CustomerOrderLine(Base):
    """One line. `qty` = open + `assigned` + `backordered` + `shipped` + `cancelled`, in base units; open is what nobody decided about yet.
    `returned` is a part of `shipped`."""

    __tablename__ = "customer_order_line"
    __table_args__ = (
        Index(None, "sku"),
        Index("ix_customer_order_line_waiting", "sku", postgresql_where=text("backordered > 0")),
        CheckConstraint("qty >= 0", name="qty"),
        CheckConstraint("least(assigned, backordered, shipped, cancelled, returned) >= 0", name="counts"),
        CheckConstraint("assigned + backordered + shipped + cancelled <= qty", name="conserved"),
        CheckConstraint("returned <= shipped", name="returned"),
        CheckConstraint("withheld >= 0 AND (withheld = 0 OR returned > 0)", name="withheld"),
    )

    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    #: Ours; what the channel calls it is in `foreign_sku`. May be unknown on a held order; `problem` then says why.
    sku: Mapped[str]
    qty: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    foreign_sku: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    assigned: Mapped[int] = mapped_column(default=0)
    backordered: Mapped[int] = mapped_column(default=0)
    shipped: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    #: What of the worth of returned units is not paid back: a fee, less for what was used, all of it where something was exchanged.
    withheld: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default=text("0"))
    #: Of one unit, before discount; None: nobody said.
    price: Mapped[Decimal | None] = mapped_column(default=None)
    #: Of the whole line (positive).
    discount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    #: A share, e.g. 0.088750.
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(9, 6), default=None)
    #: Of the whole line: its tax, and what the customer pays for it.
    tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(default=Decimal(0))
    #: The line in whose place this one came.
    instead_of: Mapped[int | None] = mapped_column(default=None)
    flags: Mapped[list[str]] = mapped_column(default_factory=list)
    #: When the rest of it is expected, where it is backordered.
    expected: Mapped[date | None] = mapped_column(default=None)

    @property
    def open(self) -> int:
        """Units nobody decided about yet."""
        return self.qty - self.assigned - self.backordered - self.shipped - self.cancelled


class SubstituteOffer(Base):
    """Another item offered to a customer in place of what cannot be had. Who knows the `code` may answer, once, until `until`."""

    __tablename__ = "substitute_offer"
    __table_args__ = (
        ForeignKeyConstraint(["order_no", "line_no"], ["customer_order_line.order_no", "customer_order_line.line_no"]),
        Index(
            "uq_substitute_offer_open",
            "order_no",
            "line_no",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        CheckConstraint("qty > 0", name="qty"),
    )

    code: Mapped[str] = mapped_column(primary_key=True, repr=False)
    order_no: Mapped[str]
    line_no: Mapped[int]
    #: What is offered, and how many units of it.
    sku: Mapped[str]
    qty: Mapped[int]
    at: Mapped[datetime]
    until: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted: Mapped[bool] = mapped_column(default=False)


class OrderHold(Base):
    """One reason for which an order is kept back until somebody releases it. `code` is a message code with `params` as its words."""

    __tablename__ = "order_hold"
    __table_args__ = (
        Index("ix_order_hold_open", "order_no", postgresql_where=text("released_at IS NULL")),
        Index(None, "order_no"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"))
    code: Mapped[str]
    at: Mapped[datetime]
    params: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    #: The line it is about; None: the whole order.
    line_no: Mapped[int | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    #: A worker's id or a program's name, and what they said.
    released_by: Mapped[str | None] = mapped_column(default=None)
    because: Mapped[str] = mapped_column(default="")


class OrderEvent(Base):
    """Something that happened to a customer order. Rows are never changed; webhooks and mails are made from them, in order of `id`."""

    __tablename__ = "order_event"
    __table_args__ = (Index(None, "order_no", "id"), Index(None, "xid"), UniqueConstraint("key"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"))
    at: Mapped[datetime]
    #: An `EventKind`; plain text, for a catalogue grows.
    kind: Mapped[str]
    #: What `kind` needs to be told as a sentence; never a secret.
    words: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    source: Mapped[str] = mapped_column(default="")
    worker_id: Mapped[str | None] = mapped_column(default=None)
    device: Mapped[str | None] = mapped_column(default=None)
    site_id: Mapped[str | None] = mapped_column(default=None)
    #: Names the event where it must not happen twice (e.g. `shipped:PARCEL`).
    key: Mapped[str | None] = mapped_column(default=None)
    #: The transaction it came with: readers that follow the table wait for older ones that still run.
    xid: Mapped[int] = mapped_column(server_default=text("(pg_current_xact_id()::text)::bigint"), init=False)
