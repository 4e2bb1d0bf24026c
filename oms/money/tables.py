"""Rules, rates and prices as they are read once in a unit of work, however many orders are priced in it. Pricing calls it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.money.business_models import BusinessAccount
from oms.money.models import ExchangeRate, ItemTax, MoneyRule, PriceList, PriceListItem, TaxRate

_KEPT: Final = "oms.money.tables"
STANDARD: Final = "standard"
SHIPPING: Final = "shipping"
#: Over which one currency is turned into another where nobody told their rate.
_PIVOT: Final = "EUR"


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom a price is looked up."""

    currency: str
    day: date
    customer_id: str = ""
    group: str = ""
    channel: str = ""


@dataclass(slots=True)
class Tables:
    """What is known in one transaction. `promised` is credit that orders priced in it take, before they are written: customer -> order ->
    amount in the account's currency."""

    db: Session
    promised: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    _rules: dict[tuple[str, str], MoneyRule] | None = None
    _taxes: dict[tuple[str, str, str], list[TaxRate]] | None = None
    _lists: list[PriceList] | None = None
    _accounts: bool | None = None

    @classmethod
    def of(cls, db: Session) -> "Tables":
        """The tables of this transaction."""
        found: Tables = db.info.setdefault(_KEPT, cls(db))
        return found

    def rule(self, channel: str, country: str) -> MoneyRule:
        """How orders of the channel to the country are rounded and paid."""
        if self._rules is None:
            self._rules = {(one.channel, one.country): one for one in self.db.scalars(select(MoneyRule))}
        for key in ((channel, country), (channel, ""), ("", country)):
            if key in self._rules:
                return self._rules[key]
        return self._rules.get(("", "")) or MoneyRule(channel="", country="")

    @property
    def has_accounts(self) -> bool:
        """Whether there are business customers at all."""
        if self._accounts is None:
            self._accounts = self.db.scalars(select(BusinessAccount.customer_id).limit(1)).first() is not None
        return self._accounts

    @property
    def keeps_taxes(self) -> bool:
        """Whether anybody told tax rates at all."""
        return bool(self._tax_rows())

    def _tax_rows(self) -> dict[tuple[str, str, str], list[TaxRate]]:
        if self._taxes is None:
            self._taxes = defaultdict(list)
            for row in self.db.scalars(select(TaxRate).order_by(TaxRate.valid_from.desc())):
                self._taxes[row.country, row.region, row.category].append(row)
        return self._taxes

    def tax_rate(self, country: str, region: str, category: str, day: date) -> Decimal | None:
        """The share that is valid on `day`: of the category in the region, in the country, then `standard` likewise. Sending has no
        `standard` (see `pricing`)."""
        rows = self._tax_rows()
        tried = [category] if category == SHIPPING else [category, STANDARD]
        for one in tried:
            for where in dict.fromkeys((region.upper(), "")):
                valid = (row.rate for row in rows.get((country, where, one), ()) if row.valid_from <= day)
                rate = next(valid, None)
                if rate is not None:
                    return rate
        return None

    def categories(self, skus: Iterable[str], country: str) -> Mapping[str, str]:
        """Tax category in `country` of those of the items that have one; the others are `standard`."""
        mine = ItemTax.sku.in_(sorted(set(skus))), ItemTax.country.in_(("", country))
        # What counts in the country comes later, and stays.
        rows = self.db.execute(select(ItemTax.sku, ItemTax.category).where(*mine).order_by(ItemTax.country))
        return dict(rows.all())

    @property
    def lists(self) -> Sequence[PriceList]:
        """All price lists."""
        if self._lists is None:
            self._lists = list(self.db.scalars(select(PriceList)))
        return self._lists

    def prices(self, wanted: Wanted, lines: Sequence[tuple[str, int]]) -> list[tuple[Decimal, bool] | None]:
        """(price of one, whether tax is in it) for each (sku, qty); None where no list has one.

        The customer's own lists come first, then their group's, their channel's, everybody's; of one kind the list that began last, then
        the first by code. In a list the price of the largest `from_qty` that is reached counts; a list without the item is passed over."""
        mine = sorted((one for one in self.lists if _fits(one, wanted)), key=_order)
        if not mine:
            return [None] * len(lines)
        query = select(PriceListItem).where(
            PriceListItem.list_code.in_([one.code for one in mine]), PriceListItem.sku.in_({sku for sku, _ in lines})
        )
        rows: dict[tuple[str, str], list[PriceListItem]] = defaultdict(list)
        for row in self.db.scalars(query.order_by(PriceListItem.from_qty.desc())):
            rows[row.list_code, row.sku].append(row)
        return [_first(mine, rows, sku, qty) for sku, qty in lines]


def _fits(one: PriceList, wanted: Wanted) -> bool:
    here = (one.customer_id, wanted.customer_id), (one.group, wanted.group), (one.channel, wanted.channel)
    return (
        one.currency == wanted.currency
        and all(mine in ("", theirs) for mine, theirs in here)
        and (one.valid_from is None or one.valid_from <= wanted.day)
        and (one.valid_to is None or wanted.day <= one.valid_to)
    )


def _order(one: PriceList) -> tuple[int, int, str]:
    kind = 0 if one.customer_id else 1 if one.group else 2 if one.channel else 3
    return kind, -(one.valid_from or date.min).toordinal(), one.code


def _first(
    lists: Sequence[PriceList], rows: Mapping[tuple[str, str], Sequence[PriceListItem]], sku: str, qty: int
) -> tuple[Decimal, bool] | None:
    for one in lists:
        reached = next((row for row in rows.get((one.code, sku), ()) if row.from_qty <= qty), None)
        if reached is not None:
            return reached.price, one.tax_included
    return None


def exchange_rate(db: Session, base: str, quote: str, day: date) -> Decimal | None:
    """What one unit of `base` is worth in `quote` as of `day`: as told, the other way round, or over EUR; the latest day that is not after
    `day`. None: nobody told."""
    if base == quote:
        return Decimal(1)
    direct = _told(db, base, quote, day)
    if direct is not None or _PIVOT in (base, quote):
        return direct
    first, second = _told(db, base, _PIVOT, day), _told(db, _PIVOT, quote, day)
    return None if first is None or second is None else first * second


def _told(db: Session, base: str, quote: str, day: date) -> Decimal | None:
    pair = ((ExchangeRate.base == base) & (ExchangeRate.quote == quote)) | (
        (ExchangeRate.base == quote) & (ExchangeRate.quote == base)
    )
    newest = select(ExchangeRate).where(pair, ExchangeRate.day <= day)
    # Told on the same day both ways: the way it is asked.
    row = db.scalars(newest.order_by(ExchangeRate.day.desc(), (ExchangeRate.base == base).desc()).limit(1)).first()
    return None if row is None else row.rate if row.base == base else 1 / row.rate


def today(db: Session) -> date:
    """The day it is for the database, in UTC."""
    now: datetime = db.scalars(select(func.timezone("UTC", func.now()))).one()
    return now.date()
