"""What is known of suppliers, levels and orders. Read by the API."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.forecast.models import ItemForecast
from oms.purchasing.codes import BuyState
from oms.purchasing.keeping import PriceSaid, SettingSaid, SupplierItemSaid, SupplierSaid
from oms.purchasing.models import (
    PurchaseDelivery,
    PurchaseLine,
    PurchaseMail,
    PurchaseOrder,
    PurchaseSetting,
    StockRule,
    Supplier,
    SupplierItem,
)
from oms.purchasing.run import projected


class SupplierRow(Struct, frozen=True, kw_only=True):
    """A supplier as it was said, and the days it takes as deliveries show it (null: too few of them)."""

    said: SupplierSaid
    learned_days: float | None
    learned_sd_days: float | None
    items: list[SupplierItemSaid]


class LevelRow(Struct, frozen=True, kw_only=True):
    """When an item is ordered (null: never), beside what the forecast suggests and the money that ties up (null: nobody foresees, or nobody
    said what a unit costs). `projected` = on hand - owed + on order."""

    sku: str
    reorder_point: int | None
    upto: int | None
    safety: int | None
    follow: bool
    source: str
    suggested_point: int | None
    suggested_upto: int | None
    suggested_safety: int | None
    money: str | None
    on_hand: int
    owed: int
    on_order: int
    projected: int


class LineRow(Struct, frozen=True, kw_only=True):
    """A line; `open` units are to come on `day`."""

    line: int
    sku: str
    their_sku: str
    qty: int
    wanted: int
    received: int
    damaged: int
    open: int
    price: Decimal
    day: date


class DeliveryRow(Struct, frozen=True, kw_only=True):
    """Units that came; `over` of them were not ordered."""

    sku: str
    qty: int
    damaged: int
    over: int
    lot: str
    paper: str
    at: datetime


class OrderRow(Struct, frozen=True, kw_only=True):
    """An order to a supplier. `mail`: what became of its mail, '' none."""

    number: str
    supplier: str
    state: BuyState
    currency: str
    total: Decimal
    made_at: datetime
    approved_by: str
    sent_at: datetime | None
    confirmed_at: datetime | None
    reference: str
    note: str
    mail: str
    lines: list[LineRow]
    deliveries: list[DeliveryRow] = []


def setting(db: Session, site: str) -> SettingSaid:
    """How a site buys."""
    row = db.get(PurchaseSetting, site)
    if row is None:
        return SettingSaid()
    return SettingSaid(**{name: getattr(row, name) for name in SettingSaid.__struct_fields__})


def suppliers(db: Session) -> list[SupplierRow]:
    """All of them, by code."""
    sold: dict[str, list[SupplierItemSaid]] = {}
    for row in db.scalars(select(SupplierItem).order_by(SupplierItem.supplier, SupplierItem.sku)):
        prices = [PriceSaid(units=units, price=Decimal(str(price))) for units, price in row.prices]
        one = SupplierItemSaid(
            supplier=row.supplier, sku=row.sku, their_sku=row.their_sku, moq=row.moq, pack=row.pack, prices=prices, rank=row.rank
        )  # fmt: skip
        sold.setdefault(row.supplier, []).append(one)
    return [_supplier(row, sold.get(row.code, [])) for row in db.scalars(select(Supplier).order_by(Supplier.code))]


def _supplier(row: Supplier, sold: list[SupplierItemSaid]) -> SupplierRow:
    words: dict[str, Any] = {name: getattr(row, name) for name in SupplierSaid.__struct_fields__}
    words["days_off"] = [date.fromisoformat(one) for one in row.days_off]
    return SupplierRow(
        said=SupplierSaid(**words), items=sold,
        learned_days=None if row.learned_days is None else float(row.learned_days),
        learned_sd_days=None if row.learned_sd_days is None else float(row.learned_sd_days),
    )  # fmt: skip


def levels(db: Session, site: str, skus: Collection[str], after: str, limit: int) -> list[LevelRow]:
    """Of these items, or of all that have a level or a forecast, by SKU after one."""
    of = {row.sku: row for row in db.scalars(_page(StockRule, site, skus, after, limit))}
    said = {row.sku: row for row in db.scalars(_page(ItemForecast, site, skus, after, limit))}
    found = sorted({*of, *said})[:limit]
    stock = projected(db, site, found)
    rows = []
    for sku in found:
        rule, foreseen, now = of.get(sku), said.get(sku), stock[sku]
        rows.append(LevelRow(
            sku=sku, reorder_point=rule and rule.reorder_point, upto=rule and rule.upto, safety=rule and rule.safety,
            follow=bool(rule and rule.follow), source=rule.source.value if rule else "",
            suggested_point=foreseen and foreseen.reorder_point, suggested_upto=foreseen and foreseen.upto,
            suggested_safety=foreseen and foreseen.safety,
            money=None if foreseen is None or foreseen.money is None else str(foreseen.money),
            on_hand=now.on_hand, owed=now.owed, on_order=now.on_order, projected=now.units,
        ))  # fmt: skip
    return rows


def _page(model: Any, site: str, skus: Collection[str], after: str, limit: int) -> Any:
    mine = select(model).where(model.site_id == site)
    mine = mine.where(model.sku.in_(skus)) if skus else mine.where(model.sku > after)
    return mine.order_by(model.sku).limit(max(limit, len(skus)))


def orders(
    db: Session, site: str, states: Collection[BuyState], supplier: str, before: str, limit: int
) -> list[OrderRow]:
    """The newest first, of a supplier ('' any) and in one of the states (none: in any), made before the one named `before`."""
    mine = select(PurchaseOrder).where(PurchaseOrder.site_id == site)
    if states:
        mine = mine.where(PurchaseOrder.state.in_(states))
    if supplier:
        mine = mine.where(PurchaseOrder.supplier == supplier)
    if before:
        mine = mine.where(PurchaseOrder.number < before)
    found = db.scalars(mine.order_by(PurchaseOrder.number.desc()).limit(limit)).all()
    numbers = [one.number for one in found]
    lines: dict[str, list[PurchaseLine]] = {}
    inside = select(PurchaseLine).where(PurchaseLine.order_no.in_(numbers)).order_by(PurchaseLine.line_no)
    for line in db.scalars(inside):
        lines.setdefault(line.order_no, []).append(line)
    mails = {
        mail.order_no: mail.state.value
        for mail in db.scalars(select(PurchaseMail).where(PurchaseMail.order_no.in_(numbers)))
    }
    return [_order(one, lines.get(one.number, []), mails.get(one.number, "")) for one in found]


def order(db: Session, site: str, number: str) -> OrderRow | None:
    """One, with what came of it."""
    row = db.get(PurchaseOrder, number)
    if row is None or row.site_id != site:
        return None
    lines = db.scalars(select(PurchaseLine).where(PurchaseLine.order_no == number).order_by(PurchaseLine.line_no)).all()
    came = db.scalars(
        select(PurchaseDelivery)
        .where(PurchaseDelivery.order_no == number)
        .order_by(PurchaseDelivery.at, PurchaseDelivery.id)
    )
    deliveries = [
        DeliveryRow(
            sku=one.sku, qty=one.qty, damaged=one.damaged, over=one.over, lot=one.lot, paper=one.paper, at=one.at
        )
        for one in came
    ]
    mail = db.get(PurchaseMail, number)
    return _order(row, list(lines), mail.state.value if mail else "", deliveries)


def _order(row: PurchaseOrder, lines: list[PurchaseLine], mail: str, came: list[DeliveryRow] | None = None) -> OrderRow:
    told = [
        LineRow(
            line=one.line_no, sku=one.sku, their_sku=one.their_sku, qty=one.qty, wanted=one.wanted, received=one.received,
            damaged=one.damaged, open=one.open, price=one.price, day=one.day,
        )
        for one in lines
    ]  # fmt: skip
    return OrderRow(
        number=row.number, supplier=row.supplier, state=row.state, currency=row.currency, total=row.total, made_at=row.made_at,
        approved_by=row.approved_by, sent_at=row.sent_at, confirmed_at=row.confirmed_at, reference=row.reference,
        note=row.note, mail=mail, lines=told, deliveries=came or [],
    )  # fmt: skip
