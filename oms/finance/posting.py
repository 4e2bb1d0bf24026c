"""Writes entries into a book: each fact once, on its day or, when that is closed, on the first open one. All posting comes here."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from oms.finance.codes import Event, Kind, Role
from oms.finance.goods import Goods, moved
from oms.finance.models import Book, BookAccount, BookClose, GoodsIn, JournalEntry, JournalLine
from oms.finance.rules import Draft, balanced, converted, lines_for, posting_day
from oms.finance.shelves import Shelves
from oms.money.tables import exchange_rate

if TYPE_CHECKING:
    from oms.db.work import Work


class NoRate(Exception):
    """Nobody told what a currency is worth in the book's own on that day."""


class Ledger:
    """One book, locked until the commit."""

    def __init__(self, w: "Work", book: Book) -> None:
        self.w, self.db, self.book = w, w.db, book
        self.shelves = Shelves(w.db, book.code, book.method)
        rows = w.db.execute(
            select(BookAccount.number, BookAccount.role, BookAccount.kind).where(BookAccount.book == book.code)
        ).all()
        self.numbers: Mapping[Role, str] = {Role(role): number for number, role, _ in rows if role}
        self.kinds: Mapping[str, Kind] = {number: kind for number, _, kind in rows}
        self.closed = closed_through(w.db, book.code)

    @classmethod
    def locked(cls, w: "Work", code: str) -> "Ledger | None":
        """The book with this code; None when there is none."""
        w.db.flush()
        found = w.db.get(Book, code, with_for_update=True, populate_existing=True)
        return None if found is None else cls(w, found)

    def number_of(self, source: str) -> int | None:
        """The entry of a fact; None when it has none yet."""
        mine = select(JournalEntry.number).where(JournalEntry.book == self.book.code, JournalEntry.source == source)
        return self.db.scalars(mine).one_or_none()

    def post(self, draft: Draft) -> int:
        """Writes the entry of a fact that has none; its number."""
        lines = balanced(draft.lines)
        day = posting_day(draft.day, self.closed)
        entry = insert(JournalEntry).values(
            book=self.book.code, number=0, source=draft.source, event=draft.event, day=day, fact_day=draft.day,
            made_at=self.w.now, text=draft.text[:200], made_in=0,
        )  # fmt: skip
        number = self.db.execute(entry.returning(JournalEntry.number)).scalar_one()
        self.db.execute(insert(JournalLine).values([
            {"book": self.book.code, "number": number, "line_no": n, "account": line.account, "amount": line.amount,
             "site": line.site, "sku": line.sku, "qty": line.qty, "currency": line.currency, "money": line.money}
            for n, line in enumerate(lines, 1)
        ]))  # fmt: skip
        return number

    def post_goods(self, fact: Goods) -> int:
        """Posts goods that moved; a receipt waits for its invoice from here on."""
        draft = moved(self.numbers, self.shelves, fact)
        number = self.post(draft)
        self.shelves.save()
        if fact.event is Event.GOODS_RECEIVED:
            goods_in = self.numbers[Role.GOODS_IN]
            value = -sum(line.amount for line in draft.lines if line.account == goods_in)
            self.db.add(
                GoodsIn(
                    book=self.book.code, source=fact.source, site=fact.site, sku=fact.sku, qty=fact.qty, value=value,
                    day=fact.day, entry=number,
                )
            )  # fmt: skip
            self.db.flush()
        return number

    def post_money(
        self, source: str, event: Event, day: date, amounts: Mapping[str, int], currency: str, text: str = ""
    ) -> int:
        """Posts an event of money: `amounts` by the names of its rule, in whole coins of `currency`. Raises `NoRate`."""
        # Rounded parts of a rounded whole: what is left of it is the net amount, as nobody counts that in coins.
        own = {name: self.in_own(whole, currency, day) for name, whole in amounts.items() if name != "net"}
        if "net" in amounts:
            own["net"] = own["total"] - own.get("tax", 0)
        money = None if currency == self.book.currency else (currency, amounts)
        return self.post(Draft(source, event, day, lines_for(event, own, self.numbers, money=money), text))

    def in_own(self, money: int, currency: str, day: date) -> int:
        """Coins of a currency in the book's own, at the rate of the day. Raises `NoRate`."""
        return converted(money, currency, self.book.currency, self.rate(currency, day))

    def rate(self, currency: str, day: date) -> Decimal:
        """What one unit of a currency is worth in the book's own. Raises `NoRate`."""
        rate = exchange_rate(self.db, currency, self.book.currency, day)
        if rate is None:
            raise NoRate(currency)
        return rate


def closed_through(db: Session, book: str) -> date | None:
    """The last closed day of a book; None when nothing was closed yet."""
    return db.scalars(select(func.max(BookClose.through)).where(BookClose.book == book)).one()


def book_of_channel(db: Session, channel: str) -> Book | None:
    """The book that has the sales of a channel: the one that names it, else the first (by code) that names none."""
    return _first(db.scalars(select(Book).order_by(Book.code)).all(), channel, "channels")


def sites_of(db: Session, book: Book, sites: Sequence[str]) -> list[str]:
    """Those of the sites whose goods are in the book."""
    books = db.scalars(select(Book).order_by(Book.code)).all()
    return [site for site in sites if (own := _first(books, site, "sites")) is not None and own.code == book.code]


def _first(books: Sequence[Book], name: str, column: str) -> Book | None:
    named = [book for book in books if name in getattr(book, column)]
    return next(iter([*named, *(book for book in books if not getattr(book, column))]), None)
