"""Rate tables from a file: services, their zones, weight steps, surcharges and days without service, and ranges of tracking numbers.

A column `what` says what a line is. All lines of one carrier, service and `valid_from` are one table: it is written as a whole, in place of
the one of that day, or, when one of its lines cannot be used, not at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

import msgspec

from oms.db.work import Work
from oms.imports import fields
from oms.imports.report import BadLine, Line, Result
from oms.imports.text import Row
from oms.shipping.carriers.models import RateTable, TrackingRange
from oms.shipping.carriers.tables import Step, Surcharge, Table, Zone, zone_info
from oms.shipping.models import CarrierService

LIST: Final = "rates"
#: Of a table without a first day.
_ALWAYS: Final = date(2000, 1, 1)
_WEEKDAYS: Final = re.compile("[1-7]{1,7}")
_MOST_DIGITS: Final = 18

Key = tuple[str, str, date]


@dataclass(slots=True)
class Draft:
    """One table, or one range, and the lines of the file it is from."""

    key: Key
    lines: list[int] = field(default_factory=list)
    bad: list[tuple[int, BadLine]] = field(default_factory=list)
    service: dict[str, Any] | None = None
    zones: list[Zone] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    surcharges: list[Surcharge] = field(default_factory=list)
    closed: list[date] = field(default_factory=list)
    number_range: TrackingRange | None = None

    @property
    def line(self) -> int:
        """Its first line."""
        return self.lines[0]

    @property
    def name(self) -> str:
        """Carrier and service, for the report."""
        return " ".join(self.key[:2])


def drafts(rows: Sequence[Row], site: str) -> tuple[list[Draft], list[tuple[int, BadLine]]]:
    """(tables and ranges, lines that do not even say which table they are of)."""
    found: dict[tuple[str, Key], Draft] = {}
    lost: list[tuple[int, BadLine]] = []
    for row in rows:
        try:
            what = fields.text(row.values, "what").lower()
            if what not in _READERS:
                raise BadLine("bad_word", column="what", value=what[: fields.MAX_KEY])
            carrier, service = fields.key(row.values, "carrier"), fields.key(row.values, "service")
            key = (carrier, service, fields.day(row.values, "valid_from") or _ALWAYS)
        except BadLine as error:
            lost.append((row.line, error))
            continue
        draft = found.setdefault(("range" if what == "range" else "", key), Draft(key))
        draft.lines.append(row.line)
        try:
            _READERS[what](draft, row.values, site)
        except BadLine as error:
            draft.bad.append((row.line, error))
    return list(found.values()), lost


def _service(draft: Draft, values: dict[str, Any], _: str) -> None:
    if draft.service is not None:
        raise BadLine("twice", first=draft.line)
    columns: dict[str, Any] = {name: fields.text(values, name) for name in ("name", "currency", "cut_off", "time_zone")}
    columns |= {name: fields.whole(values, name) for name in ("divisor", "max_g", "max_mm", "max_girth_mm")}
    for name in ("leaves", "arrives"):
        columns[name] = fields.text(values, name)
        if columns[name] and not _WEEKDAYS.fullmatch(columns[name]):
            raise BadLine("bad_word", column=name, value=columns[name][: fields.MAX_KEY])
    if columns["currency"] and not re.fullmatch("[A-Z]{3}", columns["currency"]):
        raise BadLine("bad_word", column="currency", value=columns["currency"][: fields.MAX_KEY])
    try:
        time.fromisoformat(columns["cut_off"] or "17:00")
    except ValueError:
        raise BadLine("bad_time", column="cut_off", value=columns["cut_off"][: fields.MAX_KEY]) from None
    try:
        zone_info(columns["time_zone"] or "UTC")
    except ValueError:
        raise BadLine("bad_word", column="time_zone", value=columns["time_zone"][: fields.MAX_KEY]) from None
    draft.service = {name: value for name, value in columns.items() if value not in ("", None)}


def _zone(draft: Draft, values: dict[str, Any], _: str) -> None:
    country = fields.key(values, "country").upper()
    if country != "*" and not re.fullmatch("[A-Z]{2}", country):
        raise BadLine("bad_word", column="country", value=country)
    first, last = (_plain(fields.text(values, name, 16)) for name in ("first", "last"))
    if last and (last < first[: len(last)] or not first):
        raise BadLine("bad_word", column="last", value=last)
    days = fields.whole(values, "days", most=30)
    zone = Zone(
        country=country,
        zone=fields.key(values, "zone"),
        first=first,
        last=last,
        days=1 if days is None else days,
    )
    draft.zones.append(zone)


def _plain(postcode: str) -> str:
    return "".join(c for c in postcode.upper() if c.isalnum())


def _step(draft: Draft, values: dict[str, Any], _: str) -> None:
    up_to, price = fields.whole(values, "up_to_g", least=1), fields.money(values, "price")
    for name, value in (("up_to_g", up_to), ("price", price)):
        if value is None:
            raise BadLine("missing", column=name)
    per_kg = fields.money(values, "per_kg") or Decimal(0)
    if (price or 0) < 0 or per_kg < 0:
        raise BadLine("bad_amount", column="price", value=str(price))
    step = Step(zone=fields.key(values, "zone"), up_to_g=up_to or 0, price=price or Decimal(0), per_kg=per_kg)
    draft.steps.append(step)


def _surcharge(draft: Draft, values: dict[str, Any], _: str) -> None:
    limits = {name: fields.whole(values, name) or 0 for name in ("over_g", "over_mm", "over_girth_mm")}
    made = Surcharge(
        code=fields.key(values, "code"),
        amount=fields.money(values, "amount") or Decimal(0),
        permille=fields.whole(values, "permille", least=-1000, most=10_000) or 0,
        zone=fields.text(values, "zone", fields.MAX_KEY),
        **limits,
    )
    draft.surcharges.append(made)


def _closed(draft: Draft, values: dict[str, Any], _: str) -> None:
    day = fields.day(values, "day")
    if day is None:
        raise BadLine("missing", column="day")
    draft.closed.append(day)


def _range(draft: Draft, values: dict[str, Any], site: str) -> None:
    digits = fields.whole(values, "digits", least=1, most=_MOST_DIGITS)
    first, last = fields.text(values, "first", _MOST_DIGITS), fields.text(values, "last", _MOST_DIGITS)
    prefix = fields.text(values, "prefix", 20)
    if draft.number_range is not None:
        raise BadLine("twice", first=draft.line)
    for name, text in (("first", first), ("last", last)):
        if not (text.isascii() and text.isdigit()) or digits is None or len(text) > digits:
            raise BadLine("bad_number", column=name, value=text)
    if int(last) < int(first) or not (prefix.isascii() and (prefix.isalnum() or not prefix)):
        raise BadLine("bad_number", column="last", value=last)
    draft.number_range = TrackingRange(
        site_id=site,
        carrier=draft.key[0],
        service=draft.key[1],
        prefix=prefix,
        digits=digits or 0,
        next_serial=int(first),
        last_serial=int(last),
    )


_READERS: Final = {
    "service": _service,
    "zone": _zone,
    "step": _step,
    "surcharge": _surcharge,
    "closed": _closed,
    "range": _range,
}


def apply(w: Work, drafts: Sequence[Draft]) -> list[Line]:
    """Writes tables and ranges; one line of report for each line of the file."""
    return [line for draft in drafts for line in _apply(w, draft)]


def _apply(w: Work, draft: Draft) -> list[Line]:
    bad = dict(draft.bad)
    if not bad and draft.number_range is None:
        bad = _holes(draft)
    if bad:
        return [bad.get(n, BadLine("table_not_whole")).line(n, draft.name) for n in draft.lines]
    result = _write_range(w, draft.number_range) if draft.number_range is not None else _write_table(w, draft)
    return [Line(line=n, key=draft.name, result=result) for n in draft.lines]


def _holes(draft: Draft) -> dict[int, BadLine]:
    """What is missing for a table that prices anything at all, told on its first line."""
    if draft.service is None:
        return {draft.line: BadLine("missing", column="service")}
    zones = {zone.zone for zone in draft.zones}
    named = {step.zone for step in draft.steps} | {extra.zone for extra in draft.surcharges if extra.zone}
    if not zones or not draft.steps or named - zones:
        unknown = sorted(named - zones)
        return {draft.line: BadLine("missing", column="zone", value=unknown[0] if unknown else "")}
    return {}


def _write_table(w: Work, draft: Draft) -> Result:
    carrier, service, day = draft.key
    table = Table(
        carrier=carrier,
        service=service,
        **(draft.service or {}),
        zones=draft.zones,
        steps=draft.steps,
        surcharges=draft.surcharges,
        closed=sorted(draft.closed),
    )
    body = msgspec.to_builtins(table)
    if w.db.get(CarrierService, (w.site, carrier, service)) is None:
        w.db.add(CarrierService(site_id=w.site, carrier=carrier, service=service, name=table.name))
    kept = w.db.get(RateTable, (w.site, carrier, service, day))
    if kept is None:
        w.db.add(RateTable(site_id=w.site, carrier=carrier, service=service, valid_from=day, body=body))
        return Result.CREATED
    if kept.body == body:
        return Result.UNCHANGED
    kept.body = body
    return Result.UPDATED


def _write_range(w: Work, wanted: TrackingRange) -> Result:
    """Of a range that is known, numbers that were given out stay given out."""
    key = (w.site, wanted.carrier, wanted.service)
    kept = w.db.get(TrackingRange, key, with_for_update=True)
    if kept is None:
        w.db.add(wanted)
        return Result.CREATED
    same = (kept.prefix, kept.digits) == (wanted.prefix, wanted.digits)
    start = max(kept.next_serial, wanted.next_serial) if same else wanted.next_serial
    now = (wanted.prefix, wanted.digits, start, wanted.last_serial)
    if now == (kept.prefix, kept.digits, kept.next_serial, kept.last_serial):
        return Result.UNCHANGED
    kept.prefix, kept.digits, kept.next_serial, kept.last_serial = now
    return Result.UPDATED
