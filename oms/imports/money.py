"""Price lists, tax rates, what items are taxed as, and exchange rates from files, line by line: what is there already is written over,
nothing else is touched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import inspect, select

from oms.catalog.models import Item
from oms.db.base import Base
from oms.db.work import Work
from oms.imports import fields
from oms.imports.once import Once
from oms.imports.report import BadLine, Line, Result
from oms.imports.text import Row
from oms.money.currencies import known
from oms.money.models import ExchangeRate, ItemTax, PriceList, PriceListItem, TaxRate
from oms.money.tables import STANDARD

_ALWAYS: Final = date(2000, 1, 1)
_PLACES: Final = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """One line: a row by its key, and for a price the list it is in."""

    line: int
    model: type[Base]
    key: tuple[Any, ...]
    columns: dict[str, Any]
    head: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """For the report."""
        return " ".join(str(part) for part in self.key if part != "")


class Reader:
    """Reads the lines of one file; a price list that is said twice must be said alike."""

    def __init__(self, kind: str) -> None:
        self._read: Callable[[Row], Draft] = {
            "prices": self._price, "tax-rates": self._tax, "item-taxes": self._item_tax, "exchange-rates": self._exchange,
        }[kind]  # fmt: skip
        self._once = Once()

    def read(self, row: Row) -> Draft:
        """BadLine when it cannot be used."""
        return self._read(row)

    def _price(self, row: Row) -> Draft:
        values = row.values
        code, sku = fields.key(values, "list"), fields.key(values, "sku")
        head = {
            "currency": _currency(values, "currency"),
            "tax_included": fields.flag(values, "tax_included"),
            "customer_id": fields.text(values, "customer", fields.MAX_KEY),
            "group": fields.text(values, "group", fields.MAX_KEY),
            "channel": fields.text(values, "channel", fields.MAX_KEY),
            "valid_from": fields.day(values, "valid_from"),
            "valid_to": fields.day(values, "valid_to"),
        }
        price = fields.money(values, "price")
        if price is None:
            raise BadLine("missing", column="price")
        if price < 0:
            raise BadLine("bad_amount", column="price", value=str(price))
        from_qty = fields.whole(values, "from_qty", least=1) or 1
        self._once.check(code, row.line, head)
        return Draft(row.line, PriceListItem, (code, sku, from_qty), {"price": price}, head)

    def _tax(self, row: Row) -> Draft:
        values = row.values
        country = fields.key(values, "country").upper()
        category = fields.text(values, "category", fields.MAX_KEY).lower() or STANDARD
        key = (
            country,
            fields.text(values, "region", 10).upper(),
            category,
            fields.day(values, "valid_from") or _ALWAYS,
        )
        rate = _decimal(values, "rate")
        _check_country(country)
        if not 0 <= rate < 1:
            # 21 is meant as 21 %; so that nobody wonders which it is, it must be told as a share.
            raise BadLine("bad_share", column="rate", value=str(rate)[:20])
        return Draft(row.line, TaxRate, key, {"rate": rate})

    def _item_tax(self, row: Row) -> Draft:
        values = row.values
        country = fields.text(values, "country", 10).upper()
        if country:
            _check_country(country)
        key = fields.key(values, "sku"), country
        return Draft(row.line, ItemTax, key, {"category": fields.key(values, "category").lower()})

    def _exchange(self, row: Row) -> Draft:
        values = row.values
        day = fields.day(values, "day")
        if day is None:
            raise BadLine("missing", column="day")
        rate = _decimal(values, "rate")
        if not 0 < rate < 10**9:
            raise BadLine("bad_number", column="rate", value=str(rate)[:20])
        base, quote = _currency(values, "base"), _currency(values, "quote")
        if base == quote:
            raise BadLine("bad_word", column="quote", value=quote)
        return Draft(row.line, ExchangeRate, (base, quote, day), {"rate": rate})


def _check_country(code: str) -> None:
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        raise BadLine("bad_word", column="country", value=code)


def _currency(values: dict[str, Any], name: str) -> str:
    code = fields.key(values, name).upper()
    if not known(code):
        raise BadLine("bad_word", column=name, value=code[: fields.MAX_KEY])
    return code


def _decimal(values: dict[str, Any], name: str) -> Decimal:
    plain = fields.text(values, name, fields.MAX_KEY).replace(",", ".")
    if not plain:
        raise BadLine("missing", column=name)
    whole, _, rest = plain.partition(".")
    if (
        not whole.isascii()
        or not whole.isdigit()
        or (rest and not (rest.isascii() and rest.isdigit()))
        or len(rest) > _PLACES
    ):
        raise BadLine("bad_number", column=name, value=plain)
    return Decimal(plain)


def apply(w: Work, drafts: Sequence[Draft]) -> list[Line]:
    """Writes the drafts; one line of report each."""
    for draft in drafts:
        if draft.head is not None:
            w.db.merge(PriceList(code=draft.key[0], **draft.head))
    w.db.flush()
    unknown = _unknown(w, [draft for draft in drafts if draft.model is ItemTax])
    return [unknown.get(draft.line) or _apply_one(w, draft) for draft in drafts]


def _unknown(w: Work, drafts: Sequence[Draft]) -> dict[int, Line]:
    """By line: items nobody knows, and categories without a rate anywhere (a misspelt one would be taxed as `standard`, unseen)."""
    if not drafts:
        return {}
    skus = set(w.db.scalars(select(Item.sku).where(Item.sku.in_({draft.key[0] for draft in drafts}))))
    rated = {STANDARD, *w.db.scalars(select(TaxRate.category).distinct())}
    found: dict[int, Line] = {}
    for draft in drafts:
        category = draft.columns["category"]
        if draft.key[0] not in skus:
            found[draft.line] = BadLine("unknown_item", sku=draft.key[0]).line(draft.line, draft.name)
        elif category not in rated:
            found[draft.line] = BadLine("bad_word", column="category", value=category).line(draft.line, draft.name)
    return found


def _apply_one(w: Work, draft: Draft) -> Line:
    row = w.db.get(draft.model, draft.key)
    if row is None:
        names = [str(column.key) for column in inspect(draft.model).primary_key]
        w.db.add(draft.model(**dict(zip(names, draft.key, strict=True)), **draft.columns))
        w.db.flush()
        return Line(line=draft.line, key=draft.name, result=Result.CREATED)
    changed = {name: value for name, value in draft.columns.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return Line(line=draft.line, key=draft.name, result=Result.UPDATED if changed else Result.UNCHANGED)
