"""What pickers report. Each handler books the goods where they physically went, decides how the fact counts, and has all its effects in
the unit of work it is given. Called by the ingest of the feed, one savepoint each."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.models import FloorException
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory.queries import balance
from oms.inventory.rules import bin_account, surplus_account, tote_account
from oms.orders.models import Order, OrderLine
from oms.orders.progress import advance, advance_if_can, hold_unpicked
from oms.packing.actions import make_pack_job
from oms.picking.actions import adopt, back_to_pool, close_short, count, finish, judge, line_of, positive
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import (
    acknowledge,
    count_bin,
    count_if_below_zero,
    divert,
    forget_put_backs,
    need,
    put_back_words,
    resolve,
    waits_in,
)
from oms.picking.models import Job, WorkItem
from oms.picking.rules import LIVE, UNFINISHED, Verdict, holds
from oms.picking.scene import Scene, of_item, of_job
from sync.contract import facts
from sync.contract.codes import JobKind, JobState, OrderState, Outcome, ShortReason
from sync.contract.wire import Notice

if TYPE_CHECKING:
    from oms.db.work import Work

_LATE = Credit(Outcome.APPLIED_LATE, Notice(action="applied_late"))
_STORED_LATE = Credit(Outcome.APPLIED_LATE)


def credited(verdict: Verdict) -> Credit:
    """The answer to a fact that counts."""
    return _LATE if verdict.outcome is Outcome.APPLIED_LATE else APPLIED


def confirmed(w: "Work", fact: FactContext, body: facts.PickConfirm) -> Credit:
    """Units went from the bin into the tote; or, when they count for nobody, into the person's hands, to be put back."""
    scene = of_item(w, fact.item)
    verdict = judge(w, fact, scene, JobKind.PICK, body.sku, positive(body.qty))
    item = scene.item.id if scene else None
    lot = _lot(body.lot, scene)
    source = bin_account(body.from_bin)
    if scene is None or not verdict.credited:
        surplus = surplus_account(fact.device)
        w.move(fact.op_id, 0, body.sku, lot, source, surplus, body.qty, item)
        _count_if_below_zero(w, body.from_bin, body.sku, lot)
        words = put_back_words(body.qty, body.sku, lot, surplus, source)
        return divert(w, ExceptionKind.PUT_BACK, words, fact, job=body.job, order_no=_order_no(scene))
    if verdict.adopt:
        adopt(w, fact, scene)
    w.move(fact.op_id, 0, body.sku, lot, source, tote_account(body.tote), body.qty, item)
    count(w, scene, body.qty)
    advance_if_can(w, scene.order, OrderState.PICKING)
    if scene.job.tote is None:
        scene.job.tote = body.tote
        w.touch("job", scene.job.id)
    _count_if_below_zero(w, body.from_bin, body.sku, lot)
    return credited(verdict)


def undone(w: "Work", fact: FactContext, body: facts.PickUndo) -> Credit:
    """Units went back into the bin: out of the tote, or out of the hands that held them as surplus."""
    scene = of_item(w, fact.item)
    verdict = judge(w, fact, scene, JobKind.PICK, body.sku, -positive(body.qty))
    item = scene.item.id if scene else None
    lot = _lot(body.lot, scene)
    home, tote, surplus = bin_account(body.from_bin), tote_account(body.tote), surplus_account(fact.device)
    if scene is None or not verdict.credited:
        source = surplus if waits_in(w, surplus, fact.item) else tote
        w.move(fact.op_id, 0, body.sku, lot, source, home, body.qty, item)
        forget_put_backs(w, source, body.sku, lot, body.qty, fact.item)
        settled = need(w, ExceptionKind.UNDONE, {"n": body.qty}, fact, job=body.job, order_no=_order_no(scene))
        resolve(w, settled)
        return Credit(Outcome.DIVERTED)
    if verdict.adopt:
        adopt(w, fact, scene)
    w.move(fact.op_id, 0, body.sku, lot, tote, home, body.qty, item)
    count(w, scene, -body.qty)
    return credited(verdict)


def went_short(w: "Work", fact: FactContext, body: facts.PickShort) -> Credit:
    """The line was closed with units missing: somebody counts the bin, or, picked later, the rest is anybody's work."""
    scene = of_item(w, fact.item)
    verdict = judge(w, fact, scene, JobKind.PICK, body.sku, 0)
    positive(body.missing)
    if scene is None or not verdict.credited:
        return _short_elsewhere(w, fact, scene, body)
    if verdict.adopt:
        adopt(w, fact, scene)
    advance_if_can(w, scene.order, OrderState.PICKING)
    if body.reason is ShortReason.PICK_LATER:
        back_to_pool(w, scene.job, [scene.item])
        return credited(verdict)
    line_of(w, scene.item).short += close_short(w, scene.item)
    w.touch("order", scene.order.number)
    count_bin(w, body.bin, body.sku, body.reason, fact, job=body.job, order_no=_order_no(scene))
    return credited(verdict)


