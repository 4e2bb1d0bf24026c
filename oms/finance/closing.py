"""The end of a period: everything of it is posted, money of other currencies is worth what it is worth today, the year's result is made,
and from then on nothing is posted in it. It is never opened again."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select

from oms.db.work import Work
from oms.finance import queries, sweep
from oms.finance.actions import Refused
from oms.finance.codes import BooksCode, Event, Role
from oms.finance.models import BookClose, JournalEntry, JournalLine
from oms.finance.posting import Ledger, NoRate
from oms.finance.rules import MONETARY, Draft, revalued, year_end, year_of

_DAY: Final = timedelta(days=1)


def close(w: Work, code: str, through: date) -> int:
    """Closes a book through a day that is over: how many entries it had then. Facts must have been swept before. Raises `Refused`."""
    ledger = Ledger.locked(w, code)
    if ledger is None:
        raise Refused(BooksCode.UNKNOWN_BOOK)
    last = _look_at(w, ledger, through)
    try:
        _exchange(ledger, through)
    except NoRate as error:
        raise Refused(BooksCode.NO_RATE, str(error)) from error
    if through == last:
        _end_year(ledger, through)
    wrong = queries.findings(w.db, ledger.book)
    if wrong:
        raise Refused(BooksCode.NOT_RIGHT, wrong[0])
    entries = w.db.scalars(select(func.max(JournalEntry.number)).where(JournalEntry.book == code)).one() or 0
    w.db.add(BookClose(book=code, through=through, at=w.now, entries=entries, worker_id=w.actor.worker))
    w.db.flush()
    w.audit("books.closed", book=code, through=through.isoformat(), entries=entries)
    return int(entries)


def _look_at(w: Work, ledger: Ledger, through: date) -> date:
    """The last day of the business year that is closed; or it is refused."""
    if through >= w.now.date():
        raise Refused(BooksCode.NOT_OVER)
    first = ledger.closed + _DAY if ledger.closed else ledger.book.opened_at.date()
    if through < first:
        raise Refused(BooksCode.CLOSED if ledger.closed else BooksCode.BEFORE_OPENING)
    _, last = year_of(first, ledger.book.year_starts)
    if through > last:
        raise Refused(BooksCode.YEAR_FIRST, last.isoformat())
    if sweep.waiting_goods(w.db, ledger.book, datetime.combine(through + _DAY, time(), UTC)):
        raise Refused(BooksCode.WAITING)
    if sweep.waiting_orders(w.db, ledger.book, 1):
        raise Refused(BooksCode.WAITING)
    return last


def _exchange(ledger: Ledger, through: date) -> None:
    """What is owed and held in other currencies is brought to the rates of the last day."""
    numbers = [ledger.numbers[role] for role in MONETARY]
    entries = (JournalEntry.book == JournalLine.book) & (JournalEntry.number == JournalLine.number)
    sums = (
        select(JournalLine.account, JournalLine.currency, func.sum(JournalLine.money), func.sum(JournalLine.amount))
        .join(JournalEntry, entries)
        .where(JournalLine.book == ledger.book.code, JournalLine.account.in_(numbers), JournalLine.currency != "")
        .where(JournalEntry.day <= through)
        .group_by(JournalLine.account, JournalLine.currency)
    )
    held = {
        (account, currency): (int(money), int(amount)) for account, currency, money, amount in ledger.db.execute(sums)
    }
    rates = {currency: ledger.rate(currency, through) for _, currency in held}
    lines = revalued(held, rates, ledger.book.currency, ledger.numbers[Role.EXCHANGE])
    if lines:
        ledger.post(Draft(f"exchange:{through}", Event.EXCHANGE, through, lines))


def _end_year(ledger: Ledger, through: date) -> None:
    balances = {row.account: row.balance for row in queries.trial_balance(ledger.db, ledger.book, through).rows}
    lines = year_end(balances, ledger.kinds, ledger.numbers[Role.RESULT])
    if lines:
        ledger.post(Draft(f"year-end:{through}", Event.YEAR_END, through, lines))
