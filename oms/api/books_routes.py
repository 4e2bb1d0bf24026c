"""The books, for accountants and their programs (scopes `books:read` and `books:write`): accounts, journal, trial balance, what stock is
worth, files for other bookkeeping, and what a bookkeeper enters and closes. Amounts are texts, exact to the coin, debit above 0."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from litestar import Litestar, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct
from sqlalchemy.orm import Session

from oms.api.auth import bearer, key_holder
from oms.api.errors import server_time
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.db.work import Actor, Work
from oms.feed.refusals import Refusal
from oms.finance import actions, closing, exports, queries, sweep
from oms.finance.codes import BooksCode, Event, Kind, Method
from oms.finance.posting import closed_through
from oms.finance.rules import amount_of
from oms.people.keys import Scope
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
T = TypeVar("T")
_MOST_ENTRIES = 1000
_UNKNOWN = (BooksCode.UNKNOWN_BOOK, BooksCode.UNKNOWN_GOODS)
_BAD = (
    BooksCode.BAD_BOOK, BooksCode.UNKNOWN_CHART, BooksCode.UNKNOWN_ACCOUNT, BooksCode.BAD_CURRENCY, BooksCode.BAD_AMOUNT,
    BooksCode.NOT_BALANCED, BooksCode.OVER_A_YEAR,
)  # fmt: skip
Day = Annotated[date | None, QueryParameter()]


class BookRow(Struct, frozen=True, kw_only=True):
    """A book; nothing is posted on `closed` or before."""

    code: str
    name: str
    currency: str
    chart: str
    method: Method
    year_starts: int
    opened: date
    closed: date | None
    entries: int


class BooksReply(Struct, frozen=True, kw_only=True):
    """All books, by code."""

    books: list[BookRow]
    epoch: int
    server_time: str


class AccountRow(Struct, frozen=True, kw_only=True):
    """An account; `role` is what is posted on it by itself, '' nothing."""

    number: str
    name: str
    kind: Kind
    role: str


class AccountsReply(Struct, frozen=True, kw_only=True):
    """Accounts of a book, by number."""

    accounts: list[AccountRow]
    epoch: int
    server_time: str


class LineRow(Struct, frozen=True, kw_only=True):
    """One line of an entry. `units` of `sku` at `site` where goods moved; `foreign` is the amount in `currency` where that is another."""

    account: str
    amount: Decimal
    site: str
    sku: str
    units: int
    foreign: Decimal | None
    currency: str


class EntryRow(Struct, frozen=True, kw_only=True):
    """One entry; `fact_day` is before `day` where it was told after a closing."""

    number: int
    day: date
    fact_day: date
    event: Event
    source: str
    text: str
    lines: list[LineRow]


class JournalReply(Struct, frozen=True, kw_only=True):
    """Entries by number; ask again `after` the last one."""

    entries: list[EntryRow]
    currency: str
    epoch: int
    server_time: str


class BalanceRow(Struct, frozen=True, kw_only=True):
    """An account's sums."""

    account: str
    name: str
    kind: Kind
    debit: Decimal
    credit: Decimal
    balance: Decimal


class TrialReply(Struct, frozen=True, kw_only=True):
    """All accounts. `off` is 0; `findings` (what does not agree) is empty."""

    accounts: list[BalanceRow]
    off: Decimal
    currency: str
    findings: list[str]
    epoch: int
    server_time: str


class WorthRow(Struct, frozen=True, kw_only=True):
    """What an item at a site is worth; site `*` is on the way."""

    site: str
    sku: str
    units: int
    value: Decimal


class WorthReply(Struct, frozen=True, kw_only=True):
    """Items that are there, and their sum."""

    items: list[WorthRow]
    value: Decimal
    currency: str
    epoch: int
    server_time: str


class OpenRequest(Struct, frozen=True, kw_only=True):
    """A new book. `accounts` are numbers that differ from the chart's, by role; `sites` and `channels` are those it has, empty: all that no
    other book names; `consultant` and `client` are DATEV's numbers."""

    code: str = ""
    name: str = ""
    currency: str = "EUR"
    chart: str = "generic"
    method: Method = Method.FIFO
    year_starts: int = 1
    sites: list[str] = []
    channels: list[str] = []
    consultant: int = 1001
    client: int = 1
    accounts: dict[str, str] = {}


