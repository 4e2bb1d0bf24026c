"""What a supervisor decides about an open exception: a short is approved or made good from another bin, a thing is settled, or opened
again. Called by the floor API, in one unit of work each."""

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from oms.catalog.models import Item
from oms.feed.models import FloorException
from oms.floor.actions import GONE, Done
from oms.floor.codes import BoardRefusal
from oms.floor.models import Decision
from oms.floor.rules import PICKABLE, PRIORITIES, is_short
from oms.inventory.queries import lock_shelves
from oms.inventory.rules import Take, allocate
from oms.orders.models import Reservation
from oms.picking.actions import line_of, new_item, new_job
from oms.picking.codes import OPEN, RESOLVED, ExceptionKind
from oms.picking.exceptions import acknowledge, resolve
from oms.picking.scene import Scene, of_item
from sync.contract.board import BoardAct, SettleReason, UndoAct
from sync.contract.codes import JobKind, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Settling one of these books goods, which a word cannot take back.
_BOOKS = frozenset({ExceptionKind.PUT_BACK})


def approve(w: "Work", exception_id: str, _value: str, _reason: str) -> Done:
    """The order goes without the units a short lacks; the bin is still to be counted."""
    one = _open(w, exception_id)
    if one is None:
        return GONE
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
    """What a short lacks becomes an urgent trip to other bins, as long as the order's own trip has not come home."""
    found = w.db.scalar(select(FloorException.item).where(FloorException.id == exception_id))
    scene = of_item(w, found)
    one = _open(w, exception_id)
    if one is None or scene is None or scene.item.state is not WorkState.SHORT or _decided(w, one.id):
        return GONE
    if not is_short(one.kind, one.params, one.order_no):
        return Done(BoardRefusal.NOT_HERE)
    if scene.order.state not in PICKABLE:
        return Done(BoardRefusal.TOO_LATE, {"order": scene.order.number})
    takes, missing = _elsewhere(w, scene)
    if missing:
        return Done(BoardRefusal.NOT_ENOUGH_STOCK, {"sku": scene.item.sku, "missing": missing})
    job = _hot_trip(w, scene, takes)
    _decide(w, one, BoardAct.REALLOCATE)
    w.audit("floor.reallocated", exception=one.id, order=one.order_no, item=scene.item.id, job=job)
    return Done()


def _elsewhere(w: "Work", scene: Scene) -> tuple[tuple[Take, ...], int]:
    sku, lacks = scene.item.sku, scene.item.qty_req - scene.item.qty_done
    shelves = [one for one in lock_shelves(w.db, w.site, [sku]).get(sku, []) if one.bin != scene.item.from_bin]
    fefo = select(Item.expiry_tracked).where(Item.site_id == w.site, Item.sku == sku)
    allocation = allocate(shelves, lacks, w.now.date(), fefo=bool(w.db.scalar(fefo)))
    return allocation.takes, allocation.missing


def _hot_trip(w: "Work", scene: Scene, takes: tuple[Take, ...]) -> str:
    job = new_job(w, scene.job, JobKind.PICK)
    job.priority = min(PRIORITIES)
    for take in takes:
        shelf = take.shelf
        item = new_item(w, job, scene.item, qty=take.qty, from_bin=shelf.bin, lot=shelf.lot, seq=shelf.seq)
        item.expiry = shelf.expiry
        kept = Reservation(
            work_item=item.id,
            site_id=w.site,
            order_no=item.order_no,
            line_no=scene.item.line_no,
            bin=shelf.bin,
            sku=item.sku,
            qty=take.qty,
            lot=shelf.lot,
        )
        w.db.add(kept)
    line_of(w, scene.item).short -= sum(take.qty for take in takes)
    w.touch("order", scene.order.number)
    return job.id


def settle(w: "Work", exception_id: str, _value: str, reason: str) -> Done:
    """A thing needs nobody any more. A put-back is settled by its being done, which books the goods back."""
    one = _open(w, exception_id)
    if one is None:
        return GONE
    books = one.kind in _BOOKS
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
    if one is None or one.state != RESOLVED or one.kind in _BOOKS:
        return GONE
    one.state, one.resolved_at, one.resolved_by = OPEN, None, None
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
