"""Judges printer frames (rows with `language`): request, reply in hex, and what the reply means."""

from __future__ import annotations

import re

from devices.conformance.printer_facts import READERS, SILENT, Facts, status_facts
from devices.conformance.printer_words import same_conditions, same_state
from devices.conformance.report import BadRow, Row

_NAMES = {
    "version": "firmware",
    "fw": "firmware",
    "count": "labels",
    "label_count": "labels",
    "labels_printed": "labels",
    "printed_labels": "labels",
    "total": "odometer",
    "total_nonresettable": "odometer",
    "nonresettable": "odometer",
    "odometer_in": "inches",
    "total_inches": "inches",
    "total_in": "inches",
    "odometer_cm": "cm",
    "total_cm": "cm",
    "units": "unit",
    "serial_number": "serial",
    "product_number": "product",
    "datecode": "date_code",
    "subnet": "mask",
    "hostname": "system_name",
    "width_mm": "media_width_mm",
    "length_mm": "media_length_mm",
    "media_type": "media",
    "job": "job_id",
    "id": "job_id",
    "job_name": "name",
    "state": "status",
    "message": "status",
    "phase": "event",
    "text": "display",
    "console": "display",
    "labels_remaining": "remaining",
    "accepted": "ack",
    "partial_format": "partial",
    "distance": "odometer",
    "product_no": "product",
    "subnet_mask": "mask",
    "netmask": "mask",
    "firmware_version": "firmware",
    "media_width": "media_width_mm",
    "media_length": "media_length_mm",
    "echo": "verified",
    "field_data": "verified",
    "field": "verified",
}
_WORDS = frozenset({"status", "event"})


def check(row: Row) -> list[str]:
    """See report.Check."""
    language = re.sub("[^a-z0-9]", "", str(row.get("language", "")).lower())
    read = next((read for name, read in READERS.items() if language.startswith(name)), None)
    if read is None:
        return [f"no codec here speaks {language!r:.40}"]
    expect = row.get("expect")
    if not isinstance(expect, dict):
        raise BadRow("expect is not an object")
    request, reply = _bytes(row, "request_hex"), _bytes(row, "reply_hex")
    facts = read(request, reply) if reply else status_facts(SILENT)
    return [words for key, wanted in expect.items() if (words := _differs(key, wanted, facts, "warnings" in expect))]


def _bytes(row: Row, key: str) -> bytes:
    try:
        return bytes.fromhex(row.get(key) or "")
    except (TypeError, ValueError) as bad:
        raise BadRow(f"{key} is not hex") from bad


def _differs(key: str, wanted: object, facts: Facts, warnings_apart: bool) -> str | None:
    name = _NAMES.get(key, key)
    if name in ("reasons", "warnings"):
        ours = _conditions(name, facts, warnings_apart)
        fine = isinstance(wanted, list) and same_conditions(wanted, ours)
        return None if fine else f"{key}: expected {wanted!r:.200}, read {sorted(ours)}"
    if name not in facts:
        return f"{key}: expected {wanted!r:.200}, read nothing of the kind"
    found = facts[name]
    if name == "unit":
        wanted = {'"': "in", "inch": "in", "inches": "in"}.get(str(wanted), wanted)
    fine = same_state(wanted, str(found)) if name in _WORDS else type(wanted) is type(found) and wanted == found
    return None if fine else f"{key}: expected {wanted!r:.200}, read {found!r:.200}"


def _conditions(name: str, facts: Facts, warnings_apart: bool) -> set[str]:
    """Our words. A row that has no `warnings` of its own lists them among its reasons."""
    names = [name] if warnings_apart or name == "warnings" else [name, "warnings"]
    found: set[str] = set()
    for part in names:
        words = facts.get(part, ())
        assert isinstance(words, tuple)
        found |= set(words)
    return found
