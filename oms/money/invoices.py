"""Invoices and credit notes: made for what was sent and came back, to the coin, with numbers that have no gaps. Shipments, returns and the
routes call it; the order is locked by whoever calls."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert

from oms.finance import sales as books
from oms.money import payments
from oms.money.business_models import Invoice, InvoiceLine, NumberSeries
from oms.money.codes import InvoiceKind, Money, MoneyCode, PayState
from oms.money.currencies import ZERO, part, rounded
from oms.money.due import sent, withheld_tax
from oms.money.models import OrderMoney
from oms.money.sums import units_cost
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.models import CustomerOrderLine

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sales.scene import Sale

_SERIES = {InvoiceKind.INVOICE: "INV", InvoiceKind.CREDIT_NOTE: "CRN"}
SHIPPING = "shipping"
_MOVES = frozenset({Money.CAPTURE, Money.REFUND})


@dataclass(frozen=True, slots=True)
class _Amount:
    """Units `before` + 1 to `now` of a line; sending has no line."""

    line: CustomerOrderLine | None
    qty: int
    price: Decimal
    discount: Decimal
    tax_rate: Decimal
    total: Decimal
    tax: Decimal


def next_number(w: "Work", series: str) -> str:
    """The next number of a series, `INV-000042`: the series is locked until the commit, and given back when there is none."""
    fresh = insert(NumberSeries).values(series=series, last=1)
    drawn = fresh.on_conflict_do_update(index_elements=["series"], set_={"last": NumberSeries.last + 1})
    return f"{series}-{w.db.execute(drawn.returning(NumberSeries.last)).scalar_one():06d}"


def invoice_what_was_sent(w: "Work", sale: "Sale") -> Invoice | None:
    """An invoice of everything the customer has that no invoice names yet; sending with the first. None: there is nothing."""
    units, shipped_before = _invoiced(w, sale.order.number)
    amounts = [
        _units(sale, line, units.get(line.line_no, 0), sent(line))
        for line in sale.lines
        if sent(line) > units.get(line.line_no, 0)
    ]
    if amounts and shipped_before <= 0 and sale.order.shipping:
        amounts.append(_sending(w, sale))
    return _make(w, sale, InvoiceKind.INVOICE, amounts) if amounts else None


def credit_what_came_back(w: "Work", sale: "Sale") -> Decimal:
    """A credit note of what invoices name and the customer has no more; with sending when nothing is left of the order. Its total, 0 when
    there was nothing to credit."""
    units, shipping = _invoiced(w, sale.order.number)
    amounts = [
        _less_withheld(w, sale, _units(sale, line, sent(line), units[line.line_no]), units[line.line_no])
        for line in sale.lines
        if sent(line) < units.get(line.line_no, 0)
    ]
    # Of what was exchanged nothing is credited.
    amounts = [one for one in amounts if one.total or one.line is None or not one.line.withheld]
    if amounts and shipping > 0 and not any(sent(line) for line in sale.lines) and not sale.order.shipping:
        amounts.append(_sending_back(w, sale.order.number))
    return _make(w, sale, InvoiceKind.CREDIT_NOTE, amounts).total if amounts else ZERO


def _invoiced(w: "Work", order_no: str) -> tuple[dict[int, int], Decimal]:
    """(units by line, how often sending) that invoices less credit notes name."""
    sign = case((Invoice.kind == InvoiceKind.INVOICE, 1), else_=-1)
    rows = w.db.execute(
        select(InvoiceLine.order_line, func.sum(InvoiceLine.qty * sign))
        .join(Invoice, Invoice.number == InvoiceLine.number)
        .where(Invoice.order_no == order_no)
        .group_by(InvoiceLine.order_line)
    )
    found = {line: int(qty) for line, qty in rows}
    return {line: qty for line, qty in found.items() if line is not None}, Decimal(found.get(None, 0))


def _units(sale: "Sale", line: CustomerOrderLine, before: int, now: int) -> _Amount:
    currency = sale.order.currency
    cost = units_cost(line.total, line.tax, line.qty, currency, before, now)
    whole = rounded(line.discount, currency)
    discount = part(whole, now, line.qty, currency) - part(whole, before, line.qty, currency)
    return _Amount(line, now - before, line.price or ZERO, discount, line.tax_rate or ZERO, cost.total, cost.tax)


def _less_withheld(w: "Work", sale: "Sale", one: _Amount, named_units: int) -> _Amount:
    """What is withheld of units that came back, and no credit note has left out yet, is left out of this one."""
    line, currency = one.line, sale.order.currency
    if line is None or not line.withheld:
        return one
    sign = case((Invoice.kind == InvoiceKind.INVOICE, 1), else_=-1)
    sums = select(func.sum(InvoiceLine.total * sign), func.sum(InvoiceLine.tax * sign)).join(
        Invoice, Invoice.number == InvoiceLine.number
    )
    mine = sums.where(Invoice.order_no == sale.order.number, InvoiceLine.order_line == line.line_no)
    named, named_tax = w.db.execute(mine).one()
    total = line.withheld - (named - part(line.total, named_units, line.qty, currency))
    tax = withheld_tax(line, currency) - (named_tax - part(line.tax, named_units, line.qty, currency))
    off = total if sale.order.tax_included else total - tax
    return replace(one, total=one.total - total, tax=one.tax - tax, discount=one.discount + off)


def _sending(w: "Work", sale: "Sale") -> _Amount:
    order, money = sale.order, w.db.get(OrderMoney, sale.order.number)
    tax = money.shipping_tax if money else ZERO
    total = order.shipping + (ZERO if order.tax_included else tax)
    return _Amount(None, 1, order.shipping, ZERO, money.shipping_rate if money else ZERO, total, tax)


def _sending_back(w: "Work", order_no: str) -> _Amount:
    mine = select(InvoiceLine).join(Invoice, Invoice.number == InvoiceLine.number)
    was = w.db.scalars(mine.where(Invoice.order_no == order_no, InvoiceLine.order_line.is_(None)).limit(1)).one()
    return _Amount(None, 1, was.price, ZERO, was.tax_rate, was.total, was.tax)


def _make(w: "Work", sale: "Sale", kind: InvoiceKind, amounts: Sequence[_Amount]) -> Invoice:
    order, money = sale.order, w.db.get(OrderMoney, sale.order.number)
    day = w.now.date()
    terms = money.terms_days if money is not None and money.terms_days is not None else 0
    tax, total = sum((one.tax for one in amounts), ZERO), sum((one.total for one in amounts), ZERO)
    made = Invoice(
        number=next_number(w, _SERIES[kind]), kind=kind, order_no=order.number, customer_id=order.customer_id, day=day,
        due=day + timedelta(days=terms if kind is InvoiceKind.INVOICE else 0), made_at=w.now, currency=order.currency,
        tax_included=order.tax_included, language=order.language, bill_to=_bill_to(sale),
        vat_number=money.vat_number if money else "", reverse_charge=bool(money and money.reverse_charge),
        purchase_order=money.purchase_order if money else "", net=total - tax, tax=tax, total=total,
    )  # fmt: skip
    w.db.add(made)
    w.db.flush()
    w.db.add_all([_line(made.number, n, one) for n, one in enumerate(amounts, 1)])
    if kind is InvoiceKind.CREDIT_NOTE:
        _set_off(w, made)
    else:
        made.paid = min(made.total, _ahead(w, order.number))
    w.db.flush()
    what = {"number": made.number, "paper": str(kind), "total": str(total), "currency": order.currency}
    note(w, order.number, EventKind.INVOICED, key=f"invoice:{made.number}", **what)
    w.audit("invoice.made", order=order.number, **what)
    books.follow(w, sale)
    return made


def _line(number: str, line_no: int, one: _Amount) -> InvoiceLine:
    line = one.line
    return InvoiceLine(
        number=number, line_no=line_no, order_line=line.line_no if line else None, sku=line.sku if line else SHIPPING,
        name=(line.name or line.sku) if line else "", qty=one.qty, price=one.price, discount=one.discount,
        tax_rate=one.tax_rate, net=one.total - one.tax, tax=one.tax, total=one.total,
    )  # fmt: skip


def _ahead(w: "Work", order_no: str) -> Decimal:
    """Money that was paid for the order and for none of its invoices."""
    done = [one for one in payments.payments_of(w, order_no) if one.state is PayState.DONE]
    held = sum((one.amount if one.kind is Money.CAPTURE else -one.amount for one in done if one.kind in _MOVES), ZERO)
    # What credit notes paid of invoices is in both of their sums.
    sign = case((Invoice.kind == InvoiceKind.INVOICE, Invoice.paid), else_=-Invoice.paid)
    named = w.db.scalar(select(func.sum(sign)).where(Invoice.order_no == order_no)) or ZERO
    return max(ZERO, held - named)


def _set_off(w: "Work", credit: Invoice) -> None:
    """A credit note pays the order's open invoices, the newest first; what is left of it was paid before and goes back as money."""
    mine = select(Invoice).where(Invoice.order_no == credit.order_no, Invoice.kind == InvoiceKind.INVOICE)
    found = list(w.db.scalars(mine.order_by(Invoice.number.desc()).with_for_update()))
    credit.credits = found[0].number if found else None
    for one in found:
        amount = min(credit.total - credit.paid, one.total - one.paid)
        one.paid += amount
        credit.paid += amount


