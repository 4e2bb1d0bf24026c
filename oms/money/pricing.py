"""What an order costs, and what is due of it after a change. Capture, changes, cancellations and returns call it.

`price` fills the money of an order and its lines that are not written yet (or are written again); `reprice` follows a change of a locked
order: what is due now, what is paid back, what need not be taken any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from oms.money import credit, invoices, payments, promos
from oms.money.business_models import BusinessAccount
from oms.money.codes import Money, MoneyCode, PayWhen, Rounding
from oms.money.currencies import ZERO, rounded
from oms.money.due import due, kept
from oms.money.filling import Filling
from oms.money.models import MoneyRule, OrderMoney
from oms.money.payment_rules import Ask
from oms.money.problem import Problem
from oms.money.sums import Position, work_out
from oms.money.tables import Tables
from oms.sales.codes import PaymentState
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.sales.scene import Sale

if TYPE_CHECKING:
    from oms.db.work import Work

__all__ = ["Problem", "Repriced", "believe", "look", "price", "reprice"]

_UNPAID = frozenset({PaymentState.NONE, PaymentState.PENDING, PaymentState.FAILED})


@dataclass(frozen=True, slots=True)
class Repriced:
    """What a change came to. `due` is what the customer owes for what is kept (the order's `total` now), `refund` what was asked to be paid
    back, `voided` what of an authorisation was let go, `credited` the total of credit notes made."""

    due: Decimal
    refund: Decimal
    voided: Decimal
    credited: Decimal


def price(
    w: "Work",
    order: CustomerOrder,
    lines: Sequence[CustomerOrderLine],
    promo_codes: Sequence[str] = (),
    purchase_order: str = "",
) -> list[Problem]:
    """Fills goods, discount, tax and total of the order and of each line. Lines with a price are believed (and must add up to `order.total`
    and `order.tax` where those were told, i.e. are not 0); lines without one get theirs from price lists. Each problem is a hold."""
    rule = Tables.of(w.db).rule(order.channel, order.ship_country)
    account = credit.account_of(w, order.customer_id) if Tables.of(w.db).has_accounts else None
    filling = Filling(w, order, lines, account, rule)
    filling.run(promo_codes)
    filling.money.purchase_order = purchase_order[:60]
    problems = filling.problems + _may_be_paid_later(w, order, filling.money, account, rule, locked=True)
    if inspect(order).transient:
        # Nobody can have written the money of an order that is not written.
        w.db.add(filling.money)
    else:
        w.db.merge(filling.money)
    payments.told_at_capture(w, order)
    return problems


def look(w: "Work", order: CustomerOrder, lines: Sequence[CustomerOrderLine]) -> list[Problem]:
    """As `price`, of an order that nobody has placed: nothing is written, and nothing locked."""
    rule = Tables.of(w.db).rule(order.channel, order.ship_country)
    account = credit.account_of(w, order.customer_id) if Tables.of(w.db).has_accounts else None
    filling = Filling(w, order, lines, account, rule)
    filling.run(())
    return filling.problems + _may_be_paid_later(w, order, filling.money, account, rule, locked=False)


def _may_be_paid_later(
    w: "Work",
    order: CustomerOrder,
    money: OrderMoney,
    account: BusinessAccount | None,
    rule: MoneyRule,
    *,
    locked: bool,
) -> list[Problem]:
    if rule.pay is PayWhen.TERMS and order.payment in _UNPAID:
        order.payment = PaymentState.ON_TERMS
    if order.payment is PaymentState.ON_TERMS:
        return _on_terms(w, order, money, account, locked=locked)
    if rule.pay is PayWhen.FIRST and order.payment in _UNPAID and order.total > 0:
        return [Problem(MoneyCode.PAYMENT_MISSING, params={"total": str(order.total), "currency": order.currency})]
    return []


def _on_terms(
    w: "Work", order: CustomerOrder, money: OrderMoney, account: BusinessAccount | None, *, locked: bool
) -> list[Problem]:
    problems = []
    if account is not None:
        money.terms_days = account.terms_days
        if account.purchase_order and not money.purchase_order:
            problems.append(Problem(MoneyCode.PURCHASE_ORDER_MISSING))
    over = credit.take(w, order, locked=locked)
    return problems if over is None else [*problems, Problem(over[0], params=over[1])]


def reprice(w: "Work", sale: Sale) -> Repriced:
    """After quantities, lines, cancellations or returns of a locked order changed: the order's sums are what is due now, and payments,
    credit notes and promo uses follow. Call it before or after `settle_state`; again changes nothing."""
    w.db.flush()
    money = w.db.get(OrderMoney, sale.order.number)
    if money is None:
        # Its money was written by somebody else: it is believed as it is.
        money = OrderMoney(order_no=sale.order.number)
        money.counted = {str(line.line_no): line.qty for line in sale.lines}
        w.db.add(money)
    _again(w, sale, money)
    now = due(sale, money)
    order = sale.order
    order.goods, order.discount, order.shipping = now.goods, now.discount, now.shipping
    order.tax, order.total = now.tax, now.total
    if not any(kept(line) + line.returned for line in sale.lines):
        promos.give_back(w, order.number)
    credited = invoices.credit_what_came_back(w, sale)
    asks = payments.follow(w, sale)
    return Repriced(now.total, _sum(asks, Money.REFUND), _sum(asks, Money.VOID), credited)


def believe(w: "Work", sale: Sale) -> None:
    """Lines of the locked order came or went together with their share of money: that is not worked out anew."""
    money = w.db.get(OrderMoney, sale.order.number)
    if money is not None:
        money.counted = {str(line.line_no): line.qty for line in sale.lines}


def _sum(asks: Sequence[Ask], kind: Money) -> Decimal:
    return sum((ask.amount for ask in asks if ask.kind is kind), ZERO)


def _again(w: "Work", sale: Sale, money: OrderMoney) -> None:
    """Lines that are new or have another quantity than the one their money was worked out for: a new line gets its price from lists, a
    discount grows and shrinks with the quantity, and tax is rounded on the line."""
    changed = [line for line in sale.lines if money.counted.get(str(line.line_no)) != line.qty]
    if not changed:
        return
    fresh = [line for line in changed if line.price is None]
    if fresh:
        _price_fresh(w, sale.order, fresh)
    for line in changed:
        was = money.counted.get(str(line.line_no))
        if was and line.discount:
            line.discount = rounded(line.discount * line.qty / int(was), sale.order.currency)
        if line.tax_rate is None and was and line.tax:
            # Tax that was told without its rate follows the quantity.
            line.tax = rounded(line.tax * line.qty / int(was), sale.order.currency)
            line.total = rounded(line.total * line.qty / int(was), sale.order.currency)
        elif line.price is not None:
            one = Position(line.qty, line.price, line.discount, line.tax_rate or ZERO)
            sums = work_out([one], sale.order.currency, included=sale.order.tax_included, rounding=Rounding.LINE)
            line.tax, line.total = sums.lines[0].tax, sums.lines[0].total
    money.counted = {str(line.line_no): line.qty for line in sale.lines}


def _price_fresh(w: "Work", order: CustomerOrder, lines: Sequence[CustomerOrderLine]) -> None:
    """What no list has a price for costs nothing: it comes in the place of something, or with the shop's compliments."""
    account = credit.account_of(w, order.customer_id)
    rule = Tables.of(w.db).rule(order.channel, order.ship_country)
    filling = Filling(w, order, lines, account, rule)
    filling.prices_only()


def check_credit_again(w: "Work", sale: Sale) -> list[Problem]:
    """Whether an order on terms that became dearer still fits its customer's limit."""
    if sale.order.payment is not PaymentState.ON_TERMS:
        return []
    over = credit.take(w, sale.order)
    return [] if over is None else [Problem(over[0], params=over[1])]
