"""The books as files: which there are, of which days, and under which names. The API calls it."""

from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.finance import datev, queries, sheets
from oms.finance.actions import Refused
from oms.finance.codes import BooksCode, Role
from oms.finance.models import Book, BookAccount
from oms.finance.posting import closed_through
from oms.finance.rules import year_of

FILES: Final = ("journal", "trial-balance", "valuation", "datev")


def file(db: Session, book: Book, name: str, since: date | None, through: date | None) -> tuple[str, bytes] | None:
    """(name, content) of a file; None where there is no such file. Raises `Refused` where DATEV could not take it."""
    until = through.isoformat() if through else "now"
    match name:
        case "journal":
            body = sheets.journal_csv(queries.journal(db, book, since, through), book.currency)
        case "trial-balance":
            body = sheets.trial_csv(queries.trial_balance(db, book, through, since), book.currency)
        case "valuation":
            body = sheets.worth_csv(queries.valuation(db, book, through), book.currency)
        case "datev":
            batch = _batch(db, book, since, through)
            name, until = "EXTF_Buchungsstapel", batch.last.isoformat()
            body = datev.extf(batch, queries.journal(db, book, batch.first, batch.last))
        case _:
            return None
    return f"{name}_{book.code}_{until}.csv", body


def _batch(db: Session, book: Book, since: date | None, through: date | None) -> datev.Batch:
    now: datetime = db.scalars(select(func.now())).one().astimezone(UTC)
    last = min(through or now.date(), now.date())
    if last < book.opened_at.date():
        raise Refused(BooksCode.BEFORE_OPENING)
    year, over = year_of(last, book.year_starts)
    first = since or max(year, book.opened_at.date())
    if not year <= first <= last <= over:
        raise Refused(BooksCode.OVER_A_YEAR, f"{year} {over}")
    closed = closed_through(db, book.code)
    stock = select(BookAccount.number).where(BookAccount.book == book.code, BookAccount.role == Role.STOCK)
    return datev.Batch(
        book.name, book.consultant, book.client, book.currency, year, first, last, now,
        digits=len(db.scalars(stock).one()), closed=closed is not None and last <= closed,
    )  # fmt: skip
