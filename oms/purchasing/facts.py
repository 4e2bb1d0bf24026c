"""What people report of goods that come in. Called by the ingest of the feed."""

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.catalog.models import Bin, Item
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.picking.actions import Malformed
from oms.purchasing import receiving, undoing
from oms.purchasing.receiving import Came
from sync.contract.codes import Outcome
from sync.contract.inbound import GoodsDone, GoodsReceive, GoodsUndo

if TYPE_CHECKING:
    from oms.db.work import Work

#: What goods may be put into when they come.
_PLACES = ("bin:", "tote:")
_MARK = re.compile(r"[0-9a-f]{32}")
_MOST = 10**8


def came(w: "Work", fact: FactContext, body: GoodsReceive) -> Credit:
    """Goods are here: they are booked, whatever was ordered."""
    booked = receiving.receive(w, _came(w, body), fact)
    return APPLIED if booked.order or not body.order else Credit(Outcome.DIVERTED)


def taken_back(w: "Work", fact: FactContext, body: GoodsUndo) -> Credit:
    """It was a mistake."""
    return APPLIED if undoing.undo(w, body.receive, fact) else Credit(Outcome.DIVERTED)


def over(w: "Work", fact: FactContext, body: GoodsDone) -> Credit:
    """Nothing more came."""
    receiving.enough(w, body.order, fact)
    return APPLIED


def _came(w: "Work", body: GoodsReceive) -> Came:
    if not _MARK.fullmatch(body.mark):
        raise Malformed(f"mark {body.mark[:40]}")
    units = (body.qty, body.damaged)
    if min(units) < 0 or not 0 < sum(units) <= _MOST:
        raise Malformed(f"quantities {body.qty} and {body.damaged}")
    if w.db.scalar(select(Item.sku).where(Item.site_id == w.site, Item.sku == body.sku)) is None:
        raise Malformed(f"item {body.sku}")
    if not body.place.startswith(_PLACES) or body.place in _PLACES:
        raise Malformed(f"place {body.place}")
    if body.place.startswith("bin:") and w.db.get(Bin, (w.site, body.place.removeprefix("bin:"))) is None:
        raise Malformed(f"place {body.place}")
    try:
        expiry = date.fromisoformat(body.expiry) if body.expiry else None
    except ValueError:
        raise Malformed(f"expiry {body.expiry}") from None
    # Goods with a date and no lot number are kept apart by their date.
    lot = body.lot or (expiry.isoformat() if expiry else "")
    return Came(
        body.mark,
        body.sku,
        body.qty,
        body.place,
        body.damaged,
        body.order,
        lot=lot,
        expiry=expiry,
        paper=body.paper[:80],
    )


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    GoodsReceive: came,
    GoodsUndo: taken_back,
    GoodsDone: over,
}
