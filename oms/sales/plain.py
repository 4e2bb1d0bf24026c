"""The plain rules of an order's life, for where no other room decides: the first site that has everything, else what each has.
`ports` offers them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from oms.catalog.models import Site
from oms.inventory.queries import lock_shelves
from oms.orders.models import Order, OrderLine, Reservation
from oms.sales.codes import EventKind, Splitting
from oms.sales.events import note
from oms.sales.parts import make_part
from oms.sales.scene import Sale, settle_state
from oms.sourcing.codes import Rest
from oms.sourcing.decisions import Chosen, Decision
from oms.sourcing.models import SiteRejection
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work


def source(w: "Work", sale: Sale) -> Decision:
    """Gives the open units to sites in order of their ids; what is lacking stays open."""
    wanted = {line.line_no: line.open for line in sale.lines if line.open}
    skus = {line.line_no: line.sku for line in sale.lines}
    has = {site: _free_at(w, site, {skus[no] for no in wanted}) for site in _sites(w, sale)}
    chosen = []
    for site, units in _shares(sale.order.splitting, wanted, skus, has):
        part = make_part(w, sale, site, units, pick_up=sale.order.pick_up_site == site)
        chosen.append(Chosen(site, units, part=part.number))
    settle_state(w, sale)
    if chosen:
        sites = ", ".join(sorted({one.site for one in chosen}))
        note(w, sale.order.number, EventKind.SOURCED, sites=sites, parts=", ".join(one.part for one in chosen))
    unfilled = {line.line_no: line.open for line in sale.lines if line.open}
    return Decision(sale.order.number, tuple(chosen), unfilled=unfilled, rest=Rest.BACKORDER)


def _sites(w: "Work", sale: Sale) -> list[str]:
    if sale.order.pick_up_site is not None:
        return [sale.order.pick_up_site]
    no = select(SiteRejection.site_id).where(SiteRejection.order_no == sale.order.number)
    return list(w.db.scalars(select(Site.id).where(Site.id.not_in(no)).order_by(Site.id)))


def _shares(
    splitting: Splitting, wanted: Mapping[int, int], skus: Mapping[int, str], has: Mapping[str, dict[str, int]]
) -> list[tuple[str, dict[int, int]]]:
    """Units by line of each site that sends some: one site if any has everything; more of them, and less than everything, only where the
    customer takes parts."""
    rest, shares = dict(wanted), []
    for site, free_there in has.items():
        taken = _take(rest, skus, dict(free_there))
        if taken == wanted:
            return [(site, taken)]
    if splitting is Splitting.ONE_SITE:
        return []
    for site, free_there in has.items():
        taken = _take(rest, skus, dict(free_there))
        if taken:
            shares.append((site, taken))
            rest = {no: qty - taken.get(no, 0) for no, qty in rest.items() if qty > taken.get(no, 0)}
    return [] if rest and splitting is Splitting.COMPLETE else shares


def _take(wanted: Mapping[int, int], skus: Mapping[int, str], there: dict[str, int]) -> dict[int, int]:
    taken = {}
    for no, qty in wanted.items():
        units = min(qty, max(0, there.get(skus[no], 0)))
        if units:
            taken[no] = units
            there[skus[no]] -= units
    return taken


def _free_at(w: "Work", site: str, skus: Collection[str]) -> dict[str, int]:
    """Units on the shelves that nobody has reserved and no order of the site waits for."""
    shelves = lock_shelves(w.db, site, sorted(skus))
    reserved = select(Reservation.work_item).where(
        Reservation.site_id == Order.site_id, Reservation.order_no == Order.number
    )
    due = (
        select(OrderLine.sku, func.sum(OrderLine.qty))
        .join(Order, (Order.site_id == OrderLine.site_id) & (Order.number == OrderLine.order_no))
        .where(Order.site_id == site, Order.state.in_((OrderState.OPEN, OrderState.HELD)), OrderLine.sku.in_(skus))
        .where(~reserved.exists())
        .group_by(OrderLine.sku)
    )
    promised = {sku: int(units) for sku, units in w.db.execute(due)}
    return {sku: sum(max(0, one.free) for one in shelves.get(sku, [])) - promised.get(sku, 0) for sku in skus}


def free(w: "Work", skus: Collection[str]) -> dict[str, int]:
    """Units of each item that anybody may have now, of all sites together."""
    found = [_free_at(w, site, skus) for site in w.db.scalars(select(Site.id).order_by(Site.id))]
    return {sku: sum(max(0, one[sku]) for one in found) for sku in skus}


def expected(w: "Work", sku: str, units: int) -> date | None:
    """Nobody said when more will come."""
    return None


def let_go(
    w: "Work", order_no: str, line_no: int | None = None, site: str | None = None, qty: int | None = None
) -> None:
    """Nothing is kept but what sites' orders reserve, and those give it back themselves."""


def reprice(w: "Work", sale: Sale) -> None:
    """What is due follows from the lines (`oms.sales.due`); nobody is told."""
