"""The building from a file: site and its policies, zones, bins in walking order, lanes, crossings and paths, cartons, carriers' services.

JSON has a member for each (`site`, `zones`, `bins`, `lanes`, `crossings`, `paths`, `cartons`, `carriers`); a line of CSV is a carton,
crossing or path when its column `carton`, `crossing` or `path_from` is filled, else a bin.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import inspect, select, tuple_

from oms.catalog.models import Bin, Carton, ServiceRule, Site, Zone
from oms.db.base import Base
from oms.db.work import Work
from oms.imports import fields
from oms.imports.once import Once
from oms.imports.report import BadLine, Line, Result
from oms.imports.text import Row
from oms.planning.allocating import Rule
from oms.shipping.models import CarrierService
from oms.walks.models import Crossing, FloorPath
from sync.contract.codes import BinKind, Policy, SlotProof

#: Members of a JSON file, in the order in which they must be written.
LISTS = ("site", "zones", "bins", "lanes", "crossings", "paths", "cartons", "carriers")
#: What makes a line of CSV something else than a bin.
_MARKS = {"carton": "cartons", "crossing": "crossings", "path_from": "paths"}

#: Shorter leases would end in the middle of a walk, longer ones keep goods from everybody for a day.
MIN_LEASE_S, MAX_LEASE_S = 10, 86_400
_POLICIES: dict[str, type[StrEnum]] = {"fefo": Policy, "slot_proof": SlotProof, "service_rule": ServiceRule}
_SIDES = ("length", "width", "height")
_MOST_COST = 10_000
_LONGEST_DAYS = 3650
#: A path of a hundred kilometres is a slip.
_LONGEST_MM = 100_000_000


@dataclass(frozen=True, slots=True)
class Draft:
    """One row for one table: its key (without the site) and the columns the file has."""

    line: int
    model: type[Base]
    key: tuple[str, ...]
    columns: dict[str, Any]
    #: Name of the entity on the wire; None when devices do not see it.
    entity: str | None


class Reader:
    """Turns rows into drafts; remembers what the file said before."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._once = Once()

    def read(self, row: Row, member: str = "") -> Draft:
        """The draft of one row of a member of JSON, or of one line of CSV (`member` is ''); raises `BadLine`."""
        member = member or next((list_ for mark, list_ in _MARKS.items() if fields.text(row.values, mark)), "bins")
        draft = _READERS[member](row.line, row.values)
        if member == "site" and draft.key[0] != self._site:
            raise BadLine("other_site", site=draft.key[0], here=self._site)
        self._once.check("\0".join((member, *draft.key)), row.line, draft.columns)
        return draft


def _site(line: int, values: dict[str, Any]) -> Draft:
    columns: dict[str, Any] = {}
    if "name" in values:
        columns["name"] = fields.text(values, "name")
    for name in ("weight_tolerance_g", "weight_tolerance_permille"):
        if name in values:
            columns[name] = fields.whole(values, name)
    for name, least in (("lift_g", 1), ("clearance_mm", 0)):
        if name in values:
            columns[name] = fields.whole(values, name, least=least)
            if columns[name] is None:
                raise BadLine("missing", column=name)
    if "lease_s" in values:
        columns["lease_s"] = fields.whole(values, "lease_s")
        if not MIN_LEASE_S <= columns["lease_s"] <= MAX_LEASE_S:
            raise BadLine("bad_number", column="lease_s", value=str(columns["lease_s"]))
    if "heavy_first_g" in values:
        columns["heavy_first_g"] = fields.whole(values, "heavy_first_g")
    for name in ("bin_scan_required", "ask_empty", "fragile_last", "product_first"):
        if name in values:
            columns[name] = fields.flag(values, name)
    for name, words in _POLICIES.items():
        if chosen := fields.word(values, name, words):
            columns[name] = chosen
    if "shelf_life_days" in values:
        columns["shelf_life_days"] = fields.whole(values, "shelf_life_days", most=_LONGEST_DAYS) or 0
    if "allocation" in values:
        columns["allocation"] = _rules(values["allocation"])
    if "ship_from" in values:
        listed = values["ship_from"]
        if not isinstance(listed, list):
            raise BadLine("bad_text", column="ship_from")
        columns["ship_from"] = [fields.text({"ship_from": one}, "ship_from") for one in listed]
    if "gs1_prefix" in values:
        prefix = fields.text(values, "gs1_prefix")
        if not (prefix.isascii() and prefix.isdigit() and 7 <= len(prefix) <= 10):
            raise BadLine("bad_number", column="gs1_prefix", value=prefix)
        columns["gs1_prefix"] = prefix
    return Draft(line, Site, (fields.key(values, "code"),), columns, "site")


