"""Reading the status byte of a Bixolon printer (SLCS `^cu`). Used by conformance; sources: Bixolon SLCS programming manual."""

from __future__ import annotations

from devices.model import PrinterStatus, Reason

ASK_STATUS = b"^cu\r\n"

_STOPS = {
    0x80: Reason.MEDIA_EMPTY,
    0x40: Reason.COVER_OPEN,
    0x20: Reason.CUTTER_FAULT,
    0x10: Reason.HEAD_OVER_TEMPERATURE,
    0x08: Reason.MARK_NOT_FOUND,
    0x04: Reason.MARKER_SUPPLY_EMPTY,
}


def status(byte: int | None) -> PrinterStatus:
    """The byte that answers `^cu`; silence is UNKNOWN. Gap 08 means that the gap between labels was not found."""
    if byte is None:
        return PrinterStatus(None, (Reason.NO_REPLY,))
    stops = tuple(reason for bit, reason in _STOPS.items() if byte & bit)
    if byte & 0x03:
        stops += (Reason.OTHER,)
    return PrinterStatus(not stops, stops)
