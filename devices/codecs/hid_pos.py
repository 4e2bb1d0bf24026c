"""Input reports of HID-POS scanners (usage page 8C), both layouts that are in use. Used by the HID-POS driver and the conformance check.

Most (Access-IS LSR118 and ATR110 manuals; Zebra and Honeywell alike), 64 bytes: report id 2, count of data bytes (up to 56), AIM
identifier (3), data (56), further symbology (2), bit 0 of the last byte: the scan goes on in the next report.
Microscan: report id 1, count (up to 62), data; the identifier, if any, is part of the data. It has no sign for a scan that goes on:
after a full report that is known by the next one, or by silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from devices.codecs import aim

LENGTH = 64
_POS, _MICROSCAN = 2, 1
_POS_DATA, _MICROSCAN_DATA = 56, 62

_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Report:
    """What one report holds: AIM identifier or None, data, whether the next one goes on, and whether it may (full, and nothing said)."""

    aim: str | None
    data: bytes
    continued: bool
    full: bool = False


@dataclass(frozen=True, slots=True)
class Scanned:
    """One whole scan."""

    aim: str | None
    data: bytes


def parse(report: bytes) -> Report | None:
    """One report with its report id in front; None if it is of neither layout."""
    if len(report) < 2:
        return None
    if report[0] == _POS:
        return _parse_pos(report)
    if report[0] == _MICROSCAN:
        return _parse_microscan(report)
    return None


def _parse_pos(report: bytes) -> Report | None:
    count = report[1]
    if len(report) < LENGTH or count > _POS_DATA:
        return None
    found = _IDENTIFIER.fullmatch(report[2:5])
    return Report(found.group().decode("ascii") if found else None, report[5 : 5 + count], bool(report[63] & 1))


def _parse_microscan(report: bytes) -> Report | None:
    count = report[1]
    if count > _MICROSCAN_DATA or len(report) < 2 + count:
        return None
    found, data = aim.split(report[2 : 2 + count].decode("latin-1"))
    return Report(found, data.encode("latin-1"), continued=False, full=count == _MICROSCAN_DATA)


def reports(data: bytes, identifier: str = "") -> list[bytes]:
    """The reports by which a scanner of the first layout sends `data`; for simulators."""
    pieces = [data[at : at + _POS_DATA] for at in range(0, len(data), _POS_DATA)] or [b""]
    head = identifier.encode("ascii").ljust(3, b"\0")
    return [
        bytes([_POS, len(piece)]) + head + piece.ljust(_POS_DATA, b"\0") + b"\0\0" + bytes([number < len(pieces)])
        for number, piece in enumerate(pieces, start=1)
    ]


def microscan_reports(data: bytes) -> list[bytes]:
    """The same in the second layout, which has no way of saying that a scan goes on."""
    return [
        (bytes([_MICROSCAN, len(piece)]) + piece).ljust(LENGTH, b"\0")
        for piece in (data[at : at + _MICROSCAN_DATA] for at in range(0, len(data), _MICROSCAN_DATA))
    ]