class CostRow(Struct, frozen=True, kw_only=True):
    """What one unit of an item costs to buy from `day` on."""

    sku: str
    day: date
    cost: Decimal
    currency: str = "EUR"


class CostsRequest(Struct, frozen=True, kw_only=True):
    """Costs of items; the same item and day again is another cost."""

    costs: list[CostRow] = []


class AccountRequest(Struct, frozen=True, kw_only=True):
    """An account of a bookkeeper's own."""

    number: str = ""
    name: str = ""
    kind: Kind = Kind.EXPENSE


class BillLine(Struct, frozen=True, kw_only=True):
    """Units of an item on a supplier's invoice, for `net` together."""

    sku: str
    units: int
    net: Decimal


class ByHand(Struct, frozen=True, kw_only=True):
    """One line of a manual entry."""

    account: str
    amount: Decimal


class FactRequest(Struct, frozen=True, kw_only=True):
    """A fact: `supplier_invoice` (`lines`, `tax`), `late_cost` (`receipt`, `net`, `tax`), `supplier_payment`, `payout` (`net`), `fee`
    (`net`, `tax`) or `manual` (`by_hand`). `id` names it once for ever among those of its kind; `currency` '' is the book's own."""

    id: str = ""
    event: Event = Event.MANUAL
    day: date | None = None
    currency: str = ""
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    lines: list[BillLine] = []
    by_hand: list[ByHand] = []
    receipt: str = ""
    text: str = ""


class CloseRequest(Struct, frozen=True, kw_only=True):
    """The last day of the period; None is refused."""

    through: date | None = None


class BooksDone(Struct, frozen=True, kw_only=True):
    """`number`: the entry that was made (or, `known`, had been before), or how many entries or items it was about."""

    number: int
    known: bool = False
    epoch: int
    server_time: str


@get("/v1/books", summary="All books", sync_to_thread=True)
def list_books(oms: NamedDependency[Oms], request: Asker) -> BooksReply:
    """200; 401; 403."""
    _reader(oms, request)
    with oms.sessions() as db:
        rows = [
            BookRow(
                code=one.code, name=one.name, currency=one.currency, chart=one.chart, method=one.method,
                year_starts=one.year_starts, opened=one.opened_at.date(), closed=closed_through(db, one.code),
                entries=one.entries,
            )
            for one in queries.books(db)
        ]  # fmt: skip
    return BooksReply(books=rows, epoch=oms.epoch(), server_time=server_time())


@post(
    "/v1/books",
    status_code=200,
    summary="Open a book",
    sync_to_thread=True,
    operation_class=operation(
        {"code": "ACME", "name": "Acme GmbH", "currency": "EUR", "chart": "de", "method": "fifo"}
    ),
)
def open_book(oms: NamedDependency[Oms], request: Asker, data: JSONBody[OpenRequest]) -> BooksDone:
    """200; 400 what cannot be; 401; 403; 409 the code is taken. What lies on its sites is its opening stock."""
    actor = _writer(oms, request)
    words = {name: getattr(data, name) for name in data.__struct_fields__} | {"name": _plain(data.name)}
    words |= {"code": _plain(data.code), "channels": [_plain(one) for one in data.channels]}
    asked = actions.Opening(**words)
    return _done(oms, _act(oms, actor, lambda w: actions.open_book(w, asked)))


@post(
    "/v1/books/costs",
    status_code=200,
    summary="What items cost to buy",
    sync_to_thread=True,
    operation_class=operation({"costs": [{"sku": "TEA", "day": "2026-01-01", "cost": "3.50", "currency": "EUR"}]}),
)
def keep_costs(oms: NamedDependency[Oms], request: Asker, data: JSONBody[CostsRequest]) -> BooksDone:
    """200; 400; 401; 403. Goods that come are worth this until their invoice is entered."""
    actor = _writer(oms, request)
    costs = [(_plain(one.sku), one.day, one.currency, one.cost) for one in data.costs]
    return _done(oms, _act(oms, actor, lambda w: actions.keep_costs(w, costs)))


