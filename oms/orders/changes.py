"""An order line that is changed while the order is on the floor. Called by the orders API, in one unit of work."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oms.inventory.queries import InHand, in_hand
from oms.inventory.rules import bin_account
from oms.orders.codes import Refusal
from oms.orders.models import Order, OrderLine
from oms.picking import actions as picking
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import need, put_back_words
from oms.picking.models import WorkItem
from oms.picking.rules import AHEAD, UNFINISHED, WORK
from oms.picking.scene import JobScene, jobs_of_order, lock_orders
from oms.transitions import moved
from sync.contract.codes import JobKind, LeaseEnd, OrderState, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Before it is picked; afterwards the packer has it, and a change is a matter of people.
_CHANGEABLE = frozenset({OrderState.HELD, OrderState.OPEN, OrderState.RELEASED, OrderState.PICKING})


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of it: nothing when refused (a message code and its words), else the instructions to put goods back."""

    reason: str | None = None
    params: dict[str, str | int] = field(default_factory=dict)
    put_backs: tuple[str, ...] = ()


def take_less(w: "Work", order_no: str, line_no: int, qty: int) -> Changed:
    """The line wants only `qty` units (0: none). What nobody has picked yet is called off first; of what is in hand, people are told what
    to put back."""
    order = next(iter(lock_orders(w, [order_no])), None)
    line = w.db.get(OrderLine, (w.site, order_no, line_no)) if order is not None else None
    if order is None or line is None:
        return Changed(Refusal.UNKNOWN_ORDER, {"order": order_no})
    if order.state not in _CHANGEABLE or not 0 <= qty <= line.qty:
        return Changed(Refusal.CHANGE_REFUSED, {"order": order_no, "reason": order.state.value})
    less = line.qty - qty
    scenes = jobs_of_order(w, order_no)
    if any(scene.job.kind is JobKind.SORT for scene in scenes):
        return Changed(Refusal.CHANGE_REFUSED, {"order": order_no, "reason": JobKind.SORT.value})
    fewer = min(line.short, less)
    if scenes and less - fewer > _open_units(scenes, line_no) + _in_totes(w, order_no, line_no):
        return Changed(Refusal.CHANGE_REFUSED, {"order": order_no, "reason": "not_in_hand"})
    line.short -= fewer
    open_ = less - fewer - _call_off(w, scenes, line_no, less - fewer)
    made = _put_back(w, order, line, scenes, open_)
    line.qty = qty
    w.touch("order", order_no)
    w.audit("order.line_changed", order=order_no, line=line_no, qty=qty, put_backs=len(made))
    return Changed(put_backs=made)


def _open_units(scenes: list[JobScene], line_no: int) -> int:
    """Units of a line that nobody has picked yet."""
    return sum(
        item.qty_req - item.qty_done
        for scene in scenes
        for item in scene.items
        if item.line_no == line_no and item.state in UNFINISHED
    )


def _in_totes(w: "Work", order_no: str, line_no: int) -> int:
    return sum(held.qty for held in in_hand(w.db, w.site, order_no) if held.line_no == line_no)


def _call_off(w: "Work", scenes: list[JobScene], line_no: int, less: int) -> int:
    """Asks for up to `less` units less of what is not picked yet; the units."""
    gone = 0
    for scene in scenes:
        for item in scene.items:
            lacks = item.qty_req - item.qty_done
            if item.line_no != line_no or item.state not in UNFINISHED or gone == less:
                continue
            fewer = min(lacks, less - gone)
            gone += fewer
            item.qty_req -= fewer
            _ask_less(w, item)
            w.touch("job", scene.job.id)
            w.db.flush()
            picking.end_if_empty(w, scene.job.id)
    return gone


def _ask_less(w: "Work", item: WorkItem) -> None:
    """An item that wants nothing at all any more is cancelled; one that has all it wants is done, if somebody holds it."""
    if item.qty_req == 0:
        item.state = moved(WORK, item.state, WorkState.CANCELLED)
        item.tok_epoch, item.tok_n = max(item.tok_epoch, picking.epoch(w)), item.tok_n + 1
        picking.free_reservations(w, [item.id])
        picking.end_leases(w, [item.id], LeaseEnd.CANCELLED)
    elif item.qty_req == item.qty_done and item.state is WorkState.OPEN:
        picking.close_short(w, item)
    elif item.state is WorkState.LEASED:
        picking.recount(w, item)
    else:
        picking.reserve_the_rest(w, item)
    w.touch("work", item.id)


def _put_back(w: "Work", order: Order, line: OrderLine, scenes: list[JobScene], units: int) -> tuple[str, ...]:
    """Instructions for so many units of a line that are in totes, to whoever holds the trip."""
    made: list[str] = []
    for held in in_hand(w.db, w.site, order.number):
        qty = min(units, held.qty) if held.line_no == line.line_no else 0
        if qty:
            units -= qty
            line.picked -= qty
            made.append(_instruct(w, order, scenes, held, qty))
    return tuple(made)


def _instruct(w: "Work", order: Order, scenes: list[JobScene], held: InHand, qty: int) -> str:
    picks = [
        (scene, item) for scene in scenes for item in scene.items if item.line_no == held.line_no and item.qty_done
    ]
    scene, item = max(picks, key=lambda one: (one[1].lot == held.lot, one[1].qty_done))
    words = put_back_words(qty, held.sku, held.lot, held.account, bin_account(item.from_bin))
    exception = need(w, ExceptionKind.PUT_BACK, words, order_no=order.number, item=item.id)
    if scene.job.state in AHEAD and scene.job.holder:
        exception.job, exception.device, exception.worker_id = scene.job.id, scene.job.holder, scene.job.worker_id
    return exception.id
