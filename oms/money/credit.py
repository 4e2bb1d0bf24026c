"""Orders on terms: whether a customer may have them, and how much of their credit limit is taken. Pricing and the workbench call it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from oms.money.business_models import BusinessAccount, Invoice
from oms.money.codes import InvoiceKind, MoneyCode
from oms.money.currencies import ZERO
from oms.money.tables import Tables, exchange_rate, today
from oms.sales.codes import PaymentState, SaleState
from oms.sales.models import CustomerOrder, OrderHold

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much of a customer's limit is taken, in the account's currency: by invoices nobody paid yet, and by orders not invoiced yet
    (orders held for the limit do not count). `unknown` are currencies whose rate nobody told: they count as over the limit."""

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

    invoices = told(_open_invoices(db, account.customer_id))
    orders = told(_open_orders(db, account.customer_id, without))
    pending = Tables.of(db).promised[account.customer_id]
    written = (
        set(db.scalars(select(CustomerOrder.number).where(CustomerOrder.number.in_(pending)))) if pending else set()
    )
    orders += sum((amount for number, amount in pending.items() if number not in {*written, without}), ZERO)
    return Exposure(account.credit_limit, invoices, orders, account.currency, tuple(sorted(set(unknown))))


def _open_invoices(db: Session, customer: str) -> Sequence[tuple[str, Decimal]]:
    mine = select(Invoice.currency, func.sum(Invoice.total - Invoice.paid)).where(
        Invoice.customer_id == customer, Invoice.kind == InvoiceKind.INVOICE, Invoice.paid < Invoice.total
    )
    return [(currency, amount) for currency, amount in db.execute(mine.group_by(Invoice.currency))]


def _open_orders(db: Session, customer: str, without: str) -> Sequence[tuple[str, Decimal]]:
    """Orders on terms that count, each less what was invoiced of it."""
    sign = case((Invoice.kind == InvoiceKind.INVOICE, Invoice.total), else_=-Invoice.total)
    invoiced = (
        select(func.coalesce(func.sum(sign), 0)).where(Invoice.order_no == CustomerOrder.number).scalar_subquery()
    )
    held = select(OrderHold.id).where(
        OrderHold.order_no == CustomerOrder.number,
        OrderHold.code == MoneyCode.OVER_CREDIT_LIMIT,
        OrderHold.released_at.is_(None),
    )
    mine = select(CustomerOrder.currency, func.greatest(CustomerOrder.total - invoiced, 0)).where(
        CustomerOrder.customer_id == customer,
        CustomerOrder.payment == PaymentState.ON_TERMS,
        CustomerOrder.state.not_in([SaleState.CANCELLED, SaleState.RETURNED]),
        CustomerOrder.number != without,
        ~held.exists(),
    )
    return [(currency, amount) for currency, amount in db.execute(mine)]


def account_of(w: "Work", customer: str | None, *, locked: bool = False) -> BusinessAccount | None:
    """A customer's account; locked until the commit where its limit is to be counted."""
    if customer is None:
        return None
    return w.db.get(BusinessAccount, customer, with_for_update=locked, populate_existing=locked)


def take(w: "Work", order: CustomerOrder) -> tuple[MoneyCode, dict[str, str | int]] | None:
    """Takes the order's total of its customer's limit; None when it fits, else why it is held. Locks the account, so that two orders
    cannot take the same money."""
    account = account_of(w, order.customer_id, locked=True)
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
