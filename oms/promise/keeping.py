"""Keeps units for customers' orders and baskets, so that nobody else is promised them. Sourcing, carts, release and cancel call it.

Whoever takes locks the cells of what it takes, in order of (sku, site), and then adds up what is left: of two who want the last unit, one
waits for the other's commit and finds nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import Select, delete, func, select, text
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


_HELD: Final = "oms.promise.held"
#: Plain bytes order, as `sorted` below: whoever locks several takes them in the same order.
_LOCK = text("""
    SELECT c.sku, c.site_id FROM unnest(CAST(:skus AS text[]), CAST(:sites AS text[])) k(sku, site)
    JOIN stock_cell c ON c.sku = k.sku AND c.site_id = k.site
    ORDER BY c.sku COLLATE "C", c.site_id COLLATE "C" FOR UPDATE OF c
""")
_KNOWN = text("SELECT sku, site_id FROM stock_cell WHERE sku = ANY(:skus)")
_LOCK_ITEMS = text("""
    SELECT c.sku, c.site_id FROM stock_cell c WHERE c.sku = ANY(:skus)
    ORDER BY c.sku COLLATE "C", c.site_id COLLATE "C" FOR UPDATE
""")


def lock_cells(w: "Work", wanted: Iterable[tuple[str, str]]) -> None:
    """The (sku, site) cells are this transaction's until its commit."""
    keys = sorted(set(wanted))
    if not keys:
        return
    asked = {"skus": [sku for sku, _ in keys], "sites": [site for _, site in keys]}
    there = {(sku, site) for sku, site in w.db.execute(_KNOWN, {"skus": sorted(set(asked["skus"]))})}
    _make_cells(w, [key for key in keys if key not in there])
    w.db.execute(_LOCK, asked)


def lock_items(w: "Work", skus: Collection[str]) -> None:
    """As `lock_cells`, all cells there are of these items: for whoever takes of them for several orders, one after the other."""
    if skus:
        locked = w.db.execute(_LOCK_ITEMS, {"skus": sorted(set(skus))})
        _held(w).update((sku, site) for sku, site in locked)


def holds(w: "Work", wanted: Collection[tuple[str, str]]) -> bool:
    """Whether these (sku, site) cells are this transaction's since `lock_items`: what it counted after that is so until its commit."""
    return _held(w).issuperset(wanted)


def _held(w: "Work") -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = w.db.info.setdefault(_HELD, set())
    return found


def keep_counted(w: "Work", order_no: str, takes: Sequence[Take], channel: str) -> None:
    """As `keep`, where the caller `holds` the cells and has counted since that all of it is there."""
    w.db.add_all([_row(take, channel, None, order_no=order_no) for take in takes])
    w.db.flush()


def _make_cells(w: "Work", missing: Sequence[tuple[str, str]]) -> None:
    """Before anything is locked: whoever waits here for somebody who makes the same cell holds nothing that he waits for."""
    if missing:
        rows = [{"sku": sku, "site_id": site, "safety": 0} for sku, site in sorted(missing)]
        w.db.execute(insert(StockCell).values(rows).on_conflict_do_nothing())


def keep(w: "Work", order_no: str, takes: Sequence[Take], *, until: datetime | None = None) -> list[Lacking]:
    """Keeps each take for the customer order, whole or not at all; those that could not be had, with how much was there."""
    channel = w.db.scalar(select(CustomerOrder.channel).where(CustomerOrder.number == order_no)) or ""
    return _keep(w, takes, channel, until, order_no=order_no)


def keep_basket(w: "Work", basket: str, takes: Sequence[Take], channel: str, until: datetime) -> list[Lacking]:
    """As `keep`, for somebody who has not ordered yet."""
    return _keep(w, takes, channel, until, basket=basket)


