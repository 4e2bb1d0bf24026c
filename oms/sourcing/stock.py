"""What sites can send: units in bins that no order has. Taking them is serialised per (item, site) until the commit. Asked by `actions`.

An open site's order keeps its units by being there: what is free is what lies in bins, less what is reserved, less what open orders of the
site still want, what baskets keep and what is never promised."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Bin
from oms.inventory.models import StockBalance
from oms.orders.models import Order, OrderLine, Reservation
from oms.promise.keeping import lock_cells
from oms.promise.models import Kept, StockCell
from sync.contract.codes import BinKind, OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

#: (site, item) -> units.
Free = Mapping[tuple[str, str], int]


def available(db: Session, skus: Collection[str], *, beside: str | None = None) -> Free:
    """What is free now of these items at every site; units of open parts of the customer order `beside` count as free."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    lying = (
        select(StockBalance.site_id, StockBalance.sku, func.sum(StockBalance.qty))
        .join(Bin, (Bin.site_id == StockBalance.site_id) & (StockBalance.account == "bin:" + Bin.code))
        .where(StockBalance.sku.in_(skus), Bin.kind.in_((BinKind.PICK, BinKind.RESERVE)))
        .group_by(StockBalance.site_id, StockBalance.sku)
    )
    reserved = (
        select(Reservation.site_id, Reservation.sku, func.sum(Reservation.qty))
        .where(Reservation.sku.in_(skus))
        .group_by(Reservation.site_id, Reservation.sku)
    )
    of_open = (Order.site_id == OrderLine.site_id) & (Order.number == OrderLine.order_no)
    wanted = (
        select(OrderLine.site_id, OrderLine.sku, func.sum(OrderLine.qty))
        .join(Order, of_open)
        .where(Order.state == OrderState.OPEN, OrderLine.sku.in_(skus))
        .group_by(OrderLine.site_id, OrderLine.sku)
    )
    # Orders of a planned wave are open and have reservations: they count once.
    twice = (
        select(Reservation.site_id, Reservation.sku, func.sum(Reservation.qty))
        .join(Order, (Order.site_id == Reservation.site_id) & (Order.number == Reservation.order_no))
        .where(Order.state == OrderState.OPEN, Reservation.sku.in_(skus))
        .group_by(Reservation.site_id, Reservation.sku)
    )
    if beside is not None:
        wanted = wanted.where(Order.customer_order.is_distinct_from(beside))
        twice = twice.where(Order.customer_order.is_distinct_from(beside))
    for query, sign in ((lying, 1), (reserved, -1), (wanted, -1), (twice, 1)):
        for site, sku, qty in db.execute(query):
            found[site, sku] += sign * int(qty)
    for cell, qty in _promised(db, skus):
        found[cell] -= qty
    return {cell: max(0, qty) for cell, qty in found.items()}


def _promised(db: Session, skus: Collection[str]) -> list[tuple[tuple[str, str], int]]:
    """Units that baskets keep and that are never promised; what is kept for orders counts with their parts."""
    baskets = (
        select(Kept.site_id, Kept.sku, func.sum(Kept.qty))
        .where(Kept.sku.in_(skus), Kept.basket.is_not(None), Kept.receipt.is_(None))
        .where(Kept.until > func.clock_timestamp())
        .group_by(Kept.site_id, Kept.sku)
    )
    safety = select(StockCell.site_id, StockCell.sku, StockCell.safety).where(
        StockCell.sku.in_(skus), StockCell.safety > 0
    )
    return [((site, sku), int(qty)) for query in (baskets, safety) for site, sku, qty in db.execute(query)]


def hold_cells(w: "Work", cells: Iterable[tuple[str, str]]) -> None:
    """Nobody else takes units of these (site, item) until the commit; in the order of everybody who keeps units."""
    lock_cells(w, [(sku, site) for site, sku in cells])
