"""What may be promised, from files: goods that are expected (`receipts`), and safety stock, what others have, and channels' shares
(`stock-levels`). A line says one thing of one item at one site; without a site it is the importing one's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace
from sqlalchemy import select

from oms.catalog.models import Site
from oms.db.work import Work
from oms.imports import fields
from oms.imports.once import Once
from oms.imports.report import BadLine, Line, Result
from oms.imports.text import Row
from oms.promise import actions, receiving
from oms.promise.actions import BadPromise, ReceiptSaid, StockSaid
from oms.promise.keeping import lock_cells

RECEIPTS: Final = "receipts"
LEVELS: Final = "stock"
_LONGEST_SPREAD: Final = 3650


@dataclass(frozen=True, slots=True)
class Draft:
    """One line and what it says; an empty site is still to be filled in."""

    line: int
    key: str
    said: ReceiptSaid | StockSaid


class Reader:
    """Turns rows into drafts; remembers what the file said before."""

    def __init__(self) -> None:
        self._once = Once()

    def receipt(self, row: Row) -> Draft:
        """Columns receipt, sku, site, qty, day, spread_days, supplier, reference; raises `BadLine`."""
        id, sku, site = _place(row, "receipt")
        qty, day = fields.whole(row.values, "qty"), fields.day(row.values, "day")
        if qty is None or day is None:
            raise BadLine("missing", column="qty" if qty is None else "day")
        spread = fields.whole(row.values, "spread_days", most=_LONGEST_SPREAD) or 0
        supplier, reference = fields.text(row.values, "supplier"), fields.text(row.values, "reference")
        self._once.check(id, row.line, {"sku": sku, "site": site, "qty": qty, "day": day})
        said = ReceiptSaid(
            id=id, sku=sku, site=site, qty=qty, day=day, spread_days=spread, supplier=supplier, reference=reference
        )
        return Draft(row.line, id, said)

    def level(self, row: Row) -> Draft:
        """Columns sku, site, safety, reported, and channel with units; raises `BadLine`."""
        _, sku, site = _place(row, "sku")
        safety, reported = fields.whole(row.values, "safety"), fields.whole(row.values, "reported")
        channel, units = fields.text(row.values, "channel", fields.MAX_KEY), fields.whole(row.values, "units")
        if bool(channel) != (units is not None):
            raise BadLine("missing", column="units" if channel else "channel")
        if safety is None and reported is None and units is None:
            raise BadLine("missing", column="safety")
        values = {"safety": safety, "reported": reported, "units": units}
        self._once.check("\0".join((sku, site, channel)), row.line, values)
        shares = {channel: units} if units is not None else None
        return Draft(row.line, sku, StockSaid(sku=sku, site=site, safety=safety, reported=reported, shares=shares))


def _place(row: Row, key: str) -> tuple[str, str, str]:
    site = fields.key(row.values, "site") if fields.text(row.values, "site") else ""
    return fields.key(row.values, key), fields.key(row.values, "sku"), site


def apply(w: Work, drafts: Sequence[Draft]) -> list[Line]:
    """Takes what was said; one line of report each."""
    said = [(draft, _at(draft.said, w.site)) for draft in drafts]
    sites = set(w.db.scalars(select(Site.id)))
    # All at once and in one order, whatever the order of the file.
    lock_cells(w, {(one.sku, one.site) for _, one in said if one.site in sites})
    lines = []
    for draft, one in said:
        try:
            result = _say(w, one)
            lines.append(Line(line=draft.line, key=draft.key, result=result))
        except BadPromise as error:
            lines.append(BadLine(error.code, **error.words).line(draft.line, draft.key))
    return lines


def _at(said: ReceiptSaid | StockSaid, site: str) -> ReceiptSaid | StockSaid:
    return said if said.site else replace(said, site=site)


def _say(w: Work, said: ReceiptSaid | StockSaid) -> Result:
    if isinstance(said, ReceiptSaid):
        return Result.CREATED if receiving.expect(w, said) else Result.UPDATED
    actions.say_stock(w, said)
    return Result.UPDATED
