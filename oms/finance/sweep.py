"""Posts what happened beside the books: goods that devices and imports moved, and money whose rate was not known. Each fact once, by its
number; a fact that cannot be posted yet waits, and is counted."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session

from oms.catalog.models import Site
from oms.db.work import Actor, Work, Works
from oms.finance import sales
from oms.finance.codes import Event
from oms.finance.goods import ON_THE_WAY, Goods
from oms.finance.models import Book, JournalEntry, PaymentPosted, PurchaseCost, SalePosted
from oms.finance.posting import Ledger, NoRate, book_of_channel, sites_of
from oms.finance.rules import coins
from oms.inventory.models import StockMove
from oms.inventory.rules import COUNT_ADJUST, SHIPPED, SUPPLIER
from oms.money.business_models import Invoice
from oms.money.codes import Money, PayState
from oms.money.payment_models import Payment
from oms.money.tables import exchange_rate
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.sales.scene import lock_sale

_log = logging.getLogger(__name__)
_ACTOR: Final = Actor("books")
EVERY_S: Final = 5.0
_BATCH: Final = 300
#: Until then a movement with a lower number may still be committed.
_SETTLED: Final = timedelta(days=1)
_SCRAP, _TRANSIT, _OURS = "scrap", "transit", ""
#: (from where, to where) -> what it is; goods that stay with us are nothing to the books.
MOVES: Final = {
    (SUPPLIER, _OURS): Event.GOODS_RECEIVED,
    (_OURS, SUPPLIER): Event.RETURN_TO_SUPPLIER,
    (COUNT_ADJUST, _OURS): Event.ADJUSTMENT,
    (_OURS, COUNT_ADJUST): Event.ADJUSTMENT,
    (_OURS, SHIPPED): Event.SHIPMENT,
    (SHIPPED, _OURS): Event.RETURN_TO_STOCK,
    (_OURS, _SCRAP): Event.WRITE_OFF,
    (_SCRAP, _OURS): Event.ADJUSTMENT,
    (_OURS, _TRANSIT): Event.TRANSFER,
    (_TRANSIT, _OURS): Event.TRANSFER,
}
_OUTSIDE: Final = (SUPPLIER, COUNT_ADJUST, SHIPPED, _SCRAP, _TRANSIT)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many facts were posted, and how many have to wait; `after` is the movement to go on after, None at the end."""

    posted: int
    waiting: int
    after: int | None = None


def sweep_goods(w: Work, code: str, after: int = 0, limit: int = _BATCH) -> Swept:
    """Posts up to `limit` movements of goods after one that have no entry, in their order."""
    ledger = Ledger.locked(w, code)
    if ledger is None:
        return Swept(0, 0)
    later = _moves(w.db, ledger.book).where(StockMove.id > after)
    rows = list(w.db.scalars(later.order_by(StockMove.id).limit(limit)))
    waiting = 0
    for row in rows:
        try:
            ledger.post_goods(_fact(ledger, row))
        except NoRate:
            waiting += 1
    more = len(rows) == limit
    if not more and not waiting and not after:
        settled = select(func.max(StockMove.id)).where(StockMove.at < w.now - _SETTLED)
        ledger.book.swept = max(ledger.book.swept, w.db.scalars(settled).one() or 0)
    return Swept(len(rows) - waiting, waiting, rows[-1].id if more else None)


def _moves(db: Session, book: Book) -> Select[Any]:
    """Movements across our walls that have no entry."""
    sites = sites_of(db, book, db.scalars(select(Site.id)).all())
    source = literal("move:", String) + cast(StockMove.id, String)
    known = select(JournalEntry.number).where(JournalEntry.book == book.code, JournalEntry.source == source)
    crosses = or_(outside(StockMove.from_account), outside(StockMove.to_account))
    return select(StockMove).where(
        StockMove.id > book.swept, StockMove.site_id.in_(sites), crosses, ~known.exists(),
        # Between two places outside (a parcel that is lost on its way) nothing of ours moves.
        ~(outside(StockMove.from_account) & outside(StockMove.to_account)),
    )  # fmt: skip


