"""Deliveries as programs and people at a desk tell them: looked at before anything is booked. Called by the API."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from oms.catalog.models import Bin, Item
from oms.inventory.rules import bin_account
from oms.purchasing import receiving
from oms.purchasing.codes import BuyCode, Refused
from oms.purchasing.receiving import Came
from oms.transfers import receiving as transfers

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST: Final = 10**8
_MOST_TEXT: Final = 80


class CameLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`qty` good units of an item, put into `bin`, and `damaged` ones, which are set apart."""

    sku: str
    qty: int
    bin: str
    damaged: int = 0
    lot: str = ""
    expiry: date | None = None


def receive(w: "Work", id: str, order: str, lines: Sequence[CameLine], *, over: bool) -> list[str]:
    """Books all lines or, with `Refused`, none; the customer orders that were promised some. What was told under `id` before is not
    booked again."""
    for text in (id, order, *(word for line in lines for word in (line.sku, line.bin, line.lot))):
        if "\0" in text or len(text) > _MOST_TEXT:
            raise Refused(BuyCode.BAD_TEXT)
    if not id or not lines:
        raise Refused(BuyCode.NOTHING_TO_DO)
    promised: set[str] = set()
    for n, line in enumerate(lines):
        _check(w, line)
        lot = line.lot or (line.expiry.isoformat() if line.expiry else "")
        came = Came(
            f"{w.site}:{id}:{n}", line.sku, line.qty, bin_account(line.bin), line.damaged, order, lot=lot, expiry=line.expiry, paper=id
        )  # fmt: skip
        transfer = transfers.under_way(w, order)
        booked = transfers.receive(w, transfer, came) if transfer else receiving.receive(w, came)
        promised.update(booked.promised)
    if over and (transfer := transfers.under_way(w, order)):
        transfers.enough(w, transfer)
    elif over and order:
        receiving.enough(w, order)
    return sorted(promised)


def _check(w: "Work", line: CameLine) -> None:
    item = w.db.scalar(select(Item).where(Item.site_id == w.site, Item.sku == line.sku))
    if item is None:
        raise Refused(BuyCode.UNKNOWN_ITEM, sku=line.sku)
    if min(line.qty, line.damaged) < 0 or not 0 < line.qty + line.damaged <= _MOST:
        raise Refused(BuyCode.BAD_UNITS, sku=line.sku, units=line.qty)
    if w.db.get(Bin, (w.site, line.bin)) is None:
        raise Refused(BuyCode.UNKNOWN_BIN, bin=line.bin)
    if item.lot_tracked and not line.lot:
        raise Refused(BuyCode.LOT_NEEDED, sku=line.sku)
    if item.expiry_tracked and line.expiry is None:
        raise Refused(BuyCode.EXPIRY_NEEDED, sku=line.sku)