def keep_anywhere(
    w: "Work", basket: str, wanted: Sequence[tuple[str, int, str]], channel: str, until: datetime
) -> list[tuple[str | None, int]]:
    """Keeps each `(sku, qty, site)` for a basket, whole at one site: the named one, or where it is empty the first that has so much. Per
    line its site, or None and the most that one site had."""
    skus = sorted({sku for sku, _, _ in wanted})
    new = set(skus) - {sku for sku, _ in w.db.execute(_KNOWN, {"skus": skus})}
    _make_cells(w, list(cells(w.db, new)))
    locked = {(sku, site) for sku, site in w.db.execute(_LOCK_ITEMS, {"skus": skus})}
    free = cells(w.db, skus, channel=channel)
    if not set(free) <= locked:
        # Seldom: the item is new at one of its sites.
        lock_cells(w, free)
        free = cells(w.db, skus, channel=channel)
    left = {cell: one.now for cell, one in free.items()}
    found: list[tuple[str | None, int]] = []
    rows = []
    for line_no, (sku, qty, named) in enumerate(wanted, 1):
        could = {site: left[of, site] for of, site in sorted(left) if of == sku and named in ("", site)}
        at = next((site for site, units in could.items() if units >= qty), None)
        found.append((at, max((0, *could.values())) if at is None else qty))
        if at is not None:
            left[sku, at] -= qty
            rows.append(_row(Take(line_no, at, sku, qty), channel, until, basket=basket))
    w.db.add_all(rows)
    w.db.flush()
    return found


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
    left = _left(cells(w.db, {take.sku for take in takes}, channel=channel))
    lacking = []
    for take in takes:
        there = max(0, left[take.sku, take.site, take.receipt])
        if take.qty > there:
            lacking.append(Lacking(take, there))
            continue
        left[take.sku, take.site, take.receipt] -= take.qty
        w.db.add(_row(take, channel, until, order_no=order_no, basket=basket))
    w.db.flush()
    return lacking


def _row(
    take: Take, channel: str, until: datetime | None, *, order_no: str | None = None, basket: str | None = None
) -> Kept:
    return Kept(
        id=uuid4().hex, site_id=take.site, sku=take.sku, qty=take.qty, order_no=order_no, line_no=take.line_no,
        basket=basket, until=until, receipt=take.receipt, channel=channel,
    )  # fmt: skip


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
    return _less(w, mine, qty)


def _less(w: "Work", mine: Select[Kept], qty: int | None) -> int:
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


def kept_of(w: "Work", order_no: str, line_no: int, site: str) -> int:
    """Units that are kept for a line of an order at one site."""
    mine = select(func.sum(Kept.qty)).where(Kept.order_no == order_no, Kept.line_no == line_no, Kept.site_id == site)
    return int(w.db.scalar(mine) or 0)


def let_basket_go(w: "Work", basket: str) -> None:
    """Nobody wants it any more."""
    w.db.execute(delete(Kept).where(Kept.basket == basket))


def forget_expired(w: "Work") -> int:
    """Baskets whose time is over keep nothing (they count for nothing already); how many rows. A chore of the floor's keeper."""
    over = select(Kept.id).where(Kept.until < w.now).with_for_update(skip_locked=True)
    gone = w.db.execute(delete(Kept).where(Kept.id.in_(over)).returning(Kept.id))
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
    """A site's order has its stock reserved on the floor, so many units per line of the customer's order: they are not kept any more. What
    the line was promised of goods still to come stays its own."""
    if order.customer_order is None:
        return
    for line_no, qty in sorted(units.items()):
        _less(w, _on_shelf(order).where(Kept.line_no == line_no), qty)


def keep_again(w: "Work", order: Order) -> None:
    """A site's order is off its floor and open again: what is not reserved for it is kept for it, as far as it is there still."""
    if order.customer_order is None or order.state is not OrderState.OPEN:
        return
    reserved = select(Reservation.work_item).where(
        Reservation.site_id == order.site_id, Reservation.order_no == order.number, Reservation.qty > 0
    )
    if w.db.scalar(reserved.limit(1)) is not None:
        return
    lines = _lines(w, order)
    lock_cells(w, {(line.sku, order.site_id) for line in lines})
    kept: dict[int | None, int] = defaultdict(int)
    for row in w.db.scalars(_on_shelf(order)):
        kept[row.line_no] += row.qty
    left = _left(cells(w.db, {line.sku for line in lines}, channel=order.channel))
    takes = []
    for line in lines:
        there = max(0, left[line.sku, order.site_id, None])
        qty = min(line.qty - line.short - kept[_of_customer(line)], there)
        if qty > 0:
            left[line.sku, order.site_id, None] -= qty
            takes.append(Take(_of_customer(line), order.site_id, line.sku, qty))
    keep(w, order.customer_order, takes)


def _lines(w: "Work", order: Order) -> Sequence[OrderLine]:
    mine = select(OrderLine).where(OrderLine.site_id == order.site_id, OrderLine.order_no == order.number)
    return w.db.scalars(mine.order_by(OrderLine.line_no)).all()


def _of_customer(line: OrderLine) -> int:
    return line.line_no if line.customer_line is None else line.customer_line


def _on_shelf(order: Order) -> Select[Kept]:
    return select(Kept).where(
        Kept.order_no == order.customer_order, Kept.site_id == order.site_id, Kept.receipt.is_(None)
    )