def _rules(listed: object) -> list[str]:
    """Rules of allocation, each once."""
    if not isinstance(listed, list):
        raise BadLine("bad_text", column="allocation")
    for one in listed:
        if not isinstance(one, str) or one not in set(Rule):
            raise BadLine("bad_kind", column="allocation", value=str(one)[: fields.MAX_KEY])
    return list(dict.fromkeys(listed))


def _zone(line: int, values: dict[str, Any]) -> Draft:
    return Draft(line, Zone, (fields.key(values, "zone"),), {"name": fields.text(values, "name")}, None)


def _bin(line: int, values: dict[str, Any]) -> Draft:
    kind = fields.text(values, "kind") or BinKind.PICK
    if kind not in set(BinKind):
        raise BadLine("bad_kind", column="kind", value=kind[: fields.MAX_KEY])
    columns: dict[str, Any] = {"zone": fields.key(values, "zone"), "kind": BinKind(kind)}
    columns |= {
        name: fields.whole(values, name, least=-fields.MAX_WHOLE) or 0
        for name in ("seq", "x_mm", "y_mm")
        if name in values
    }
    return Draft(line, Bin, (fields.key(values, "bin"),), columns, "bin")


def _lane(line: int, values: dict[str, Any]) -> Draft:
    return _bin(line, {"bin": values.get("lane"), **values, "kind": str(BinKind.LANE)})


def _crossing(line: int, values: dict[str, Any]) -> Draft:
    columns: dict[str, Any] = {}
    for name in ("x_mm", "y_mm"):
        columns[name] = fields.whole(values, name, least=-fields.MAX_WHOLE)
        if columns[name] is None:
            raise BadLine("missing", column=name)
    if "depot" in values:
        columns["depot"] = fields.flag(values, "depot")
    return Draft(line, Crossing, (fields.key(values, "crossing"),), columns, None)


def _path(line: int, values: dict[str, Any]) -> Draft:
    ends = fields.key(values, "path_from"), fields.key(values, "path_to")
    if ends[0] == ends[1]:
        raise BadLine("same_place", column="path_to", value=ends[1])
    columns: dict[str, Any] = {}
    if "length_mm" in values:
        columns["length_mm"] = fields.whole(values, "length_mm", most=_LONGEST_MM)
    columns |= {name: fields.flag(values, name) for name in ("one_way", "blocked") if name in values}
    return Draft(line, FloorPath, ends, columns, None)


def _carton(line: int, values: dict[str, Any]) -> Draft:
    code = fields.key(values, "carton")
    columns: dict[str, Any] = {"name": fields.text(values, "name") or code}
    inner, outer = fields.sides(values, "inner_mm"), fields.sides(values, "outer_mm")
    for place, side in enumerate(_SIDES):
        columns[f"inner_{side}_mm"], columns[f"outer_{side}_mm"] = inner[place], outer[place]
    for name in ("tare_g", "max_g"):
        columns[name] = fields.whole(values, name)
        if columns[name] is None:
            raise BadLine("missing", column=name)
    small = next((side for place, side in enumerate(_SIDES) if outer[place] < inner[place]), None)
    if small is not None:
        raise BadLine("outer_below_inner", column=f"outer_{small}_mm", value=str(columns[f"outer_{small}_mm"]))
    if columns["max_g"] <= columns["tare_g"]:
        raise BadLine("bad_number", column="max_g", value=str(columns["max_g"]))
    if "cost" in values:
        columns["cost_cents"] = _cents(values)
    if "material" in values:
        columns["material"] = fields.text(values, "material", fields.MAX_KEY)
    return Draft(line, Carton, (code,), columns, "carton")