def _bill_to(sale: "Sale") -> dict[str, str]:
    order = sale.order
    names = ("name", "street", "postcode", "city", "region", "country")
    billed = {name: str(order.bill_to.get(name) or "") for name in names}
    return billed if any(billed.values()) else {name: getattr(order, f"ship_{name}") for name in names}


def pay(w: "Work", sale: "Sale", number: str, amount: Decimal, reference: str) -> MoneyCode | None:
    """The customer paid (a part of) an invoice by bank. None, or why not: more than is open is refused. `reference` is the bank's; the
    same again changes nothing."""

    found = w.db.get(Invoice, number, with_for_update=True)
    if found is None or found.kind is not InvoiceKind.INVOICE or found.order_no != sale.order.number:
        return MoneyCode.UNKNOWN
    key = f"bank:{number}:{reference}"
    if any(one.key == key for one in payments.payments_of(w, sale.order.number)):
        return None
    if amount <= 0 or amount != rounded(amount, found.currency):
        return MoneyCode.NOTHING_TO_DO
    if amount > found.total - found.paid:
        return MoneyCode.MORE_THAN_PAID
    wrong = payments.record(w, sale, Money.CAPTURE, amount, key, provider="", reference=reference)
    if wrong is None:
        found.paid += amount
        w.audit("invoice.paid", number=number, amount=str(amount))
    return wrong
