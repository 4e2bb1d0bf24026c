"""What people report about tasks on stock: goods moved, tasks that could not be done, bins that are or are not empty, pick faces that need
goods. Called by the ingest of the feed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.models import FloorException
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory.queries import balance, reserve_shelves
from oms.inventory.rules import bin_account
from oms.picking.actions import adopt, close_short, count, judge, positive, reserve
from oms.picking.answers import credited, lot_of
from oms.picking.codes import OPEN, CountReason, ExceptionKind
from oms.picking.exceptions import count_bin, count_if_below_zero, divert, forget_put_backs, need
from oms.picking.rules import UNFINISHED
from oms.picking.scene import of_task
from oms.picking.taskwork import asked_for, close, make_task
from sync.contract import facts
from sync.contract.codes import JobKind

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
    facts.TaskShort: impossible,
    facts.BinEmpty: bin_empty,
    facts.ReplenishCall: called,
}
