"""A short that is taken back: the line wants its units from its bin again, and what was done about the short is undone. Called by the
ingest of the feed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from oms.db.locks import lock_rows
from oms.feed.models import FloorException
from oms.feed.ports import Credit, FactContext
from oms.inventory.models import StockMove
from oms.inventory.rules import bin_account
from oms.orders.models import Reservation
from oms.picking.actions import (
    adopt,
    end_if_empty,
    epoch,
    free_reservations,
    judge_carry,
    line_of,
    positive,
    reserve,
    touch_packing,
    touch_trip,
)
from oms.picking.answers import credited, order_no_of
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import need, resolve
from oms.picking.models import WorkItem
from oms.picking.rules import UNFINISHED, WORK
from oms.picking.scene import Scene, of_item
from oms.transitions import moved
from sync.contract import facts
from sync.contract.codes import JobKind, Outcome, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work


def unshorted(w: "Work", fact: FactContext, body: facts.PickUnshort) -> Credit:
    """The line is open again for `qty` units. From anybody but the holder, or when the trip is over, it changes nothing."""
    positive(body.qty)
    scene = of_item(w, fact.item)
    verdict = judge_carry(w, fact, scene, body.sku)
    if scene is None or not verdict.credited or scene.item.state is not WorkState.SHORT:
        resolve(w, need(w, ExceptionKind.UNDONE, {"n": body.qty}, fact, job=body.job, order_no=order_no_of(scene)))
        return Credit(Outcome.DIVERTED)
    if verdict.adopt:
        adopt(w, fact, scene)
    item, line = scene.item, line_of(w, scene.item)
    lacked = item.qty_req - item.qty_done
    elsewhere = _call_off_elsewhere(w, item, max(0, body.qty - lacked))
    again = min(body.qty, lacked + elsewhere)
    item.qty_req = item.qty_done + again
    w.touch("job", item.job_id)
    line.short -= again - elsewhere
    _books_as_before(w, fact, scene)
    if again:
        _open_again(w, item)
    w.touch("order", scene.order.number)
    touch_trip(w, scene.job)
    touch_packing(w, scene.order.number)
    return credited(verdict)


def _open_again(w: "Work", item: WorkItem) -> None:
    item.state = moved(WORK, item.state, WorkState.LEASED)
    w.db.execute(delete(Reservation).where(Reservation.work_item == item.id))
    reserve(w, item)
    w.touch("work", item.id)


def _call_off_elsewhere(w: "Work", item: WorkItem, qty: int) -> int:
    """Takes back work for the same line in other bins that nobody has begun, up to `qty` units; the units taken back."""
    same_line = select(WorkItem.id).where(
        WorkItem.site_id == w.site,
        WorkItem.order_no == item.order_no,
        WorkItem.line_no == item.line_no,
        WorkItem.kind == JobKind.PICK,
        WorkItem.id != item.id,
        WorkItem.state.in_(UNFINISHED),
        WorkItem.qty_done == 0,
        WorkItem.from_bin != item.from_bin,
    )
    others = lock_rows(w.db, WorkItem, WorkItem.id, w.db.scalars(same_line))
    back = 0
    for other in others:
        fewer = min(other.qty_req, qty - back)
        if fewer == other.qty_req:
            other.state = moved(WORK, other.state, WorkState.CANCELLED)
            other.tok_epoch, other.tok_n = max(other.tok_epoch, epoch(w)), other.tok_n + 1
            free_reservations(w, [other.id])
            w.db.flush()
            end_if_empty(w, other.job_id)
            back += fewer
        w.touch("work", other.id)
        w.touch("job", other.job_id)
    return back


def _books_as_before(w: "Work", fact: FactContext, scene: Scene) -> None:
    """What the short took out of the bin in the books is in it again, and nobody need count it any more."""
    item = scene.item
    account = bin_account(item.from_bin)
    moves = w.db.scalars(select(StockMove).where(StockMove.work_item == item.id).order_by(StockMove.id)).all()
    gone: dict[tuple[str, str], int] = {}
    for move in moves:
        if move.from_account == account and not move.to_account.startswith(("tote:", "surplus:")):
            gone[move.to_account, move.lot] = gone.get((move.to_account, move.lot), 0) + move.qty
        elif move.to_account == account and not move.from_account.startswith(("tote:", "surplus:")):
            gone[move.from_account, move.lot] = gone.get((move.from_account, move.lot), 0) - move.qty
    for line, ((place, lot), qty) in enumerate(sorted(gone.items())):
        if qty > 0:
            w.move(fact.op_id, line, item.sku, lot, place, account, qty, item.id)
    asked = select(FloorException).where(
        FloorException.item == item.id,
        FloorException.kind.in_((ExceptionKind.COUNT_BIN, ExceptionKind.SUBSTITUTE_ASKED)),
        FloorException.state == OPEN,
    )
    for exception in w.db.scalars(asked):
        resolve(w, exception)


HANDLERS: dict[type[Any], Callable[..., Credit]] = {facts.PickUnshort: unshorted}
