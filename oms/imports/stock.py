"""Stock from a file: how many units of an item (and lot) a bin holds now. The difference to the books is moved, from the supplier when
there is more, to the count adjustment when there is less; so the same file twice moves nothing the second time."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, tuple_

from oms.catalog.models import Bin, Item
from oms.db.work import Work
from oms.imports import fields
from oms.imports.once import Once
from oms.imports.report import BadLine, Line, Result
from oms.imports.text import Row
from oms.inventory.models import Lot, StockBalance
from oms.inventory.rules import COUNT_ADJUST, SUPPLIER, bin_account

LIST = "stock"


@dataclass(frozen=True, slots=True)
class Draft:
    """`qty` units of a SKU in a bin; `lot` is '' where none."""

    line: int
    bin: str
    sku: str
    qty: int
    lot: str
    expiry: date | None

    @property
    def place(self) -> tuple[str, str, str]:
        """Key of the balance: account, SKU, lot."""
        return bin_account(self.bin), self.sku, self.lot


class Reader:
    """Turns rows into drafts; remembers what the file said before."""

    def __init__(self) -> None:
        self._once = Once()

    def read(self, row: Row) -> Draft:
        """The draft of one row; raises `BadLine`."""
        bin, sku = fields.key(row.values, "bin"), fields.key(row.values, "sku")
        qty = fields.whole(row.values, "qty")
        if qty is None:
            raise BadLine("missing", column="qty")
        expiry = fields.day(row.values, "expiry")
        # Goods with a date and no lot number are kept apart by their date.
        lot = fields.text(row.values, "lot", fields.MAX_KEY) or (expiry.isoformat() if expiry else "")
        self._once.check("\0".join((bin, sku, lot)), row.line, {"qty": qty})
        if lot:
            self._once.check("\0".join((sku, lot)), row.line, {"expiry": expiry})
        return Draft(row.line, bin, sku, qty, lot, expiry)


def apply(w: Work, drafts: Sequence[Draft]) -> list[Line]:
    """Books the drafts; one line of report each."""
    bins = set(w.db.scalars(select(Bin.code).where(Bin.site_id == w.site, Bin.code.in_({d.bin for d in drafts}))))
    items = {
        i.sku: i
        for i in w.db.scalars(select(Item).where(Item.site_id == w.site, Item.sku.in_({d.sku for d in drafts})))
    }
    lots = {
        (lot.sku, lot.lot): lot for lot in w.db.scalars(select(Lot).where(Lot.site_id == w.site, Lot.sku.in_(items)))
    }
    held = _lock_balances(w, drafts)
    source = uuid.uuid4().hex
    lines: list[Line] = []
    for draft in drafts:
        try:
            _check(draft, bins, items, lots)
            lines.append(_book(w, draft, held, lots, source))
        except BadLine as error:
            lines.append(error.line(draft.line, draft.sku))
    return lines


def _lock_balances(w: Work, drafts: Sequence[Draft]) -> dict[tuple[str, str, str], int]:
    place = (StockBalance.account, StockBalance.sku, StockBalance.lot)
    rows = w.db.execute(
        select(*place, StockBalance.qty)
        .where(StockBalance.site_id == w.site, tuple_(*place).in_(sorted({draft.place for draft in drafts})))
        .order_by(*(column.collate("C") for column in place))
        .with_for_update()
    )
    return {(account, sku, lot): qty for account, sku, lot, qty in rows}


def _check(draft: Draft, bins: set[str], items: dict[str, Item], lots: dict[tuple[str, str], Lot]) -> None:
    if draft.bin not in bins:
        raise BadLine("unknown_bin", bin=draft.bin)
    if draft.sku not in items:
        raise BadLine("unknown_item", sku=draft.sku)
    item = items[draft.sku]
    if item.lot_tracked and not draft.lot:
        raise BadLine("missing", column="lot")
    known = lots.get((draft.sku, draft.lot))
    if item.expiry_tracked and not (draft.expiry or (known and known.expiry)):
        raise BadLine("missing", column="expiry")
    if known and draft.expiry and known.expiry and known.expiry != draft.expiry:
        raise BadLine("lot_expires_otherwise", lot=draft.lot, expiry=known.expiry.isoformat())


def _book(
    w: Work, draft: Draft, held: dict[tuple[str, str, str], int], lots: dict[tuple[str, str], Lot], source: str
) -> Line:
    changed = _set_lot(w, draft, lots)
    before = held.get(draft.place)
    account, sku, lot = draft.place
    missing = draft.qty - (before or 0)
    if missing > 0:
        w.move(source, draft.line, sku, lot, SUPPLIER, account, missing)
    elif missing < 0:
        w.move(source, draft.line, sku, lot, account, COUNT_ADJUST, -missing)
    held[draft.place] = draft.qty
    if not missing and not changed:
        return Line(line=draft.line, key=draft.sku, result=Result.UNCHANGED)
    return Line(line=draft.line, key=draft.sku, result=Result.CREATED if before is None else Result.UPDATED)


def _set_lot(w: Work, draft: Draft, lots: dict[tuple[str, str], Lot]) -> bool:
    if not draft.lot:
        return False
    known = lots.get((draft.sku, draft.lot))
    if known is None:
        lots[draft.sku, draft.lot] = Lot(site_id=w.site, sku=draft.sku, lot=draft.lot, expiry=draft.expiry)
        w.db.add(lots[draft.sku, draft.lot])
        return True
    changed = draft.expiry is not None and known.expiry is None
    if changed:
        known.expiry = draft.expiry
    return changed
