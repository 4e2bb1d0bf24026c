"""What the floor reports of goods that come back. Each handler has all its effects in the unit of work it is given, and what has happened
is kept whoever it is of. Called by the ingest of the feed, in savepoints."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory.rules import surplus_account
from oms.picking.actions import positive
from oms.picking.answers import STORED_LATE
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import divert
from oms.returns import receiving, scene
from oms.returns.codes import CameBy
from oms.returns.models import ReturnBox, ReturnReceipt
from oms.returns.settling import by_itself
from oms.returns.terms import terms_for
from sync.contract import returns as wire
from sync.contract.returns import ReturnReason

if TYPE_CHECKING:
    from oms.db.work import Work

_ID: Final = 64
_MOST_GRAMS: Final = 10**7


def received(w: "Work", fact: FactContext, body: wire.ReturnReceive) -> Credit:
    """Units came out of a box: they lie in their bin, and count for the return that the box is of."""
    positive(body.qty)
    if w.db.get(ReturnReceipt, body.receipt[:_ID]) is not None:
        return STORED_LATE
    found = _of_box(w, body.box, body.found)
    came = receiving.Came(
        receipt=body.receipt[:_ID], sku=body.sku, qty=body.qty, grade=body.grade, disposition=body.disposition,
        bin=body.bin, lot=body.lot, serial=body.serial, reason=_reason(body.reason), note=body.note, box=body.box[:_ID],
    )  # fmt: skip
    # A site that keeps no place for such goods has them in the hands of who took them in.
    account = receiving.place(w, body.bin) or surplus_account(fact.device)
    receipt = receiving.receive(w, found, came, account, fact.op_id)
    receipt.device, receipt.worker_id = fact.device, fact.worker
    return APPLIED


def undone(w: "Work", fact: FactContext, body: wire.ReturnUndo) -> Credit:
    """They were not taken in after all. Once the return is over, the goods are its customer's business no more: a person looks."""
    receipt = w.db.get(ReturnReceipt, body.receipt[:_ID])
    if receipt is None or receipt.undone_at is not None or receipt.site_id != w.site:
        return STORED_LATE
    found = scene.lock(w, receipt.return_no)
    mine = next((one for one in found.receipts if one.id == receipt.id), None)
    if found.back.closed_at is not None:
        return divert(w, ExceptionKind.JOB_GONE, {"order": found.back.number}, fact)
    if mine is None:
        return STORED_LATE
    receiving.undo(w, found, mine, fact.op_id)
    return APPLIED


def emptied(w: "Work", fact: FactContext, body: wire.ReturnDone) -> Credit:
    """Nothing more is in the box."""
    box = w.db.get(ReturnBox, body.box[:_ID])
    if box is None and receiving.whose(w, body.found) == (None, None):
        # Nothing was in it, and nobody knows whose it is.
        return STORED_LATE
    if box is not None and scene.lock(w, box.return_no).back.closed_at is not None:
        return STORED_LATE
    found = _of_box(w, body.box, body.found)
    box = w.db.get_one(ReturnBox, body.box[:_ID])
    if box.done_at is not None:
        return STORED_LATE
    box.done_at = w.now
    box.grams = body.grams if body.grams is not None and 0 <= body.grams <= _MOST_GRAMS else None
    w.db.flush()
    receiving.done(w, found, all_of_it=False)
    by_itself(w, found, terms_for(w.db, found.back.channel, found.back.site_id))
    return APPLIED


def _of_box(w: "Work", id: str, text: str) -> scene.Scene:
    """The return a box is of, locked; one that is over gets no more goods: they are another return's."""
    box = w.db.get(ReturnBox, id[:_ID])
    if box is not None:
        found = scene.lock(w, box.return_no)
        if found.back.closed_at is None:
            return found
    found = receiving.begin(w, text, CameBy.FLOOR)
    if box is None:
        w.db.add(ReturnBox(id=id[:_ID], return_no=found.back.number, site_id=w.site, opened_at=w.now))
    else:
        box.return_no, box.done_at = found.back.number, None
    w.db.flush()
    return found


def _reason(word: str) -> ReturnReason | None:
    return ReturnReason(word) if word in set(ReturnReason) else None


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    wire.ReturnReceive: received,
    wire.ReturnUndo: undone,
    wire.ReturnDone: emptied,
}
