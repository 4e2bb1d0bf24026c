"""Tables of stock. The ledger is the truth and only grows; balances follow it in the same transaction.

Accounts: `supplier`, `bin:<code>`, `tote:<code>`, `parcel:<id>`, `shipped`, `surplus:<device>`, `count_adjust`. `lot` is '' where none.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base


class StockMove(Base):
    """One movement of units from an account to an account. `source_id` is the op or the action that made it."""

    __tablename__ = "stock_move"
    __table_args__ = (
        UniqueConstraint("source_id", "line_no"),
        CheckConstraint("qty > 0", name="qty_positive"),
        CheckConstraint("from_account <> to_account", name="accounts_differ"),
        Index(None, "site_id", "sku", "lot"),
        Index(None, "work_item"),
        # Rows lie in the order of their time.
        Index(
            "ix_stock_move_time",
            "at",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
        ),
        Index("ix_stock_move_into_parcel", "to_account", postgresql_where=text("to_account LIKE 'parcel:%'")),
        Index("ix_stock_move_out_of_parcel", "from_account", postgresql_where=text("from_account LIKE 'parcel:%'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    source_id: Mapped[str]
    line_no: Mapped[int]
    sku: Mapped[str]
    from_account: Mapped[str]
    to_account: Mapped[str]
    qty: Mapped[int]
    at: Mapped[datetime]
    lot: Mapped[str] = mapped_column(default="")
    #: For which work item, so that a cancel knows what of an order lies where; None when for none.
    work_item: Mapped[str | None] = mapped_column(ForeignKey("work_item.id"), default=None)


class StockBalance(Base):
    """Units in an account. May be negative in `supplier`, `count_adjust` and, after a fact the books did not expect, in a bin."""

    __tablename__ = "stock_balance"
    __table_args__ = (
        Index(None, "site_id", "sku", "account"),
        # Without the parcels that have left, of which there are more every day.
        Index("ix_stock_balance_shelves", "sku", "site_id", postgresql_where=text("account LIKE 'bin:%'")),
    )

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    lot: Mapped[str] = mapped_column(primary_key=True, default="")
    qty: Mapped[int] = mapped_column(default=0)


class Lot(Base):
    """When a lot of an item expires."""

    __tablename__ = "lot"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    lot: Mapped[str] = mapped_column(primary_key=True)
    expiry: Mapped[date | None] = mapped_column(default=None)


class BinCount(Base):
    """What somebody counted in a bin without seeing the books, and what came of it (`oms.inventory.counts`)."""

    __tablename__ = "bin_count"
    __table_args__ = (Index(None, "site_id", "bin", "sku"),)

    op_id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    bin: Mapped[str]
    sku: Mapped[str]
    counted: Mapped[int]
    expected: Mapped[int]
    at: Mapped[datetime]
    outcome: Mapped[str]
    lot: Mapped[str] = mapped_column(default="")
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)


class BinHistory(Base):
    """How often a wrong scan, a short or a count said that a bin is not as the books say."""

    __tablename__ = "bin_history"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    bin: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    wrong: Mapped[int] = mapped_column(default=0)
    short: Mapped[int] = mapped_column(default=0)
    differ: Mapped[int] = mapped_column(default=0)


class MixedUp(Base):
    """How often `other` was scanned where `sku` was asked for."""

    __tablename__ = "mixed_up"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    other: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(default=0)