@get("/v1/books/{code:str}/accounts", summary="Chart of accounts", sync_to_thread=True)
def accounts(oms: NamedDependency[Oms], request: Asker, code: FromPath[str]) -> AccountsReply:
    """200; 401; 403; 404."""
    _reader(oms, request)
    with oms.sessions() as db:
        rows = queries.accounts(db, _book(db, code).code)
        shown = [AccountRow(number=one.number, name=one.name, kind=one.kind, role=one.role) for one in rows]
    return AccountsReply(accounts=shown, epoch=oms.epoch(), server_time=server_time())


@post(
    "/v1/books/{code:str}/accounts",
    status_code=200,
    summary="Add an account",
    sync_to_thread=True,
    operation_class=operation({"number": "6200", "name": "Rent", "kind": "expense"}),
)
def add_account(
    oms: NamedDependency[Oms], request: Asker, code: FromPath[str], data: JSONBody[AccountRequest]
) -> BooksDone:
    """200; 400; 401; 403; 404; 409 there is one with this number."""
    actor = _writer(oms, request)
    _act(oms, actor, lambda w: actions.add_account(w, _plain(code), data.number, _plain(data.name), data.kind))
    return _done(oms, 1)


@get("/v1/books/{code:str}/journal", summary="Journal", sync_to_thread=True)
def journal(
    oms: NamedDependency[Oms],
    request: Asker,
    code: FromPath[str],
    since: Day = None,
    through: Day = None,
    after: Annotated[int, QueryParameter(ge=0, le=2**53)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=_MOST_ENTRIES)] = 100,
) -> JournalReply:
    """200; 400; 401; 403; 404. Entries from day `since` until `through`, after number `after`."""
    _reader(oms, request)
    with oms.sessions() as db:
        book = _book(db, code)
        made: dict[int, EntryRow] = {}
        for one in queries.journal(db, book, since, through, after, limit):
            entry = made.get(one.number)
            if entry is None:
                entry = made[one.number] = EntryRow(
                    number=one.number, day=one.day, fact_day=one.fact_day, event=one.event, source=one.source,
                    text=one.text, lines=[],
                )  # fmt: skip
            foreign = amount_of(one.money, one.currency) if one.currency else None
            entry.lines.append(
                LineRow(
                    account=one.account, amount=amount_of(one.amount, book.currency), site=one.site, sku=one.sku,
                    units=one.qty, foreign=foreign, currency=one.currency,
                )
            )  # fmt: skip
        currency = book.currency
    return JournalReply(entries=list(made.values()), currency=currency, epoch=oms.epoch(), server_time=server_time())


@get("/v1/books/{code:str}/trial-balance", summary="Trial balance", sync_to_thread=True)
def trial_balance(
    oms: NamedDependency[Oms], request: Asker, code: FromPath[str], since: Day = None, through: Day = None
) -> TrialReply:
    """200; 401; 403; 404."""
    _reader(oms, request)
    with oms.sessions() as db:
        book = _book(db, code)
        trial, currency = queries.trial_balance(db, book, through, since), book.currency
        rows = [
            BalanceRow(
                account=one.account, name=one.name, kind=one.kind, debit=amount_of(one.debit, currency),
                credit=amount_of(one.credit, currency), balance=amount_of(one.balance, currency),
            )
            for one in trial.rows
        ]  # fmt: skip
        found, off = queries.findings(db, book), amount_of(trial.off, currency)
    return TrialReply(
        accounts=rows, off=off, currency=currency, findings=found, epoch=oms.epoch(), server_time=server_time()
    )


@get("/v1/books/{code:str}/valuation", summary="What stock is worth", sync_to_thread=True)
def valuation(oms: NamedDependency[Oms], request: Asker, code: FromPath[str], through: Day = None) -> WorthReply:
    """200; 401; 403; 404. At the end of day `through`, from its movements."""
    _reader(oms, request)
    with oms.sessions() as db:
        book = _book(db, code)
        found, currency = queries.valuation(db, book, through), book.currency
    items = [WorthRow(site=one.site, sku=one.sku, units=one.qty, value=amount_of(one.value, currency)) for one in found]
    whole = amount_of(sum(one.value for one in found), currency)
    return WorthReply(items=items, value=whole, currency=currency, epoch=oms.epoch(), server_time=server_time())


