"""Judges scanner inputs (rows with `kind`): SSI packets, serial lines, HID-POS reports, wedge timelines, host commands.

Each check runs what the drivers run on the row's bytes or keys, writes down what came of it in the words of the rows, and compares. A key
of `expect` for which there is no word here is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from devices.codecs import hid_pos
from devices.codecs.scans import scan_from_bytes
from devices.conformance.comparing import bytes_of, compare, expect_of, scan_words
from devices.conformance.report import BadRow, Check, Row
from devices.conformance.scanners_ssi import check_ssi
from devices.conformance.scanners_wedge import check_wedge
from devices.drivers.scanner_serial import SILENCE_S, framing_named
from devices.feedback import HOST_COMMANDS
from devices.framing import DelimiterFramer, HidPosJoiner
from devices.model import DeviceKey, Scan, ScanSource

_HERE = DeviceKey("conformance")


# --- serial ---


def check_serial(row: Row) -> list[str]:
    """A line: the scan in it, or what was wrong with it. `suffix` and `prefix` of the row say how the scanner is set."""
    expect = expect_of(row)
    suffix, prefix = row.get("suffix", "any"), row.get("prefix", "stx")
    try:
        framing = framing_named(str(prefix), str(suffix))
    except ValueError as bad:
        raise BadRow(str(bad)) from bad
    framer = DelimiterFramer(
        framing.ends, framing.starts, idle_s=SILENCE_S, idle_ends=not framing.ends, before=framing.before
    )
    frames = framer.feed(bytes_of(row), 0.0) + framer.expire(1.0)
    scans = [scan_from_bytes(frame, _HERE, 0.0, ScanSource.SERIAL) for frame in frames]
    found: dict[str, Any] = {"incomplete": framer.counters.incomplete > 0, "count": len(scans), "frames": _texts(scans)}
    found |= {"scans": _texts(scans), "empty": not scans}
    if scans:
        found |= scan_words(scans[0])
    if len(scans) > 1:
        found |= {"data": _texts(scans), "text": _texts(scans)}
    return compare(expect, found) + _unasked(expect, scans)


def _texts(scans: Sequence[Scan]) -> list[str]:
    return [scan.text for scan in scans]


def _unasked(expect: Mapping[str, Any], scans: Sequence[Scan]) -> list[str]:
    """Scans that the row does not know of."""
    several = any(isinstance(value, list) for value in expect.values()) or "count" in expect
    most = 0 if expect.get("incomplete") or expect.get("empty") else 1
    if several or len(scans) <= most:
        return []
    return [f"{len(scans)} scans found where {most} was expected"]


# --- HID-POS ---


def check_hid_pos(row: Row) -> list[str]:
    """One report, by itself; or several that belong together, one behind the other."""
    raw, expect = bytes_of(row), expect_of(row)
    reports = [raw[at : at + hid_pos.LENGTH] for at in range(0, len(raw), hid_pos.LENGTH)]
    report = hid_pos.parse(reports[0]) if reports else None
    if report is None:
        return compare(
            expect, {"error": ("report", "malformed", "invalid"), "incomplete": True, "data": None, "aim": None}
        )
    found: dict[str, Any] = {"report_id": raw[0], "length": raw[1], "continued": report.continued, "aim": report.aim}
    data = report.data.decode("latin-1")
    # In the second layout the identifier is part of the data.
    found |= {"incomplete": report.continued, "data": (data, (report.aim or "") + data) if raw[0] == 1 else data}
    if len(reports) > 1:
        joiner = HidPosJoiner()
        scans = [scan for each in reports for scan in joiner.feed(each, 0.0)] + joiner.expire(9.0)
        found |= (
            {"data": scans[0].data.decode("latin-1"), "incomplete": False} if len(scans) == 1 else {"incomplete": True}
        )
    return compare(expect, found | {"text": found["data"], "symbology": found["aim"]})


# --- host commands ---


_COMMAND_WORDS: dict[bytes, tuple[frozenset[str], ...]] = {
    b"\x06": (frozenset({"ack"}),),
    b"\x15": (frozenset({"nak"}), frozenset({"retransmit"}), frozenset({"resend"})),
    b"\x07": (frozenset({"bel"}),),
    b"\x18": (frozenset({"can"}), frozenset({"cancel"})),
    b"\x11": (frozenset({"xon"}),),
    b"\x13": (frozenset({"xoff"}),),
    b"B": (frozenset({"good", "read"}),),
    b"\x01": (frozenset({"good", "read"}),),
    b"E": (frozenset({"enable"}),),
    b"D": (frozenset({"disable"}),),
    b"R": (frozenset({"reset"}),),
}
"""The words of which one set must stand in a row's meaning."""


def check_host_command(row: Row) -> list[str]:
    """What one byte from the host means: the row says it in words of its own, so only the telling ones are compared."""
    expect, command = expect_of(row), bytes_of(row)
    if command not in HOST_COMMANDS:
        return ["no scanner here takes this byte"]
    if set(expect) != {"meaning"}:
        return [f"{name}: nobody here can judge it" for name in sorted(expect.keys() - {"meaning"})] or [
            "no meaning to compare"
        ]
    said = set(re.findall("[a-z]+", str(expect["meaning"]).casefold()))
    if any(words <= said for words in _COMMAND_WORDS[command]):
        return []
    return [f"meaning: {str(expect['meaning'])[:200]!r} expected but {HOST_COMMANDS[command]!r} found"]


CHECKS: dict[str, Check] = {
    "ssi": check_ssi,
    "serial": check_serial,
    "hid-pos": check_hid_pos,
    "wedge": check_wedge,
    "host-command": check_host_command,
}
