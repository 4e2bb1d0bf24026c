"""The books follow an order's money: its invoices and credit notes, its payments, and what customers have got without an invoice. Called in
the transaction of the fact, with the order locked; again it posts nothing."""

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, func, select

from oms.finance.codes import Event
from oms.finance.models import Book, JournalEntry, PaymentPosted, SalePosted
from oms.finance.posting import Ledger, NoRate, book_of_channel
from oms.finance.rules import coins
from oms.money.business_models import Invoice
from oms.money.codes import InvoiceKind, Money, PayState
from oms.money.currencies import ZERO
from oms.money.due import kept, of_units, sent, shipped_worth
from oms.money.payment_models import Payment

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sales.scene import Sale

_PAID: Final = {Money.CAPTURE: Event.PAYMENT, Money.REFUND: Event.REFUND}


def follow(w: "Work", sale: "Sale") -> bool:
    """Posts what the books do not know of the locked order; False when something has to wait for a rate of its currency."""
    book = book_of_channel(w.db, sale.order.channel)
    if book is None:
        return True
    w.db.flush()
    if not (_invoices(w, sale, book) or _payments(w, sale, book) or _uninvoiced(w, sale, book)):
        return True
    ledger = Ledger.locked(w, book.code)
    assert ledger is not None
    try:
        ledger.rate(sale.order.currency, w.now.date())
        for invoice in _invoices(w, sale, book):
            _post_invoice(ledger, invoice)
        for payment, was in _payments(w, sale, book):
            _post_payment(ledger, payment, was)
        change = _uninvoiced(w, sale, book)
        if change is not None:
            _post_sale(ledger, sale, *change)
    except NoRate:
        return False
    return True


def begin(w: "Work", sale: "Sale", book: Book) -> None:
    """What the customer has got before the book was opened is not posted by it."""
    change = _uninvoiced(w, sale, book)
    if change is not None:
        total, tax = change
        w.db.add(SalePosted(book=book.code, order_no=sale.order.number, total=total, tax=tax))
        w.db.flush()


def seen(w: "Work", sale: "Sale") -> None:
    """Notes that nothing of the order waits, also where there was nothing to post."""
    book = book_of_channel(w.db, sale.order.channel)
    if book is not None and w.db.get(SalePosted, (book.code, sale.order.number)) is None:
        w.db.add(SalePosted(book=book.code, order_no=sale.order.number))


def _invoices(w: "Work", sale: "Sale", book: Book) -> list[Invoice]:
    mine = select(Invoice).where(Invoice.order_no == sale.order.number, Invoice.made_at >= book.opened_at)
    found = w.db.scalars(mine.order_by(Invoice.made_at, Invoice.number)).all()
    sources = [f"invoice:{one.number}" for one in found]
    known = select(JournalEntry.source).where(JournalEntry.book == book.code, JournalEntry.source.in_(sources))
    posted = set(w.db.scalars(known)) if sources else set()
    return [one for one in found if f"invoice:{one.number}" not in posted]


def _post_invoice(ledger: Ledger, one: Invoice) -> None:
    event = Event.INVOICE if one.kind is InvoiceKind.INVOICE else Event.CREDIT_NOTE
    amounts = {name: coins(getattr(one, name), one.currency) for name in ("total", "net", "tax")}
    ledger.post_money(f"invoice:{one.number}", event, one.day, amounts, one.currency, one.number)


def _payments(w: "Work", sale: "Sale", book: Book) -> list[tuple[Payment, PaymentPosted | None]]:
    """Payments that are done, and not posted or posted with another amount (what a channel told may be corrected)."""
    done = select(Payment, PaymentPosted).outerjoin(
        PaymentPosted, (PaymentPosted.payment == Payment.id) & (PaymentPosted.book == book.code)
    )
    mine = done.where(
        Payment.order_no == sale.order.number, Payment.state == PayState.DONE, Payment.kind.in_(list(_PAID)),
        Payment.done_at >= book.opened_at,
    )  # fmt: skip
    rows = w.db.execute(mine.order_by(Payment.done_at, Payment.id)).all()
    return [(one, was) for one, was in rows if coins(one.amount, one.currency) != (was.total if was else 0)]


def _post_payment(ledger: Ledger, one: Payment, was: PaymentPosted | None) -> None:
    if was is None:
        was = PaymentPosted(book=ledger.book.code, payment=one.id)
        ledger.db.add(was)
    total = coins(one.amount, one.currency)
    source = f"payment:{one.id}" + (f":{was.times + 1}" if was.times else "")
    day = (one.done_at or ledger.w.now).date() if not was.times else ledger.w.now.date()
    ledger.post_money(source, _PAID[one.kind], day, {"total": total - was.total}, one.currency, one.order_no)
    was.total, was.times = total, was.times + 1
    ledger.db.flush()


def _uninvoiced(w: "Work", sale: "Sale", book: Book) -> tuple[int, int] | None:
    """(total, tax) by which what the customer has, and no invoice names, is more than what is posted; None when it is the same."""
    order = sale.order
    total, tax = shipped_worth(sale), _tax(sale)
    sign = case((Invoice.kind == InvoiceKind.INVOICE, 1), else_=-1)
    sums = select(func.sum(Invoice.total * sign), func.sum(Invoice.tax * sign)).where(Invoice.order_no == order.number)
    named_total, named_tax = w.db.execute(sums).one()
    was = w.db.get(SalePosted, (book.code, order.number))
    change = (
        coins(total - (named_total or ZERO), order.currency) - (was.total if was else 0),
        coins(tax - (named_tax or ZERO), order.currency) - (was.tax if was else 0),
    )
    return change if any(change) else None


def _tax(sale: "Sale") -> Decimal:
    """Of what the customer has, sending with the first of it."""
    _, tax = of_units(sale, sent)
    if not any(line.shipped for line in sale.lines):
        return ZERO
    _, kept_tax = of_units(sale, kept)
    return tax + (sale.order.tax - kept_tax)


def _post_sale(ledger: Ledger, sale: "Sale", total: int, tax: int) -> None:
    order = sale.order
    was = ledger.db.get(SalePosted, (ledger.book.code, order.number))
    if was is None:
        was = SalePosted(book=ledger.book.code, order_no=order.number)
        ledger.db.add(was)
    source, amounts = f"sale:{order.number}:{was.times + 1}", {"total": total, "net": total - tax, "tax": tax}
    ledger.post_money(source, Event.SALE, ledger.w.now.date(), amounts, order.currency, order.number)
    was.total, was.tax, was.times = was.total + total, was.tax + tax, was.times + 1
    ledger.db.flush()
