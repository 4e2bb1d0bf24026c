"""What a printer's SNMP values mean: state, errors, counter, display. Used by discovery, the Brother driver and conformance.

Sources: RFC 2790 (hrPrinterStatus, hrPrinterDetectedErrorState), RFC 3805 (counters, console).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from devices.codecs import snmp
from devices.codecs.printers.text import plain
from devices.model import PrinterStatus, Reason

ASK = (snmp.HR_PRINTER_STATUS, snmp.HR_PRINTER_ERRORS, snmp.PRT_LIFE_COUNT, snmp.PRT_CONSOLE_TEXT)
"""The OIDs that `parse` looks at."""

# BITS count from the most significant bit of the first byte (RFC 2578 7.1.4; RFC 3805 for the second byte).
_ERRORS = {
    0x4000: Reason.MEDIA_EMPTY,
    0x1000: Reason.MARKER_SUPPLY_EMPTY,
    0x0800: Reason.COVER_OPEN,
    0x0400: Reason.MEDIA_JAM,
    0x0200: Reason.OFFLINE,
    0x0100: Reason.SERVICE_NEEDED,
    0x0080: Reason.INPUT_TRAY_MISSING,
    0x0040: Reason.OUTPUT_TRAY_MISSING,
    0x0020: Reason.MARKER_SUPPLY_MISSING,
    0x0008: Reason.OUTPUT_FULL,
    0x0004: Reason.MEDIA_EMPTY,
}
_WARNINGS = {
    0x8000: Reason.MEDIA_LOW,
    0x2000: Reason.MARKER_SUPPLY_LOW,
    0x0010: Reason.OUTPUT_NEAR_FULL,
    0x0002: Reason.MAINTENANCE_OVERDUE,
}

STATES = {1: "other", 2: "unknown", 3: "idle", 4: "printing", 5: "warmup"}
"""hrPrinterStatus (RFC 2790)."""


@dataclass(frozen=True, slots=True)
class Published:
    """Everything a printer publishes about itself that we read. `state` a word of STATES, None: not published; `printed` its counter."""

    state: str | None
    errors: tuple[Reason, ...] | None
    warnings: tuple[Reason, ...]
    printed: int | None
    display: str


def errors(bits: bytes) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """hrPrinterDetectedErrorState as (errors, warnings). Low supplies do not stop a printer."""
    word = int.from_bytes(bits[:2].ljust(2, b"\0"), "big")
    stops = dict.fromkeys(reason for bit, reason in _ERRORS.items() if word & bit)
    return tuple(stops), tuple(reason for bit, reason in _WARNINGS.items() if word & bit)


def parse(values: Mapping[str, snmp.Value]) -> Published:
    """The values of one answer. What is missing or of the wrong type counts as not published."""
    state, bits = values.get(snmp.HR_PRINTER_STATUS), values.get(snmp.HR_PRINTER_ERRORS)
    count, text = values.get(snmp.PRT_LIFE_COUNT), values.get(snmp.PRT_CONSOLE_TEXT)
    stops, warnings = errors(bits) if isinstance(bits, bytes) else (None, ())
    return Published(
        STATES.get(state, "unknown") if isinstance(state, int) else None,
        stops,
        warnings,
        count if isinstance(count, int) and count >= 0 else None,
        plain(text) if isinstance(text, bytes) else "",
    )


def to_status(published: Published) -> PrinterStatus:
    """READY only on both words: an idle or printing state and an error state without errors. Otherwise silence is UNKNOWN."""
    if published.errors:
        return PrinterStatus(False, published.errors, published.warnings)
    if published.errors is None or published.state not in ("idle", "printing"):
        return PrinterStatus(None, (Reason.NO_REPLY,), published.warnings)
    return PrinterStatus(True, (), published.warnings, printing=published.state == "printing")
