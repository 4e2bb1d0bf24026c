"""What a bookkeeper does: opens a book, says what items cost, enters what suppliers and banks tell. The API calls it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.db.work import Work
from oms.finance import sales, sweep
from oms.finance.charts import charts
from oms.finance.codes import BooksCode, Event, Kind, Method, Role
from oms.finance.goods import Billed, Goods, MoreThanReceived, Receipt, billed, late_cost
from oms.finance.models import Book, BookAccount, GoodsIn, PurchaseCost
from oms.finance.posting import Ledger, NoRate, sites_of
from oms.finance.rules import KINDS, Draft, Line, NotBalanced, balanced, coins
from oms.finance.shelves import Receipts
from oms.inventory.models import StockBalance, StockMove
from oms.money.currencies import known, rounded
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.sales.scene import lock_sale

_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
_ACCOUNT: Final = re.compile(r"[0-9]{4,8}")
_ID: Final = re.compile(r"[\x21-\x7e]{1,80}")
_MOST: Final = Decimal(10) ** 12
_PLACES: Final = Decimal("0.0001")
#: Facts that a bookkeeper enters.
ENTERED: Final = (
    Event.SUPPLIER_INVOICE, Event.LATE_COST, Event.SUPPLIER_PAYMENT, Event.FEE, Event.PAYOUT, Event.MANUAL,
)  # fmt: skip


class Refused(Exception):
    """Why something was not done; nothing of it was."""

    def __init__(self, code: BooksCode, about: str = "") -> None:
        super().__init__(f"{code} {about}".strip())
        self.code, self.about = code, about


@dataclass(frozen=True, slots=True)
class Opening:
    """A book as it is asked for. `accounts` are numbers that differ from the chart's, by role."""

    code: str
    name: str
    currency: str = "EUR"
    chart: str = "generic"
    method: Method = Method.FIFO
    year_starts: int = 1
    sites: Sequence[str] = ()
    channels: Sequence[str] = ()
    consultant: int = 1001
    client: int = 1
    accounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entered:
    """A fact that a bookkeeper enters; `id` names it once for ever among those of its kind. Amounts are in `currency` ('' the book's own).
    `lines` are (item, units, net) of a supplier's invoice, `accounts` (account, amount, debit above 0) of a manual entry."""

    id: str
    event: Event
    day: date
    currency: str = ""
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    lines: Sequence[tuple[str, int, Decimal]] = ()
    accounts: Sequence[tuple[str, Decimal]] = ()
    #: The receipt that a late cost belongs to.
    receipt: str = ""
    text: str = ""


def open_book(w: Work, asked: Opening) -> int:
    """A new book: its accounts, and what lies on its sites now as its opening. How many items it began with. Raises `Refused`."""
    _look_at(w.db, asked)
    # Whoever moves goods waits a moment: each movement is either in the opening or posted.
    w.db.execute(text("LOCK TABLE stock_move IN SHARE MODE"))
    now = w.db.scalars(select(func.clock_timestamp())).one()
    book = Book(
        code=asked.code, name=asked.name, currency=asked.currency, chart=asked.chart, method=asked.method, opened_at=now,
        year_starts=asked.year_starts, sites=list(asked.sites), channels=list(asked.channels),
        consultant=asked.consultant, client=asked.client,
        swept=w.db.scalars(select(func.max(StockMove.id))).one() or 0,
    )  # fmt: skip
    w.db.add(book)
    w.db.flush()
    for role, (number, name) in charts()[asked.chart].items():
        own = asked.accounts.get(role, number)
        w.db.add(BookAccount(book=book.code, number=own, name=name, kind=KINDS[role], role=role))
    w.db.flush()
    items = _open_stock(w, book)
    _open_orders(w, book)
    w.audit("books.opened", book=book.code, currency=book.currency, method=str(book.method), items=items)
    return items


