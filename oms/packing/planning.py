"""Which cartons and which service an order goes with: asked at release, and again when what is to be packed has changed.

Called by release and by what packers report, in their unit of work. Reads master data and rate tables, asks nobody outside.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select

from oms.catalog.models import Carton, Item, Site
from oms.feed.models import FloorException
from oms.orders.models import Order, OrderLine
from oms.packing import cartons
from oms.packing.content import scanned_for
from oms.packing.models import Parcel
from oms.packing.plans import Goods, plans
from oms.packing.sharing import guests, parcels_for, shared_by
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import need, resolve
from oms.shipping.actions import plan_parcel
from oms.shipping.carriers.port import Box
from oms.shipping.carriers.rating import Rater
from oms.shipping.choosing import choose_service
from sync.contract.codes import ParcelState
from sync.contract.packing import ParcelPlan, PlanWhy

if TYPE_CHECKING:
    from oms.db.work import Work


_SHOP = "cartons of this unit of work"


@dataclass(frozen=True, slots=True)
class _Shop:
    """The shop's cartons and what it asks of a packed one."""

    cartons: tuple[cartons.Carton, ...]
    lift_g: int
    clearance_mm: int


def plan_release(w: "Work", order: Order) -> None:
    """The order's service, its parcels with the carton of each, and a word to the supervisor about what fits none."""
    drawn, rater = _draw(w, order)
    choose_service(w, order, rater, _boxes(w, drawn))
    for _ in range(max(1, len(drawn))):
        plan_parcel(w, order)
    w.db.flush()
    _give(w, order, _planned(w, order.number), drawn)
    _tell(w, order, drawn)


def replan(w: "Work", order: Order) -> None:
    """The plans of the parcels that are not weighed yet, by what there is to pack now. Nothing is done when they fit it already."""
    parcels = _planned(w, order.number)
    units = _to_pack(w, order.number)
    known: Counter[str] = Counter()
    for parcel in parcels:
        if parcel.plan:
            known.update(parcel.plan["goods"])
    if not parcels or (known == units and parcels[0].plan):
        return
    drawn, _ = _draw(w, order)
    for _ in range(len(drawn) - len(parcels)):
        plan_parcel(w, order)
    w.db.flush()
    _give(w, order, _planned(w, order.number), drawn)
    _tell(w, order, drawn)


def settle(w: "Work", order_no: str) -> None:
    """Nobody need think any more about what of this order fits no carton."""
    for asked in _asked(w, order_no):
        resolve(w, asked)


def _draw(w: "Work", order: Order) -> tuple[list[ParcelPlan], Rater]:
    """The plan of each parcel; none where the shop has no cartons or nothing is to be packed."""
    rater = Rater.of(w, order)
    shop, units = _shop(w), _to_pack(w, order.number)
    if not shop.cartons or not units:
        return [], rater
    goods = _goods(w, units)
    rules = cartons.Rules(clearance_mm=shop.clearance_mm, lift_g=shop.lift_g, cost=rater.cost)
    choice = cartons.choose([goods[sku].units(qty) for sku, qty in units.items()], shop.cartons, rules)
    currency = rater.currency if rater.priced else ""
    return plans(choice, goods, units, currency, order.flags), rater


def _shop(w: "Work") -> _Shop:
    """Read once in a unit of work: a wave releases many orders."""
    known: _Shop | None = w.db.info.get(_SHOP)
    if known is None:
        known = w.db.info[_SHOP] = _read_shop(w)
    return known


def _read_shop(w: "Work") -> _Shop:
    site = w.db.get_one(Site, w.site)
    rows = w.db.scalars(select(Carton).where(Carton.site_id == w.site).order_by(Carton.code))
    return _Shop(tuple(_carton(row) for row in rows), site.lift_g, site.clearance_mm)


def _carton(row: Carton) -> cartons.Carton:
    return cartons.Carton(
        row.code,
        (row.inner_length_mm, row.inner_width_mm, row.inner_height_mm),
        (row.outer_length_mm, row.outer_width_mm, row.outer_height_mm),
        row.tare_g,
        row.max_g,
        row.cost_cents,
    )


