"""Tables of what may be promised: whose turn it is with an item, what is kept, what is expected, and what a site is never to sell.

What lies on the shelves and what the floor has reserved is not repeated here: it is added up from the ledger's balances when asked
(a few rows an item, by index), so that a picker's scan has nothing more to write.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words


class ReceiptState(StrEnum):
    """State of goods that are expected."""

    EXPECTED = "expected"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class StockCell(Base):
    """One item at one site. Whoever takes of it for somebody locks this row first, so that two never take the same unit; cells are
    locked in order of (sku, site). `safety` units are never promised."""

    __tablename__ = "stock_cell"
    __table_args__ = (CheckConstraint("safety >= 0", name="safety"),)

    sku: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    safety: Mapped[int] = mapped_column(default=0)


class Kept(Base):
    """Units kept for a line of a customer order until its site lets it onto the floor (or for a basket, `until` then). `receipt` names the
    goods that are still to come; None: from the shelf."""

    __tablename__ = "kept"
    __table_args__ = (
        Index(None, "sku", "site_id"),
        Index("ix_kept_order", "order_no", postgresql_where=text("order_no IS NOT NULL")),
        Index("ix_kept_basket", "basket", postgresql_where=text("basket IS NOT NULL")),
        Index("ix_kept_receipt", "receipt", postgresql_where=text("receipt IS NOT NULL")),
        Index("ix_kept_until", "until", postgresql_where=text("until IS NOT NULL")),
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint("(order_no IS NULL) <> (basket IS NULL)", name="one_holder"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    sku: Mapped[str]
    qty: Mapped[int]
    order_no: Mapped[str | None] = mapped_column(ForeignKey("customer_order.number"), default=None)
    line_no: Mapped[int | None] = mapped_column(default=None)
    basket: Mapped[str | None] = mapped_column(default=None)
    until: Mapped[datetime | None] = mapped_column(default=None)
    receipt: Mapped[str | None] = mapped_column(ForeignKey("expected_receipt.id"), default=None)
    channel: Mapped[str] = mapped_column(default="")


class ExpectedReceipt(Base):
    """Goods that a supplier or another site will bring. `spread_days`: how many days later they may well be."""

    __tablename__ = "expected_receipt"
    __table_args__ = (
        Index("ix_expected_receipt_sku", "sku", "site_id", "day", postgresql_where=text("state = 'expected'")),
        CheckConstraint("qty >= 0 AND received >= 0", name="qty"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    sku: Mapped[str]
    qty: Mapped[int]
    day: Mapped[date]
    received: Mapped[int] = mapped_column(default=0)
    spread_days: Mapped[int] = mapped_column(default=0)
    #: Who sends it, and what they call it: a purchase order's line, a transfer.
    supplier: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    state: Mapped[ReceiptState] = mapped_column(words(ReceiptState), default=ReceiptState.EXPECTED)


class ReportedStock(Base):
    """What a site without our floor (a supplier, a logistics firm) says it has for us."""

    __tablename__ = "reported_stock"
    __table_args__ = (CheckConstraint("qty >= 0", name="qty"),)

    sku: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    qty: Mapped[int]
    at: Mapped[datetime]


class ChannelShare(Base):
    """Units of an item at a site that only one channel may sell."""

    __tablename__ = "channel_share"
    __table_args__ = (CheckConstraint("units >= 0", name="units"),)

    sku: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[int]


class SiteCalendar(Base):
    """When a site sends: weekdays, public holidays, days off, and until when an order goes the same day."""

    __tablename__ = "site_calendar"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    #: IANA name, e.g. `Europe/Amsterdam`.
    time_zone: Mapped[str] = mapped_column(default="UTC")
    #: Digits 1 (Monday) to 7.
    weekdays: Mapped[str] = mapped_column(default="12345")
    #: ISO 3166-1 alpha-2, with a part of the country after `-`; empty: no public holidays.
    holidays: Mapped[str] = mapped_column(default="")
    #: ISO dates on which nobody works.
    days_off: Mapped[list[str]] = mapped_column(default_factory=list)
    #: `HH:MM` in the site's time.
    cut_off: Mapped[str] = mapped_column(default="15:00")
    #: Working days from an order that came in time to the truck.
    handling_days: Mapped[int] = mapped_column(default=0)
