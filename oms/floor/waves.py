"""What leaves together and how far it is: orders of one carrier and cut-off. Asked by the board; waves come from `oms.waves`."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from oms.feed.rows import stamp
from oms.floor.held import seconds
from oms.orders.models import Order
from sync.contract.board import WaveLine
from sync.contract.codes import OrderState

_PACKED = (OrderState.LABEL_PENDING,)
_PICKED = (OrderState.PICKED, OrderState.PACKING)
_TO_PICK = (OrderState.RELEASED, OrderState.PICKING)
_ON_FLOOR = (*_TO_PICK, *_PICKED, *_PACKED)
#: A truck that has left is still shown for so long, for what missed it.
_AFTER: Final = timedelta(hours=2)


def wave_lines(db: Session, site: str, now: datetime) -> list[WaveLine]:
    """Trucks with orders on the floor, the next to leave on top."""
    groups = (
        select(
            Order.carrier,
            Order.cut_off,
            func.count(),
            _how_many(*_TO_PICK),
            _how_many(*_PICKED),
            _how_many(*_PACKED),
            _how_many(OrderState.SHIPPED),
            _how_many(OrderState.HELD),
        )
        .where(Order.site_id == site, Order.state.not_in((OrderState.OPEN, OrderState.CANCELLED)))
        .where(Order.state.in_(_ON_FLOOR) | (Order.cut_off > now - _AFTER))
        .group_by(Order.carrier, Order.cut_off)
        .order_by(Order.cut_off.asc().nulls_last(), Order.carrier)
    )
    return [
        WaveLine(
            id=f"{carrier}@{stamp(cut_off) if cut_off else ''}",
            name=carrier,
            orders=orders,
            to_pick=to_pick,
            picked=picked,
            packed=packed,
            shipped=shipped,
            held=held,
            cut_off=stamp(cut_off) if cut_off else None,
            left_s=seconds(now, cut_off) if cut_off else None,
        )
        for carrier, cut_off, orders, to_pick, picked, packed, shipped, held in db.execute(groups)
    ]


def _how_many(*states: OrderState) -> ColumnElement[int]:
    return func.count(case((Order.state.in_(states), 1)))
