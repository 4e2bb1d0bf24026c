"""What the floor does to a site's order is seen on the customer's order. Called where a site's order changes its state."""

from typing import TYPE_CHECKING, Final

from oms.money.shipments import money_follows
from oms.orders.models import Order
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.scene import lock_sale, settle_state
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
    sale = lock_sale(w, order.customer_order)
    if sale is None:
        return
    settle_state(w, sale)
    if order.state is OrderState.SHIPPED:
        money_follows(w, sale)
    if order.state in _TOLD:
        note(w, sale.order.number, _TOLD[order.state], site=w.site, part=order.number)
