"""The purchase run of a site: what is lacking of its items is ordered, merged by supplier, one order a supplier and day. Run again, nothing
is ordered twice: what is on an order counts as on its way."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from oms.forecast.models import ItemForecast
from oms.promise.availability import cells
from oms.promise.models import ExpectedReceipt, Kept, ReceiptState
from oms.purchasing.actions import Scene, add_lines, begin, lines_of, send, setting_of, settle_limit, terms_of
from oms.purchasing.codes import LIVE, BuyState, Refused, RuleSource, SendBy
from oms.purchasing.keeping import write_rule
from oms.purchasing.models import PurchaseLine, PurchaseOrder, PurchaseSetting, StockRule, Supplier, SupplierItem
from oms.purchasing.rules import needed, to_order
from oms.sales.models import CustomerOrderLine

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from oms.db.work import Work


@dataclass(frozen=True, slots=True)
class Projected:
    """Units of an item at a site, when everything that is known has happened."""

    on_hand: int = 0
    #: What the floor will take, what customers were promised, what they wait for.
    owed: int = 0
    on_order: int = 0

    @property
    def units(self) -> int:
        """May be below zero."""
        return self.on_hand - self.owed + self.on_order


@dataclass(frozen=True, slots=True)
class Ran:
    """Orders that were made or grew, items that lack and nobody sells, orders of the day that were gone already, and suppliers of whom more
    would have been ordered than anybody can mean."""

    orders: tuple[str, ...]
    nobody_sells: tuple[str, ...]
    tomorrow: tuple[str, ...]
    too_large: tuple[str, ...] = ()


def run(w: "Work") -> Ran:
    """One run of `w.site`. Two at the same time do it one after the other."""
    setting = setting_of(w)
    _follow(w, setting)
    rules = {row.sku: row for row in w.db.scalars(select(StockRule).where(StockRule.site_id == w.site))}
    stock = projected(w.db, w.site, rules)
    lacking = {
        sku: units for sku, rule in sorted(rules.items())
        if (units := needed(stock[sku].units, rule.reorder_point, rule.upto))
    }  # fmt: skip
    sellers = _sellers(w.db, lacking)
    by_supplier: dict[str, dict[str, int]] = defaultdict(dict)
    for sku, units in lacking.items():
        if sku in sellers:
            row = sellers[sku]
            by_supplier[row.supplier][sku] = to_order(units, terms_of(row))
    made: list[str] = []
    tomorrow: list[str] = []
    too_large: list[str] = []
    for code, wanted in sorted(by_supplier.items()):
        try:
            with w.savepoint():
                number, done = _order(w, setting, w.db.get_one(Supplier, code), wanted, w.now.date())
        except Refused:
            too_large.append(code)
            continue
        (made if done else tomorrow).append(number)
    nobody = tuple(sku for sku in lacking if sku not in sellers)
    w.audit("purchasing.ran", orders=len(made), items=len(lacking), nobody_sells=len(nobody), waiting=len(tomorrow))
    return Ran(tuple(made), nobody, tuple(tomorrow), tuple(too_large))


def projected(db: "Session", site: str, skus: Collection[str]) -> dict[str, Projected]:
    """Of each item. What customers wait for and no site has counts at the first site that orders the item."""
    there = cells(db, skus)
    promised = _sum(db, select(Kept.sku, func.sum(Kept.qty)).where(
        Kept.site_id == site, Kept.sku.in_(skus), Kept.receipt.is_not(None), Kept.order_no.is_not(None)
    ).group_by(Kept.sku))  # fmt: skip
    open_units = func.sum(func.greatest(0, PurchaseLine.wanted - PurchaseLine.received - PurchaseLine.damaged))
    on_orders = select(PurchaseLine.sku, open_units).join(PurchaseOrder, PurchaseOrder.number == PurchaseLine.order_no)
    live = on_orders.where(PurchaseOrder.site_id == site, PurchaseOrder.state.in_(LIVE), PurchaseLine.sku.in_(skus))
    ordered = _sum(db, live.group_by(PurchaseLine.sku))
    ours = select(PurchaseLine.line_no).where(
        ExpectedReceipt.id == func.concat(PurchaseLine.order_no, "/", PurchaseLine.line_no)
    )
    others = _sum(db, select(ExpectedReceipt.sku, func.sum(ExpectedReceipt.qty - ExpectedReceipt.received)).where(
        ExpectedReceipt.site_id == site, ExpectedReceipt.sku.in_(skus),
        ExpectedReceipt.state == ReceiptState.EXPECTED, ~ours.exists(),
    ).group_by(ExpectedReceipt.sku))  # fmt: skip
    waited = _waited(db, site, skus)
    found = {}
    for sku in skus:
        cell = there.get((sku, site))
        hand, owed = (cell.on_hand, cell.reserved + cell.kept) if cell else (0, 0)
        owed += max(promised.get(sku, 0), waited.get(sku, 0))
        found[sku] = Projected(hand, owed, ordered.get(sku, 0) + others.get(sku, 0))
    return found


def _waited(db: "Session", site: str, skus: Collection[str]) -> dict[str, int]:
    first = select(StockRule.sku, func.min(StockRule.site_id)).where(StockRule.sku.in_(skus)).group_by(StockRule.sku)
    mine = {sku for sku, at in db.execute(first) if at == site}
    waiting = select(CustomerOrderLine.sku, func.sum(CustomerOrderLine.backordered)).where(
        CustomerOrderLine.sku.in_(mine), CustomerOrderLine.backordered > 0
    )
    return _sum(db, waiting.group_by(CustomerOrderLine.sku))


def _sum(db: "Session", query: object) -> dict[str, int]:
    return {sku: int(units) for sku, units in db.execute(query)}  # type: ignore[call-overload]


def _follow(w: "Work", setting: PurchaseSetting) -> None:
    """Levels that follow the forecast are what it says now."""
    mine = select(ItemForecast, StockRule).outerjoin(
        StockRule, (StockRule.site_id == ItemForecast.site_id) & (StockRule.sku == ItemForecast.sku)
    )
    for said, rule in w.db.execute(mine.where(ItemForecast.site_id == w.site)).all():
        follows = rule.follow if rule is not None else setting.auto_follow and said.reorder_point > 0
        levels = said.reorder_point, said.upto, said.safety
        if not follows or (rule is not None and levels == (rule.reorder_point, rule.upto, rule.safety)):
            continue
        write_rule(w, said.sku, *levels, RuleSource.FORECAST, follow=True)


def _sellers(db: "Session", skus: Collection[str]) -> dict[str, SupplierItem]:
    """Who is asked for each item."""
    rows = db.scalars(
        select(SupplierItem).join(Supplier, Supplier.code == SupplierItem.supplier)
        .where(SupplierItem.sku.in_(skus), Supplier.active)
        .order_by(SupplierItem.sku, SupplierItem.rank.desc(), SupplierItem.supplier.desc())
    )  # fmt: skip
    return {row.sku: row for row in rows}


def _order(
    w: "Work", setting: PurchaseSetting, supplier: Supplier, wanted: Mapping[str, int], day: date
) -> tuple[str, bool]:
    """(number, True), or, where the day's order has left, (its number, False): what lacks is ordered on the next day."""
    mine = select(PurchaseOrder).where(
        PurchaseOrder.site_id == w.site, PurchaseOrder.supplier == supplier.code, PurchaseOrder.run_day == day
    )
    order = w.db.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if order is not None and order.state not in (BuyState.DRAFT, BuyState.AWAITING, BuyState.APPROVED):
        return order.number, False
    scene = Scene(order, lines_of(w, order.number)) if order else Scene(begin(w, supplier, run_day=day), [])
    add_lines(w, scene, supplier, wanted)
    settle_limit(w, scene, setting)
    number = scene.order.number
    w.audit("purchase.made", order=number, supplier=supplier.code, lines=len(wanted), total=str(scene.order.total))
    reachable = supplier.send_by is not SendBy.HAND and supplier.email
    if setting.auto_send and reachable and scene.order.state is BuyState.APPROVED:
        send(w, number)
    return number, True
