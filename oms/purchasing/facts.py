"""What people report of goods that come in. Called by the ingest of the feed."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.catalog.models import Bin, Item
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.picking.actions import Malformed
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import divert
from oms.purchasing import receiving, undoing
from oms.purchasing.receiving import Came
from oms.transfers import receiving as transfers
from sync.contract.codes import Outcome
from sync.contract.inbound import GoodsDone, GoodsReceive, GoodsUndo

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST = 10**8


def came(w: "Work", fact: FactContext, body: GoodsReceive) -> Credit:
    """Goods are here: they are booked, whatever was ordered. What nobody knows, or lies nowhere, is looked at by a supervisor."""
    units = (body.qty, body.damaged)
    if min(units) < 0 or not 0 < sum(units) <= _MOST:
        raise Malformed(f"quantities {body.qty} and {body.damaged}")
    if not _known(w, body):
        words: dict[str, str | int] = {"sku": body.sku, "n": sum(units), "order": body.order, "paper": body.paper}
        return divert(w, ExceptionKind.GOODS_NOT_ORDERED, words, fact)
    here = _came(_name(fact, body.mark), body)
    transfer = transfers.under_way(w, body.order)
    booked = transfers.receive(w, transfer, here, fact) if transfer else receiving.receive(w, here, fact)
    return APPLIED if booked.order or not body.order else Credit(Outcome.DIVERTED)


def taken_back(w: "Work", fact: FactContext, body: GoodsUndo) -> Credit:
    """It was a mistake."""
    name = _name(fact, body.receive)
    undone = undoing.undo(w, name, fact)
    if undone is None:
        undone = transfers.undo(w, name, fact)
    return Credit(Outcome.DIVERTED) if undone is False else APPLIED


def over(w: "Work", fact: FactContext, body: GoodsDone) -> Credit:
    """Nothing more came."""
    transfer = transfers.under_way(w, body.order)
    if transfer is not None:
        transfers.enough(w, transfer, fact)
    else:
        receiving.enough(w, body.order, fact)
    return APPLIED


def _name(fact: FactContext, mark: str) -> str:
    """What a delivery is called in the books: a device's marks are its own."""
    return f"{fact.device}:{mark}"


def _known(w: "Work", body: GoodsReceive) -> bool:
    """Whether this site has such an item, and such a place."""
    if w.db.scalar(select(Item.sku).where(Item.site_id == w.site, Item.sku == body.sku)) is None:
        return False
    kind, _, code = body.place.partition(":")
    return bool(code) and (kind == "tote" or (kind == "bin" and w.db.get(Bin, (w.site, code)) is not None))


def _came(id: str, body: GoodsReceive) -> Came:
    try:
        expiry = date.fromisoformat(body.expiry) if body.expiry else None
    except ValueError:
        # The goods are here, whatever their day is.
        expiry = None
    # Goods with a date and no lot number are kept apart by their date.
    lot = body.lot or (expiry.isoformat() if expiry else "")
    return Came(
        id, body.sku, body.qty, body.place, body.damaged, body.order, lot=lot, expiry=expiry, paper=body.paper[:80]
    )  # fmt: skip


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    GoodsReceive: came,
    GoodsUndo: taken_back,
    GoodsDone: over,
}