def _short_elsewhere(w: "Work", fact: FactContext, scene: Scene | None, body: facts.PickShort) -> Credit:
    """No goods moved and somebody else decides about the line, so its maker need do nothing; what was seen is still worth a count."""
    words: dict[str, str | int] = {"bin": body.bin, "sku": body.sku, "reason": body.reason.value}
    seen = need(w, ExceptionKind.COUNT_BIN, words, fact, job=body.job, order_no=_order_no(scene))
    if body.reason is ShortReason.PICK_LATER:
        resolve(w, seen)
    return Credit(Outcome.DIVERTED)


def tote_bound(w: "Work", fact: FactContext, body: facts.ToteBind) -> Credit:
    """The job has its tote. From anybody but the holder it is kept as said, with no effect."""
    scene = of_job(w, body.job)
    if scene is None:
        return _STORED_LATE
    verdict = holds(scene.job.state, scene.job.holder, fact.device)
    if not verdict.credited:
        return _STORED_LATE
    scene.job.tote = body.tote
    scene.job.worker_id = fact.worker or scene.job.worker_id
    w.touch("job", scene.job.id)
    for order in scene.orders:
        advance_if_can(w, order, OrderState.PICKING)
    return Credit(verdict.outcome)


def dropped(w: "Work", fact: FactContext, body: facts.JobDrop) -> Credit:
    """The tote stands at the lane: the trip is over, what was not picked is anybody's work again, what was picked can be packed."""
    scene = of_job(w, body.job)
    if scene is None:
        return divert(w, ExceptionKind.JOB_GONE, {"order": body.job}, fact, job=body.job)
    job = scene.job
    if job.state is JobState.DONE and job.holder == fact.device:
        return _STORED_LATE
    verdict = holds(job.state, job.holder, fact.device)
    if not verdict.credited:
        kind = ExceptionKind.ORDER_CANCELLED if job.state is JobState.CANCELLED else ExceptionKind.JOB_GONE
        order_no = scene.orders[0].number
        return divert(w, kind, {"order": order_no}, fact, job=job.id, order_no=order_no)
    job.tote, job.lane = body.tote or job.tote, body.lane
    rest = [item for item in scene.items if item.state in UNFINISHED]
    if rest:
        back_to_pool(w, job, rest)
    finish(w, scene)
    for order in scene.orders:
        _after_trip(w, order, job)
    return Credit(verdict.outcome)


def _after_trip(w: "Work", order: Order, job: Job) -> None:
    """Goes on with the order when no other trip is out for it."""
    w.db.flush()
    picks = list(
        w.db.scalars(
            select(WorkItem).where(
                WorkItem.site_id == w.site, WorkItem.order_no == order.number, WorkItem.kind == JobKind.PICK
            )
        )
    )
    trips = w.db.scalars(select(Job.state).where(Job.id.in_({item.job_id for item in picks})))
    if any(state in LIVE for state in trips):
        return
    lines = list(
        w.db.scalars(
            select(OrderLine)
            .where(OrderLine.site_id == w.site, OrderLine.order_no == order.number)
            .order_by(OrderLine.line_no)
        )
    )
    if any(line.picked for line in lines):
        advance(w, order, OrderState.PICKED)
        make_pack_job(w, job, picks, lines)
    else:
        hold_unpicked(w, order)


def noted(w: "Work", fact: FactContext, body: Any) -> Credit:
    """Kept as said; it changes nothing (walk times, mis-scans, skipped lines)."""
    return APPLIED


def acknowledged(w: "Work", fact: FactContext, body: facts.ExceptionAck) -> Credit:
    """The person did what an instruction says."""
    asked = select(FloorException).where(FloorException.id == body.exception, FloorException.site_id == w.site)
    exception = w.db.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if exception is not None:
        acknowledge(w, exception, fact.op_id)
    return APPLIED


def _lot(lot: str | None, scene: Scene | None) -> str:
    """The lot that moved: the one that was read, else the one that was asked for."""
    return lot or (scene.item.lot if scene else "")


def _count_if_below_zero(w: "Work", bin: str, sku: str, lot: str) -> None:
    count_if_below_zero(w, bin, sku, balance(w.db, w.site, bin_account(bin), sku, lot))


def _order_no(scene: Scene | None) -> str | None:
    return scene.order.number if scene else None


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.ToteBind: tote_bound,
    facts.PickAtBin: noted,
    facts.PickConfirm: confirmed,
    facts.PickUndo: undone,
    facts.PickShort: went_short,
    facts.PickSkip: noted,
    facts.JobDrop: dropped,
    facts.ScanRefused: noted,
    facts.ExceptionAck: acknowledged,
}
