"""Items and their barcodes from a file. A column that is absent leaves what is known; a repeated SKU may add codes, not contradict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from oms.catalog.models import Item, ItemCode
from oms.db.work import Work
from oms.imports import fields
from oms.imports.once import Once
from oms.imports.report import BadLine, Line, Result
from oms.imports.text import Row
from oms.packing.cartons import Rotation

LIST = "items"

_COLUMNS: dict[str, Callable[[dict[str, Any], str], object]] = {
    "name": fields.text,
    "weight_g": fields.whole,
    "length_mm": fields.whole,
    "width_mm": fields.whole,
    "height_mm": fields.whole,
    "lot_tracked": fields.flag,
    "serial_tracked": fields.flag,
    "expiry_tracked": fields.flag,
    "fragile": fields.flag,
    "colour": fields.colour,
    "substitutes": fields.keys,
    "hs_code": fields.text,
    "origin": fields.text,
    "rotation": lambda values, name: fields.word(values, name, Rotation) or Rotation.FREE,
    "bears_g": fields.whole,
    "hazard": lambda values, name: fields.text(values, name, fields.MAX_KEY),
    "inserts": fields.keys,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """One line: the item's columns that the file has, and its codes with their units."""

    line: int
    sku: str
    columns: dict[str, object]
    codes: tuple[tuple[str, int], ...]


class Reader:
    """Turns rows into drafts; remembers what the file said before."""

    def __init__(self) -> None:
        self._once = Once()
        self._owner: dict[str, str] = {}

    def read(self, row: Row) -> Draft:
        """The draft of one row; raises `BadLine`."""
        sku = fields.key(row.values, "sku")
        columns = {name: read(row.values, name) for name, read in _COLUMNS.items() if name in row.values}
        codes = tuple(_codes(row.values))
        for code, _ in codes:
            if self._owner.setdefault(code, sku) != sku:
                raise BadLine("code_of_other_item", barcode=code, sku=self._owner[code])
        # No name is no statement about the name.
        if not columns.get("name"):
            columns.pop("name", None)
        self._once.check(sku, row.line, columns)
        return Draft(row.line, sku, columns, codes)


def apply(w: Work, drafts: Sequence[Draft]) -> list[Line]:
    """Writes the drafts; one line of report each."""
    skus = {draft.sku for draft in drafts}
    wanted = {code for draft in drafts for code, _ in draft.codes}
    items = {i.sku: i for i in w.db.scalars(select(Item).where(Item.site_id == w.site, Item.sku.in_(skus)))}
    codes = {
        c.code: c for c in w.db.scalars(select(ItemCode).where(ItemCode.site_id == w.site, ItemCode.code.in_(wanted)))
    }
    return [_apply_one(w, draft, items, codes) for draft in drafts]


def _apply_one(w: Work, draft: Draft, items: dict[str, Item], codes: dict[str, ItemCode]) -> Line:
    for code, _ in draft.codes:
        if code in codes and codes[code].sku != draft.sku:
            return BadLine("code_of_other_item", barcode=code, sku=codes[code].sku).line(draft.line, draft.sku)
    item = items.get(draft.sku)
    result = Result.UNCHANGED
    if item is None:
        item = Item(site_id=w.site, sku=draft.sku, name=draft.sku)
        w.db.add(item)
        items[draft.sku] = item
        result = Result.CREATED
    changed = _set(item, draft.columns)
    for code, qty in draft.codes:
        changed |= _set_code(w, draft.sku, code, qty, codes)
    if changed and result is Result.UNCHANGED:
        result = Result.UPDATED
    if result is not Result.UNCHANGED:
        w.touch("item", draft.sku)
    return Line(line=draft.line, key=draft.sku, result=result)


def _set(item: Item, columns: dict[str, object]) -> bool:
    changed = False
    for name, value in columns.items():
        if getattr(item, name) != value:
            setattr(item, name, value)
            changed = True
    return changed


def _set_code(w: Work, sku: str, code: str, qty: int, codes: dict[str, ItemCode]) -> bool:
    known = codes.get(code)
    if known is None:
        codes[code] = ItemCode(site_id=w.site, code=code, sku=sku, qty=qty)
        w.db.flush()
        w.db.add(codes[code])
        return True
    changed = known.qty != qty
    known.qty = qty
    return changed


def _codes(values: dict[str, Any]) -> list[tuple[str, int]]:
    """`gtin` (one unit), `case_gtin` with `case_qty`, and in JSON `codes`: [{"gtin": ..., "qty": ...}]."""
    found: list[tuple[str, int]] = []
    single = fields.barcode(values, "gtin")
    if single:
        found.append((single, 1))
    case = fields.barcode(values, "case_gtin")
    if case:
        qty = fields.whole(values, "case_qty", least=1)
        if qty is None:
            raise BadLine("missing", column="case_qty")
        found.append((case, qty))
    listed = values.get("codes") or []
    if not isinstance(listed, list):
        raise BadLine("bad_text", column="codes")
    for one in listed:
        if not isinstance(one, dict):
            raise BadLine("bad_text", column="codes")
        code = fields.barcode(one, "gtin")
        if code:
            found.append((code, fields.whole(one, "qty", least=1) or 1))
    if len({code for code, _ in found}) != len(found):
        raise BadLine("code_twice")
    return found
