"""Lists of orders for people and programs. Called by the orders API."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.orders.models import Order, Reservation
from sync.contract.codes import OrderState


def order_numbers(db: Session, site: str, states: Sequence[OrderState], after: str, limit: int) -> list[str]:
    """Numbers of orders in `states` (all when empty) that come after number `after`, in order of number, at most `limit`."""
    wanted = select(Order.number).where(Order.site_id == site, Order.number > after)
    if states:
        wanted = wanted.where(Order.state.in_(states))
    return list(db.scalars(wanted.order_by(Order.number).limit(limit)))


def in_planned_wave(db: Session, site: str, order_no: str) -> bool:
    """Whether stock is kept for the order by a wave that is not released yet."""
    kept = select(Reservation.work_item).where(Reservation.site_id == site, Reservation.order_no == order_no)
    return db.scalar(kept.limit(1)) is not None
