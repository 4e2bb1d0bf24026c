"""Orders on terms: whether a customer may have them, and how much of their credit limit is taken. Pricing and the workbench call it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, case, func, select, text
from sqlalchemy.orm import Session

from oms.money.business_models import UNPAID_INVOICE, BusinessAccount, Invoice
from oms.money.codes import InvoiceKind, Money, MoneyCode, PayState
from oms.money.currencies import ZERO
from oms.money.payment_models import Payment
from oms.money.tables import Tables, exchange_rate, today
from oms.sales.models import ON_TERMS, CustomerOrder, OrderHold

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much of a customer's limit is taken, in the account's currency: by invoices nobody paid yet, and by what is left of orders that
    are neither invoiced nor paid (orders held for the limit do not count). `unknown` are currencies whose rate nobody told: they count as
    over the limit."""

    limit: Decimal
    invoices: Decimal
    orders: Decimal
    currency: str
    unknown: tuple[str, ...] = ()

    @property
    def free(self) -> Decimal:
        """What is left; below 0 when it is overdrawn."""
        return self.limit - self.invoices - self.orders


def exposure(db: Session, account: BusinessAccount, *, without: str = "") -> Exposure:
    """What the customer owes and has on order, but for the order `without`."""
    day = today(db)
    unknown: list[str] = []

    def told(rows: Sequence[tuple[str, Decimal]]) -> Decimal:
        sum_ = ZERO
        for currency, amount in rows:
            rate = exchange_rate(db, currency, account.currency, day)
            if rate is None:
                unknown.append(currency)
            else:
                sum_ += amount * rate
        return sum_

    invoiced = _open_invoices(db, account.customer_id)
    # What was paid ahead for an order is not open, whatever its invoices say.
    invoices = told([(one.currency, min(one.invoiced, one.left)) for one in invoiced])
    waiting = _open_orders(db, account.customer_id, without)
    orders = told([(one.currency, max(one.left - one.invoiced, ZERO)) for one in waiting])
    pending = Tables.of(db).promised[account.customer_id]
    written = (
        set(db.scalars(select(CustomerOrder.number).where(CustomerOrder.number.in_(pending)))) if pending else set()
    )
    orders += sum((amount for number, amount in pending.items() if number not in {*written, without}), ZERO)
    return Exposure(account.credit_limit, invoices, orders, account.currency, tuple(sorted(set(unknown))))


@dataclass(frozen=True, slots=True)
class _Open:
    """An order that counts: what is not paid of it yet, and what its open invoices name."""

    currency: str
    left: Decimal
    invoiced: Decimal


def _open_invoices(db: Session, customer: str) -> list[_Open]:
    """By order. What was paid long ago is not in the index and costs nothing. In two steps: nobody knows how few are unpaid before they are
    read, and joined at once all orders would be."""
    unpaid = select(Invoice.order_no, func.sum(Invoice.total - Invoice.paid)).where(
        Invoice.customer_id == customer, text(UNPAID_INVOICE)
    )
    owed: dict[str, Decimal] = dict(db.execute(unpaid.group_by(Invoice.order_no)).all())
    if not owed:
        return []
    mine = select(CustomerOrder.number, CustomerOrder.currency, _left()).where(CustomerOrder.number.in_(sorted(owed)))
    return [_Open(currency, left, owed[number]) for number, currency, left in db.execute(mine)]


def _open_orders(db: Session, customer: str, without: str) -> list[_Open]:
    """Orders on terms that are not paid; `without`: not this one."""
    number = CustomerOrder.number
    owed = select(func.coalesce(func.sum(Invoice.total - Invoice.paid), 0)).where(
        Invoice.order_no == number, Invoice.kind == InvoiceKind.INVOICE
    )
    held = select(OrderHold.id).where(
        OrderHold.order_no == number, OrderHold.code == MoneyCode.OVER_CREDIT_LIMIT, OrderHold.released_at.is_(None)
    )
    mine = select(CustomerOrder.currency, _left(), owed.scalar_subquery()).where(
        CustomerOrder.customer_id == customer, text(ON_TERMS), number != without, ~held.exists()
    )
    return [_Open(*row) for row in db.execute(mine)]


def _left() -> ColumnElement[Decimal]:
    """What is not paid of an order yet."""
    sign = case(
        (Payment.kind == Money.CAPTURE, Payment.amount), (Payment.kind == Money.REFUND, -Payment.amount), else_=0
    )
    mine = (Payment.order_no == CustomerOrder.number) & (Payment.state == PayState.DONE)
    taken = select(func.coalesce(func.sum(sign), 0)).where(mine).correlate(CustomerOrder)
    return func.greatest(CustomerOrder.total - taken.scalar_subquery(), 0)


def account_of(w: "Work", customer: str | None, *, locked: bool = False) -> BusinessAccount | None:
    """A customer's account; locked until the commit where its limit is to be counted."""
    if customer is None:
        return None
    return w.db.get(BusinessAccount, customer, with_for_update=locked, populate_existing=locked)


def take(w: "Work", order: CustomerOrder, *, locked: bool = True) -> tuple[MoneyCode, dict[str, str | int]] | None:
    """Takes the order's total of its customer's limit; None when it fits, else why it is held. Locks the account, so that two orders
    cannot take the same money; not `locked`, it is only looked at."""
    account = account_of(w, order.customer_id, locked=locked)
    if account is None:
        return MoneyCode.NO_TERMS, {}
    found = exposure(w.db, account, without=order.number)
    rate = exchange_rate(w.db, order.currency, account.currency, today(w.db))
    if rate is None or found.unknown:
        return MoneyCode.NO_RATE, {"currency": found.unknown[0] if found.unknown else order.currency}
    wanted = order.total * rate
    if wanted > found.free:
        words: dict[str, str | int] = {
            "free": f"{found.free:.2f}",
            "wanted": f"{wanted:.2f}",
            "currency": account.currency,
        }
        return MoneyCode.OVER_CREDIT_LIMIT, words
    Tables.of(w.db).promised[account.customer_id][order.number] = wanted
    return None
