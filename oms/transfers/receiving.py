"""Goods of a transfer come in, as the floor tells it: booked where they were put, and told to whoever has to decide. Called by the feed and
the API; what was told twice is booked once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from oms.feed.ports import FactContext
from oms.inventory.models import StockMove
from oms.inventory.queries import balance
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import need
from oms.picking.taskwork import asked_for, call_off
from oms.promise.actions import arrived
from oms.promise.keeping import lock_cells
from oms.promise.models import ExpectedReceipt, ReceiptState
from oms.promise.slipping import wake
from oms.purchasing.receiving import Booked, Came, damaged_place, note_lot, put_away
from oms.sales.onward import look_again
from oms.transfers.codes import OPEN, TransferState
from oms.transfers.expected import tell
from oms.transfers.models import Transfer, TransferDelivery, TransferLine
from oms.transfers.rules import TRANSFER, account, state_of, to_come
from oms.transfers.scene import lines_of, locked
from oms.transitions import moved
from sync.contract.codes import JobKind

if TYPE_CHECKING:
    from oms.db.work import Work


def under_way(w: "Work", number: str) -> Transfer | None:
    """The transfer to this site of that number, locked; None: there is none that goods may come of."""
    found = locked(w, number) if number.startswith("TR-") else None
    return found if found is not None and found.to_site == w.site and found.state in OPEN else None


def receive(w: "Work", transfer: Transfer, came: Came, fact: FactContext | None = None) -> Booked:
    """Books it. What is more than was on its way is booked, too - it is here - and a supervisor is asked; what the transfer never had
    is for them, too."""
    told = select(TransferDelivery.id).where(TransferDelivery.id.startswith(f"{came.id}/", autoescape=True))
    if w.db.scalar(told.limit(1)) is not None:
        return Booked(came.order, again=True)
    lines = lines_of(w, transfer.number)
    line = next((one for one in lines if one.sku == came.sku), None)
    if line is None:
        # Somebody put it into the parcel; where it is from is found out when bins are counted there.
        line = _not_on_it(w, transfer, lines, came.sku)
    # Customers' orders are locked before cells, as everywhere.
    wake(w, [line.receipt])
    look_again(w, [came.sku])
    lock_cells(w, [(came.sku, w.site)])
    for n, (units, place) in enumerate(((came.qty, came.place), (came.damaged, damaged_place(w)))):
        if units:
            w.move(came.id, n, came.sku, came.lot, account(transfer.number), place, units)
    note_lot(w, came)
    booked = Booked(transfer.number)
    booked.over = max(0, came.qty + came.damaged - to_come(line, sent=transfer.sent_at is not None))
    booked.promised = _arrived(w, line, came.qty)
    line.received, line.damaged = line.received + came.qty, line.damaged + came.damaged
    w.db.add(TransferDelivery(
        id=f"{came.id}/{line.line_no}", number=transfer.number, line_no=line.line_no, sku=came.sku, qty=came.qty, damaged=came.damaged,
        over=booked.over, lot=came.lot, place=came.place, at=w.now, worker_id=w.actor.worker, device=w.actor.device,
    ))  # fmt: skip
    if booked.over:
        words: dict[str, str | int] = {"order": transfer.number, "sku": came.sku, "n": booked.over}
        need(w, ExceptionKind.DELIVERY_OVER, words, fact)
    _settle(w, transfer, lines)
    put_away(w, came.sku, came.qty, came.place, came.lot)
    w.audit(
        "goods.received", sku=came.sku, units=came.qty, damaged=came.damaged, order=transfer.number, place=came.place
    )
    return booked


def enough(w: "Work", transfer: Transfer, fact: FactContext | None = None) -> TransferState:
    """That is all of this delivery: a supervisor knows what lacks. It stays on its way until somebody closes the transfer."""
    for line in lines_of(w, transfer.number) if transfer.sent_at is not None else ():
        if missing := to_come(line, sent=True):
            words: dict[str, str | int] = {"order": transfer.number, "sku": line.sku, "n": missing}
            need(w, ExceptionKind.DELIVERY_SHORT, words, fact)
    w.audit("delivery.over", order=transfer.number, state=transfer.state.value)
    return transfer.state


def undo(w: "Work", id: str, fact: FactContext) -> bool | None:
    """Whether what was told as `id` is taken back. Not, when its goods have gone on, or the transfer is closed: then somebody has to look.
    None: the books know nothing of it."""
    mine = TransferDelivery.id.startswith(f"{id}/", autoescape=True)
    told = w.db.scalars(select(TransferDelivery).where(mine).order_by(TransferDelivery.id)).first()
    if told is None:
        return None
    transfer = under_way(w, told.number)
    booked = select(StockMove).where(StockMove.site_id == w.site, StockMove.source_id == id).order_by(StockMove.line_no)
    moves = w.db.scalars(booked).all()
    gone = any(balance(w.db, w.site, move.to_account, move.sku, move.lot) < move.qty for move in moves)
    if gone or transfer is None:
        words: dict[str, str | int] = {"sku": told.sku, "bin": told.place, "n": told.qty + told.damaged}
        need(w, ExceptionKind.TASK_NOT_DONE, words, fact)
        return False
    for n, move in enumerate(moves):
        w.move(fact.op_id, n, move.sku, move.lot, move.to_account, move.from_account, move.qty)
    tasks = asked_for(w, JobKind.PUT_AWAY, told.place, told.sku, told.lot)
    call_off(w, [task for task in tasks if task.qty_req == told.qty][:1])
    lines = lines_of(w, transfer.number)
    line = next(one for one in lines if one.line_no == told.line_no)
    line.received, line.damaged = line.received - told.qty, line.damaged - told.damaged
    w.db.execute(delete(TransferDelivery).where(mine))
    _settle(w, transfer, lines)
    w.audit("goods.taken_back", sku=told.sku, order=transfer.number, place=told.place)
    return True


def _not_on_it(w: "Work", transfer: Transfer, lines: list[TransferLine], sku: str) -> TransferLine:
    """A line of which nothing was asked for, nor has left."""
    line = TransferLine(number=transfer.number, line_no=max(one.line_no for one in lines) + 1, sku=sku, qty=0)
    w.db.add(line)
    w.db.flush()
    lines.append(line)
    return line


def _arrived(w: "Work", line: TransferLine, good: int) -> list[str]:
    """Customers' orders that were promised some of it."""
    receipt = w.db.get(ExpectedReceipt, line.receipt, with_for_update=True)
    if not good or receipt is None or receipt.state is not ReceiptState.EXPECTED:
        return []
    return arrived(w, line.receipt, min(good, receipt.qty - receipt.received))


def _settle(w: "Work", transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    then = state_of(lines, sent=transfer.sent_at is not None)
    transfer.done_at = w.now if then is TransferState.RECEIVED else None
    transfer.state = moved(TRANSFER, transfer.state, then)
    w.db.flush()
    tell(w, transfer, lines)
