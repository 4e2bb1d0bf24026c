"""A bookkeeper's office: a shop with two sites, a book, and time that can be turned so that periods are over."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal as D

from sqlalchemy import select, text

from oms.finance import actions, closing, queries, sweep
from oms.finance.codes import Event, Method
from oms.finance.models import Book, JournalEntry, JournalLine
from tests.oms.sales.shop import Shop


@dataclass
class Office:
    """`shop` is the shop whose books are kept."""

    shop: Shop

    @classmethod
    def open(cls, url):
        """On an empty database; no book yet."""
        return cls(Shop.open(url))

    def close(self):
        """Whatever happened, the books agree."""
        with self.shop.oms.sessions() as db:
            found = {book.code: queries.findings(db, book) for book in queries.books(db)}
        self.shop.close()
        assert not any(found.values()), found

    def act(self, what):
        """Runs `what(w)` in one unit of work."""
        return self.shop.act(what)

    def open_book(self, code="ACME", days_ago=0, **words):
        """A book that was opened so many days ago. No business year ends since, unless `year_starts` says so."""
        began = self.today - timedelta(days=days_ago + 5)
        words = {"name": "Acme", "chart": "generic", "method": Method.FIFO, "year_starts": began.month, **words}
        self.act(lambda w: actions.open_book(w, actions.Opening(code, **words)))
        if days_ago:
            self.turn_back(code, days_ago)

    def turn_back(self, code, days):
        """As if the book had been opened earlier."""
        with self.shop.oms.engine.begin() as db:
            db.execute(text("ALTER TABLE book DISABLE TRIGGER append_only"))
            db.execute(text("UPDATE book SET opened_at = opened_at - :days * interval '1 day'"), {"days": days})
            db.execute(text("ALTER TABLE book ENABLE TRIGGER append_only"))

    def cost(self, sku, amount, currency="EUR"):
        """What one costs to buy, since ever."""
        day = self.today - timedelta(days=900)
        self.act(lambda w: actions.keep_costs(w, [(sku, day, currency, D(amount))]))

    def enter(self, event, id, code="ACME", **words):
        """Enters a fact; its entry's number."""
        words.setdefault("day", self.today)
        return self.act(lambda w: actions.enter(w, code, actions.Entered(id, Event(event), **words)))

    def manual(self, id, *lines, **words):
        """A manual entry of (account, amount)."""
        return self.enter("manual", id, accounts=[(account, D(amount)) for account, amount in lines], **words)

    def sweep(self):
        """Posts what waits."""
        return sweep.sweep(self.shop.oms.works, self.shop.warehouse.site)

    def shut(self, through, code="ACME"):
        """Closes the book through a day."""
        return self.act(lambda w: closing.close(w, code, through))

    @property
    def today(self):
        """The database's day."""
        with self.shop.oms.sessions() as db:
            return db.scalars(select(text("(now() AT TIME ZONE 'UTC')::date"))).one()

    def entries(self, *events, code="ACME"):
        """[(event, {account: amount})] in order; of these events only, where some are named."""
        with self.shop.oms.sessions() as db:
            rows = db.execute(
                select(JournalEntry.number, JournalEntry.event, JournalLine.account, JournalLine.amount)
                .join(
                    JournalLine, (JournalLine.book == JournalEntry.book) & (JournalLine.number == JournalEntry.number)
                )
                .where(JournalEntry.book == code)
                .order_by(JournalEntry.number, JournalLine.line_no)
            ).all()
        found = {}
        for number, event, account, amount in rows:
            sums = found.setdefault(number, (str(event), {}))[1]
            sums[account] = sums.get(account, 0) + amount
        return [one for one in found.values() if not events or one[0] in events]

    def balances(self, code="ACME"):
        """{account: debit less credit} of those that are not 0."""
        with self.shop.oms.sessions() as db:
            trial = queries.trial_balance(db, db.get_one(Book, code))
        assert trial.off == 0
        return {row.account: row.balance for row in trial.rows if row.balance}

    def worth(self, code="ACME"):
        """{(site, sku): (units, worth)}, by movements; the shelves must say the same."""
        with self.shop.oms.sessions() as db:
            book = db.get_one(Book, code)
            moved, here = queries.valuation(db, book), queries.on_shelves(db, book)
        assert moved == here
        return {(one.site, one.sku): (one.qty, one.value) for one in moved}