def _goods(w: "Work", units: Counter[str]) -> dict[str, Goods]:
    rows = w.db.scalars(select(Item).where(Item.site_id == w.site, Item.sku.in_(units)))
    known = {row.sku: _of_item(row) for row in rows}
    return {sku: known.get(sku, Goods(sku)) for sku in units}


def _of_item(row: Item) -> Goods:
    sides = (row.length_mm or 0, row.width_mm or 0, row.height_mm or 0)
    return Goods(
        row.sku,
        sides if min(sides) > 0 else None,
        row.weight_g,
        row.rotation,
        row.fragile,
        row.bears_g,
        row.hazard,
        tuple(row.inserts),
    )


def _to_pack(w: "Work", order_no: str) -> Counter[str]:
    """Units per SKU that are in no parcel that was weighed, in line order: of the order and of those that share its parcel. None of an
    order that shares another's."""
    elsewhere = shared_by(w.site, order_no)
    if w.db.scalar(select(Parcel.id).where(Parcel.id.in_(elsewhere), Parcel.state == ParcelState.PLANNED).limit(1)):
        return Counter()
    shared = guests(w.db, [parcel.id for parcel in _planned(w, order_no)])
    numbers = [order_no, *dict.fromkeys(order for some in shared.values() for order, _ in some)]
    wanted: Counter[str] = Counter()
    for number in numbers:
        mine = select(OrderLine).where(OrderLine.site_id == w.site, OrderLine.order_no == number)
        for line in w.db.scalars(mine.order_by(OrderLine.line_no)):
            wanted[line.sku] += line.qty - line.short
        closed = parcels_for(w.site, number).where(Parcel.state.not_in((ParcelState.PLANNED, ParcelState.VOID)))
        wanted.subtract(scanned_for(w.db, w.site, [number], [parcel.id for parcel in w.db.scalars(closed)]))
    return +wanted


def _planned(w: "Work", order_no: str) -> list[Parcel]:
    planned = select(Parcel).where(
        Parcel.site_id == w.site, Parcel.order_no == order_no, Parcel.state == ParcelState.PLANNED
    )
    return list(w.db.scalars(planned.order_by(Parcel.number)))


def _boxes(w: "Work", drawn: Sequence[ParcelPlan]) -> list[Box]:
    """The parcels as a carrier sees them; of goods that go without a carton only the weight is known."""
    outer = {one.code: one.outer for one in _shop(w).cartons}
    return [
        Box(grams=max(plan.gross_g, 1), sides_mm=outer.get(plan.carton or "")) for plan in drawn if plan.carton
    ] or [Box(grams=1)]


def _give(w: "Work", order: Order, parcels: Sequence[Parcel], drawn: Sequence[ParcelPlan]) -> None:
    """Parcels without a plan are those drawn ahead, in case the goods do not go in as planned."""
    for n, parcel in enumerate(parcels):
        body = msgspec.to_builtins(drawn[n]) if n < len(drawn) else None
        if parcel.plan != body:
            parcel.plan = body
            w.touch("parcel", parcel.id)


def _asked(w: "Work", order_no: str) -> list[FloorException]:
    asked = select(FloorException).where(
        FloorException.site_id == w.site,
        FloorException.order_no == order_no,
        FloorException.kind == ExceptionKind.NO_CARTON_FITS,
        FloorException.state == OPEN,
    )
    return list(w.db.scalars(asked))


def _tell(w: "Work", order: Order, drawn: Sequence[ParcelPlan]) -> None:
    """One question per order, about the first item; settled by itself when everything fits."""
    unfit = [plan for plan in drawn if plan.why is PlanWhy.NONE_FITS]
    asked = _asked(w, order.number)
    if not unfit:
        for one in asked:
            resolve(w, one)
    elif not asked:
        [sku, *_] = unfit[0].goods
        units = sum(plan.goods.get(sku, 0) for plan in unfit)
        words: dict[str, str | int] = {"order": order.number, "sku": sku, "n": units, "parcels": len(drawn)}
        need(w, ExceptionKind.NO_CARTON_FITS, words, order_no=order.number)
