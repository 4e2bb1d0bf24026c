"""Keeps units for customers' orders and baskets, so that nobody else is promised them. Sourcing, carts, release and cancel call it.

Whoever takes locks the cells of what it takes, in order of (sku, site), and then adds up what is left: of two who want the last unit, one
waits for the other's commit and finds nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from oms.orders.models import Order, OrderLine, Reservation
from oms.promise.availability import Cells, cells
from oms.promise.models import Kept, StockCell
from oms.sales.models import CustomerOrder
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(frozen=True, slots=True)
class Take:
    """So many units for a line from a site; of a receipt that is still to come, or from the shelf."""

    line_no: int
    site: str
    sku: str
    qty: int
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A take of which only `could` units were to be had; nothing of it was kept."""

    take: Take
    could: int


def lock_cells(w: "Work", wanted: Iterable[tuple[str, str]]) -> None:
    """The (sku, site) cells are this transaction's until its commit."""
    keys = sorted(set(wanted))
    if not keys:
        return
    rows = [{"sku": sku, "site_id": site, "safety": 0} for sku, site in keys]
    w.db.execute(insert(StockCell).values(rows).on_conflict_do_nothing())
    mine = select(StockCell.sku).where(tuple_(StockCell.sku, StockCell.site_id).in_(keys))
    # Plain bytes order, as `sorted` above: whoever locks several takes them in the same order.
    w.db.execute(mine.order_by(text('sku COLLATE "C", site_id COLLATE "C"')).with_for_update())


def keep(w: "Work", order_no: str, takes: Sequence[Take], *, until: datetime | None = None) -> list[Lacking]:
    """Keeps each take for the customer order, whole or not at all; those that could not be had, with how much was there."""
    channel = w.db.scalar(select(CustomerOrder.channel).where(CustomerOrder.number == order_no)) or ""
    return _keep(w, takes, channel, until, order_no=order_no)


def keep_basket(w: "Work", basket: str, takes: Sequence[Take], channel: str, until: datetime) -> list[Lacking]:
    """As `keep`, for somebody who has not ordered yet."""
    return _keep(w, takes, channel, until, basket=basket)


def _keep(
    w: "Work",
    takes: Sequence[Take],
    channel: str,
    until: datetime | None,
    *,
    order_no: str | None = None,
    basket: str | None = None,
) -> list[Lacking]:
    lock_cells(w, {(take.sku, take.site) for take in takes})
    free = cells(w.db, {take.sku for take in takes}, channel=channel)
    left = _left(free)
    lacking = []
    for take in takes:
        there = max(0, left[take.sku, take.site, take.receipt])
        if take.qty > there:
            lacking.append(Lacking(take, there))
            continue
        left[take.sku, take.site, take.receipt] -= take.qty
        w.db.add(
            Kept(
                id=uuid4().hex, site_id=take.site, sku=take.sku, qty=take.qty, order_no=order_no, line_no=take.line_no,
                basket=basket, until=until, receipt=take.receipt, channel=channel,
            )
        )  # fmt: skip
    w.db.flush()
    return lacking


def _left(free: Cells) -> dict[tuple[str, str, str | None], int]:
    left: dict[tuple[str, str, str | None], int] = defaultdict(int)
    for (sku, site), one in free.items():
        left[sku, site, None] = one.now
        for coming in one.coming:
            left[sku, site, coming.receipt] = coming.units
    return left


def let_go(
    w: "Work", order_no: str, line_no: int | None = None, site: str | None = None, qty: int | None = None
) -> int:
    """Gives back what is kept for an order, or one line, at one site, up to so many units; how many. What is still to come goes first."""
    mine = select(Kept).where(Kept.order_no == order_no)
    if line_no is not None:
        mine = mine.where(Kept.line_no == line_no)
    if site is not None:
        mine = mine.where(Kept.site_id == site)
    rows = w.db.scalars(mine.order_by(Kept.receipt.is_(None), Kept.id).with_for_update()).all()
    rest = sum(row.qty for row in rows) if qty is None else qty
    gone = 0
    for row in rows:
        less = min(row.qty, rest - gone)
        if less == row.qty:
            w.db.delete(row)
        elif less > 0:
            row.qty -= less
        gone += max(0, less)
    w.db.flush()
    return gone


def let_basket_go(w: "Work", basket: str) -> None:
    """Nobody wants it any more."""
    w.db.execute(delete(Kept).where(Kept.basket == basket))


def forget_expired(w: "Work") -> int:
    """Baskets whose time is over keep nothing (they count for nothing already); how many rows."""
    gone = w.db.execute(delete(Kept).where(Kept.until < w.now).returning(Kept.id))
    return len(gone.all())


def unpromised(w: "Work", skus: Collection[str]) -> dict[str, int]:
    """Locks the cells of this site and tells, for each SKU of which something is kept here, how many units may go to orders for which
    nothing is kept; below zero where more was promised than is there. What is not named may be given away as it lies."""
    lock_cells(w, {(sku, w.site) for sku in skus})
    found = {sku: one for (sku, site), one in cells(w.db, skus).items() if site == w.site}
    return {sku: one.now + one.safety for sku, one in found.items() if one.kept or one.elsewhere}


def kept_here(w: "Work", order_no: str) -> dict[str, int]:
    """Per SKU what is kept on this site's shelves for a customer order."""
    rows = w.db.execute(
        select(Kept.sku, Kept.qty).where(Kept.order_no == order_no, Kept.site_id == w.site, Kept.receipt.is_(None))
    )
    found: dict[str, int] = defaultdict(int)
    for sku, qty in rows:
        found[sku] += qty
    return dict(found)


def used(w: "Work", order: Order, units: Mapping[int, int]) -> None:
    """A site's order has its stock reserved on the floor, so many units per line of the customer's order: they are not kept any more."""
    if order.customer_order is None:
        return
    for line_no, qty in sorted(units.items()):
        let_go(w, order.customer_order, line_no, order.site_id, qty)


def keep_again(w: "Work", order: Order) -> None:
    """A site's order is off its floor and open again: what is not reserved for it is kept for it, as far as it is there still."""
    if order.customer_order is None or order.state is not OrderState.OPEN:
        return
    lines = w.db.scalars(
        select(OrderLine).where(OrderLine.site_id == order.site_id, OrderLine.order_no == order.number)
    ).all()
    reserved = dict(
        w.db.execute(
            select(Reservation.line_no, Reservation.qty).where(
                Reservation.site_id == order.site_id, Reservation.order_no == order.number
            )
        ).all()
    )
    if reserved:
        return
    kept: dict[int, int] = defaultdict(int)
    for line_no, qty in w.db.execute(
        select(Kept.line_no, Kept.qty).where(Kept.order_no == order.customer_order, Kept.site_id == order.site_id)
    ):
        kept[line_no or 0] += qty
    lock_cells(w, {(line.sku, order.site_id) for line in lines})
    free = cells(w.db, {line.sku for line in lines}, channel=order.channel)
    takes = []
    for line in lines:
        mine = line.customer_line if line.customer_line is not None else line.line_no
        cell = free.get((line.sku, order.site_id))
        qty = min(line.qty - line.short - kept[mine], max(0, cell.now) if cell else 0)
        if qty > 0:
            takes.append(Take(mine, order.site_id, line.sku, qty))
    keep(w, order.customer_order, takes)
