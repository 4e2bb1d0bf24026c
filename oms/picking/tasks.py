"""What people report about tasks on stock: goods moved, tasks that could not be done, bins that are or are not empty, pick faces that need
goods. Called by the ingest of the feed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.models import FloorException
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory.models import StockMove
from oms.inventory.queries import balance, reserve_shelves
from oms.inventory.rules import bin_account
from oms.picking.actions import adopt, close_short, count, forget, judge, positive, reserve
from oms.picking.answers import credited, lot_of
from oms.picking.codes import OPEN, CountReason, ExceptionKind
from oms.picking.exceptions import (
    count_bin,
    count_if_below_zero,
    divert,
    forget_put_backs,
    need,
    put_back_words,
    resolve,
)
from oms.picking.models import WorkItem
from oms.picking.rules import LIVE, UNFINISHED, Verdict, Why, diverted
from oms.picking.scene import TaskScene, of_task
from oms.picking.taskwork import asked_for, close, make_task
from sync.contract import facts
from sync.contract.codes import JobKind, Outcome, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work


#: What goods may lie in that a task moves.
_PLACES = ("bin:", "tote:", "surplus:")
#: A pick face that ran empty holds somebody up.
_URGENT = 2


def moved(w: "Work", fact: FactContext, body: facts.MoveConfirm) -> Credit:
    """Goods went from one place to another. They are booked where they are, whoever brought them; the task counts for who had it."""
    scene = of_task(w, fact.item)
    kind = scene.item.kind if scene else JobKind.PUT_BACK
    verdict = judge(w, fact, scene, kind, body.sku, positive(body.qty))
    lot = lot_of(body.lot, scene)
    if not _places(body.from_account, body.to_account):
        return divert(
            w,
            ExceptionKind.TASK_NOT_DONE,
            {"sku": body.sku, "bin": body.to_account, "n": body.qty},
            fact,
            job=body.job,
        )
    goods_of = put_back_item(w, body.from_account, body.sku, lot)
    w.move(fact.op_id, 0, body.sku, lot, body.from_account, body.to_account, body.qty, goods_of)
    place, _, code = body.from_account.partition(":")
    if place == "bin":
        count_if_below_zero(w, code, body.sku, balance(w.db, w.site, body.from_account, body.sku, lot))
    if scene is None or not verdict.credited:
        forget_put_backs(w, body.from_account, body.sku, lot, body.qty, None)
        words: dict[str, str | int] = {"bin": body.to_account.partition(":")[2], "sku": body.sku}
        return divert(
            w, ExceptionKind.COUNT_BIN, {**words, "reason": CountReason.MOVED_TWICE.value}, fact, job=body.job
        )
    if verdict.adopt:
        adopt(w, fact, scene)
    count(w, scene, body.qty)
    forget_put_backs(w, body.from_account, body.sku, lot, body.qty, None)
    if scene.item.state not in UNFINISHED:
        close(w, scene.job, scene.item)
    return credited(verdict)


def taken_back(w: "Work", fact: FactContext, body: facts.MoveUndo) -> Credit:
    """Goods that were brought for a task lie again where they were taken from. The task wants them again; when it is over, a new one."""
    scene = of_task(w, fact.item)
    kind = scene.item.kind if scene else JobKind.PUT_BACK
    lot = lot_of(body.lot, scene)
    again = _judge_again(w, fact, scene, kind, body)
    if not _places(body.from_account, body.to_account):
        words: dict[str, str | int] = {"sku": body.sku, "bin": body.from_account, "n": body.qty}
        return divert(w, ExceptionKind.TASK_NOT_DONE, words, fact, job=body.job)
    goods_of = _goods_moved(w, body, lot)
    w.move(fact.op_id, 0, body.sku, lot, body.to_account, body.from_account, body.qty, goods_of)
    place, _, code = body.to_account.partition(":")
    if place == "bin":
        count_if_below_zero(w, code, body.sku, balance(w.db, w.site, body.to_account, body.sku, lot))
    instruction = put_back_words(body.qty, body.sku, lot, body.from_account, body.to_account)
    waits = not body.from_account.startswith("bin:")
    if scene is None or not again.credited:
        if waits:
            return divert(w, ExceptionKind.PUT_BACK, instruction, fact, job=body.job)
        resolve(w, need(w, ExceptionKind.UNDONE, {"n": body.qty}, fact, job=body.job))
        return Credit(Outcome.DIVERTED)
    if waits:
        need(w, ExceptionKind.PUT_BACK, instruction, item=goods_of, order_no=_order_of(w, goods_of))
    if again.adopt:
        adopt(w, fact, scene)
    if scene.job.state in LIVE:
        count(w, scene, -body.qty)
    else:
        forget(w, scene, body.qty)
        _ask_again(w, scene, body.qty)
    return credited(again)


def _judge_again(w: "Work", fact: FactContext, scene: TaskScene | None, kind: JobKind, body: facts.MoveUndo) -> Verdict:
    """Of a task that is over, only who did it last can take something back."""
    if scene is None or scene.job.state in LIVE:
        return judge(w, fact, scene, kind, body.sku, -positive(body.qty))
    item, mine = scene.item, (scene.item.tok_epoch, scene.item.tok_n) == fact.token
    done = item.state is WorkState.DONE and item.sku == body.sku and item.qty_done >= positive(body.qty)
    right = mine and done and item.holder == fact.device and item.kind is not JobKind.COUNT
    return Verdict(Outcome.APPLIED, Why.FITS) if right else diverted(Why.CLOSED)


def _goods_moved(w: "Work", body: facts.MoveUndo, lot: str) -> str | None:
    """The work item for whose order the goods were brought, as the books of that time say."""
    brought = select(StockMove.work_item).where(
        StockMove.site_id == w.site,
        StockMove.sku == body.sku,
        StockMove.lot == lot,
        StockMove.from_account == body.from_account,
        StockMove.to_account == body.to_account,
    )
    return w.db.scalar(brought.order_by(StockMove.id.desc()).limit(1))


def _order_of(w: "Work", item: str | None) -> str | None:
    return w.db.scalar(select(WorkItem.order_no).where(WorkItem.id == item)) if item is not None else None


def _ask_again(w: "Work", scene: TaskScene, qty: int) -> None:
    """The same task once more, for so many units."""
    item = scene.item
    made = make_task(
        w, item.kind, item.sku, qty, item.from_bin, to=item.to_place, lot=item.lot, priority=scene.job.priority
    )
    made.expiry = item.expiry
    if item.kind is JobKind.REPLENISH:
        reserve(w, made)


def _places(from_account: str, to_account: str) -> bool:
    """Whether goods can have gone from the one to the other; other accounts of the books are no places."""
    return from_account.startswith(_PLACES) and to_account.startswith(_PLACES) and from_account != to_account


def put_back_item(w: "Work", account: str, sku: str, lot: str) -> str | None:
    """The work item whose goods wait in an account to be put back, so that the books of its order know that they have."""
    return w.db.scalar(
        select(FloorException.item)
        .where(
            FloorException.site_id == w.site,
            FloorException.state == OPEN,
            FloorException.kind == ExceptionKind.PUT_BACK,
            FloorException.params.contains({"from_account": account, "sku": sku, "lot": lot}),
        )
        .order_by(FloorException.created_at, FloorException.id)
        .limit(1)
    )


def impossible(w: "Work", fact: FactContext, body: facts.TaskShort) -> Credit:
    """The task could not be done in full: where it was to come from is counted, and a supervisor knows."""
    scene = of_task(w, fact.item)
    positive(body.missing)
    words: dict[str, str | int] = {"sku": body.sku, "bin": body.bin, "n": body.missing}
    verdict = judge(w, fact, scene, scene.item.kind if scene else JobKind.COUNT, body.sku, 0)
    if scene is None or not verdict.credited:
        return divert(w, ExceptionKind.TASK_NOT_DONE, words, fact, job=body.job)
    if verdict.adopt:
        adopt(w, fact, scene)
    close_short(w, scene.item)
    close(w, scene.job, scene.item)
    if scene.item.kind is JobKind.REPLENISH:
        count_bin(w, scene.item.from_bin, body.sku, body.reason, fact, job=body.job)
    else:
        need(w, ExceptionKind.TASK_NOT_DONE, words, fact, job=body.job)
    return credited(verdict)


def bin_empty(w: "Work", fact: FactContext, body: facts.BinEmpty) -> Credit:
    """Whether a bin is as empty as the books say. If not, or if the books know of more in an empty one, it is counted."""
    left = balance(w.db, w.site, bin_account(body.bin), body.sku, body.lot or "")
    if body.empty == (left > 0):
        count_bin(w, body.bin, body.sku, CountReason.NOT_EMPTY, job=body.job)
    return APPLIED


def called(w: "Work", fact: FactContext, body: facts.ReplenishCall) -> Credit:
    """A pick face wants goods: somebody brings them from the reserve, when there are any. One call at a time is enough."""
    replenish(w, body.bin, body.sku)
    return APPLIED


def replenish(w: "Work", bin: str, sku: str) -> str | None:
    """Makes the task to fill a pick face from the reserve bin that should go first; its job, None when there is nothing or it is on its
    way already."""
    shelves = reserve_shelves(w.db, w.site, sku)
    if any(asked_for(w, JobKind.REPLENISH, shelf.bin, sku) for shelf in shelves):
        return None
    shelf = next((one for one in shelves if one.free > 0), None)
    if shelf is None:
        return None
    item = make_task(w, JobKind.REPLENISH, sku, shelf.free, shelf.bin, to=bin, lot=shelf.lot, priority=_URGENT)
    item.expiry = shelf.expiry
    reserve(w, item)
    w.audit("replenishment.asked", bin=bin, sku=sku, reserve=shelf.bin, qty=shelf.free)
    return item.job_id


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.MoveConfirm: moved,
    facts.MoveUndo: taken_back,
    facts.TaskShort: impossible,
    facts.BinEmpty: bin_empty,
    facts.ReplenishCall: called,
}
