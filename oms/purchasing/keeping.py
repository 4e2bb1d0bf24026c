"""What is said of suppliers, of what they sell, of how a site buys and of when its items are ordered. Called by the API, in one unit of
work each."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from oms.catalog.models import Item
from oms.documents.formats import LANGUAGES
from oms.forecast.models import ItemForecast
from oms.money.currencies import known
from oms.purchasing.codes import BuyCode, Refused, RuleSource, SendBy
from oms.purchasing.models import PurchaseSetting, StockRule, Supplier, SupplierItem

if TYPE_CHECKING:
    from oms.db.work import Work

_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
_MAIL: Final = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")
_MOST_UNITS: Final = 10**8
_MOST_MONEY: Final = Decimal(10) ** 9
_PLACES: Final = Decimal("0.0001")
_MOST_TEXT: Final = 200


class SupplierSaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A supplier, new or changed as a whole. `weekdays` are digits 1 (Monday) to 7, `holidays` a country with a part of it after `-`;
    days of lead time are days of the calendar; tolerances in percent of a line."""

    code: str
    name: str
    email: str = ""
    contact: str = ""
    address: list[str] = []
    country: str = ""
    language: str = "en"
    currency: str = "EUR"
    send_by: SendBy = SendBy.MAIL
    gln: str = ""
    our_number: str = ""
    weekdays: str = "12345"
    holidays: str = ""
    days_off: list[date] = []
    lead_days: Decimal = Decimal(7)
    lead_sd_days: Decimal = Decimal(2)
    over_percent: int = 0
    under_percent: int = 0
    active: bool = True


class PriceSaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `units` on one costs `price`, in the supplier's currency."""

    units: int
    price: Decimal


class SupplierItemSaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item as a supplier sells it; with `gone` no more. Of several suppliers the one with the lowest `rank` is asked."""

    supplier: str
    sku: str
    their_sku: str = ""
    moq: int = 1
    pack: int = 1
    prices: list[PriceSaid] = []
    rank: int = 1
    gone: bool = False


class RuleSaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an item is ordered. Without levels (null) those that the forecast suggests are taken; `follow`: from now on, too."""

    sku: str
    reorder_point: int | None = None
    upto: int | None = None
    safety: int = 0
    follow: bool = False
    gone: bool = False


class SettingSaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a site buys; see `oms.purchasing.models.PurchaseSetting`."""

    approve_above: Decimal | None = None
    currency: str = "EUR"
    auto_send: bool = False
    auto_follow: bool = False
    dead_days: int = 180
    return_percent: int = 20
    return_least: int = 10


def keep_suppliers(w: "Work", said: Sequence[SupplierSaid]) -> None:
    """All or, with `Refused`, none."""
    for one in said:
        _check_supplier(one)
        values: dict[str, Any] = {name: getattr(one, name) for name in SupplierSaid.__struct_fields__}
        values["days_off"] = sorted({day.isoformat() for day in one.days_off})
        values["weekdays"] = "".join(sorted(set(one.weekdays)))
        _write(w, Supplier, {"code": values.pop("code")}, values)
        w.audit("supplier.kept", supplier=one.code)


def _check_supplier(one: SupplierSaid) -> None:
    texts = (one.name, one.email, one.contact, one.country, one.gln, one.our_number, one.holidays, *one.address)
    if not _CODE.fullmatch(one.code) or any("\0" in text or len(text) > _MOST_TEXT for text in texts):
        raise Refused(BuyCode.BAD_SUPPLIER, field="code", supplier=one.code[:20])
    bad = {
        "name": not one.name.strip(),
        "email": bool(one.email) and not _MAIL.fullmatch(one.email),
        "address": len(one.address) > 6,
        "language": one.language not in LANGUAGES,
        "currency": not known(one.currency),
        "weekdays": not one.weekdays or not set(one.weekdays) <= set("1234567"),
        "gln": bool(one.gln) and not re.fullmatch(r"[0-9]{13}", one.gln),
        "lead_days": not _between(one.lead_days, 0, 730) or not _between(one.lead_sd_days, 0, 365),
        "days_off": len(one.days_off) > 400,
        "over_percent": not 0 <= one.over_percent <= 100 or not 0 <= one.under_percent <= 100,
    }
    for name, wrong in bad.items():
        if wrong:
            raise Refused(BuyCode.BAD_SUPPLIER, field=name, supplier=one.code)


def keep_items(w: "Work", said: Sequence[SupplierItemSaid]) -> None:
    """All or, with `Refused`, none. They count from the next order on."""
    suppliers = set(w.db.scalars(select(Supplier.code)))
    items = _known(w, [one.sku for one in said])
    for one in said:
        if one.supplier not in suppliers:
            raise Refused(BuyCode.UNKNOWN_SUPPLIER, supplier=one.supplier[:40])
        if one.sku not in items:
            raise Refused(BuyCode.UNKNOWN_ITEM, sku=one.sku[:80])
        _check_terms(one)
        key = {"supplier": one.supplier, "sku": one.sku}
        if one.gone:
            row = w.db.get(SupplierItem, (one.supplier, one.sku))
            if row is not None:
                w.db.delete(row)
                w.db.flush()
        else:
            prices = [[price.units, str(price.price.quantize(_PLACES))] for price in one.prices]
            values = {"their_sku": one.their_sku, "moq": one.moq, "pack": one.pack, "prices": prices, "rank": one.rank}
            _write(w, SupplierItem, key, values)
        w.audit("supplier.item_kept", **key, gone=one.gone)


def _check_terms(one: SupplierItemSaid) -> None:
    units = [price.units for price in one.prices]
    good = (
        1 <= one.moq <= _MOST_UNITS and 1 <= one.pack <= _MOST_UNITS and 0 <= one.rank <= 1000 and len(one.prices) <= 20
        and units == sorted(set(units)) and all(1 <= some <= _MOST_UNITS for some in units)
        and all(_between(price.price, 0, _MOST_MONEY) for price in one.prices)
        and "\0" not in one.their_sku and len(one.their_sku) <= _MOST_TEXT
    )  # fmt: skip
    if not good:
        raise Refused(BuyCode.BAD_TERMS, sku=one.sku, supplier=one.supplier)


def keep_rules(w: "Work", said: Sequence[RuleSaid]) -> None:
    """All or, with `Refused`, none."""
    items = _known(w, [one.sku for one in said], w.site)
    for one in said:
        if one.sku not in items:
            raise Refused(BuyCode.UNKNOWN_ITEM, sku=one.sku[:80])
        if one.gone:
            row = w.db.get(StockRule, (w.site, one.sku))
            if row is not None:
                w.db.delete(row)
                w.db.flush()
        else:
            _keep_rule(w, one)
        w.audit("stock_rule.kept", sku=one.sku, follow=one.follow, gone=one.gone)


def _keep_rule(w: "Work", one: RuleSaid) -> None:
    if one.reorder_point is None or one.upto is None:
        found = w.db.get(ItemForecast, (w.site, one.sku))
        if found is None:
            raise Refused(BuyCode.NOT_FORESEEN, sku=one.sku)
        levels, source = (found.reorder_point, found.upto, found.safety), RuleSource.FORECAST
    else:
        levels, source = (one.reorder_point, one.upto, one.safety), RuleSource.PERSON
    point, upto, safety = levels
    if not 0 <= safety <= point <= upto <= _MOST_UNITS:
        raise Refused(BuyCode.BAD_RULE, sku=one.sku)
    write_rule(w, one.sku, point, upto, safety, source, follow=one.follow)


def write_rule(w: "Work", sku: str, point: int, upto: int, safety: int, source: RuleSource, *, follow: bool) -> None:
    """As it stands now."""
    values = {
        "reorder_point": point, "upto": upto, "safety": safety, "source": source, "follow": follow, "said_at": w.now,
    }  # fmt: skip
    _write(w, StockRule, {"site_id": w.site, "sku": sku}, values)


def keep_setting(w: "Work", said: SettingSaid) -> None:
    """Raises `Refused`."""
    if not known(said.currency):
        raise Refused(BuyCode.BAD_TERMS, field="currency")
    if said.approve_above is not None and not _between(said.approve_above, 0, _MOST_MONEY):
        raise Refused(BuyCode.BAD_TERMS, field="approve_above")
    for name, most in (("dead_days", 3650), ("return_percent", 100), ("return_least", _MOST_UNITS)):
        if not 0 <= getattr(said, name) <= most:
            raise Refused(BuyCode.BAD_TERMS, field=name)
    values = {name: getattr(said, name) for name in SettingSaid.__struct_fields__}
    _write(w, PurchaseSetting, {"site_id": w.site}, values)
    above = None if said.approve_above is None else str(said.approve_above)
    w.audit("purchasing.set", approve_above=above, auto_send=said.auto_send, auto_follow=said.auto_follow)


def _known(w: "Work", skus: Sequence[str], site: str | None = None) -> set[str]:
    asked = select(Item.sku).where(Item.sku.in_({sku for sku in skus if "\0" not in sku}))
    return set(w.db.scalars(asked if site is None else asked.where(Item.site_id == site)))


def _between(value: Decimal, least: int, most: int | Decimal) -> bool:
    return value.is_finite() and least <= value <= most


def _write(w: "Work", model: type[Any], key: dict[str, Any], values: dict[str, Any]) -> None:
    fresh = model(**key, **values)
    whole = {one.key: getattr(fresh, one.key) for one in model.__mapper__.column_attrs}
    w.db.execute(insert(model).values(whole).on_conflict_do_update(index_elements=list(key), set_=values))
    w.db.expire_all()
