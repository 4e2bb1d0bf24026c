"""Random business events on the books of a real PostgreSQL, looked at after each. `python -m tools.soak ledger` walks further."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal as D

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from oms.db.work import Actor
from oms.finance import actions, closing, queries
from oms.finance.actions import Entered, Opening, Refused
from oms.finance.codes import BooksCode, Event
from oms.finance.goods import Goods
from oms.finance.models import Book
from oms.finance.posting import Ledger
from oms.money.business_models import Invoice
from oms.money.codes import InvoiceKind
from oms.money.invoices import next_number
from oms.money.models import ExchangeRate
from oms.sales.codes import SaleState
from oms.sales.models import CustomerOrder
from tests.oms.finance.happenings import RATES, happenings

_WALKER = Actor("walk")
_LOOK = text(
    "SELECT (SELECT coalesce(sum(amount), 0) FROM journal_line),"
    " (SELECT coalesce(sum(value), 0) FROM stock_layer) - (SELECT coalesce(sum(amount), 0) FROM journal_line WHERE account = '1400'),"
    " (SELECT entries FROM book) - (SELECT count(*) FROM journal_entry)"
)
_FROZEN = text(
    "SELECT md5(string_agg(e::text || l::text, '' ORDER BY l.number, l.line_no)) FROM journal_entry e JOIN journal_line l"
    " USING (book, number) WHERE e.day <= :day"
)
_HARM = text(
    "INSERT INTO journal_entry (book, number, source, event, day, fact_day, made_at, text, made_in)"
    " VALUES ('WALK', 0, 'harm', 'manual', :day, :day, now(), '', 0)"
)


def _order(w):
    w.db.add(CustomerOrder(number="N-1", state=SaleState.ACCEPTED, placed_at=w.now, captured_at=w.now))


def _invoice(w, number, day, currency):
    kind = InvoiceKind.INVOICE if number.startswith("INV") else InvoiceKind.CREDIT_NOTE
    return Invoice(
        number=number, kind=kind, order_no="N-1", customer_id=None, day=day, due=day, made_at=w.now, currency=currency,
        tax_included=True,
    )  # fmt: skip


class Walk:
    """A book on an open OMS and what happens to it; `wrong` says what did not hold."""

    def __init__(self, oms, method, count):
        self.oms, self.count = oms, count
        with oms.sessions() as db:
            today = db.scalars(text("SELECT (now() AT TIME ZONE 'UTC')::date")).one()
        self.start = today - timedelta(days=count // 5 + 80)
        oms.works.run(oms.site, _WALKER, lambda w: actions.open_book(w, Opening("WALK", "Walk", method=method)))
        with oms.engine.begin() as db:
            db.execute(text("ALTER TABLE book DISABLE TRIGGER append_only"))
            db.execute(text("UPDATE book SET opened_at = :day"), {"day": self.start - timedelta(days=90)})
            db.execute(text("ALTER TABLE book ENABLE TRIGGER append_only"))
        day = self.start - timedelta(days=400)
        rates = [ExchangeRate(base=one, quote="EUR", day=day, rate=rate) for one, rate in RATES.items() if one != "EUR"]
        oms.works.run(oms.site, _WALKER, lambda w: w.db.add_all(rates))
        self._run(_order)
        self.done, self.frozen, self.numbers, self.wrong = Counter(), {}, Counter(), []

    def walk(self, seed):
        """All events; each is looked at before the next."""
        for n, one in enumerate(happenings(seed, self.count, self.start)):
            self.done[one.what] += bool(getattr(self, f"_{one.what}")(one))
            self._look(one, thorough=n % 250 == 0)
        self._look("the end", thorough=True)
        for day, was in self.frozen.items():
            if self._frozen(day) != was:
                self.wrong.append(f"what was closed through {day} has changed")
        return self

    def _run(self, act):
        return self.oms.works.run(self.oms.site, _WALKER, act)

    def _look(self, one, *, thorough):
        with self.oms.sessions() as db:
            looks = tuple(db.execute(_LOOK).one())
            found = queries.findings(db, db.get_one(Book, "WALK")) if thorough else []
        if any(looks) or found:
            self.wrong.append(f"{looks} {found} after {one}")

    def _frozen(self, day):
        with self.oms.sessions() as db:
            return db.scalars(_FROZEN, {"day": day}).one()

    def _goods(self, one):
        words = dict(one.words)
        fact = Goods(f"move:{words.pop('n')}", words.pop("event"), one.day, **words)
        return self._run(lambda w: Ledger.locked(w, "WALK").post_goods(fact))

    def _enter(self, fact):
        try:
            return self._run(lambda w: actions.enter(w, "WALK", fact))
        except Refused as error:
            # Nobody has such goods.
            if error.code not in (BooksCode.MORE_THAN_RECEIVED, BooksCode.UNKNOWN_GOODS):
                raise
            return False

    def _bill(self, one):
        lines = [(sku, qty, D(net) / 100) for sku, qty, net in one.words["lines"]]
        event, tax = Event.SUPPLIER_INVOICE, D(one.words["tax"]) / 100
        return self._enter(Entered(str(one.words["n"]), event, one.day, lines=lines, tax=tax))

    def _late(self, one):
        with self.oms.sessions() as db:
            receipts = db.scalars(text("SELECT source FROM goods_in ORDER BY entry")).all()
        receipt = receipts[int(one.words["pick"] * len(receipts))] if receipts else "none"
        net, tax = D(one.words["net"]) / 100, D(one.words["tax"]) / 100
        return self._enter(Entered(str(one.words["n"]), Event.LATE_COST, one.day, net=net, tax=tax, receipt=receipt))

    def _money(self, one):
        event, currency, total, tax = (one.words[name] for name in ("event", "currency", "total", "tax"))
        amounts = {"total": total, "tax": tax, "net": total - tax}
        series = {Event.INVOICE: "INV", Event.CREDIT_NOTE: "CRN"}.get(event)

        def post(w):
            # The number is of the invoice room's own series; one in seven is given up again.
            number = next_number(w, series) if series else ""
            if series:
                w.db.add(_invoice(w, number, one.day, currency))
                w.db.flush()
            source = f"invoice:{number}" if series else f"money:{one.words['n']}"
            Ledger.locked(w, "WALK").post_money(source, event, one.day, amounts, currency, number)
            if series and one.words["n"] % 7 == 0 and not self.numbers[one.words["n"], "given up"]:
                self.numbers[one.words["n"], "given up"] += 1
                raise ZeroDivisionError
            return number

        try:
            number = self._run(post)
        except ZeroDivisionError:
            number = self._run(post)
        if series:
            self.numbers[series] += 1
            if number != f"{series}-{self.numbers[series]:06d}":
                self.wrong.append(f"{number} is not dense")
        return True

    def _close(self, one):
        with self.oms.sessions() as db:
            closed = db.scalars(text("SELECT max(through) FROM book_close")).one()
        first = closed + timedelta(days=1) if closed else self.start - timedelta(days=90)
        through = min(one.day, date(first.year, 12, 31))
        if through < first:
            return False
        self._run(lambda w: closing.close(w, "WALK", through))
        self.frozen[through] = self._frozen(through)
        try:
            with self.oms.engine.begin() as db:
                db.execute(_HARM, {"day": through - timedelta(days=self.done["close"] % 30)})
            self.wrong.append(f"an entry came into the period closed through {through}")
        except DBAPIError:
            pass
        return True