def _cents(values: dict[str, Any]) -> int:
    """`0.42` is 42; a carton costs nothing where the column is empty."""
    amount = fields.money(values, "cost") or Decimal(0)
    if not 0 <= amount <= _MOST_COST or amount.as_tuple().exponent < -2:  # type: ignore[operator]
        raise BadLine("bad_amount", column="cost", value=fields.text(values, "cost", fields.MAX_KEY))
    return int(amount * 100)


def _carrier(line: int, values: dict[str, Any]) -> Draft:
    columns = {name: fields.text(values, name) for name in ("name", "tracking_prefix")}
    return Draft(line, CarrierService, (fields.key(values, "carrier"), fields.key(values, "service")), columns, None)


_READERS: dict[str, Callable[[int, dict[str, Any]], Draft]] = {
    "site": _site,
    "zones": _zone,
    "bins": _bin,
    "lanes": _lane,
    "crossings": _crossing,
    "paths": _path,
    "cartons": _carton,
    "carriers": _carrier,
}


def apply(w: Work, drafts: Sequence[Draft]) -> list[Line]:
    """Writes the drafts; one line of report each. A bin's zone is made when it is new."""
    named = {draft.key[0] for draft in drafts if draft.model is Zone}
    _ensure_zones(w, {draft.columns["zone"] for draft in drafts if draft.model is Bin} - named)
    lines: list[Line] = []
    for model in dict.fromkeys(draft.model for draft in drafts):
        of_model = [draft for draft in drafts if draft.model is model]
        known = _known(w, model, of_model)
        if model in (Crossing, FloorPath):
            of_model, refused = _drawable(w, of_model)
            lines += refused
        lines += [_apply_one(w, draft, known) for draft in of_model]
    return lines


def _known(w: Work, model: type[Base], drafts: Sequence[Draft]) -> dict[tuple[str, ...], Base]:
    columns = inspect(model).primary_key
    keys = [draft.key if model is Site else (w.site, *draft.key) for draft in drafts]
    rows = w.db.scalars(select(model).where(tuple_(*columns).in_(keys)))
    return {tuple(inspect(row).identity or ()): row for row in rows}


def _apply_one(w: Work, draft: Draft, known: dict[tuple[str, ...], Base]) -> Line:
    key = draft.key if draft.model is Site else (w.site, *draft.key)
    row = known.get(key)
    if row is None:
        names = [column.name for column in inspect(draft.model).primary_key]
        row = draft.model(**dict(zip(names, key, strict=True)), **draft.columns)
        w.db.add(row)
        known[key] = row
        result = Result.CREATED
    else:
        changed = {name: value for name, value in draft.columns.items() if getattr(row, name) != value}
        for name, value in changed.items():
            setattr(row, name, value)
        result = Result.UPDATED if changed else Result.UNCHANGED
    if draft.entity and result is not Result.UNCHANGED:
        w.touch(draft.entity, draft.key[0])
    return Line(line=draft.line, key=" ".join(draft.key), result=result)


def _drawable(w: Work, drafts: Sequence[Draft]) -> tuple[list[Draft], list[Line]]:
    """Those that fit the floor: a path leads from one known place to another, and a crossing is not called like a bin."""
    codes = {code for draft in drafts for code in draft.key}
    bins = set(w.db.scalars(select(Bin.code).where(Bin.site_id == w.site, Bin.code.in_(codes))))
    crossings = set(w.db.scalars(select(Crossing.code).where(Crossing.site_id == w.site, Crossing.code.in_(codes))))
    good, refused = [], []
    for draft in drafts:
        error = None
        if draft.model is Crossing and draft.key[0] in bins:
            error = BadLine("is_a_bin", column="crossing", value=draft.key[0])
        elif draft.model is FloorPath:
            columns = zip(draft.key, ("path_from", "path_to"), strict=True)
            lost = next(((code, column) for code, column in columns if code not in bins | crossings), None)
            error = BadLine("unknown_place", column=lost[1], value=lost[0]) if lost else None
        if error is None:
            good.append(draft)
        else:
            refused.append(error.line(draft.line, " ".join(draft.key)))
    return good, refused


def _ensure_zones(w: Work, codes: set[str]) -> None:
    known = set(w.db.scalars(select(Zone.code).where(Zone.site_id == w.site, Zone.code.in_(codes))))
    w.db.add_all([Zone(site_id=w.site, code=code) for code in sorted(codes - known)])
    w.db.flush()
