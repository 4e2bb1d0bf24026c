"""A customer order is called off, all of it or a line, and goods come back from customers.

Routes and the workbench call it, in one unit of work each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from oms.catalog.models import Bin, Site
from oms.inventory.rules import SHIPPED, bin_account
from oms.picking.shorts import quarantine
from oms.sales.altering import finish, less_of, lock_for
from oms.sales.codes import EventKind, SaleRefusal, SaleState
from oms.sales.events import Words, note
from oms.sales.floors import Refused, call_off, live_parts
from oms.sales.onward import look_again
from oms.sales.ports import PORTS
from oms.sales.scene import Sale, settle_state

if TYPE_CHECKING:
    from oms.db.work import Work


def cancel(
    w: "Work", number: str, *, line: int | None = None, because: str = "", revision: int | None = None
) -> tuple[Sale, list[str]]:
    """Calls off everything that has not left, or that of one line; the order, and the instructions to put goods back. Raises `Refused` when
    nothing can be called off, and when a floor says that part of it has left."""
    sale = lock_for(w, number, revision)
    return sale, cancel_locked(w, sale, [] if line is None else [line], because)


def cancel_locked(w: "Work", sale: Sale, lines: Sequence[int], because: str) -> list[str]:
    """As `cancel`, of an order that is locked; all of it when no lines are named."""
    if sale.order.state is SaleState.CANCELLED:
        raise Refused(SaleRefusal.NOTHING_TO_DO)
    put_backs = [made for line in lines for made in _line(w, sale, line)] if lines else _all(w, sale)
    words: Words = {"because": because, "put_backs": len(put_backs)}
    if lines:
        words["lines"] = ", ".join(str(line) for line in lines)
    finish(w, sale, EventKind.CANCELLED, words)
    w.audit("sale.cancelled", order=sale.order.number, lines=str(words.get("lines", "")), put_backs=len(put_backs))
    return put_backs


def _all(w: "Work", sale: Sale) -> list[str]:
    if all(line.qty == line.shipped + line.cancelled for line in sale.lines):
        raise Refused(SaleRefusal.TOO_LATE, state=sale.order.state.value)
    put_backs = [made for part in live_parts(sale) for made in call_off(w, sale, part)]
    settle_state(w, sale)
    for line in sale.lines:
        line.cancelled += line.open + line.backordered
        line.backordered = 0
    PORTS.let_go(w, sale.order.number)
    w.db.flush()
    return put_backs


def _line(w: "Work", sale: Sale, line_no: int) -> list[str]:
    line = sale.line(line_no)
    if line is None:
        raise Refused(SaleRefusal.UNKNOWN_LINE, line=line_no)
    units = line.qty - line.cancelled - line.shipped
    if not units:
        raise Refused(SaleRefusal.TOO_LATE, line=line_no)
    return less_of(w, sale, line, units)


def returned(
    w: "Work", number: str, line_no: int, qty: int, *, site: str, bin: str = "", sku: str = "", lot: str = ""
) -> Sale:
    """Goods of a line came back to a site: into `bin`, else where it keeps goods that somebody has to look at. Money follows. `sku` where
    another item had been sent in its place."""
    sale = lock_for(w, number, None)
    line = sale.line(line_no)
    if line is None:
        raise Refused(SaleRefusal.UNKNOWN_LINE, line=line_no)
    if not 0 < qty <= line.shipped - line.returned - PORTS.coming_back(w, number, line_no):
        raise Refused(SaleRefusal.BAD_QUANTITY, line=line_no, qty=qty)
    if w.db.get(Site, site) is None:
        raise Refused(SaleRefusal.UNKNOWN_SITE, site=site)
    there = w.beside(site)
    place = bin or quarantine(there)
    if place is None or w.db.scalar(select(Bin.code).where(Bin.site_id == site, Bin.code == place)) is None:
        raise Refused(SaleRefusal.UNKNOWN_BIN, site=site, bin=bin)
    there.move(uuid4().hex, 0, sku or line.sku, lot, SHIPPED, bin_account(place), qty)
    line.returned += qty
    settle_state(w, sale)
    PORTS.reprice(w, sale)
    note(w, number, EventKind.RETURNED, site=site, line=line_no, sku=sku or line.sku, qty=qty, bin=place)
    w.audit("sale.returned", order=number, line=line_no, qty=qty, bin=place)
    if bin:
        look_again(w, [sku or line.sku])
    return sale
