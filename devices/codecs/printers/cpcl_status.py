"""Reading what a CPCL printer says: status bytes, who it is, how many labels it has printed. Used by the CPCL driver.

Sources: Zebra CPCL manual pp.11-3, 11-4; Intermec EasyCoder PL programmer's reference p.108 (label count). None of the questions may be
asked inside a session (`! ... PRINT`).
"""

from __future__ import annotations

import re

from devices.codecs.printers.text import plain
from devices.model import PrinterIdentity, PrinterStatus, Reason

ASK_STATUS = b"\x1bh"
"""Answered once the previous label is finished."""
ASK_EXTENDED = b"\x1bi"
ASK_IDENTITY = b"\x1bv"
ASK_COUNT = b"\x1bJRU"
ASK_COUNT_SGD = b'! U1 getvar "odometer.total_label_count"\r\n'
"""Link-OS printers, which no longer know the older question."""
ACKNOWLEDGE_RESET = b"\x1bN"

COUNT_LENGTH = 2
COUNT_MODULUS = 1 << 16

_BUSY = 0x01
_STOPS = {0x02: Reason.MEDIA_EMPTY, 0x04: Reason.COVER_OPEN}
_WARNS = {0x08: Reason.BATTERY_LOW, 0x10: Reason.WAS_RESET}
_EXTENDED_STOPS = {0x80: Reason.MARKER_SUPPLY_EMPTY, 0x10: Reason.MEDIA_JAM}
_EXTENDED_WARNS = {0x40: Reason.MEDIA_LOW}
_LABEL_WAITING = 0x20
_LONGEST_IDENTITY = 512
_QUOTED = re.compile(rb'"([0-9]{1,12})"')


def _found(byte: int, names: dict[int, Reason]) -> tuple[Reason, ...]:
    return tuple(reason for bit, reason in names.items() if byte & bit)


def status(byte: int) -> PrinterStatus:
    """The byte that answers `ESC h`. Low battery and a past reset are warnings, busy is only busy; bits 5 to 7 mean nothing."""
    stops = _found(byte, _STOPS)
    return PrinterStatus(not stops, stops, _found(byte, _WARNS), printing=bool(byte & _BUSY))


def extended(byte: int) -> PrinterStatus:
    """The byte that answers `ESC i`. Only bits 4 to 7 mean something."""
    stops = _found(byte, _EXTENDED_STOPS)
    waiting = bool(byte & _LABEL_WAITING)
    return PrinterStatus(not stops, stops, _found(byte, _EXTENDED_WARNS), label_waiting=waiting)


def to_status(byte: int | None, more: int | None) -> PrinterStatus:
    """Both bytes as one. Without the first the printer is UNKNOWN; not every printer knows the second."""
    if byte is None:
        return PrinterStatus(None, (Reason.NO_REPLY,))
    plain_status = status(byte)
    if more is None:
        return plain_status
    rest = extended(more)
    reasons = plain_status.reasons + rest.reasons
    return PrinterStatus(
        not reasons,
        reasons,
        plain_status.warnings + rest.warnings,
        label_waiting=rest.label_waiting,
        printing=plain_status.printing,
    )


def identity(frame: bytes) -> PrinterIdentity | None:
    """The answer to `ESC v`, up to its NUL: model, firmware, serial number, parted by signs or, failing that, by blanks."""
    text, end, _ = frame[:_LONGEST_IDENTITY].partition(b"\0")
    if not end:
        return None
    parts = [plain(part) for part in re.split(rb"[\r\n,;/|\t]+", text) if part.strip()]
    if len(parts) == 1:
        words = parts[0].split()
        parts = [" ".join(words[:-2]), *words[-2:]] if len(words) > 2 else words
    if not parts:
        return None
    return PrinterIdentity(parts[0], parts[1] if len(parts) > 1 else "", serial=parts[2] if len(parts) > 2 else "")


def count(frame: bytes) -> int | None:
    """The answer to `ESC J R U`: labels printed since the count was reset, two bytes, most significant first."""
    return int.from_bytes(frame, "big") if len(frame) == COUNT_LENGTH else None


def count_sgd(frame: bytes) -> int | None:
    """The answer to the SGD question: the number in double quotes; None for anything else, such as `"?"`."""
    found = _QUOTED.search(frame)
    return int(found[1]) if found else None


def counted(before: int, after: int) -> int:
    """Labels printed between two counts of the same kind; the older one begins again after 65 535."""
    return (after - before) % COUNT_MODULUS
