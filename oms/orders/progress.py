"""How an order moves on as the floor reports. Called by the facts of picking, packing and shipping; the order's row is locked by them."""

from typing import TYPE_CHECKING

from sqlalchemy import update

from oms.inventory.rules import SHIPPED
from oms.orders.codes import HeldReason
from oms.orders.models import Order
from oms.orders.rules import ORDER
from oms.packing.models import Parcel
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import need
from oms.sales.follow import follow
from oms.transfers.following import follow as follow_transfer
from oms.transfers.rules import account
from oms.transitions import can, moved
from sync.contract.codes import OrderState, ParcelState

if TYPE_CHECKING:
    from oms.db.work import Work


def advance(w: "Work", order: Order, state: OrderState) -> None:
    """The order goes on to `state`; raises `NotAllowed` when its table knows no such step."""
    if order.state is not state:
        order.state = moved(ORDER, order.state, state)
        w.touch("order", order.number)
        follow(w, order)
        follow_transfer(w, order)


def advance_if_can(w: "Work", order: Order, state: OrderState) -> None:
    """As `advance`, for facts that may come after the order has gone further."""
    if can(ORDER, order.state, state):
        advance(w, order, state)


def hold_unpicked(w: "Work", order: Order) -> None:
    """There is nothing to send: the order waits for a supervisor, its parcel is void."""
    advance(w, order, OrderState.HELD)
    order.held_reason = HeldReason.ORDER_NOT_PICKED
    order.held_params = {"order": order.number}
    void_parcels(w, order.number)
    need(w, ExceptionKind.ORDER_NOT_PICKED, {"order": order.number}, order_no=order.number)


def left_account(order: Order) -> str:
    """Where the books have the goods of an order that has left: out of the house, or on their way to another site of ours."""
    return account(order.number) if order.transfer_to is not None else SHIPPED


def void_parcels(w: "Work", order_no: str) -> None:
    """The identities of parcels that will not be are never used again."""
    voided = w.db.scalars(
        update(Parcel)
        .where(Parcel.site_id == w.site, Parcel.order_no == order_no, Parcel.state != ParcelState.SHIPPED)
        .values(state=ParcelState.VOID)
        .returning(Parcel.id)
    )
    for parcel_id in voided.all():
        w.touch("parcel", parcel_id)
