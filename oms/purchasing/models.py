"""Tables of purchasing: suppliers, what they sell, when an item is ordered, orders and their lines, deliveries, mails with orders.

Prices are per unit in the supplier's currency; units are base units of the item.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.purchasing.codes import BuyMailState, BuyState, RuleSource, SendBy


class Supplier(Base):
    """Who sells to us. Days are days of the calendar; `learned_*` come from deliveries (None: too few of them)."""

    __tablename__ = "supplier"
    __table_args__ = (
        CheckConstraint("lead_days >= 0 AND lead_sd_days >= 0", name="lead"),
        CheckConstraint("over_percent >= 0 AND under_percent >= 0", name="tolerance"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="", repr=False)
    contact: Mapped[str] = mapped_column(default="")
    address: Mapped[list[str]] = mapped_column(default_factory=list)
    country: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    currency: Mapped[str] = mapped_column(default="EUR")
    send_by: Mapped[SendBy] = mapped_column(words(SendBy), default=SendBy.MAIL)
    #: Global location number, for EDIFACT; what the supplier calls us.
    gln: Mapped[str] = mapped_column(default="")
    our_number: Mapped[str] = mapped_column(default="")
    #: When it works: digits 1 (Monday) to 7, a country's public holidays, ISO dates.
    weekdays: Mapped[str] = mapped_column(default="12345")
    holidays: Mapped[str] = mapped_column(default="")
    days_off: Mapped[list[str]] = mapped_column(default_factory=list)
    #: From the order to our door, and its standard deviation, as somebody said.
    lead_days: Mapped[Decimal] = mapped_column(default=Decimal(7))
    lead_sd_days: Mapped[Decimal] = mapped_column(default=Decimal(2))
    learned_days: Mapped[Decimal | None] = mapped_column(default=None)
    learned_sd_days: Mapped[Decimal | None] = mapped_column(default=None)
    #: More or less of a line than ordered, by so many percent, needs nobody.
    over_percent: Mapped[int] = mapped_column(default=0)
    under_percent: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class SupplierItem(Base):
    """An item as a supplier sells it. The supplier with the lowest `rank` is asked. `prices` are [from so many units, price of one]."""

    __tablename__ = "supplier_item"
    __table_args__ = (
        Index(None, "sku"),
        CheckConstraint("moq >= 1 AND pack >= 1", name="at_least_one"),
    )

    supplier: Mapped[str] = mapped_column(ForeignKey("supplier.code"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    their_sku: Mapped[str] = mapped_column(default="")
    moq: Mapped[int] = mapped_column(default=1)
    pack: Mapped[int] = mapped_column(default=1)
    prices: Mapped[list[Any]] = mapped_column(JSONB, default_factory=list)
    rank: Mapped[int] = mapped_column(default=1)


class StockRule(Base):
    """When an item of a site is ordered: at `reorder_point` units on the shelves and to come, up to `upto`. `follow`: what the forecast
    suggests is taken without asking."""

    __tablename__ = "stock_rule"
    __table_args__ = (
        CheckConstraint("0 <= safety AND safety <= reorder_point AND reorder_point <= upto", name="levels"),
    )

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    reorder_point: Mapped[int]
    upto: Mapped[int]
    said_at: Mapped[datetime]
    safety: Mapped[int] = mapped_column(default=0)
    source: Mapped[RuleSource] = mapped_column(words(RuleSource), default=RuleSource.PERSON)
    follow: Mapped[bool] = mapped_column(default=False)


class PurchaseSetting(Base):
    """How a site buys. Orders above `approve_above` (None: none) wait for a person; those of a run are sent by themselves with
    `auto_send`. Its row is locked by whoever makes orders of the site."""

    __tablename__ = "purchase_setting"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    approve_above: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str] = mapped_column(default="EUR")
    auto_send: Mapped[bool] = mapped_column(default=False)
    #: New items follow the forecast without anybody saying so.
    auto_follow: Mapped[bool] = mapped_column(default=False)
    last_number: Mapped[int] = mapped_column(default=0)
    #: What somebody is told of: goods of which nothing left for so many days; items of which more than so many percent came back, where at
    #: least so many units left (0: nothing of it).
    dead_days: Mapped[int] = mapped_column(default=180)
    return_percent: Mapped[int] = mapped_column(default=20)
    return_least: Mapped[int] = mapped_column(default=10)


class PurchaseOrder(Base):
    """An order to a supplier, for one site. `run_day`: the day of the run that made it; there is one a day, site and supplier."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        Index("uq_purchase_order_run", "site_id", "supplier", "run_day", unique=True, postgresql_where=text("run_day IS NOT NULL")),
        Index(None, "site_id", "state"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    supplier: Mapped[str] = mapped_column(ForeignKey("supplier.code"))
    currency: Mapped[str]
    made_at: Mapped[datetime]
    state: Mapped[BuyState] = mapped_column(words(BuyState), default=BuyState.DRAFT)
    made_by: Mapped[str] = mapped_column(default="")
    run_day: Mapped[date | None] = mapped_column(default=None)
    #: Sum of quantity times price.
    total: Mapped[Decimal] = mapped_column(default=Decimal(0))
    note: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    #: What the supplier calls it.
    reference: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class PurchaseLine(Base):
    """A line. `wanted` units are to come in all: what was ordered, then what the supplier confirmed; what came is part of it, and of an
    order that is over it is all of it."""

    __tablename__ = "purchase_line"
    __table_args__ = (
        Index(None, "sku"),
        CheckConstraint("qty > 0 AND wanted >= 0 AND received >= 0 AND damaged >= 0", name="units"),
    )

    order_no: Mapped[str] = mapped_column(ForeignKey("purchase_order.number"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    qty: Mapped[int]
    wanted: Mapped[int]
    price: Mapped[Decimal]
    #: When it is expected at our door.
    day: Mapped[date]
    their_sku: Mapped[str] = mapped_column(default="")
    received: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)

    @property
    def open(self) -> int:
        """Units that are still to come."""
        return max(0, self.wanted - self.received - self.damaged)

    @property
    def receipt(self) -> str:
        """What it is called among expected receipts."""
        return f"{self.order_no}/{self.line_no}"


class PurchaseDelivery(Base):
    """Units that came in one go. `id` is the op or the request that told it, with a number; without an order they came unannounced."""

    __tablename__ = "purchase_delivery"
    __table_args__ = (
        Index(None, "order_no", "line_no"),
        Index(None, "site_id", "at"),
        CheckConstraint("qty >= 0 AND damaged >= 0 AND qty + damaged > 0", name="units"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    sku: Mapped[str]
    qty: Mapped[int]
    place: Mapped[str]
    at: Mapped[datetime]
    order_no: Mapped[str | None] = mapped_column(ForeignKey("purchase_order.number"), default=None)
    line_no: Mapped[int | None] = mapped_column(default=None)
    damaged: Mapped[int] = mapped_column(default=0)
    #: Units more than were to come.
    over: Mapped[int] = mapped_column(default=0)
    lot: Mapped[str] = mapped_column(default="")
    paper: Mapped[str] = mapped_column(default="")
    worker_id: Mapped[str | None] = mapped_column(default=None)
    device: Mapped[str | None] = mapped_column(default=None)


class PurchaseMail(Base):
    """The mail that takes an order to its supplier; one an order, with its papers made when it is sent."""

    __tablename__ = "purchase_mail"
    __table_args__ = (Index("ix_purchase_mail_waiting", "next_at", postgresql_where=text("state = 'waiting'")),)

    order_no: Mapped[str] = mapped_column(ForeignKey("purchase_order.number"), primary_key=True)
    receiver: Mapped[str] = mapped_column(repr=False)
    message_id: Mapped[str]
    next_at: Mapped[datetime]
    state: Mapped[BuyMailState] = mapped_column(words(BuyMailState), default=BuyMailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
