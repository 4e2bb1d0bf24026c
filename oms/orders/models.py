"""Tables of orders: the order, its lines, and the stock reserved for them. Prices are exact decimals."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import OrderState, Substitution


class Order(Base):
    """An order as the floor knows it; `number` is unique per site. `held_reason` is a message code with `held_params` as its words."""

    __tablename__ = "sales_order"
    __table_args__ = (
        Index(None, "site_id", "state", "priority", "cut_off"),
        Index(
            "uq_sales_order_reference",
            "site_id",
            "channel",
            "reference",
            unique=True,
            postgresql_where=text("reference IS NOT NULL"),
        ),
        Index("ix_sales_order_customer", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
        Index("ix_sales_order_customer_order", "customer_order", postgresql_where=text("customer_order IS NOT NULL")),
        Index("ix_sales_order_left", "site_id", "shipped_at", postgresql_where=text("shipped_at IS NOT NULL")),
        Index("ix_sales_order_direct", "site_id", "placed_at", postgresql_where=text("customer_order IS NULL")),
    )

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[OrderState] = mapped_column(words(OrderState))
    placed_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(default="")
    #: The channel's own number of this order, when it differs from ours.
    reference: Mapped[str | None] = mapped_column(default=None)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customer.id"), default=None)
    ship_name: Mapped[str] = mapped_column(default="", repr=False)
    ship_street: Mapped[str] = mapped_column(default="", repr=False)
    ship_postcode: Mapped[str] = mapped_column(default="", repr=False)
    ship_city: Mapped[str] = mapped_column(default="", repr=False)
    ship_country: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="", repr=False)
    carrier: Mapped[str] = mapped_column(default="")
    service: Mapped[str] = mapped_column(default="")
    #: 1 is most urgent.
    priority: Mapped[int] = mapped_column(default=3)
    cut_off: Mapped[datetime | None] = mapped_column(default=None)
    #: The day it was promised for.
    promised: Mapped[date | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="", repr=False)
    flags: Mapped[list[str]] = mapped_column(default_factory=list)
    currency: Mapped[str] = mapped_column(default="EUR")
    held_reason: Mapped[str] = mapped_column(default="")
    held_params: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    #: SHA-256 of what the channel sent, and of the last different thing it sent under the same number.
    content_hash: Mapped[str] = mapped_column(default="", repr=False)
    conflict_hash: Mapped[str] = mapped_column(default="", repr=False)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    shipped_at: Mapped[datetime | None] = mapped_column(default=None)
    #: What the customer said about other items in place of missing ones.
    substitution: Mapped[Substitution] = mapped_column(words(Substitution), default=Substitution.NEVER)
    #: The customer order (`oms.sales`) that this is a site's part of; None: it came to the site directly.
    customer_order: Mapped[str | None] = mapped_column(ForeignKey("customer_order.number"), default=None)
    #: It is no customer's: its goods go to this site of ours (`oms.transfers`).
    transfer_to: Mapped[str | None] = mapped_column(ForeignKey("site.id"), default=None)
    #: The customer fetches it here; since when it waits for them.
    pick_up: Mapped[bool] = mapped_column(default=False)
    ready_at: Mapped[datetime | None] = mapped_column(default=None)


class OrderLine(Base):
    """One line of an order. `sku` may be unknown and `qty` 0 on a held order; `problem` then says why."""

    __tablename__ = "order_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["site_id", "order_no"], ["sales_order.site_id", "sales_order.number"], ondelete="CASCADE"
        ),
        CheckConstraint("qty >= 0", name="qty"),
        CheckConstraint("picked >= 0 AND packed >= 0 AND short >= 0", name="counts"),
    )

    site_id: Mapped[str] = mapped_column(primary_key=True)
    order_no: Mapped[str] = mapped_column(primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    qty: Mapped[int]
    picked: Mapped[int] = mapped_column(default=0)
    packed: Mapped[int] = mapped_column(default=0)
    short: Mapped[int] = mapped_column(default=0)
    price: Mapped[Decimal | None] = mapped_column(default=None)
    #: Share of tax included or added by the channel, e.g. 0.2100.
    tax_rate: Mapped[Decimal | None] = mapped_column(default=None)
    problem: Mapped[str] = mapped_column(default="")
    #: The line of the customer order that this is a part of.
    customer_line: Mapped[int | None] = mapped_column(default=None)


class Reservation(Base):
    """Units in a bin that belong to one work item and to nobody else: `balance - sum(reserved)` is what is free. A task's reservation has
    no order line."""

    __tablename__ = "reservation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["site_id", "order_no", "line_no"],
            ["order_line.site_id", "order_line.order_no", "order_line.line_no"],
        ),
        Index(None, "site_id", "sku", "bin"),
        Index(None, "site_id", "order_no"),
        CheckConstraint("qty >= 0", name="qty"),
    )

    work_item: Mapped[str] = mapped_column(ForeignKey("work_item.id"), primary_key=True)
    site_id: Mapped[str]
    order_no: Mapped[str]
    line_no: Mapped[int | None]
    bin: Mapped[str]
    sku: Mapped[str]
    qty: Mapped[int]
    lot: Mapped[str] = mapped_column(default="")
