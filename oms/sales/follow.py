"""What the floor does to a site's order is seen on the customer's order. Called where a site's order changes its state."""

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from oms.money.shipments import money_follows
from oms.orders.models import Order, OrderLine
from oms.promise import keeping
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.scene import lock_sale, settle_state
from oms.sales.searching import index
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

#: What is told of a site's order that came this far.
_TOLD: Final = {
    OrderState.RELEASED: EventKind.RELEASED,
    OrderState.PICKING: EventKind.PICKING,
    OrderState.SHIPPED: EventKind.SHIPPED,
    OrderState.LABEL_PENDING: EventKind.PACKED,
}


def follow(w: "Work", order: Order) -> None:
    """`order` of a site, whose row is locked, has changed its state: its customer's order follows."""
    if order.customer_order is None:
        return
    if order.state is OrderState.CANCELLED:
        _let_go(w, order)
    elif order.state is OrderState.OPEN:
        keeping.keep_again(w, order)
    sale = lock_sale(w, order.customer_order)
    if sale is None:
        return
    settle_state(w, sale)
    if order.state is OrderState.HELD or any(line.open for line in sale.lines):
        # Decided apart from what the floor reports: that is booked whatever comes of this.
        sale.order.due_at = sale.order.due_at or w.now
    if order.state is OrderState.SHIPPED:
        money_follows(w, sale)
    if order.state in _TOLD:
        note(w, sale.order.number, _TOLD[order.state], site=w.site, part=order.number)
    if order.state in (OrderState.LABEL_PENDING, OrderState.SHIPPED):
        # Its parcels have their numbers now.
        index(w, [sale.order.number])


def _let_go(w: "Work", order: Order) -> None:
    """What was kept for a part is free again; what is kept for another part of the same order there stays."""
    same = (Order.customer_order == order.customer_order) & (Order.site_id == order.site_id)
    quiet = Order.state.in_((OrderState.OPEN, OrderState.HELD))
    others = select(func.sum(OrderLine.qty)).join(
        Order, (Order.site_id == OrderLine.site_id) & (Order.number == OrderLine.order_no)
    )
    others = others.where(same, quiet, Order.number != order.number)
    mine = select(OrderLine.customer_line).where(OrderLine.site_id == order.site_id, OrderLine.order_no == order.number)
    for line_no in sorted({one for one in w.db.scalars(mine) if one is not None}):
        stays = w.db.scalar(others.where(OrderLine.customer_line == line_no)) or 0
        kept = keeping.kept_of(w, str(order.customer_order), line_no, order.site_id)
        if kept > stays:
            keeping.let_go(w, str(order.customer_order), line_no, order.site_id, int(kept - stays))
