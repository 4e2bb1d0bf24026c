"""Orders that leave their wave while it is on the floor: pulled out to be picked at once, taken off the floor again, or short of something
that is to be had after all. Called by the actions on waves; the orders are locked by them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from oms.feed.models import FloorException
from oms.inventory.rules import Take
from oms.orders.actions import put_all_back, release_all
from oms.orders.allocation import Stock, lines_of
from oms.orders.codes import HeldReason
from oms.orders.models import Order
from oms.orders.progress import advance, void_parcels
from oms.picking import actions as picking
from oms.picking.again import HOT
from oms.picking.build import Trips
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.models import Job, WorkItem
from oms.picking.rules import AHEAD, UNFINISHED
from oms.picking.scene import jobs_of_order
from sync.contract.codes import JobKind, LeaseEnd, Method, OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Orders to which more can still be picked.
_PICKABLE = frozenset({OrderState.RELEASED, OrderState.PICKING, OrderState.PICKED})


def take_back(w: "Work", order: Order) -> None:
    """The order is not on the floor any more; nothing of it is in anybody's hands."""
    void_parcels(w, order.number)
    if order.state is OrderState.PICKING:
        advance(w, order, OrderState.HELD)
    advance(w, order, OrderState.OPEN)
    order.released_at = None
    for line in lines_of(w, order.number):
        line.picked = line.short = 0


def off_the_floor(w: "Work", orders: Sequence[Order]) -> None:
    """Orders of which nothing is in hand are open again; the others are held until their goods are back in their bins. What is picked
    already goes on."""
    for order in orders:
        if order.state not in (OrderState.RELEASED, OrderState.PICKING):
            continue
        scenes = jobs_of_order(w, order.number)
        live = next((scene.job for scene in scenes if scene.job.state in AHEAD and scene.job.holder), None)
        for scene in scenes:
            picking.cancel(w, scene, order.number)
        if put_all_back(w, order.number, [item for scene in scenes for item in scene.items], live):
            void_parcels(w, order.number)
            advance(w, order, OrderState.HELD)
            order.held_reason, order.held_params = HeldReason.WAVE_CANCELLED, {"order": order.number}
        else:
            take_back(w, order)


def reopen(w: "Work") -> int:
    """Orders of cancelled waves whose goods are all back in their bins are open again; how many."""
    to_do = exists().where(
        FloorException.site_id == w.site,
        FloorException.kind == ExceptionKind.PUT_BACK,
        FloorException.state == OPEN,
        FloorException.order_no == Order.number,
    )
    ready = select(Order).where(
        Order.site_id == w.site,
        Order.state == OrderState.HELD,
        Order.held_reason == HeldReason.WAVE_CANCELLED,
        ~to_do,
    )
    orders = w.db.scalars(ready.order_by(Order.number).with_for_update()).all()
    for order in orders:
        order.held_reason, order.held_params = "", {}
        take_back(w, order)
        w.audit("order.reopened", order=order.number)
    return len(orders)


def pull_one(w: "Work", order: Order) -> None:
    """The order goes before everything else, on trips of its own as far as nobody has begun it."""
    order.priority = HOT
    w.touch("order", order.number)
    if order.state is OrderState.OPEN:
        release_all(w, [order.number], Trips(Method.SINGLE))
        return
    for scene in jobs_of_order(w, order.number):
        job = scene.job
        if job.kind is not JobKind.PICK or job.state not in AHEAD:
            continue
        if job.method in (Method.CLUSTER, Method.WALL):
            _split_off(w, job, [item for item in scene.items if item.state in UNFINISHED and not item.qty_done])
        else:
            job.priority, job.wave_id = HOT, None
            w.touch("job", job.id)


def _split_off(w: "Work", job: Job, rest: list[WorkItem]) -> None:
    if not rest:
        return
    picking.end_leases(w, [item.id for item in rest], LeaseEnd.RECLAIMED)
    again = picking.back_to_pool(w, job, rest)
    again.priority, again.wave_id = HOT, None
    for item in rest:
        item.tok_epoch, item.tok_n = max(item.tok_epoch, picking.epoch(w)), item.tok_n + 1
    picking.free_slot(w, job, rest[0].order_no)
    w.touch("job", job.id)


def fetch_shorts(w: "Work", wave_id: str, order: Order) -> int:
    """Looks again for what the order is short of; the units for which there is work now."""
    lines = [line for line in lines_of(w, order.number) if line.short]
    if order.state not in _PICKABLE or not lines:
        return 0
    stock, found = Stock.lock(w, {line.sku for line in lines}), 0
    for line in lines:
        first = select(WorkItem).where(
            WorkItem.site_id == w.site,
            WorkItem.order_no == order.number,
            WorkItem.line_no == line.line_no,
            WorkItem.kind == JobKind.PICK,
        )
        like = w.db.scalars(first.order_by(WorkItem.id).limit(1)).one_or_none()
        takes = stock.some(w, line.sku, line.short) if like is not None else ()
        if like is not None and takes:
            units = _fetch(w, wave_id, like, takes)
            line.short -= units
            found += units
    w.touch("order", order.number)
    return found


def _fetch(w: "Work", wave_id: str, like: WorkItem, takes: tuple[Take, ...]) -> int:
    job = picking.new_job(w, w.db.get_one(Job, like.job_id), JobKind.PICK)
    job.priority, job.wave_id = HOT, wave_id
    for take in takes:
        shelf = take.shelf
        item = picking.new_item(w, job, like, qty=take.qty, from_bin=shelf.bin, lot=shelf.lot, seq=shelf.seq)
        item.expiry = shelf.expiry
        picking.reserve(w, item)
    return sum(take.qty for take in takes)
