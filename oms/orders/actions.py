"""Requests about orders: let one onto the floor, take one off it. Called by the orders API, in one unit of work each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from oms.feed.models import FloorException
from oms.inventory.queries import InHand, in_hand
from oms.inventory.rules import bin_account
from oms.orders.allocation import Stock, lines_of
from oms.orders.codes import Refusal
from oms.orders.models import Order
from oms.orders.progress import advance, void_parcels
from oms.orders.queries import in_planned_wave
from oms.packing.models import Parcel
from oms.packing.planning import plan_release, settle
from oms.packing.sharing import parcels_for
from oms.picking import actions as picking
from oms.picking.build import Allocated, Trips, build, urgency
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import need, put_back_words, resolve
from oms.picking.models import Job, WorkItem
from oms.picking.rules import LIVE
from oms.picking.scene import jobs_of_order, lock_orders
from sync.contract.codes import JobKind, Method, OrderState, ParcelState
from sync.contract.wire import ReleaseOrderResult

if TYPE_CHECKING:
    from oms.db.work import Work


def release(w: "Work", order_no: str) -> ReleaseOrderResult:
    """Reserves the stock of an open order and makes its pick job, its shipment and its parcel; all of it or, with a reason, nothing."""
    return release_all(w, [order_no], Trips(Method.SINGLE))[0]


def release_all(w: "Work", numbers: Sequence[str], trips: Trips) -> list[ReleaseOrderResult]:
    """As `release`, for several orders that may share trips. Each is released or, with a reason, left alone; results in the order asked."""
    orders = {order.number: order for order in lock_orders(w, list(numbers))}
    refused = {number: reason for number in numbers if (reason := _refused(w, number, orders.get(number)))}
    lines = {number: lines_of(w, number) for number in orders if number not in refused}
    stock = Stock.lock(w, {line.sku for some in lines.values() for line in some})
    allocated: list[Allocated] = []
    for order in sorted((orders[number] for number in lines), key=urgency):
        takes, lacks = stock.take(w, order, lines[order.number])
        if lacks:
            words: dict[str, str | int] = {"sku": lacks[0].sku, "missing": lacks[0].units}
            refused[order.number] = _no(order.number, Refusal.NOT_ENOUGH_STOCK, words)
        else:
            allocated.append(Allocated(order, takes))
    jobs = build(w, trips, allocated)
    for one in allocated:
        let_go(w, one.order, jobs[one.order.number][0].id)
    return [refused.get(number) or ReleaseOrderResult(order=number, job=jobs[number][0].id) for number in numbers]


def let_go(w: "Work", order: Order, job_id: str) -> None:
    """The order, whose jobs are made, is on the floor."""
    plan_release(w, order)
    advance(w, order, OrderState.RELEASED)
    order.released_at = w.now
    w.audit("order.released", order=order.number, job=job_id)


def _refused(w: "Work", number: str, order: Order | None) -> ReleaseOrderResult | None:
    """Why an order cannot be released whatever there is in stock."""
    if order is None:
        return _no(number, Refusal.UNKNOWN_ORDER, {"order": number})
    if order.state is not OrderState.OPEN:
        return _no(number, Refusal.RELEASE_REFUSED, {"order": number, "reason": order.state.value})
    if in_planned_wave(w.db, w.site, number):
        return _no(number, Refusal.RELEASE_REFUSED, {"order": number, "reason": Refusal.IN_WAVE.value})
    return None


def _no(number: str, reason: Refusal, words: dict[str, str | int]) -> ReleaseOrderResult:
    return ReleaseOrderResult(order=number, reason=reason, params=words)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What came of a cancel: nothing when refused (a message code and its words), else the instructions to put goods back."""

    order: str
    reason: str | None = None
    params: dict[str, str | int] = field(default_factory=dict)
    put_backs: tuple[str, ...] = ()


def cancel(w: "Work", order_no: str) -> Cancelled:
    """Takes an order off the floor at any moment before it has left. What people hold of it, they are told to put back."""
    order = next(iter(lock_orders(w, [order_no])), None)
    if order is None:
        return Cancelled(order_no, Refusal.UNKNOWN_ORDER, {"order": order_no})
    if order.state is OrderState.CANCELLED:
        return Cancelled(order_no)
    if order.state is OrderState.SHIPPED or _partly_shipped(w, order_no):
        return Cancelled(order_no, Refusal.CANCEL_REFUSED, {"order": order_no, "reason": order.state.value})
    jobs = jobs_of_order(w, order_no)
    live = next((scene.job for scene in jobs if scene.job.state in LIVE and scene.job.holder), None)
    for scene in jobs:
        picking.cancel(w, scene, order_no)
    void_parcels(w, order_no)
    _settle_holds(w, order_no)
    settle(w, order_no)
    put_backs = put_all_back(w, order_no, [item for scene in jobs for item in scene.items], live)
    advance(w, order, OrderState.CANCELLED)
    w.audit("order.cancelled", order=order_no, put_backs=len(put_backs))
    return Cancelled(order_no, put_backs=put_backs)


def _partly_shipped(w: "Work", order_no: str) -> bool:
    gone = parcels_for(w.site, order_no).where(Parcel.state == ParcelState.SHIPPED)
    return w.db.scalar(gone.limit(1)) is not None


#: What is asked about an order that is still to come.
_QUESTIONS = (ExceptionKind.ORDER_NOT_PICKED, ExceptionKind.PACK_HELD, ExceptionKind.SUBSTITUTE_ASKED)


def _settle_holds(w: "Work", order_no: str) -> None:
    """Nobody need decide any more about an order that was not picked, or was set aside at the bench."""
    open_questions = select(FloorException).where(
        FloorException.site_id == w.site,
        FloorException.order_no == order_no,
        FloorException.kind.in_(_QUESTIONS),
        FloorException.state == OPEN,
    )
    for question in w.db.scalars(open_questions):
        resolve(w, question)


def put_all_back(w: "Work", order_no: str, items: list[WorkItem], live: Job | None) -> tuple[str, ...]:
    """One instruction per bin for everything of the order that is in totes and parcels, to whoever holds the work, else to a
    supervisor."""
    made = []
    for held, pick, qty in _shares(in_hand(w.db, w.site, order_no), items):
        words = put_back_words(qty, held.sku, held.lot, held.account, bin_account(pick.from_bin))
        exception = need(w, ExceptionKind.PUT_BACK, words, order_no=order_no, item=pick.id)
        if live:
            exception.job, exception.device, exception.worker_id = live.id, live.holder, live.worker_id
        made.append(exception.id)
    return tuple(made)


def _shares(everything: list[InHand], items: list[WorkItem]) -> Iterator[tuple[InHand, WorkItem, int]]:
    """What is in hand by the bin it came from: a line may have been picked from several, and from some of them nothing yet."""
    picks = sorted((item for item in items if item.kind is JobKind.PICK), key=lambda item: (item.from_bin, item.id))
    taken = {item.id: item.qty_done for item in picks}
    for held in everything:
        rest = held.qty
        of_line = [item for item in picks if item.line_no == held.line_no]
        # Another lot than was asked for may have been taken: then any bin of the line is as good as the other.
        for item in sorted(of_line, key=lambda item: item.lot != held.lot):
            share = min(rest, taken[item.id])
            if share > 0:
                taken[item.id] -= share
                rest -= share
                yield held, item, share
        if rest:
            yield held, of_line[0], rest
