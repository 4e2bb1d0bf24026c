"""Which orders come into a wave: by template, by the sequence and the thresholds it asks for, or by hand. Called by the API and by the
keeper."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from sqlalchemy import exists, func, select

from oms.catalog.models import Bin, Item
from oms.inventory.models import StockBalance
from oms.orders.models import Order, OrderLine, Reservation
from oms.picking.scene import lock_orders
from oms.waves.choosing import chosen
from oms.waves.models import Wave, WaveOrder, WaveTemplate
from oms.waves.rules import Candidate, is_active, takes
from sync.contract.codes import BinKind, OrderState, WaveState
from sync.contract.waves import Sequence, Template

if TYPE_CHECKING:
    from oms.db.work import Work


#: Orders looked at in one go.
_MOST = 2000
_NEVER = datetime.max.replace(tzinfo=UTC)
_SEQUENCES: dict[Sequence, Callable[[Candidate], tuple[Any, ...]]] = {
    Sequence.CUT_OFF: lambda one: (one.cut_off or _NEVER, one.priority, one.number),
    Sequence.PRIORITY: lambda one: (one.priority, one.cut_off or _NEVER, one.number),
    Sequence.WALK: lambda one: (one.cut_off or _NEVER, one.priority, one.number),
    Sequence.PLACED: lambda one: (one.placed_at, one.priority, one.number),
}


def templates(w: "Work") -> list[tuple[str, Template]]:
    """(id, template) of all, the one that takes first on top."""
    rows = w.db.scalars(
        select(WaveTemplate).where(WaveTemplate.site_id == w.site).order_by(WaveTemplate.rank, WaveTemplate.name)
    )
    return [(row.id, msgspec.convert(row.body, Template)) for row in rows]


def new_wave(w: "Work", template: Template, template_id: str | None, orders: list[Candidate]) -> Wave:
    """A wave of these orders that is still collecting."""
    wave = Wave(
        id=uuid4().hex,
        site_id=w.site,
        name=template.name,
        state=WaveState.COLLECTING,
        method=template.method,
        created_at=w.now,
        body=msgspec.to_builtins(template),
        template_id=template_id,
    )
    w.db.add(wave)
    w.db.flush()
    add(w, wave, orders)
    w.audit("wave.made", wave=wave.id, name=wave.name, orders=len(orders))
    return wave


def add(w: "Work", wave: Wave, orders: list[Candidate]) -> None:
    """The orders belong to the wave from now on, and to no other."""
    back = {
        row.order_no: row
        for row in w.db.scalars(select(WaveOrder).where(WaveOrder.wave_id == wave.id, WaveOrder.left_at.is_not(None)))
    }
    for order in orders:
        if order.number in back:
            back[order.number].left_at = None
        else:
            w.db.add(WaveOrder(wave_id=wave.id, order_no=order.number, site_id=w.site, added_at=w.now))
        if order.cut_off is not None and (wave.cut_off is None or order.cut_off < wave.cut_off):
            wave.cut_off = order.cut_off
    w.db.flush()


def wanted_by(w: "Work", template: Template, better: list[Template]) -> list[Candidate]:
    """Free orders that the template takes and none of the `better` ones that are active, in its sequence; locked."""
    free = [one for one in candidates(w) if takes(template.orders, one, w.now)]
    mine = [one for one in free if not any(is_active(b, w.now) and takes(b.orders, one, w.now) for b in better)]
    locked = {order.number for order in lock_orders(w, [one.number for one in mine]) if order.state is OrderState.OPEN}
    return [one for one in sorted(mine, key=_SEQUENCES[template.sequence]) if one.number in locked]


def candidates(w: "Work", numbers: list[str] | None = None) -> list[Candidate]:
    """Open orders, all or some, that no wave has and for which nothing is kept."""
    in_wave = exists().where(
        WaveOrder.site_id == w.site, WaveOrder.order_no == Order.number, WaveOrder.left_at.is_(None)
    )
    kept = exists().where(Reservation.site_id == w.site, Reservation.order_no == Order.number)
    free = select(Order).where(Order.site_id == w.site, Order.state == OrderState.OPEN, ~in_wave, ~kept)
    if numbers is not None:
        free = free.where(Order.number.in_(numbers))
    orders = w.db.scalars(free.order_by(Order.priority, Order.cut_off.asc().nulls_last(), Order.number).limit(_MOST))
    return described(w, list(orders))


def described(w: "Work", orders: list[Order]) -> list[Candidate]:
    """What templates look at of these orders."""
    numbers = [order.number for order in orders]
    litres = Item.length_mm * Item.width_mm * Item.height_mm / 1000
    rows = w.db.execute(
        select(
            OrderLine.order_no,
            func.count(),
            func.sum(OrderLine.qty),
            func.sum(OrderLine.qty * func.coalesce(Item.weight_g, 0)),
            func.sum(OrderLine.qty * func.coalesce(litres, 0)),
            func.array_agg(OrderLine.sku),
        )
        .join(Item, (Item.site_id == OrderLine.site_id) & (Item.sku == OrderLine.sku))
        .where(OrderLine.site_id == w.site, OrderLine.order_no.in_(numbers))
        .group_by(OrderLine.order_no)
    )
    sums = {row[0]: row[1:] for row in rows}
    zones = _zones(w, {sku for row in sums.values() for sku in row[4]})
    return [_candidate(order, sums[order.number], zones) for order in orders if order.number in sums]


def _candidate(order: Order, sums: Any, zones: dict[str, frozenset[str]]) -> Candidate:
    lines, units, grams, millilitres, skus = sums
    return Candidate(
        number=order.number,
        priority=order.priority,
        placed_at=order.placed_at,
        cut_off=order.cut_off,
        carrier=order.carrier,
        service=order.service,
        customer=order.customer_id or "",
        flags=frozenset(order.flags),
        places=tuple(zones.get(sku, frozenset()) for sku in skus),
        lines=lines,
        units=int(units),
        grams=int(grams),
        millilitres=int(millilitres),
    )


def _zones(w: "Work", skus: set[str]) -> dict[str, frozenset[str]]:
    """Per item the zones that have it in a pick bin."""
    rows = w.db.execute(
        select(StockBalance.sku, func.array_agg(func.distinct(Bin.zone)))
        .join(Bin, (Bin.site_id == StockBalance.site_id) & (StockBalance.account == "bin:" + Bin.code))
        .where(
            StockBalance.site_id == w.site,
            StockBalance.sku.in_(skus),
            StockBalance.qty > 0,
            Bin.kind == BinKind.PICK,
        )
        .group_by(StockBalance.sku)
    )
    return {sku: frozenset(found) for sku, found in rows}


def collect(w: "Work", template_id: str, template: Template, better: list[Template]) -> Wave | None:
    """A wave of what the template wants now; None when there is too little."""
    orders = chosen(w, template, [], wanted_by(w, template, better))
    if len(orders) < template.thresholds.min_orders:
        return None
    return new_wave(w, template, template_id, orders)


def top_up(w: "Work", wave: Wave, template: Template, better: list[Template]) -> int:
    """Adds to an open wave what its template wants and it has room for; how many orders."""
    mine = select(Order).join(WaveOrder, (WaveOrder.site_id == Order.site_id) & (WaveOrder.order_no == Order.number))
    before = described(w, list(w.db.scalars(mine.where(WaveOrder.wave_id == wave.id, WaveOrder.left_at.is_(None)))))
    more = chosen(w, template, before, wanted_by(w, template, better))
    add(w, wave, more)
    return len(more)
