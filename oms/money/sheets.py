"""What of money is shown and asked over HTTP: shapes, and reading them. Amounts are texts (exact decimals) there. Called by the API."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.money.business_models import BusinessAccount, Invoice, InvoiceLine, Quotation, QuotationLine
from oms.money.credit import exposure
from oms.money.models import OrderMoney
from oms.money.payment_models import Payment
from oms.money.problem import Problem
from oms.sales.models import CustomerOrder


class Words(Struct, frozen=True, kw_only=True):
    """A reason: a message code, the line it is about and its words."""

    code: str
    line: int | None = None
    params: dict[str, str | int] = {}


def words_of(problems: Sequence[Problem]) -> list[Words]:
    """Problems as they are told."""
    return [Words(code=str(one.code), line=one.line, params=dict(one.params)) for one in problems]


class PaymentSheet(Struct, frozen=True, kw_only=True):
    """One payment. `by_hand`: nobody but a person can do it, in the channel it was paid in."""

    id: str
    kind: str
    state: str
    amount: Decimal
    currency: str
    at: str
    provider: str
    reference: str
    problem: str
    by_hand: bool


class InvoiceLineSheet(Struct, frozen=True, kw_only=True):
    """One line of an invoice."""

    line: int
    sku: str
    name: str
    qty: int
    price: Decimal
    discount: Decimal
    tax_rate: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal


class InvoiceSheet(Struct, frozen=True, kw_only=True):
    """An invoice or a credit note; `lines` only where one is asked for."""

    number: str
    kind: str
    order: str
    day: str
    due: str
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    reverse_charge: bool
    purchase_order: str
    credits: str | None
    lines: list[InvoiceLineSheet] = []


class MoneySheet(Struct, frozen=True, kw_only=True):
    """An order's money: its sums are of what is kept of it."""

    order: str
    payment: str
    currency: str
    tax_included: bool
    goods: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    terms_days: int | None
    purchase_order: str
    reverse_charge: bool
    promo_codes: list[str]
    payments: list[PaymentSheet]
    invoices: list[InvoiceSheet]


class QuoteLineSheet(Struct, frozen=True, kw_only=True):
    """One line of a quotation."""

    line: int
    sku: str
    qty: int
    price: Decimal | None
    discount: Decimal
    tax_rate: Decimal | None
    tax: Decimal
    total: Decimal


class QuoteSheet(Struct, frozen=True, kw_only=True):
    """One version of a quotation."""

    number: str
    version: int
    state: str
    customer: str
    valid_until: str
    currency: str
    tax_included: bool
    goods: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    purchase_order: str
    order: str | None
    lines: list[QuoteLineSheet]


class AccountSheet(Struct, frozen=True, kw_only=True):
    """A business customer's account, and how much of the limit is taken."""

    customer: str
    currency: str
    credit_limit: Decimal
    terms_days: int
    price_group: str
    vat_number: str
    purchase_order: bool
    invoices: Decimal
    orders: Decimal
    free: Decimal


def money_sheet(db: Session, number: str) -> MoneySheet | None:
    """An order's money; None unknown."""
    order = db.get(CustomerOrder, number)
    if order is None:
        return None
    money = db.get(OrderMoney, number) or OrderMoney(order_no=number)
    paid = db.scalars(select(Payment).where(Payment.order_no == number).order_by(Payment.at, Payment.key))
    made = db.scalars(select(Invoice).where(Invoice.order_no == number).order_by(Invoice.made_at, Invoice.number))
    return MoneySheet(
        order=number, payment=str(order.payment), currency=order.currency, tax_included=order.tax_included,
        goods=order.goods, discount=order.discount, shipping=order.shipping, tax=order.tax, total=order.total,
        terms_days=money.terms_days, purchase_order=money.purchase_order, reverse_charge=money.reverse_charge,
        promo_codes=list(money.promo_codes), payments=[_payment(one) for one in paid],
        invoices=[_invoice(one) for one in made],
    )  # fmt: skip


def _payment(one: Payment) -> PaymentSheet:
    return PaymentSheet(
        id=one.id, kind=str(one.kind), state=str(one.state), amount=one.amount, currency=one.currency,
        at=one.at.isoformat(), provider=one.provider, reference=one.reference, problem=one.problem,
        by_hand=one.state == "due" and not one.provider,
    )  # fmt: skip


def _invoice(one: Invoice, lines: Sequence[InvoiceLine] = ()) -> InvoiceSheet:
    names = ("sku", "name", "qty", "price", "discount", "tax_rate", "net", "tax", "total")
    return InvoiceSheet(
        number=one.number, kind=str(one.kind), order=one.order_no, day=one.day.isoformat(), due=one.due.isoformat(),
        currency=one.currency, net=one.net, tax=one.tax, total=one.total, paid=one.paid,
        reverse_charge=one.reverse_charge, purchase_order=one.purchase_order, credits=one.credits,
        lines=[InvoiceLineSheet(line=li.line_no, **{name: getattr(li, name) for name in names}) for li in lines],
    )  # fmt: skip


def invoice_sheet(db: Session, number: str) -> InvoiceSheet | None:
    """An invoice with its lines; None unknown."""
    found = db.get(Invoice, number)
    if found is None:
        return None
    lines = select(InvoiceLine).where(InvoiceLine.number == number).order_by(InvoiceLine.line_no)
    return _invoice(found, db.scalars(lines).all())


def quote_sheet(db: Session, number: str) -> QuoteSheet | None:
    """The last version of a quotation; None unknown."""
    last = select(Quotation).where(Quotation.number == number).order_by(Quotation.version.desc()).limit(1)
    one = db.scalars(last).first()
    if one is None:
        return None
    mine = select(QuotationLine).where(QuotationLine.number == number, QuotationLine.version == one.version)
    names = ("sku", "qty", "price", "discount", "tax_rate", "tax", "total")
    sums = ("currency", "tax_included", "goods", "discount", "shipping", "tax", "total", "purchase_order", "version")
    return QuoteSheet(
        number=number, state=str(one.state), customer=one.customer_id, valid_until=one.valid_until.isoformat(),
        order=one.order_no, **{name: getattr(one, name) for name in sums},
        lines=[
            QuoteLineSheet(line=li.line_no, **{name: getattr(li, name) for name in names})
            for li in db.scalars(mine.order_by(QuotationLine.line_no))
        ],
    )  # fmt: skip


def account_sheet(db: Session, customer: str) -> AccountSheet | None:
    """A business customer's account; None unknown."""
    one = db.get(BusinessAccount, customer)
    if one is None:
        return None
    taken = exposure(db, one)
    return AccountSheet(
        customer=customer, currency=one.currency, credit_limit=one.credit_limit, terms_days=one.terms_days,
        price_group=one.price_group, vat_number=one.vat_number, purchase_order=one.purchase_order,
        invoices=taken.invoices, orders=taken.orders, free=taken.free,
    )  # fmt: skip