def outside(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether an account of the stock ledger is beyond our walls."""
    return or_(column.in_(_OUTSIDE), column.like(f"{_SCRAP}:%"), column.like(f"{_TRANSIT}:%"))


def _place(account: str) -> str:
    kind = account.partition(":")[0]
    return kind if kind in _OUTSIDE else _OURS


def _fact(ledger: Ledger, row: StockMove) -> Goods:
    before, after = _place(row.from_account), _place(row.to_account)
    event, day = MOVES[before, after], row.at.date()
    source = f"move:{row.id}"
    if event is Event.TRANSFER:
        sites = (row.site_id, ON_THE_WAY) if before == _OURS else (ON_THE_WAY, row.site_id)
        return Goods(source, event, day, sites[0], row.sku, row.qty, there=sites[1])
    qty = -row.qty if after == COUNT_ADJUST else row.qty
    value = cost(ledger, row.sku, row.qty, day) if event is Event.GOODS_RECEIVED else None
    return Goods(source, event, day, row.site_id, row.sku, qty, value)


def cost(ledger: Ledger, sku: str, qty: int, day: object) -> int | None:
    """What units of an item cost to buy as of a day, in the book's currency; None where nobody said. Raises `NoRate`."""
    mine = select(PurchaseCost).where(PurchaseCost.sku == sku, PurchaseCost.day <= day)
    found = ledger.db.scalars(mine.order_by(PurchaseCost.day.desc()).limit(1)).first()
    if found is None:
        return None
    own = found.cost * qty * ledger.rate(found.currency, found.day)
    return coins(own, ledger.book.currency)


def waiting_goods(db: Session, book: Book, before: datetime) -> int:
    """How many movements until a moment have no entry."""
    unposted = _moves(db, book).where(StockMove.at < before).subquery()
    return db.scalars(select(func.count()).select_from(unposted)).one()


def waiting_orders(db: Session, book: Book, limit: int = _BATCH) -> list[tuple[str, str]]:
    """(order, currency) of invoices, payments and sales that have no entry: those that came while their rate was not known, or unseen."""
    source = literal("invoice:", String) + Invoice.number
    known = select(JournalEntry.number).where(JournalEntry.book == book.code, JournalEntry.source == source)
    invoices = select(Invoice.order_no, Invoice.currency).where(Invoice.made_at >= book.opened_at, ~known.exists())
    posted = select(PaymentPosted.payment).where(
        PaymentPosted.book == book.code, PaymentPosted.payment == Payment.id, PaymentPosted.times > 0
    )
    payments = select(Payment.order_no, Payment.currency).where(
        Payment.done_at >= book.opened_at, Payment.state == PayState.DONE, Payment.amount > 0,
        Payment.kind.in_([Money.CAPTURE, Money.REFUND]), ~posted.exists(),
    )  # fmt: skip
    seen = select(SalePosted.order_no).where(
        SalePosted.book == book.code, SalePosted.order_no == CustomerOrderLine.order_no
    )
    named = select(Invoice.number).where(Invoice.order_no == CustomerOrderLine.order_no)
    sales_ = (
        select(CustomerOrder.number, CustomerOrder.currency)
        .join(CustomerOrderLine, CustomerOrderLine.order_no == CustomerOrder.number)
        .where(
            CustomerOrderLine.shipped > CustomerOrderLine.returned, CustomerOrderLine.total > 0, ~seen.exists(),
            ~named.exists(), CustomerOrder.currency != "",
        )
    )  # fmt: skip
    both = invoices.union(payments, sales_).subquery()
    columns = list(both.c)
    rows = db.execute(
        select(columns[0], columns[1], CustomerOrder.channel)
        .join(CustomerOrder, CustomerOrder.number == columns[0])
        .order_by(columns[0])
    ).all()
    owner: dict[str, str] = {}
    for _, _, channel in rows:
        if channel not in owner:
            found = book_of_channel(db, channel)
            owner[channel] = found.code if found else ""
    return [(number, currency) for number, currency, channel in rows if owner[channel] == book.code][:limit]


class BooksKeeper:
    """Owns the thread that posts; several servers may do it at once."""

    def __init__(self, works: Works, site: str, every_s: float = EVERY_S) -> None:
        self._works, self._site, self._every_s = works, site, every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="books", daemon=True)

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after what is being posted."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                sweep(self._works, self._site, self._stopping)
            except SQLAlchemyError as error:
                _log.info("the books have to wait: %s", type(error).__name__)


def sweep(works: Works, site: str, stopping: threading.Event | None = None, only: str = "") -> Swept:
    """Posts everything that has no entry yet, of all books or `only` one."""
    codes = works.run(site, _ACTOR, lambda w: list(w.db.scalars(select(Book.code).order_by(Book.code))))
    posted = waiting = 0
    for code in codes:
        if only not in ("", code):
            continue
        after: int | None = 0
        while after is not None and not (stopping and stopping.is_set()):
            goods = works.run(site, _ACTOR, lambda w, code=code, after=after: sweep_goods(w, code, after))  # type: ignore[misc]
            after, posted, waiting = goods.after, posted + goods.posted, waiting + goods.waiting
        done = _sweep_orders(works, site, code)
        posted, waiting = posted + done.posted, waiting + done.waiting
    return Swept(posted, waiting)


def _sweep_orders(works: Works, site: str, code: str) -> Swept:
    numbers, waiting = works.run(site, _ACTOR, lambda w: _ready(w, code))
    for number in numbers:
        works.run(site, _ACTOR, lambda w, number=number: _follow(w, number))  # type: ignore[misc]
    return Swept(len(numbers), waiting)


def _ready(w: Work, code: str) -> tuple[Sequence[str], int]:
    """(orders that can be posted, how many wait for a rate)."""
    book = w.db.get_one(Book, code)
    found = waiting_orders(w.db, book)
    day = w.now.date()
    told = {one: exchange_rate(w.db, one, book.currency, day) is not None for one in {c for _, c in found}}
    ready = list(dict.fromkeys(number for number, currency in found if told[currency]))
    return ready, sum(not told[currency] for _, currency in found)


def _follow(w: Work, number: str) -> None:
    sale = lock_sale(w, number)
    if sale is not None and sales.follow(w, sale):
        sales.seen(w, sale)