def _look_at(db: Session, asked: Opening) -> None:
    if db.get(Book, asked.code) is not None:
        raise Refused(BooksCode.KNOWN_BOOK)
    if asked.chart not in charts():
        raise Refused(BooksCode.UNKNOWN_CHART, ", ".join(sorted(charts())))
    if not known(asked.currency):
        raise Refused(BooksCode.BAD_CURRENCY, asked.currency)
    good = _CODE.fullmatch(asked.code) and asked.name.strip() and 1 <= asked.year_starts <= 12
    if not good or not (1001 <= asked.consultant <= 9_999_999 and 1 <= asked.client <= 99_999):
        raise Refused(BooksCode.BAD_BOOK)
    sites = set(db.scalars(select(Site.id)))
    if unknown := sorted(set(asked.sites) - sites):
        raise Refused(BooksCode.BAD_BOOK, unknown[0])
    numbers = [asked.accounts.get(role, number) for role, (number, _) in charts()[asked.chart].items()]
    if set(asked.accounts) - set(Role) or len(set(numbers)) < len(numbers):
        raise Refused(BooksCode.UNKNOWN_ACCOUNT)
    if not all(_ACCOUNT.fullmatch(number) for number in numbers):
        raise Refused(BooksCode.UNKNOWN_ACCOUNT)


def _open_stock(w: Work, book: Book) -> int:
    """What lies there is worth what it costs to buy, or nothing where nobody said."""
    ledger = Ledger.locked(w, book.code)
    assert ledger is not None
    sites = sites_of(w.db, book, w.db.scalars(select(Site.id)).all())
    outside = sweep.outside(StockBalance.account)
    here = select(StockBalance.site_id, StockBalance.sku, func.sum(StockBalance.qty)).where(
        StockBalance.site_id.in_(sites), ~outside
    )
    rows = w.db.execute(
        here.group_by(StockBalance.site_id, StockBalance.sku).order_by(StockBalance.site_id, StockBalance.sku)
    )
    day, items = book.opened_at.date(), 0
    for site, sku, qty in rows.all():
        if qty > 0:
            value = sweep.cost(ledger, sku, int(qty), day) or 0
            ledger.post_goods(Goods(f"opening:{site}:{sku}", Event.OPENING, day, site, sku, int(qty), value))
            items += 1
    return items


def _open_orders(w: Work, book: Book) -> None:
    shipped = select(CustomerOrderLine.order_no).where(CustomerOrderLine.shipped > 0).distinct()
    begun = select(CustomerOrder.number, CustomerOrder.channel).where(CustomerOrder.number.in_(shipped))
    for number, _ in w.db.execute(begun.order_by(CustomerOrder.number)).all():
        sale = lock_sale(w, number)
        if sale is not None:
            sales.begin(w, sale, book)


def keep_costs(w: Work, costs: Sequence[tuple[str, date, str, Decimal]]) -> int:
    """What items cost to buy from a day on: (item, day, currency, cost of one). How many. Raises `Refused`."""
    for sku, day, currency, one in costs:
        if not sku or not known(currency):
            raise Refused(BooksCode.BAD_CURRENCY, currency)
        if not one.is_finite() or not 0 <= one < _MOST / 10_000:
            raise Refused(BooksCode.BAD_AMOUNT, sku)
        w.db.merge(PurchaseCost(sku=sku, day=day, currency=currency, cost=one.quantize(_PLACES)))
    w.db.flush()
    w.audit("books.costs", items=len(costs))
    return len(costs)


def add_account(w: Work, code: str, number: str, name: str, kind: Kind) -> None:
    """An account of a bookkeeper's own, for manual entries. Raises `Refused`."""
    if w.db.get(Book, code) is None:
        raise Refused(BooksCode.UNKNOWN_BOOK)
    if not _ACCOUNT.fullmatch(number) or not name.strip():
        raise Refused(BooksCode.UNKNOWN_ACCOUNT, number)
    if w.db.get(BookAccount, (code, number)) is not None:
        raise Refused(BooksCode.KNOWN_BOOK, number)
    w.db.add(BookAccount(book=code, number=number, name=name[:100], kind=kind))
    w.db.flush()
    w.audit("books.account_added", book=code, number=number)


def enter(w: Work, code: str, fact: Entered) -> tuple[int, bool]:
    """Posts a fact: (its entry, whether it is new). The same again changes nothing. Raises `Refused`."""
    ledger = Ledger.locked(w, code)
    if ledger is None:
        raise Refused(BooksCode.UNKNOWN_BOOK)
    if fact.event not in ENTERED or not _ID.fullmatch(fact.id):
        raise Refused(BooksCode.BAD_BOOK, fact.id[:20])
    source = f"{fact.event}:{fact.id}"
    was = ledger.number_of(source)
    if was is not None:
        return was, False
    if fact.day < ledger.book.opened_at.date():
        raise Refused(BooksCode.BEFORE_OPENING)
    if fact.day > w.now.date():
        raise Refused(BooksCode.NOT_OVER)
    try:
        number = _POST.get(fact.event, _money)(ledger, source, fact)
    except NoRate as error:
        raise Refused(BooksCode.NO_RATE, str(error)) from error
    except NotBalanced as error:
        raise Refused(BooksCode.NOT_BALANCED) from error
    except MoreThanReceived as error:
        raise Refused(BooksCode.MORE_THAN_RECEIVED, str(error)) from error
    w.audit("books.entered", book=code, source=source, entry=number)
    return number, True


