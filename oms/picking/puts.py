"""Goods that were picked for several orders and are now sorted: from the hand or the bulk tote into the slots of a cart or of the put wall.
Called by the ingest of the feed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory.queries import balance
from oms.inventory.rules import COUNT_ADJUST, bin_account, surplus_account, tote_account
from oms.packing.actions import withdraw_pack_job
from oms.picking.actions import adopt, close_short, count, judge, judge_carry, line_of, positive
from oms.picking.again import fetch_hot
from oms.picking.answers import credited, lot_of, order_no_of
from oms.picking.codes import CountReason, ExceptionKind
from oms.picking.drops import settle_order
from oms.picking.exceptions import count_bin, divert, forget_put_backs, need, put_back_words, resolve, waits_in
from oms.picking.models import Job, JobSlot, WorkItem
from oms.picking.rules import Verdict
from oms.picking.scene import Scene, of_item
from oms.picking.sorting import choose_place
from oms.picking.tasks import put_back_item
from sync.contract import facts
from sync.contract.codes import JobKind, Outcome, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work


def put(w: "Work", fact: FactContext, body: facts.PutConfirm) -> Credit:
    """Units went into their order's slot. A sort is counted by it; what a cluster's picker has in hand was counted when it was picked."""
    scene = of_item(w, fact.item)
    verdict = _verdict(w, fact, scene, body.sku, positive(body.qty))
    lot = lot_of(body.lot, scene)
    source = tote_account(body.from_tote)
    if scene is None or not verdict.credited:
        return _put_elsewhere(w, fact, scene, body, lot)
    if verdict.adopt:
        adopt(w, fact, scene)
    w.move(fact.op_id, 0, body.sku, lot, source, tote_account(body.tote), body.qty, scene.item.id)
    if scene.item.kind is JobKind.SORT:
        count(w, scene, body.qty)
        choose_place(w, scene.order.number, body.tote)
        if scene.item.state is WorkState.DONE:
            settle_order(w, scene.order, scene.job)
    else:
        _bind_late(w, scene, body)
    return credited(verdict)


def _verdict(w: "Work", fact: FactContext, scene: Scene | None, sku: str, qty: int) -> Verdict:
    if scene is not None and scene.item.kind is JobKind.SORT:
        return judge(w, fact, scene, JobKind.SORT, sku, qty)
    return judge_carry(w, fact, scene, sku)


def _bind_late(w: "Work", scene: Scene, body: facts.PutConfirm) -> None:
    """The first put into a slot says which tote stands there."""
    slot = w.db.get(JobSlot, (scene.job.id, body.slot))
    if slot is not None and slot.order_no == scene.order.number and slot.tote is None:
        slot.tote, slot.lane = body.tote, None
        w.touch("job", scene.job.id)


def _put_elsewhere(w: "Work", fact: FactContext, scene: Scene | None, body: facts.PutConfirm, lot: str) -> Credit:
    """The put counts for nobody: the goods are in the person's hands, to go back. Of a cancelled line to their bin, else to where they
    were taken from; those that had counted for nobody when they were picked have their instruction already."""
    surplus, source = surplus_account(fact.device), tote_account(body.from_tote)
    order_no = order_no_of(scene)
    if waits_in(w, surplus, fact.item):
        resolve(w, need(w, ExceptionKind.UNDONE, {"n": body.qty}, fact, job=body.job, order_no=order_no))
        return Credit(Outcome.DIVERTED)
    w.move(fact.op_id, 0, body.sku, lot, source, surplus, body.qty, scene.item.id if scene else None)
    home = source
    if scene is not None and scene.item.kind is JobKind.PICK and scene.item.state is WorkState.CANCELLED:
        forget_put_backs(w, source, body.sku, lot, body.qty, fact.item)
        home = bin_account(scene.item.from_bin)
    words = put_back_words(body.qty, body.sku, lot, surplus, home)
    return divert(w, ExceptionKind.PUT_BACK, words, fact, job=body.job, order_no=order_no)


def taken_back(w: "Work", fact: FactContext, body: facts.PutUndo) -> Credit:
    """The last put was taken back: the goods are where they were before it."""
    scene = of_item(w, fact.item)
    verdict = _verdict(w, fact, scene, body.sku, -positive(body.qty))
    lot = lot_of(body.lot, scene)
    source, target, surplus = tote_account(body.tote), tote_account(body.from_tote), surplus_account(fact.device)
    item = scene.item.id if scene else None
    if scene is None or not verdict.credited:
        if waits_in(w, surplus, fact.item):
            source = surplus
        w.move(fact.op_id, 0, body.sku, lot, source, target, body.qty, item)
        forget_put_backs(w, source, body.sku, lot, body.qty, fact.item)
        resolve(w, need(w, ExceptionKind.UNDONE, {"n": body.qty}, fact, job=body.job, order_no=order_no_of(scene)))
        return Credit(Outcome.DIVERTED)
    if verdict.adopt:
        adopt(w, fact, scene)
    w.move(fact.op_id, 0, body.sku, lot, source, target, body.qty, item)
    if scene.item.kind is JobKind.SORT:
        withdraw_pack_job(w, scene.order.number)
        count(w, scene, -body.qty)
    return credited(verdict)


def missing(w: "Work", fact: FactContext, body: facts.PutShort) -> Credit:
    """Units that were picked are not in the bulk tote: they are fetched again where there are more, else the order goes without them."""
    scene = of_item(w, fact.item)
    positive(body.missing)
    verdict = judge(w, fact, scene, JobKind.SORT, body.sku, 0)
    if scene is None or not verdict.credited:
        order_no = order_no_of(scene)
        return divert(w, ExceptionKind.JOB_GONE, {"order": order_no or body.job}, fact, job=body.job, order_no=order_no)
    if verdict.adopt:
        adopt(w, fact, scene)
    item = scene.item
    lacks = close_short(w, item)
    w.move(fact.op_id, 0, item.sku, item.lot, tote_account(body.from_tote), COUNT_ADJUST, lacks, item.id)
    line = line_of(w, item)
    # The books of the tote may have held more than was ever credited to the line.
    gone = min(lacks, line.picked)
    line.picked -= gone
    for bin in _picked_from(w, scene.job, item.sku, item.order_no):
        count_bin(w, bin, item.sku, CountReason.SHORT_IN_TOTE, job=body.job, order_no=scene.order.number)
    line.short += gone - fetch_hot(w, scene, gone)
    w.touch("order", scene.order.number)
    settle_order(w, scene.order, scene.job)
    return credited(verdict)


def extra(w: "Work", fact: FactContext, body: facts.PutExtra) -> Credit:
    """A unit that fits no order lies in the exception tote; somebody brings it home. What the books did not expect to be in the bulk tote
    must have been one too many from its bin, which is counted."""
    source, aside = tote_account(body.from_tote), tote_account(body.tote)
    lot = body.lot or ""
    if source == aside:
        return APPLIED
    unknown = positive(body.qty) - balance(w.db, w.site, source, body.sku, lot)
    # It may be what a cancelled order had in the tote: then it goes back from where it lies now.
    goods_of = put_back_item(w, source, body.sku, lot)
    w.move(fact.op_id, 0, body.sku, lot, source, aside, body.qty, goods_of)
    forget_put_backs(w, source, body.sku, lot, body.qty, None)
    job = w.db.scalar(select(Job).where(Job.id == body.job, Job.site_id == w.site))
    home = next(iter(_picked_from(w, job, body.sku)), None) if job is not None else None
    if unknown > 0:
        w.move(fact.op_id, 1, body.sku, lot, COUNT_ADJUST, source, min(unknown, body.qty))
    if home is not None:
        if unknown > 0:
            count_bin(w, home, body.sku, CountReason.ONE_TOO_MANY, job=body.job)
        words = put_back_words(body.qty, body.sku, lot, aside, bin_account(home))
        need(w, ExceptionKind.PUT_BACK, words, order_no=_order_of(w, goods_of), item=goods_of)
    return APPLIED


def _order_of(w: "Work", item: str | None) -> str | None:
    return w.db.scalar(select(WorkItem.order_no).where(WorkItem.id == item)) if item is not None else None


def _picked_from(w: "Work", job: Job, sku: str, order_no: str | None = None) -> list[str]:
    """The bins from which the trip that this sort came of took an item."""
    picked = select(WorkItem.from_bin).where(
        WorkItem.job_id == job.trip, WorkItem.sku == sku, WorkItem.kind == JobKind.PICK, WorkItem.qty_done > 0
    )
    if order_no is not None:
        picked = picked.where(WorkItem.order_no == order_no)
    return list(w.db.scalars(picked.distinct().order_by(WorkItem.from_bin)))


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.PutConfirm: put,
    facts.PutUndo: taken_back,
    facts.PutShort: missing,
    facts.PutExtra: extra,
}
