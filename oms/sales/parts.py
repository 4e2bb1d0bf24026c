"""A site's part of a customer order is made and dropped here. Sourcing calls it, and whoever splits, changes or moves orders.

Both need the customer order locked (`oms.sales.scene.lock_sale`). After `make_part` the caller calls `settle_state` once."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms.orders import actions as orders
from oms.orders.models import Order, OrderLine
from oms.orders.queries import in_planned_wave
from oms.promise.queries import calendar_of
from oms.sales.models import CustomerOrder
from oms.sales.scene import Sale
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Numbers tried at once.
_TRIED: Final = 20


def make_part(w: "Work", sale: Sale, site: str, units: Mapping[int, int], *, pick_up: bool = False) -> Order:
    """The site's order for so many units of the customer order's lines, open, in that site's feed with this commit, and in `sale.parts`.
    Raises ValueError when a line has less open than is asked for."""
    for line_no, qty in units.items():
        line = sale.line(line_no)
        if line is None or not 0 < qty <= line.open:
            raise ValueError(f"line {line_no} of {sale.order.number} has no {qty} open")
    there = w.beside(site)
    part = _head(w, sale, site, pick_up=pick_up)
    part.flags = _flags(sale, units)
    w.db.add(part)
    w.db.flush()
    for line_no, qty in sorted(units.items()):
        line = sale.line(line_no)
        assert line is not None
        line.assigned += qty
        w.db.add(
            OrderLine(
                site_id=site, order_no=part.number, line_no=line_no, sku=line.sku, qty=qty, price=line.price,
                tax_rate=line.tax_rate, customer_line=line_no,
            )
        )  # fmt: skip
    w.db.flush()
    there.touch("order", part.number)
    sale.parts.append(part)
    return part


def may_drop(w: "Work", part: Order) -> bool:
    """Whether nobody began the part, and no planned wave counts on it."""
    return part.state is OrderState.OPEN and not in_planned_wave(w.db, part.site_id, part.number)


def drop_part(w: "Work", sale: Sale, part: Order) -> bool:
    """A part that nobody began is cancelled and its lines are open again; the customer order's state follows. False, and nothing changed,
    when somebody did. What was kept for it there is given back with it (`follow`)."""
    if not may_drop(w, part):
        return False
    done = orders.cancel(w.beside(part.site_id), part.number)
    return done.reason is None


def _head(w: "Work", sale: Sale, site: str, *, pick_up: bool) -> Order:
    order = sale.order
    return Order(
        site_id=site, number=_number(w, sale), state=OrderState.OPEN, placed_at=order.placed_at, channel=order.channel,
        customer_id=order.customer_id, ship_name=order.ship_name, ship_street=order.ship_street,
        ship_postcode=order.ship_postcode, ship_city=order.ship_city, ship_country=order.ship_country,
        email=order.email, carrier="" if pick_up else order.carrier, service="" if pick_up else order.service,
        priority=order.priority, promised=order.promised, note=order.note, currency=order.currency,
        substitution=order.substitution, customer_order=order.number, pick_up=pick_up,
        cut_off=None if pick_up else _cut_off(w, site), reference=_reference(w, sale, site),
    )  # fmt: skip


def _cut_off(w: "Work", site: str) -> datetime | None:
    """The truck that what is begun now has to make; None where nobody said when the site works."""
    calendar = calendar_of(w.db, site)
    return None if calendar is None else calendar.truck(w.now)


def _reference(w: "Work", sale: Sale, site: str) -> str | None:
    """The channel's number goes with the first part that a site has: it is known by it once."""
    order = sale.order
    if order.reference is None:
        return None
    mine = Order.site_id == site, Order.channel == order.channel, Order.reference == order.reference
    return None if w.db.scalar(select(Order.number).where(*mine).limit(1)) else order.reference


def _flags(sale: Sale, units: Mapping[int, int]) -> list[str]:
    """Those of the order, and of the lines that this part has."""
    flags = list(sale.order.flags)
    for line in sale.lines:
        flags += [flag for flag in line.flags if line.line_no in units and flag not in flags]
    return flags


def _number(w: "Work", sale: Sale) -> str:
    """The customer order's own for its first part, then N-2, N-3, ...: no other order, anywhere, is called so."""
    own = sale.order.number
    first = len(sale.parts) + 1
    while True:
        wanted = [own if n == 1 else f"{own}-{n}" for n in range(first, first + _TRIED)]
        orders = select(CustomerOrder.number).where(CustomerOrder.number.in_(wanted), CustomerOrder.number != own)
        taken = set(w.db.scalars(select(Order.number).where(Order.number.in_(wanted)).union_all(orders)))
        free = next((number for number in wanted if number not in taken), None)
        if free is not None:
            return free
        first += _TRIED
