"""What a supervisor decides about an open exception: a short is approved or made good from another bin, a thing is settled, or opened
again. Called by the floor API, in one unit of work each."""

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from oms.feed.models import FloorException
from oms.floor.actions import GONE, Done
from oms.floor.codes import BoardRefusal
from oms.floor.models import Decision
from oms.floor.rules import PICKABLE, is_short
from oms.picking.actions import line_of
from oms.picking.again import fetch_hot
from oms.picking.codes import OPEN, RESOLVED, ExceptionKind
from oms.picking.drops import settle_order
from oms.picking.exceptions import acknowledge, resolve
from oms.picking.scene import of_item
from oms.picking.substitutes import agreed
from oms.picking.taskwork import ask_count
from sync.contract.board import BoardAct, SettleReason, UndoAct
from sync.contract.codes import WorkState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Settling one of these books goods, which a word cannot take back.
_BOOKS = frozenset({ExceptionKind.PUT_BACK})


def approve(w: "Work", exception_id: str, _value: str, _reason: str) -> Done:
    """The order goes without the units a short lacks; the bin is still to be counted. So it does when a customer takes nothing else."""
    scene = of_item(w, w.db.scalar(select(FloorException.item).where(FloorException.id == exception_id)))
    one = _open(w, exception_id)
    if one is None:
        return GONE
    if one.kind == ExceptionKind.SUBSTITUTE_ASKED and scene is not None:
        resolve(w, one)
        settle_order(w, scene.order, scene.job)
        w.audit("floor.customer_declined", exception=one.id, order=one.order_no, item=one.item)
        return Done()
    if not is_short(one.kind, one.params, one.order_no):
        return Done(BoardRefusal.NOT_HERE)
    _decide(w, one, BoardAct.APPROVE)
    w.audit("floor.short_approved", exception=one.id, order=one.order_no, item=one.item)
    return Done(undo=UndoAct(act=BoardAct.WITHDRAW, id=one.id))


def withdraw(w: "Work", exception_id: str, _value: str, _reason: str) -> Done:
    """Takes an approval back."""
    one = _open(w, exception_id)
    taken = delete(Decision).where(Decision.exception_id == exception_id, Decision.what == BoardAct.APPROVE)
    if one is None or not w.db.execute(taken.returning(Decision.exception_id)).all():
        return GONE
    w.touch("exception", one.id)
    w.audit("floor.approval_withdrawn", exception=one.id, order=one.order_no)
    return Done(undo=UndoAct(act=BoardAct.APPROVE, id=one.id))


def reallocate(w: "Work", exception_id: str, _value: str, _reason: str) -> Done:
    """What a short lacks, or what there is of it, becomes an urgent trip to other bins, as long as the order's own trip has not come
    home."""
    scene = of_item(w, w.db.scalar(select(FloorException.item).where(FloorException.id == exception_id)))
    one = _open(w, exception_id)
    if one is None or scene is None or scene.item.state is not WorkState.SHORT or _decided(w, one.id):
        return GONE
    if not is_short(one.kind, one.params, one.order_no):
        return Done(BoardRefusal.NOT_HERE)
    if scene.order.state not in PICKABLE:
        return Done(BoardRefusal.TOO_LATE, {"order": scene.order.number})
    lacks = scene.item.qty_req - scene.item.qty_done
    found = fetch_hot(w, scene, lacks)
    if not found:
        return Done(BoardRefusal.NOT_ENOUGH_STOCK, {"sku": scene.item.sku, "missing": lacks})
    line_of(w, scene.item).short -= found
    w.touch("order", scene.order.number)
    if found == lacks:
        _decide(w, one, BoardAct.REALLOCATE)
    w.audit("floor.reallocated", exception=one.id, order=one.order_no, item=scene.item.id, units=found, lacks=lacks)
    return Done()


def substitute(w: "Work", exception_id: str, _value: str, _reason: str) -> Done:
    """The customer was asked and takes another item: it becomes work, in the same trip while that is out. What there is none of, the order
    goes without."""
    scene = of_item(w, w.db.scalar(select(FloorException.item).where(FloorException.id == exception_id)))
    one = _open(w, exception_id)
    if one is None or scene is None or scene.item.state is not WorkState.SHORT:
        return GONE
    if one.kind != ExceptionKind.SUBSTITUTE_ASKED:
        return Done(BoardRefusal.NOT_HERE)
    if scene.order.state not in PICKABLE:
        return Done(BoardRefusal.TOO_LATE, {"order": scene.order.number})
    lacks = scene.item.qty_req - scene.item.qty_done
    found = agreed(w, scene, one.id)
    if not found:
        return Done(BoardRefusal.NOT_ENOUGH_STOCK, {"sku": scene.item.sku, "missing": lacks})
    resolve(w, one)
    w.audit("floor.customer_agreed", exception=one.id, order=one.order_no, item=one.item, units=found, lacks=lacks)
    return Done()


def settle(w: "Work", exception_id: str, _value: str, reason: str) -> Done:
    """A thing needs nobody any more. A put-back is settled by its being done, which books the goods back."""
    one = _open(w, exception_id)
    if one is None:
        return GONE
    books = one.kind in _BOOKS
    if one.kind == ExceptionKind.SUBSTITUTE_ASKED:
        return Done(BoardRefusal.NOT_HERE)
    if reason not in list(SettleReason) or (books and reason != SettleReason.DONE):
        return Done(BoardRefusal.NOT_HERE)
    if books:
        acknowledge(w, one, f"settled:{one.id}")
    else:
        resolve(w, one)
    w.audit("floor.settled", exception=one.id, kind=one.kind, order=one.order_no, reason=reason)
    return Done(undo=None if books else UndoAct(act=BoardAct.REOPEN, id=one.id))


def reopen(w: "Work", exception_id: str, _value: str, _reason: str) -> Done:
    """Somebody has to look at it after all."""
    one = _locked(w, exception_id)
    if one is None or one.state != RESOLVED or one.kind in _BOOKS | {ExceptionKind.SUBSTITUTE_ASKED}:
        return GONE
    one.state, one.resolved_at, one.resolved_by = OPEN, None, None
    if one.kind == ExceptionKind.COUNT_BIN:
        ask_count(w, str(one.params["bin"]), str(one.params["sku"]))
    w.touch("exception", one.id)
    w.audit("floor.reopened", exception=one.id, kind=one.kind, order=one.order_no)
    return Done(undo=UndoAct(act=BoardAct.RESOLVE, id=one.id))


def _locked(w: "Work", exception_id: str) -> FloorException | None:
    asked = select(FloorException).where(FloorException.id == exception_id, FloorException.site_id == w.site)
    return w.db.scalar(asked.with_for_update().execution_options(populate_existing=True))


def _open(w: "Work", exception_id: str) -> FloorException | None:
    one = _locked(w, exception_id)
    return one if one is not None and one.state == OPEN else None


def _decided(w: "Work", exception_id: str) -> bool:
    return w.db.get(Decision, exception_id) is not None


def _decide(w: "Work", one: FloorException, act: BoardAct) -> None:
    row = {"what": act.value, "worker_id": w.actor.worker, "at": w.now}
    kept = insert(Decision).values(exception_id=one.id, **row)
    w.db.execute(kept.on_conflict_do_update(index_elements=["exception_id"], set_=row))
    w.touch("exception", one.id)
