"""What the books say: accounts, journal, trial balance, what stock is worth, and whether all of it agrees. Amounts in whole coins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from oms.finance.codes import Event, Kind, Role
from oms.finance.models import Book, BookAccount, JournalEntry, JournalLine, StockLayer


@dataclass(frozen=True, slots=True)
class Balance:
    """An account's sums; `balance` is debit less credit."""

    account: str
    name: str
    kind: Kind
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Above 0: debit."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Trial:
    """All accounts; `off` is always 0."""

    rows: tuple[Balance, ...]

    @property
    def off(self) -> int:
        """By how much debit and credit differ."""
        return sum(row.balance for row in self.rows)


@dataclass(frozen=True, slots=True)
class Worth:
    """What an item at a site is worth."""

    site: str
    sku: str
    qty: int
    value: int


@dataclass(frozen=True, slots=True)
class Posted:
    """One line of the journal with its entry."""

    number: int
    day: date
    fact_day: date
    event: Event
    source: str
    text: str
    account: str
    name: str
    amount: int
    site: str
    sku: str
    qty: int
    currency: str
    money: int


def find(db: Session, code: str) -> Book | None:
    """A book by its code."""
    return db.get(Book, code)


def books(db: Session) -> Sequence[Book]:
    """All books."""
    return db.scalars(select(Book).order_by(Book.code)).all()


def accounts(db: Session, code: str) -> Sequence[BookAccount]:
    """A book's accounts by number."""
    return db.scalars(select(BookAccount).where(BookAccount.book == code).order_by(BookAccount.number)).all()


def trial_balance(db: Session, book: Book, through: date | None = None, since: date | None = None) -> Trial:
    """Sums of all accounts, of entries from `since` until `through` (None: all)."""
    sums = (
        select(
            JournalLine.account,
            func.coalesce(func.sum(JournalLine.amount).filter(JournalLine.amount > 0), 0),
            func.coalesce(-func.sum(JournalLine.amount).filter(JournalLine.amount < 0), 0),
        )
        .join(JournalEntry, _same_entry())
        .where(JournalLine.book == book.code)
        .group_by(JournalLine.account)
    )
    found = {account: (int(debit), int(credit)) for account, debit, credit in db.execute(_in(sums, since, through))}
    return Trial(tuple(
        Balance(one.number, one.name, one.kind, *found.get(one.number, (0, 0))) for one in accounts(db, book.code)
    ))  # fmt: skip


def valuation(db: Session, book: Book, through: date | None = None) -> list[Worth]:
    """What stock was worth at the end of a day, from its movements; items that were all gone are left out."""
    stock = _stock(db, book)
    sums = (
        select(JournalLine.site, JournalLine.sku, func.sum(JournalLine.qty), func.sum(JournalLine.amount))
        .join(JournalEntry, _same_entry())
        .where(JournalLine.book == book.code, JournalLine.account == stock)
        .group_by(JournalLine.site, JournalLine.sku)
        .order_by(JournalLine.site, JournalLine.sku)
    )
    rows = [Worth(site, sku, int(qty), int(value)) for site, sku, qty, value in db.execute(_in(sums, None, through))]
    return [row for row in rows if row.qty or row.value]


def on_shelves(db: Session, book: Book) -> list[Worth]:
    """What stock is worth now, from its layers."""
    sums = select(StockLayer.site, StockLayer.sku, func.sum(StockLayer.qty), func.sum(StockLayer.value))
    mine = sums.where(StockLayer.book == book.code).group_by(StockLayer.site, StockLayer.sku)
    rows = db.execute(mine.order_by(StockLayer.site, StockLayer.sku))
    return [Worth(site, sku, int(qty), int(value)) for site, sku, qty, value in rows]


def journal(
    db: Session,
    book: Book,
    since: date | None = None,
    through: date | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Iterator[Posted]:
    """Lines of entries after number `after`, in order; of `limit` entries at most."""
    wanted = select(JournalEntry.number).where(JournalEntry.book == book.code, JournalEntry.number > after)
    numbers = _in(wanted, since, through).order_by(JournalEntry.number).limit(limit)
    e, li = JournalEntry, JournalLine
    named = (BookAccount.book == li.book) & (BookAccount.number == li.account)
    lines = (
        select(
            e.number, e.day, e.fact_day, e.event, e.source, e.text, li.account, BookAccount.name, li.amount, li.site,
            li.sku, li.qty, li.currency, li.money,
        )
        .join(li, _same_entry())
        .join(BookAccount, named)
        .where(e.book == book.code, e.number.in_(numbers.scalar_subquery()))
        .order_by(e.number, li.line_no)
    )  # fmt: skip
    for row in db.execute(lines.execution_options(yield_per=1000)):
        yield Posted(*tuple(row))


#: name -> rows that break it.
_RULES = {
    "trial balance": "SELECT sum(amount) FROM journal_line WHERE book = :book HAVING sum(amount) <> 0",
    "entries balance": "SELECT number FROM journal_line WHERE book = :book GROUP BY number HAVING sum(amount) <> 0",
    "numbers dense": """SELECT entries, n, last FROM book, (SELECT count(*) AS n, coalesce(max(number), 0) AS last
        FROM journal_entry WHERE book = :book) e WHERE code = :book AND (entries <> n OR n <> last)""",
    "invoices dense": """SELECT s.series FROM number_series s WHERE s.series IN ('INV', 'CRN') AND s.last <> (
        SELECT count(*) FROM invoice i WHERE i.number LIKE s.series || '-%')""",
    "stock as its movements": """SELECT site, sku FROM
        (SELECT site, sku, sum(qty) AS q, sum(value) AS v FROM stock_layer WHERE book = :book GROUP BY 1, 2) s FULL JOIN
        (SELECT l.site, l.sku, sum(l.qty) AS q, sum(l.amount) AS v FROM journal_line l JOIN book_account a
            ON a.book = l.book AND a.number = l.account AND a.role = 'stock' WHERE l.book = :book GROUP BY 1, 2) m
        USING (site, sku) WHERE coalesce(s.q, 0) <> coalesce(m.q, 0) OR coalesce(s.v, 0) <> coalesce(m.v, 0)""",
    "nothing in a closed period": """SELECT e.number FROM journal_entry e JOIN book_close c USING (book)
        WHERE e.book = :book AND e.day <= c.through AND e.number > c.entries""",
}


def findings(db: Session, book: Book) -> list[str]:
    """What does not agree; always nothing."""
    words: dict[str, Any] = {"book": book.code}
    return [name for name, query in _RULES.items() if db.execute(text(query), words).first() is not None]


def _stock(db: Session, book: Book) -> str:
    mine = select(BookAccount.number).where(BookAccount.book == book.code, BookAccount.role == Role.STOCK)
    return db.scalars(mine).one()


def _same_entry() -> ColumnElement[bool]:
    return (JournalEntry.book == JournalLine.book) & (JournalEntry.number == JournalLine.number)


def _in(query: Any, since: date | None, through: date | None) -> Any:
    if since is not None:
        query = query.where(JournalEntry.day >= since)
    return query if through is None else query.where(JournalEntry.day <= through)
