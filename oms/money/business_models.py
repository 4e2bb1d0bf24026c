"""Tables of business customers: their account (terms, limit, prices), quotations and their versions, invoices and credit notes with numbers
that have no gaps."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.money.codes import InvoiceKind, QuoteState

#: As the index has it: asked with just these words, that is what is read.
UNPAID_INVOICE: Final = "invoice.kind = 'invoice' AND invoice.paid < invoice.total"


class BusinessAccount(Base):
    """A customer who may pay by invoice. Its row's lock is held while its limit is counted."""

    __tablename__ = "business_account"
    __table_args__ = (CheckConstraint("credit_limit >= 0 AND terms_days >= 0", name="values"),)

    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    #: Of `credit_limit`.
    currency: Mapped[str]
    credit_limit: Mapped[Decimal]
    terms_days: Mapped[int]
    price_group: Mapped[str] = mapped_column(default="")
    vat_number: Mapped[str] = mapped_column(default="")
    #: Whether each order must name the customer's own purchase order.
    purchase_order: Mapped[bool] = mapped_column(default=False)


class Quotation(Base):
    """One version of an offer; `number` stays the same over its versions. Money as on an order."""

    __tablename__ = "quotation"
    __table_args__ = (Index(None, "customer_id", "made_at"), Index("ix_quotation_order_no", "order_no"))

    number: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[QuoteState] = mapped_column(words(QuoteState))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    made_at: Mapped[datetime]
    #: The last day on which it may be accepted.
    valid_until: Mapped[date]
    currency: Mapped[str]
    tax_included: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str] = mapped_column(default="")
    #: Where it would be sent: keys `name`, `street`, `postcode`, `city`, `region`, `country`.
    ship_to: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, repr=False)
    shipping: Mapped[Decimal] = mapped_column(default=Decimal(0))
    goods: Mapped[Decimal] = mapped_column(default=Decimal(0))
    discount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(default=Decimal(0))
    note: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    purchase_order: Mapped[str] = mapped_column(default="")
    #: The order it became.
    order_no: Mapped[str | None] = mapped_column(default=None)


class QuotationLine(Base):
    """One line of a version."""

    __tablename__ = "quotation_line"
    __table_args__ = (
        ForeignKeyConstraint(["number", "version"], ["quotation.number", "quotation.version"]),
        CheckConstraint("qty > 0", name="qty"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    qty: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    price: Mapped[Decimal | None] = mapped_column(default=None)
    discount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(9, 6), default=None)
    tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(default=Decimal(0))


class NumberSeries(Base):
    """The last number given out of a series; its lock is held until the commit, so that no number is ever missing."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Invoice(Base):
    """An invoice, or a credit note (amounts positive there too) that names the invoice it `credits`. Never changed but for `paid`."""

    __tablename__ = "invoice"
    __table_args__ = (
        Index(None, "order_no"),
        Index(None, "customer_id", "day"),
        Index("ix_invoice_unpaid", "customer_id", postgresql_where=text(UNPAID_INVOICE)),
        CheckConstraint("paid >= 0 AND paid <= total", name="paid"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[InvoiceKind] = mapped_column(words(InvoiceKind))
    order_no: Mapped[str] = mapped_column(ForeignKey("customer_order.number"))
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customer.id"))
    day: Mapped[date]
    due: Mapped[date]
    made_at: Mapped[datetime]
    currency: Mapped[str]
    tax_included: Mapped[bool]
    language: Mapped[str] = mapped_column(default="en")
    bill_to: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, repr=False)
    vat_number: Mapped[str] = mapped_column(default="")
    reverse_charge: Mapped[bool] = mapped_column(default=False)
    purchase_order: Mapped[str] = mapped_column(default="")
    credits: Mapped[str | None] = mapped_column(ForeignKey("invoice.number"), default=None)
    net: Mapped[Decimal] = mapped_column(default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(default=Decimal(0))
    #: Of the total: by payments, and (of an invoice) by credit notes.
    paid: Mapped[Decimal] = mapped_column(default=Decimal(0))


class InvoiceLine(Base):
    """One line; `order_line` None is sending. `total` = `net` + `tax`, to the coin."""

    __tablename__ = "invoice_line"

    number: Mapped[str] = mapped_column(ForeignKey("invoice.number"), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    order_line: Mapped[int | None]
    sku: Mapped[str]
    name: Mapped[str]
    qty: Mapped[int]
    price: Mapped[Decimal]
    discount: Mapped[Decimal]
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    net: Mapped[Decimal]
    tax: Mapped[Decimal]
    total: Mapped[Decimal]
