"""Reads what a plan is thought out from, in one short unit of work: the stock is allocated as it would be if the plan were used now, and
all of it is taken back again. Called by the planner."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select

from oms.catalog.models import Bin, Item, Site
from oms.orders.models import Order
from oms.picking.build import Allocated, urgency
from oms.picking.scene import lock_orders
from oms.plans.models import PickPlan
from oms.plans.scene import Goods, Place, Scene, Taken, Waits, Wanted
from oms.walks.floors import floor_of
from oms.walks.learning import times_of
from oms.walks.order import ranks_of
from oms.waves.capacity import Hands, hands
from oms.waves.models import Wave
from oms.waves.planning import allocate, template_of, unplan, walls
from sync.contract.codes import OrderState
from sync.contract.plans import Because, PlanAsked
from sync.contract.waves import ReleaseRule

if TYPE_CHECKING:
    from oms.db.work import Work


class _AsIf(Exception):
    """Takes back what was only done to see what would come of it."""


def collected(w: "Work", plan: PickPlan) -> Scene:
    """What the plan is thought out from. Nothing is kept, no lock either."""
    asked = msgspec.convert(plan.body, PlanAsked)
    orders: list[Wanted] = []
    waits: list[Waits] = []
    try:
        with w.savepoint():
            wave = w.db.get(Wave, plan.wave_id) if plan.wave_id is not None else None
            locked = lock_orders(w, plan.orders)
            if wave is not None:
                unplan(w, wave)
            found, waits = _allocated(w, locked)
            orders = _wanted(found, _measures(w, {line.sku for one in found for line, _ in one.takes}))
            raise _AsIf
    except _AsIf:
        pass
    bins = {take.bin for one in orders for take in one.takes}
    skus = {take.sku for one in orders for take in one.takes}
    site = w.db.get_one(Site, w.site)
    return Scene(
        asked=asked,
        now=w.now,
        orders=tuple(orders),
        waits=tuple(waits),
        floor=floor_of(w.db, w.site, bins),
        places=_places(w, bins),
        times=times_of(w.db, w.site, asked.method),
        people=_people(w, asked),
        goods=Goods(ranks_of(w, site, skus), site.product_first),
        walls=walls(w),
        rule=template_of(wave).release if wave is not None else ReleaseRule(),
    )


def _allocated(w: "Work", orders: list[Order]) -> tuple[list[Allocated], list[Waits]]:
    open_ = [order for order in orders if order.state is OrderState.OPEN]
    found, lacks = allocate(w, open_)
    waits = [Waits(one.number, Because.NOT_OPEN, {"state": one.state.value}) for one in orders if one not in open_]
    told: set[str] = set()
    for number, lack in lacks:
        if number not in told:
            told.add(number)
            waits.append(Waits(number, Because.NO_STOCK, {"sku": lack.sku, "missing": lack.units}))
    return found, waits


def _wanted(found: list[Allocated], measures: dict[str, tuple[int, int]]) -> list[Wanted]:
    return [
        Wanted(
            number=one.order.number,
            priority=one.order.priority,
            placed_at=one.order.placed_at,
            cut_off=one.order.cut_off,
            carrier=one.order.carrier,
            takes=tuple(
                Taken(
                    line_no=line.line_no,
                    sku=line.sku,
                    bin=take.shelf.bin,
                    lot=take.shelf.lot,
                    qty=take.qty,
                    grams=take.qty * measures.get(line.sku, (0, 0))[0],
                    millilitres=take.qty * measures.get(line.sku, (0, 0))[1],
                )
                for line, take in one.takes
            ),
        )
        for one in sorted(found, key=lambda one: urgency(one.order))
    ]


def _measures(w: "Work", skus: Collection[str]) -> dict[str, tuple[int, int]]:
    """Grams and millilitres of a unit; 0 where it was never measured."""
    known = select(Item.sku, Item.weight_g, Item.length_mm, Item.width_mm, Item.height_mm)
    rows = w.db.execute(known.where(Item.site_id == w.site, Item.sku.in_(skus)))
    return {sku: (grams or 0, (long or 0) * (wide or 0) * (high or 0) // 1000) for sku, grams, long, wide, high in rows}


def _places(w: "Work", bins: Collection[str]) -> dict[str, Place]:
    lying = w.db.scalars(select(Bin).where(Bin.site_id == w.site, Bin.code.in_(bins)))
    return {one.code: Place(one.x_mm, one.y_mm, one.zone, one.seq) for one in lying}


def _people(w: "Work", asked: PlanAsked) -> Hands:
    """As asked; or those who are signed in, in the zone that they chose."""
    there = hands(w)
    chosen = {zone: count for zone, count in asked.people.items() if count > 0}
    return Hands(chosen, there.packers) if chosen else there
