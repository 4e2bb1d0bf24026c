"""A delivery that was told by mistake is taken back: the goods never were there. Called by the feed."""

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from oms.feed.ports import FactContext
from oms.inventory.models import StockMove
from oms.inventory.queries import balance
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import need
from oms.picking.taskwork import asked_for, call_off
from oms.purchasing.expected import tell
from oms.purchasing.models import PurchaseDelivery
from oms.purchasing.receiving import found_order, settle
from sync.contract.codes import JobKind

if TYPE_CHECKING:
    from oms.db.work import Work


def undo(w: "Work", receive: str, fact: FactContext) -> bool | None:
    """Whether what was told as `receive` is taken back. Not, when its goods have gone on, or its order is over: then somebody has to look.
    None: the books know nothing of it."""
    mine = (PurchaseDelivery.site_id == w.site, PurchaseDelivery.id.startswith(f"{receive}/", autoescape=True))
    told = w.db.scalars(select(PurchaseDelivery).where(*mine).order_by(PurchaseDelivery.id)).all()
    if not told:
        return None
    first = told[0]
    scene = found_order(w, first.order_no) if first.order_no else None
    booked = select(StockMove).where(StockMove.site_id == w.site, StockMove.source_id == receive)
    moves = w.db.scalars(booked.order_by(StockMove.line_no)).all()
    gone = any(balance(w.db, w.site, move.to_account, move.sku, move.lot) < move.qty for move in moves)
    if gone or (scene is None and first.order_no):
        words: dict[str, str | int] = {
            "sku": first.sku,
            "bin": first.place,
            "n": sum(one.qty + one.damaged for one in told),
        }
        need(w, ExceptionKind.TASK_NOT_DONE, words, fact)
        return False
    for n, move in enumerate(moves):
        w.move(fact.op_id, n, move.sku, move.lot, move.to_account, move.from_account, move.qty)
    tasks = asked_for(w, JobKind.PUT_AWAY, first.place, first.sku, first.lot)
    call_off(w, [task for task in tasks if task.qty_req == sum(one.qty for one in told)][:1])
    if scene is not None:
        for one in told:
            line = next(line for line in scene.lines if line.line_no == one.line_no)
            line.received -= one.qty
            line.damaged -= one.damaged
        settle(w, scene)
    w.db.execute(delete(PurchaseDelivery).where(*mine))
    if scene is not None:
        tell(w, scene.order, scene.lines)
    w.audit("goods.taken_back", sku=first.sku, order=first.order_no or "", place=first.place)
    return True
