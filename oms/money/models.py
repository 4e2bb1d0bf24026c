"""Tables of prices: rules of rounding and paying, exchange rates, tax rates, price lists, promo codes, and what belongs to an order's money
beside its own columns. Rows that name an order do so by its number only: orders are priced before they are written."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.money.codes import CaptureWhen, PayWhen, PromoKind, Rounding


class MoneyRule(Base):
    """How orders of a channel to a country are rounded and paid; '' is any. The first that fits of (channel, country), (channel, any),
    (any, country), (any, any) counts."""

    __tablename__ = "money_rule"

    channel: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    rounding: Mapped[Rounding] = mapped_column(words(Rounding), default=Rounding.LINE)
    pay: Mapped[PayWhen] = mapped_column(words(PayWhen), default=PayWhen.ANY)
    capture: Mapped[CaptureWhen] = mapped_column(words(CaptureWhen), default=CaptureWhen.SHIPMENT)
    #: Where the seller is registered (ISO 3166); '' where nobody said: then there is no reverse charge.
    seller_country: Mapped[str] = mapped_column(default="")


class ExchangeRate(Base):
    """One unit of `base` is worth `rate` of `quote` from `day` on, until a later day says otherwise."""

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("rate > 0", name="rate"),)

    base: Mapped[str] = mapped_column(primary_key=True)
    quote: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(20, 10))


class TaxRate(Base):
    """Tax on goods of a category sent to a country (and region, '' all of it) from a day on. Category `standard` is what has no other,
    `shipping` is for sending."""

    __tablename__ = "tax_rate"
    __table_args__ = (CheckConstraint("rate >= 0 AND rate < 1", name="rate"),)

    country: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(9, 6))


class ItemTax(Base):
    """Which category an item is in, where it is not `standard`: in one country, or ('') in all that say nothing else."""

    __tablename__ = "item_tax"

    sku: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str]


class PriceList(Base):
    """Prices in one currency for one customer, a group, a channel, or (all three empty) everybody. Days are inclusive."""

    __tablename__ = "price_list"

    code: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str]
    tax_included: Mapped[bool] = mapped_column(default=True)
    customer_id: Mapped[str] = mapped_column(default="")
    group: Mapped[str] = mapped_column(default="")
    channel: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date | None] = mapped_column(default=None)
    valid_to: Mapped[date | None] = mapped_column(default=None)


class PriceListItem(Base):
    """The price of one base unit, for those who order at least `from_qty`."""

    __tablename__ = "price_list_item"
    __table_args__ = (Index(None, "sku"), CheckConstraint("from_qty >= 1 AND price >= 0", name="values"))

    list_code: Mapped[str] = mapped_column(ForeignKey("price_list.code"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    from_qty: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[Decimal]


class Promo(Base):
    """A promo code (upper case). `value` is a share for `percent` (0.10), money in `currency` for `amount`. `uses` is how many orders have
    it now; whoever counts holds the row's lock."""

    __tablename__ = "promo"
    __table_args__ = (
        CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name="uses"),
        CheckConstraint("value >= 0 AND (kind <> 'percent' OR value <= 1)", name="value"),
        CheckConstraint("kind <> 'buy_x_get_y' OR (buy >= 1 AND get >= 1)", name="buy_get"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[PromoKind] = mapped_column(words(PromoKind))
    value: Mapped[Decimal] = mapped_column(default=Decimal(0))
    #: Of `value` and `least_goods`; '' any (percent, free shipping, buy x get y).
    currency: Mapped[str] = mapped_column(default="")
    buy: Mapped[int] = mapped_column(default=0)
    get: Mapped[int] = mapped_column(default=0)
    #: Only these items; empty: all.
    skus: Mapped[list[str]] = mapped_column(default_factory=list)
    channel: Mapped[str] = mapped_column(default="")
    #: Goods must cost at least this before discount.
    least_goods: Mapped[Decimal] = mapped_column(default=Decimal(0))
    valid_from: Mapped[date | None] = mapped_column(default=None)
    valid_to: Mapped[date | None] = mapped_column(default=None)
    most_uses: Mapped[int | None] = mapped_column(default=None)
    most_per_customer: Mapped[int | None] = mapped_column(default=None)
    #: Whether it goes together with others that do.
    stacks: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    uses: Mapped[int] = mapped_column(default=0)


class PromoUse(Base):
    """An order that has a promo code; gone again when the whole order was cancelled. `customer` is an id or an e-mail address in lower
    case ('' nobody known)."""

    __tablename__ = "promo_use"
    __table_args__ = (Index(None, "code", "customer"), Index(None, "order_no"))

    code: Mapped[str] = mapped_column(ForeignKey("promo.code"), primary_key=True)
    order_no: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    customer: Mapped[str] = mapped_column(default="", repr=False)


class OrderMoney(Base):
    """What belongs to an order's money beside its own columns: the rules as they were when it was priced. `shipping_tax` is in the order's
    `tax`; `terms_days` only where it is paid by invoice."""

    __tablename__ = "order_money"

    order_no: Mapped[str] = mapped_column(primary_key=True)
    rounding: Mapped[Rounding] = mapped_column(words(Rounding), default=Rounding.LINE)
    capture: Mapped[CaptureWhen] = mapped_column(words(CaptureWhen), default=CaptureWhen.SHIPMENT)
    shipping_rate: Mapped[Decimal] = mapped_column(Numeric(9, 6), default=Decimal(0))
    shipping_tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    #: Said to be tax free because the buyer, with this VAT number, pays it.
    reverse_charge: Mapped[bool] = mapped_column(default=False)
    vat_number: Mapped[str] = mapped_column(default="")
    terms_days: Mapped[int | None] = mapped_column(default=None)
    #: The customer's own number of it.
    purchase_order: Mapped[str] = mapped_column(default="")
    promo_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Sending is due also when the last unit has come back.
    sending_kept: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: For how many units each line's money was worked out, by line number: a line with more or fewer now is worked out again.
    counted: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
