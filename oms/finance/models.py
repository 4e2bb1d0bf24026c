"""Tables of the books. Entries and closings only grow; the database itself numbers entries, has them balance, and refuses what would be in
a closed period (`oms.finance.triggers`). Amounts are whole coins of the book's currency, debit above 0."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.finance.codes import Event, Kind, Method


class Book(Base):
    """The books of one company. Its row is locked while anything is posted: `entries` are without gaps."""

    __tablename__ = "book"
    __table_args__ = (CheckConstraint("year_starts BETWEEN 1 AND 12", name="year_starts"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    currency: Mapped[str]
    chart: Mapped[str]
    method: Mapped[Method] = mapped_column(words(Method))
    #: What happened before is not posted: it is in the opening.
    opened_at: Mapped[datetime]
    #: The month in which the business year begins.
    year_starts: Mapped[int] = mapped_column(default=1)
    #: Whose goods and whose sales it has; empty: those that no other book names.
    sites: Mapped[list[str]] = mapped_column(default_factory=list)
    channels: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Numbers by which DATEV knows the tax adviser and the company.
    consultant: Mapped[int] = mapped_column(default=1001)
    client: Mapped[int] = mapped_column(default=1)
    entries: Mapped[int] = mapped_column(default=0)
    #: Movements up to this one are posted (`oms.finance.sweep`).
    swept: Mapped[int] = mapped_column(default=0)


class BookAccount(Base):
    """An account of a book. `role` names what the rules post on it; '' is a bookkeeper's own."""

    __tablename__ = "book_account"
    __table_args__ = (Index("uq_book_account_role", "book", "role", unique=True, postgresql_where="role <> ''"),)

    book: Mapped[str] = mapped_column(ForeignKey("book.code"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[Kind] = mapped_column(words(Kind))
    role: Mapped[str] = mapped_column(default="")


class BookClose(Base):
    """A period that is over: nothing is ever posted on `through` or before."""

    __tablename__ = "book_close"

    book: Mapped[str] = mapped_column(ForeignKey("book.code"), primary_key=True)
    through: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    #: The last entry then.
    entries: Mapped[int]
    worker_id: Mapped[str | None] = mapped_column(default=None)


class JournalEntry(Base):
    """One posted event. `number` is dense in its book; `source` is the fact, posted once for ever; `day` is where it counts, `fact_day`
    when it happened."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("book", "source"), Index(None, "book", "day"))

    book: Mapped[str] = mapped_column(ForeignKey("book.code"), primary_key=True)
    #: Drawn by the database.
    number: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    event: Mapped[Event] = mapped_column(words(Event))
    day: Mapped[date]
    fact_day: Mapped[date]
    made_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(default="")
    #: The transaction that wrote it: later ones add no lines.
    made_in: Mapped[int] = mapped_column(default=0)


class JournalLine(Base):
    """One line of an entry."""

    __tablename__ = "journal_line"
    __table_args__ = (
        ForeignKeyConstraint(["book", "number"], ["journal_entry.book", "journal_entry.number"]),
        ForeignKeyConstraint(["book", "account"], ["book_account.book", "book_account.number"]),
        Index(None, "book", "account"),
    )

    book: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    amount: Mapped[int]
    #: Whose goods; '' where none.
    site: Mapped[str] = mapped_column(default="")
    sku: Mapped[str] = mapped_column(default="")
    qty: Mapped[int] = mapped_column(default=0)
    #: '' where it is the book's own; `money` is in whole coins of it.
    currency: Mapped[str] = mapped_column(default="")
    money: Mapped[int] = mapped_column(default=0)


class StockPool(Base):
    """What is last known of an item's cost at a site (`oms.finance.valuation.Pool`)."""

    __tablename__ = "stock_pool"

    book: Mapped[str] = mapped_column(ForeignKey("book.code"), primary_key=True)
    site: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    last_n: Mapped[int] = mapped_column(default=0)
    known_qty: Mapped[int] = mapped_column(default=0)
    known_value: Mapped[int] = mapped_column(default=0)
    left_qty: Mapped[int] = mapped_column(default=0)
    left_value: Mapped[int] = mapped_column(default=0)


class StockLayer(Base):
    """Goods that are here, oldest (`n`) first, and what they are worth."""

    __tablename__ = "stock_layer"
    __table_args__ = (
        ForeignKeyConstraint(["book", "site", "sku"], ["stock_pool.book", "stock_pool.site", "stock_pool.sku"]),
        Index(None, "book", "sku"),
        CheckConstraint("qty <> 0", name="qty"),
    )

    book: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    qty: Mapped[int]
    value: Mapped[int]


class GoodsIn(Base):
    """Goods that came from a supplier, and how many of them have an invoice."""

    __tablename__ = "goods_in"
    __table_args__ = (
        Index("ix_goods_in_open", "book", "sku", postgresql_where="invoiced < qty"),
        CheckConstraint("qty > 0 AND invoiced BETWEEN 0 AND qty", name="invoiced"),
    )

    book: Mapped[str] = mapped_column(ForeignKey("book.code"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    sku: Mapped[str]
    qty: Mapped[int]
    value: Mapped[int]
    day: Mapped[date]
    #: The entry, for their order.
    entry: Mapped[int]
    invoiced: Mapped[int] = mapped_column(default=0)


class SalePosted(Base):
    """What is posted of an order's goods that no invoice names, in whole coins of the order's currency."""

    __tablename__ = "sale_posted"

    book: Mapped[str] = mapped_column(ForeignKey("book.code"), primary_key=True)
    order_no: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column(default=0)
    tax: Mapped[int] = mapped_column(default=0)
    #: How often: names the entry.
    times: Mapped[int] = mapped_column(default=0)


class PaymentPosted(Base):
    """What is posted of a payment, in whole coins of its currency: some are corrected after they were believed."""

    __tablename__ = "payment_posted"

    book: Mapped[str] = mapped_column(ForeignKey("book.code"), primary_key=True)
    payment: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column(default=0)
    times: Mapped[int] = mapped_column(default=0)


class PurchaseCost(Base):
    """What one unit of an item costs to buy from a day on, until an invoice says what it was."""

    __tablename__ = "purchase_cost"
    __table_args__ = (CheckConstraint("cost >= 0", name="cost"),)

    sku: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    currency: Mapped[str]
    cost: Mapped[Decimal]
