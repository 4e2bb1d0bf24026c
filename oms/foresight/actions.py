"""Moves of a rescue, done by one tap. Each calls what exists: orders are pulled out or leave their wave as a supervisor does it, and a
service is chosen as at a desk. Called by the waves API, in one unit of work each; everything is audited."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from oms.db.locks import lock_rows
from oms.orders.models import Order
from oms.picking.scene import lock_orders
from oms.shipping.carriers.costs import keep_choice, tables_of
from oms.shipping.carriers.tables import Table, leaves_today
from oms.waves import actions as waves
from oms.waves.models import Wave
from oms.waves.planning import order_numbers
from oms.waves.rescue import off_the_floor
from oms.waves.rules import RUNNING
from sync.contract.codes import OrderState
from sync.contract.rescue import MoveKind
from sync.contract.shipping import RateOption
from sync.contract.waves import WaveAct

if TYPE_CHECKING:
    from oms.db.work import Work

#: Orders that can still be left behind.
_PICKABLE = (OrderState.RELEASED, OrderState.PICKING)
_WRITTEN_AS: Final = {MoveKind.DROP: "rescue.drop", MoveKind.SERVICE: "rescue.service"}


@dataclass(frozen=True, slots=True)
class Moved:
    """The orders with which it was done, and those that stay as they are, each with a code."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def do(w: "Work", wave_id: str, move: MoveKind, numbers: Sequence[str], to_service: str) -> Moved | None:
    """Does one move to orders of a running wave; what is refused, each order with a code. None for a wave that is not there."""
    asked = list(dict.fromkeys(numbers))
    if move is MoveKind.PULL:
        return _pull(w, wave_id, asked)
    wave = next(iter(lock_rows(w.db, Wave, Wave.id, [wave_id], site=Wave.site_id, site_id=w.site)), None)
    if wave is None:
        return None
    if wave.state not in RUNNING:
        return Moved(refused=dict.fromkeys(asked, "not_in_this_state"))
    if move is MoveKind.BORROW:
        return Moved(refused=dict.fromkeys(asked, "only_advice"))
    inside = set(order_numbers(w, wave.id)).intersection(asked)
    refused = {number: "orders_not_in_wave" for number in asked if number not in inside}
    done = []
    for order in lock_orders(w, sorted(inside)):
        why = _leave(w, wave, order) if move is MoveKind.DROP else _serve(w, order, to_service)
        if why:
            refused[order.number] = why
        else:
            done.append(order.number)
            w.audit(_WRITTEN_AS[move], wave=wave.id, order=order.number, service=to_service)
    return Moved(done=done, refused=refused)


def _pull(w: "Work", wave_id: str, numbers: list[str]) -> Moved | None:
    found = waves.act(w, wave_id, WaveAct.PULL, numbers)
    if found.wave is None:
        return None
    return Moved(refused=dict.fromkeys(numbers, found.reason)) if found.reason else Moved(done=numbers)


def _leave(w: "Work", wave: Wave, order: Order) -> str:
    """Off the floor, and open for the next truck."""
    if order.state not in _PICKABLE:
        return "already_picked"
    off_the_floor(w, [order])
    waves.leave(w, wave, {order.number})
    w.touch("order", order.number)
    return ""


def _serve(w: "Work", order: Order, service: str) -> str:
    """By a service of its carrier that leaves later today."""
    table = next((one for one in tables_of(w.db, w.site, w.now.date()) if _is(one, order, service)), None)
    cut_off = leaves_today(table, w.now) if table is not None else None
    if table is None or cut_off is None or (order.cut_off is not None and cut_off <= order.cut_off):
        return "no_later_service"
    option = RateOption(
        carrier=table.carrier,
        service=table.service,
        name=table.name,
        why_not=None,
        currency=table.currency,
        leaves_on=cut_off.date().isoformat(),
    )
    if not keep_choice(w, order.number, [option]):
        return "service_is_fixed"
    order.cut_off = cut_off
    w.touch("order", order.number)
    return ""


def _is(table: Table, order: Order, service: str) -> bool:
    return (table.carrier, table.service) == (order.carrier, service) and service != order.service
