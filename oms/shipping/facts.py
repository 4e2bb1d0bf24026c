"""What became of labels, and what has left the house. Each handler has all its effects in the unit of work it is given. Called by the
ingest of the feed, in savepoints."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory.queries import contents
from oms.inventory.rules import parcel_account
from oms.orders.models import Order
from oms.orders.progress import advance_if_can, left_account
from oms.packing.facts import lock_parcel
from oms.packing.models import Parcel
from oms.packing.planning import replan, settle
from oms.packing.sharing import orders_in
from oms.picking.actions import finish
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import divert, forget_put_backs, need
from oms.picking.rules import LIVE, UNFINISHED
from oms.picking.scene import JobScene, jobs_of_order
from oms.shipping.actions import plan_ahead, units_to_pack, void_planned
from oms.shipping.models import LabelFate, Shipment
from oms.shipping.rules import PARCEL, after_label
from oms.transitions import moved
from sync.contract import facts
from sync.contract.codes import JobKind, OrderState, Outcome, ParcelState

if TYPE_CHECKING:
    from oms.db.work import Work

_STORED_LATE = Credit(Outcome.APPLIED_LATE)
_WAITING = frozenset({ParcelState.LABEL_PENDING, ParcelState.LABEL_UNSURE})


def label_fate(w: "Work", fact: FactContext, body: facts.LabelFate) -> Credit:
    """Evidence about a label, kept whoever has it. The order waits for its label until one is known to be printed."""
    parcel = lock_parcel(w, body.parcel)
    if parcel is None:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": body.parcel}, fact, job=body.job)
    after = after_label(parcel.state, body.fate, body.level)
    kept = LabelFate(
        op_id=fact.op_id,
        site_id=w.site,
        parcel_id=parcel.id,
        sscc=body.sscc,
        print_job=body.print_job,
        fate=body.fate,
        level=body.level,
        at=w.now,
        printer=body.printer,
        detail=body.detail,
        device=fact.device,
        worker_id=fact.worker,
    )
    w.db.add(kept)
    if parcel.state in (ParcelState.SHIPPED, ParcelState.VOID):
        return _STORED_LATE
    parcel.label_level = max(parcel.label_level, body.level)
    parcel.state = after
    w.touch("parcel", parcel.id)
    for number in orders_in(w.db, parcel):
        order = w.db.get_one(Order, (w.site, number))
        advance_if_can(w, order, OrderState.LABEL_PENDING if after in _WAITING else OrderState.PACKING)
    return APPLIED


def shipped(w: "Work", fact: FactContext, body: facts.ParcelShip | facts.ParcelLeave) -> Credit:
    """The parcel is on its way, with all that lies in it. It has left whoever says so; it is done when all its order's units are."""
    parcel = lock_parcel(w, body.parcel)
    if parcel is None:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": body.parcel}, fact, job=body.job)
    if body.sscc != parcel.sscc:
        words: dict[str, str | int] = {"scanned": body.sscc, "needed": parcel.sscc}
        return divert(w, ExceptionKind.WRONG_LABEL, words, fact, job=body.job, order_no=parcel.order_no)
    if parcel.state is ParcelState.SHIPPED:
        return _STORED_LATE
    inside = contents(w.db, w.site, parcel_account(parcel.id))
    order = w.db.get_one(Order, (w.site, parcel.order_no))
    if inside and order.pick_up and parcel.state is not ParcelState.VOID:
        return _stays(w, order, parcel)
    if not inside:
        words = {"parcel": parcel.id}
        return divert(w, ExceptionKind.EMPTY_PARCEL, words, fact, job=body.job, order_no=parcel.order_no)
    void = parcel.state is ParcelState.VOID
    _leave(w, fact, parcel, inside)
    for number in orders_in(w.db, parcel)[1:]:
        _finish_guest(w, number, parcel, fact)
    if void:
        words = {"order": parcel.order_no}
        return divert(w, ExceptionKind.ORDER_CANCELLED, words, fact, job=body.job, order_no=parcel.order_no)
    jobs = jobs_of_order(w, parcel.order_no)
    holder = next((scene.job.holder for scene in jobs if scene.job.id == body.job), None)
    finish_order(w, w.db.get_one(Order, (w.site, parcel.order_no)), parcel, jobs)
    return APPLIED if holder == fact.device else _STORED_LATE


def _stays(w: "Work", order: Order, parcel: Parcel) -> Credit:
    """The customer fetches it: it is packed and has its label, and leaves when it is handed over (`oms.sales.pickup`)."""
    if parcel.state is not ParcelState.LABEL_PRINTED:
        parcel.state = moved(PARCEL, parcel.state, ParcelState.LABEL_PRINTED)
        w.touch("parcel", parcel.id)
    jobs = jobs_of_order(w, order.number)
    if not any(item.state in UNFINISHED for scene in jobs for item in scene.items):
        void_planned(w, order)
        settle(w, order.number)
        for scene in jobs:
            if scene.job.kind is JobKind.PACK and scene.job.state in LIVE:
                finish(w, scene)
        advance_if_can(w, order, OrderState.LABEL_PENDING)
    return APPLIED


def _leave(w: "Work", fact: FactContext, parcel: Parcel, inside: list[tuple[str, str, int]]) -> None:
    """Books what is `inside` (sku, lot, units) the parcel out of the house."""
    account, away = parcel_account(parcel.id), left_account(w.db.get_one(Order, (w.site, parcel.order_no)))
    for line, (sku, lot, qty) in enumerate(inside):
        w.move(fact.op_id, line, sku, lot, account, away, qty)
        forget_put_backs(w, account, sku, lot, qty, None)
    parcel.state = moved(PARCEL, parcel.state, ParcelState.SHIPPED)
    parcel.shipped_at = w.now
    w.touch("parcel", parcel.id)


def _finish_guest(w: "Work", number: str, parcel: Parcel, fact: FactContext) -> None:
    """An order that shares the parcel left with it; one that was called off meanwhile is somebody's question."""
    order = w.db.get_one(Order, (w.site, number))
    if order.state is OrderState.CANCELLED:
        need(w, ExceptionKind.ORDER_CANCELLED, {"order": number}, fact, order_no=number)
        return
    finish_order(w, order, parcel, jobs_of_order(w, number))


def finish_order(w: "Work", order: Order, parcel: Parcel, jobs: list[JobScene]) -> None:
    """When every unit is packed or short, the order is shipped and its packing is done. What is left goes into a further parcel."""
    if any(item.state in UNFINISHED for scene in jobs for item in scene.items if item.order_no == order.number):
        plan_ahead(w, order, max(1, sum(units_to_pack(scene, order.number) for scene in jobs)))
        replan(w, order)
        return
    void_planned(w, order)
    settle(w, order.number)
    for scene in jobs:
        if scene.job.kind is JobKind.PACK and scene.job.state in LIVE:
            finish(w, scene)
    advance_if_can(w, order, OrderState.SHIPPED)
    order.shipped_at = w.now
    mine = Shipment.id == parcel.shipment_id
    if parcel.order_no != order.number:
        mine = (Shipment.site_id == w.site) & (Shipment.order_no == order.number) & Shipment.shipped_at.is_(None)
    for shipment in w.db.scalars(select(Shipment).where(mine)):
        shipment.shipped_at = w.now


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.LabelFate: label_fate,
    facts.ParcelShip: shipped,
    facts.ParcelLeave: shipped,
}