@get("/v1/books/{code:str}/files/{file:str}", summary="The books as a file", sync_to_thread=True, media_type="text/csv")
def book_file(
    oms: NamedDependency[Oms],
    request: Asker,
    code: FromPath[str],
    file: FromPath[str],
    since: Day = None,
    through: Day = None,
) -> Response[bytes]:
    """200; 400 DATEV's days are not in one business year; 401; 403; 404. `file` is journal, trial-balance, valuation, or datev."""
    _reader(oms, request)
    with oms.sessions() as db:
        book = _book(db, code)
        try:
            made = exports.file(db, book, file, since, through)
        except actions.Refused as error:
            raise _refusal(error) from error
    if made is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such file")
    name, body = made
    return Response(body, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@post(
    "/v1/books/{code:str}/facts",
    status_code=200,
    summary="Enter a fact",
    sync_to_thread=True,
    operation_class=operation({
        "id": "R-2026-17", "event": "supplier_invoice", "day": "2026-03-02", "tax": "7.35",
        "lines": [{"sku": "TEA", "units": 10, "net": "35.00"}],
    }),
)  # fmt: skip
def enter(oms: NamedDependency[Oms], request: Asker, code: FromPath[str], data: JSONBody[FactRequest]) -> BooksDone:
    """200 (`known` when it had been entered before); 400 what cannot be; 401; 403; 404; 409 what cannot be now."""
    actor = _writer(oms, request)
    fact = actions.Entered(
        data.id, data.event, data.day or date.min, data.currency, data.net, data.tax,
        [(_plain(one.sku), one.units, one.net) for one in data.lines],
        [(_plain(one.account), one.amount) for one in data.by_hand],
        _plain(data.receipt), _plain(data.text),
    )  # fmt: skip
    number, fresh = _act(oms, actor, lambda w: actions.enter(w, _plain(code), fact))
    return _done(oms, number, known=not fresh)


@post(
    "/v1/books/{code:str}/close",
    status_code=200,
    summary="Close a period for ever",
    sync_to_thread=True,
    operation_class=operation({"through": "2026-01-31"}),
)
def close(oms: NamedDependency[Oms], request: Asker, code: FromPath[str], data: JSONBody[CloseRequest]) -> BooksDone:
    """200 with the last entry; 400; 401; 403; 404; 409 it is not over, closed already, or something of it waits. It is never opened."""
    actor = _writer(oms, request)
    through, name = data.through, _plain(code)
    if through is None:
        raise Refusal(400, ErrorCode.INVALID, "through which day?")
    sweep.sweep(oms.works, oms.site, only=name)
    return _done(oms, _act(oms, actor, lambda w: closing.close(w, name, through)))


def _reader(oms: Oms, request: Asker) -> None:
    key_holder(oms, bearer(request), Scope.BOOKS_READ)


def _writer(oms: Oms, request: Asker) -> Actor:
    return Actor(f"key:{key_holder(oms, bearer(request), Scope.BOOKS_WRITE).name}")


def _book(db: Session, code: str) -> Any:
    found = queries.find(db, _plain(code))
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, BooksCode.UNKNOWN_BOOK)
    return found


def _act(oms: Oms, actor: Actor, act: Callable[[Work], T]) -> T:
    try:
        return oms.works.run(oms.site, actor, act)
    except actions.Refused as error:
        raise _refusal(error) from error


def _refusal(error: actions.Refused) -> Refusal:
    if error.code in _UNKNOWN:
        return Refusal(404, ErrorCode.NOT_FOUND, str(error))
    return (
        Refusal(400, ErrorCode.INVALID, str(error))
        if error.code in _BAD
        else Refusal(409, ErrorCode.CONFLICT, str(error))
    )


def _plain(text: str) -> str:
    return text.replace("\0", "")[:200]


def _done(oms: Oms, number: int, *, known: bool = False) -> BooksDone:
    return BooksDone(number=number, known=known, epoch=oms.epoch(), server_time=server_time())


@asynccontextmanager
async def posting(app: Litestar) -> AsyncIterator[None]:
    """What happens beside the books is posted while the application runs."""
    oms: Oms = app.state.oms
    keeper = sweep.BooksKeeper(oms.works, oms.site)
    keeper.start()
    try:
        yield
    finally:
        await asyncio.to_thread(keeper.stop)


ROUTES: list[HTTPRouteHandler] = [
    list_books, open_book, keep_costs, accounts, add_account, journal, trial_balance, valuation, book_file, enter, close,
]  # fmt: skip
