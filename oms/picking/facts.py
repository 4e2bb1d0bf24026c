"""What pickers report. Each handler books the goods where they physically went, decides how the fact counts, and has all its effects in
the unit of work it is given. Called by the ingest of the feed, in savepoints."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.models import FloorException, Lease
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory import history
from oms.inventory.queries import balance
from oms.inventory.rules import bin_account, surplus_account, tote_account
from oms.orders.progress import advance_if_can
from oms.picking.actions import adopt, count, forget, judge, positive
from oms.picking.answers import credited, lot_of, order_no_of
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import (
    acknowledge,
    count_if_below_zero,
    divert,
    forget_put_backs,
    gone_back,
    need,
    put_back_words,
    resolve,
    waits_in,
)
from oms.picking.models import WorkItem
from oms.picking.scene import of_item
from oms.picking.substitutes import give_back_place
from oms.picking.taskwork import ask_count
from sync.contract import facts
from sync.contract.codes import JobKind, Method, OrderState, Outcome

if TYPE_CHECKING:
    from oms.db.work import Work


#: What a device says of a scan of another item than it asked for.
_WRONG_ITEM = "wrong_item"


def confirmed(w: "Work", fact: FactContext, body: facts.PickConfirm) -> Credit:
    """Units went from the bin into the tote; or, when they count for nobody, into the person's hands, to be put back."""
    scene = of_item(w, fact.item)
    verdict = judge(w, fact, scene, JobKind.PICK, body.sku, positive(body.qty))
    item = scene.item.id if scene else None
    lot = lot_of(body.lot, scene)
    source = bin_account(body.from_bin)
    if scene is None or not verdict.credited:
        surplus = surplus_account(fact.device)
        w.move(fact.op_id, 0, body.sku, lot, source, surplus, body.qty, item)
        _count_if_below_zero(w, body.from_bin, body.sku, lot)
        words = put_back_words(body.qty, body.sku, lot, surplus, source, body.tote)
        return divert(w, ExceptionKind.PUT_BACK, words, fact, job=body.job, order_no=order_no_of(scene))
    if verdict.adopt:
        adopt(w, fact, scene)
    w.move(fact.op_id, 0, body.sku, lot, source, tote_account(body.tote), body.qty, item)
    count(w, scene, body.qty)
    advance_if_can(w, scene.order, OrderState.PICKING)
    if scene.job.tote is None and scene.job.method is not Method.CLUSTER:
        scene.job.tote = body.tote
        w.touch("job", scene.job.id)
    _count_if_below_zero(w, body.from_bin, body.sku, lot)
    if scene.item.lot and lot != scene.item.lot:
        # The lot that should have gone was not the one at hand: somebody looks what really lies there.
        ask_count(w, body.from_bin, body.sku)
    return credited(verdict)


def undone(w: "Work", fact: FactContext, body: facts.PickUndo) -> Credit:
    """Units went back into the bin: out of the tote, or out of the hands that held them as surplus."""
    scene = of_item(w, fact.item)
    verdict = judge(w, fact, scene, JobKind.PICK, body.sku, -positive(body.qty))
    item = scene.item.id if scene else None
    lot = lot_of(body.lot, scene)
    home, tote, surplus = bin_account(body.from_bin), tote_account(body.tote), surplus_account(fact.device)
    if scene is None or not verdict.credited or _one_too_many(w, surplus, fact.item):
        source = surplus if waits_in(w, surplus, fact.item) else tote
        w.move(fact.op_id, 0, body.sku, lot, source, home, body.qty, item)
        forget_put_backs(w, source, body.sku, lot, body.qty, fact.item)
        settled = need(w, ExceptionKind.UNDONE, {"n": body.qty}, fact, job=body.job, order_no=order_no_of(scene))
        resolve(w, settled)
        return Credit(Outcome.DIVERTED)
    if verdict.adopt:
        adopt(w, fact, scene)
    w.move(fact.op_id, 0, body.sku, lot, tote, home, body.qty, item)
    unwanted = gone_back(w, scene.item.id, body.qty)
    forget(w, scene, unwanted)
    count(w, scene, unwanted - body.qty)
    give_back_place(w, scene, body.qty)
    return credited(verdict)


def _one_too_many(w: "Work", surplus: str, item: str | None) -> bool:
    """Whether units that were too many under the very grant that holds now are still in hand: those go back first, being the last taken."""
    granted = select(Lease.granted_at).where(Lease.item == item, Lease.ended_at.is_(None))
    since = w.db.scalar(granted)
    return since is not None and waits_in(w, surplus, item, since)


def noted(w: "Work", fact: FactContext, body: Any) -> Credit:
    """Kept as said; it changes nothing (walk times, skipped lines)."""
    return APPLIED


def refused(w: "Work", fact: FactContext, body: facts.ScanRefused) -> Credit:
    """A scan that counted for nothing: when it was another item than the one on screen, they may look alike."""
    if fact.item is None or body.code != _WRONG_ITEM:
        return APPLIED
    asked = select(WorkItem.from_bin, WorkItem.sku).where(WorkItem.id == fact.item, WorkItem.site_id == w.site)
    item = w.db.execute(asked.where(WorkItem.kind == JobKind.PICK)).one_or_none()
    if item is not None:
        history.scanned_wrong(w, item.from_bin, item.sku, body.text)
    return APPLIED


def acknowledged(w: "Work", fact: FactContext, body: facts.ExceptionAck) -> Credit:
    """The person did what an instruction says."""
    asked = select(FloorException).where(FloorException.id == body.exception, FloorException.site_id == w.site)
    exception = w.db.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if exception is not None:
        acknowledge(w, exception, fact.op_id)
    return APPLIED


def _count_if_below_zero(w: "Work", bin: str, sku: str, lot: str) -> None:
    count_if_below_zero(w, bin, sku, balance(w.db, w.site, bin_account(bin), sku, lot))


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.PickAtBin: noted,
    facts.PickConfirm: confirmed,
    facts.PickUndo: undone,
    facts.PickSkip: noted,
    facts.ScanRefused: refused,
    facts.ExceptionAck: acknowledged,
}