def _money(ledger: Ledger, source: str, fact: Entered) -> int:
    currency = _currency(ledger, fact)
    net, tax = _coins(fact.net, currency), _coins(fact.tax, currency)
    amounts = {"net": net, "tax": tax, "total": net + tax}
    return ledger.post_money(source, fact.event, fact.day, amounts, currency, fact.text)


def _supplier(ledger: Ledger, source: str, fact: Entered) -> int:
    if not fact.lines or any(qty < 1 or not net.is_finite() or net < 0 for _, qty, net in fact.lines):
        raise Refused(BooksCode.BAD_AMOUNT)
    receipts = Receipts(ledger.db, ledger.book.code, [sku for sku, _, _ in fact.lines])
    draft = billed(ledger.numbers, ledger.shelves, receipts.by_sku, _billed(ledger, source, fact))
    receipts.save()
    return _posted(ledger, draft)


def _late(ledger: Ledger, source: str, fact: Entered) -> int:
    row = ledger.db.get(GoodsIn, (ledger.book.code, fact.receipt))
    if row is None:
        raise Refused(BooksCode.UNKNOWN_GOODS, fact.receipt[:40])
    cost = _billed(ledger, source, fact, [("", 0, fact.net)])
    receipt = Receipt(row.source, row.site, row.sku, row.qty, row.value, row.invoiced)
    return _posted(ledger, late_cost(ledger.numbers, ledger.shelves, receipt, cost))


def _billed(
    ledger: Ledger, source: str, fact: Entered, lines: Sequence[tuple[str, int, Decimal]] | None = None
) -> Billed:
    currency = _currency(ledger, fact)
    told = [(sku, qty, _coins(net, currency)) for sku, qty, net in (fact.lines if lines is None else lines)]
    tax = _coins(fact.tax, currency)
    own = tuple((sku, qty, ledger.in_own(net, currency, fact.day)) for sku, qty, net in told)
    owed: dict[str, Any] = {}
    if currency != ledger.book.currency:
        owed = {"currency": currency, "money": sum(net for _, _, net in told) + tax}
    return Billed(source, fact.day, own, ledger.in_own(tax, currency, fact.day), fact.text, **owed)


def _manual(ledger: Ledger, source: str, fact: Entered) -> int:
    currency = _currency(ledger, fact)
    lines = []
    for account, amount in fact.accounts:
        if account not in ledger.kinds:
            raise Refused(BooksCode.UNKNOWN_ACCOUNT, account)
        if account == ledger.numbers[Role.STOCK]:
            # Stock is worth what its movements say: by hand it would not be.
            raise Refused(BooksCode.NOT_RIGHT, account)
        money = _coins(amount, currency)
        lines.append((account, money, ledger.in_own(money, currency, fact.day)))
    balanced([Line(account, money) for account, money, _ in lines])
    made = [
        Line(account, own, currency="" if currency == ledger.book.currency else currency,
             money=0 if currency == ledger.book.currency else money)
        for account, money, own in lines
    ]  # fmt: skip
    if off := sum(line.amount for line in made):
        made.append(Line(ledger.numbers[Role.EXCHANGE], -off))
    return _posted(ledger, Draft(source, Event.MANUAL, fact.day, balanced(made), fact.text))


_POST: Final = {Event.SUPPLIER_INVOICE: _supplier, Event.LATE_COST: _late, Event.MANUAL: _manual}


def _posted(ledger: Ledger, draft: Draft) -> int:
    number = ledger.post(draft)
    ledger.shelves.save()
    return number


def _currency(ledger: Ledger, fact: Entered) -> str:
    currency = fact.currency or ledger.book.currency
    if not known(currency):
        raise Refused(BooksCode.BAD_CURRENCY, currency[:10])
    return currency


def _coins(amount: Decimal, currency: str) -> int:
    if not amount.is_finite() or abs(amount) >= _MOST or amount != rounded(amount, currency):
        raise Refused(BooksCode.BAD_AMOUNT)
    return coins(amount, currency)
