"""Requests about orders: let one onto the floor, take one off it. Called by the orders API, in one unit of work each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from oms.catalog.models import Item
from oms.feed.models import FloorException
from oms.inventory.queries import InHand, in_hand, lock_shelves
from oms.inventory.rules import Shelf, Take, allocate, bin_account
from oms.orders.codes import Refusal
from oms.orders.models import Order, OrderLine, Reservation
from oms.orders.progress import advance, void_parcels
from oms.packing.models import Parcel
from oms.picking import actions as picking
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import need, put_back_words, resolve
from oms.picking.models import Job, WorkItem
from oms.picking.rules import LIVE
from oms.picking.scene import jobs_of_order, lock_orders
from oms.shipping.actions import plan_parcel
from sync.contract.codes import JobKind, JobState, OrderState, ParcelState, WorkState
from sync.contract.wire import ReleaseOrderResult

if TYPE_CHECKING:
    from oms.db.work import Work


def release(w: "Work", order_no: str) -> ReleaseOrderResult:
    """Reserves the stock of an open order and makes its pick job, its shipment and its parcel; all of it or, with a reason, nothing."""
    order = next(iter(lock_orders(w, [order_no])), None)
    if order is None:
        return ReleaseOrderResult(order=order_no, reason=Refusal.UNKNOWN_ORDER, params={"order": order_no})
    if order.state is not OrderState.OPEN:
        words: dict[str, str | int] = {"order": order_no, "reason": order.state.value}
        return ReleaseOrderResult(order=order_no, reason=Refusal.RELEASE_REFUSED, params=words)
    lines = _lines(w, order_no)
    takes, missing = _allocate(w, lines)
    if missing:
        sku, units = missing
        words = {"sku": sku, "missing": units}
        return ReleaseOrderResult(order=order_no, reason=Refusal.NOT_ENOUGH_STOCK, params=words)
    job = _pick_job(w, order, takes)
    plan_parcel(w, order)
    advance(w, order, OrderState.RELEASED)
    order.released_at = w.now
    w.audit("order.released", order=order_no, job=job.id)
    return ReleaseOrderResult(order=order_no, job=job.id)


def _lines(w: "Work", order_no: str) -> list[OrderLine]:
    mine = select(OrderLine).where(OrderLine.site_id == w.site, OrderLine.order_no == order_no)
    return list(w.db.scalars(mine.order_by(OrderLine.line_no)))


def _allocate(w: "Work", lines: list[OrderLine]) -> tuple[list[tuple[OrderLine, Take]], tuple[str, int] | None]:
    """Where each line comes from, or the first item that is not there with the units it lacks."""
    skus = {line.sku for line in lines}
    shelves = lock_shelves(w.db, w.site, skus)
    fefo = set(w.db.scalars(select(Item.sku).where(Item.site_id == w.site, Item.sku.in_(skus), Item.expiry_tracked)))
    takes: list[tuple[OrderLine, Take]] = []
    for line in lines:
        found = allocate(shelves.get(line.sku, []), line.qty, w.now.date(), fefo=line.sku in fefo)
        if found.missing:
            return [], (line.sku, found.missing)
        takes += [(line, take) for take in found.takes]
        shelves[line.sku] = _less(shelves[line.sku], found.takes)
    return takes, None


def _less(shelves: list[Shelf], takes: tuple[Take, ...]) -> list[Shelf]:
    """The shelves after `takes`, for a second line of the same item."""
    taken = {(take.shelf.bin, take.shelf.lot): take.qty for take in takes}
    return [
        Shelf(one.bin, one.seq, one.free - taken.get((one.bin, one.lot), 0), one.lot, one.expiry) for one in shelves
    ]


def _pick_job(w: "Work", order: Order, takes: list[tuple[OrderLine, Take]]) -> Job:
    """One job for the whole order, its items in walk order, each with its stock reserved."""
    job = Job(
        id=uuid4().hex,
        site_id=w.site,
        kind=JobKind.PICK,
        state=JobState.OPEN,
        created_at=w.now,
        priority=order.priority,
        cut_off=order.cut_off,
    )
    w.db.add(job)
    w.db.flush()
    w.touch("job", job.id)
    for line, take in takes:
        item = _pick_item(w, job, line, take)
        w.db.flush()
        reserved = Reservation(
            work_item=item.id,
            site_id=w.site,
            order_no=line.order_no,
            line_no=line.line_no,
            bin=take.shelf.bin,
            sku=line.sku,
            qty=take.qty,
            lot=take.shelf.lot,
        )
        w.db.add(reserved)
    return job


def _pick_item(w: "Work", job: Job, line: OrderLine, take: Take) -> WorkItem:
    item = WorkItem(
        id=uuid4().hex,
        site_id=w.site,
        job_id=job.id,
        kind=JobKind.PICK,
        state=WorkState.OPEN,
        order_no=line.order_no,
        line_no=line.line_no,
        sku=line.sku,
        qty_req=take.qty,
        from_bin=take.shelf.bin,
        seq=take.shelf.seq,
        lot=take.shelf.lot,
        expiry=take.shelf.expiry,
        priority=job.priority,
    )
    w.db.add(item)
    w.touch("work", item.id)
    return item


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
    put_backs = _put_all_back(w, order_no, [item for scene in jobs for item in scene.items], live)
    advance(w, order, OrderState.CANCELLED)
    w.audit("order.cancelled", order=order_no, put_backs=len(put_backs))
    return Cancelled(order_no, put_backs=put_backs)


def _partly_shipped(w: "Work", order_no: str) -> bool:
    gone = select(Parcel.id).where(
        Parcel.site_id == w.site, Parcel.order_no == order_no, Parcel.state == ParcelState.SHIPPED
    )
    return w.db.scalar(gone.limit(1)) is not None


def _settle_holds(w: "Work", order_no: str) -> None:
    """Nobody need decide any more about an order that was not picked."""
    open_questions = select(FloorException).where(
        FloorException.site_id == w.site,
        FloorException.order_no == order_no,
        FloorException.kind == ExceptionKind.ORDER_NOT_PICKED,
        FloorException.state == OPEN,
    )
    for question in w.db.scalars(open_questions):
        resolve(w, question)


def _put_all_back(w: "Work", order_no: str, items: list[WorkItem], live: Job | None) -> tuple[str, ...]:
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
