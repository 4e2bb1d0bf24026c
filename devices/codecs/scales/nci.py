"""NCI SCP-01, spoken by Weigh-Tronix, Fairbanks, Ohaus Aviator, Adam and many parcel scales: `LF 0012.34LB CR LF S00 CR ETX`.

The two or three status characters carry their bits in the low four, above a fixed 0x30 (Fairbanks PC2250 manual p. 61).
"""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import ETX, LF, block
from devices.codecs.scales.dialect import Commands, Dialect, Line
from devices.codecs.scales.replies import Fault, Ignored, Reply, Status, number, trouble, unit, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(ask=b"W\r", zero=b"Z\r", tare=b"T\r", probe=b"S\r")
HIGH_RESOLUTION = b"H\r"

_STATUS = rb"S?([\x30-\x3f\x70-\x7f]{2,4})"
_FULL = re.compile(rb"\n *([+-]?) *(\d+\.?\d*|\.\d+) *([A-Za-z]{1,3})\r\n" + _STATUS + rb"\r\x03")
_MARKS = re.compile(rb"\n *([\^_-]{3,})[\^_. -]* *([A-Za-z]{0,3})(?:\r\n" + _STATUS + rb")?\r\x03")
_ONLY = re.compile(rb"\n" + _STATUS + rb"\r\x03")
_UNKNOWN = re.compile(rb"\n\?\r\x03")
_MARK_STATES = {ord("^"): WeightState.OVER, ord("_"): WeightState.UNDER}
_MORE = 0x40
_FAULT_BITS = (
    # (which character, bit, what it says)
    (0, 0x04, Fault(Reason.OTHER, "ram-error")),
    (0, 0x08, Fault(Reason.OTHER, "eeprom-error")),
    (1, 0x04, Fault(Reason.OTHER, "rom-error")),
    (1, 0x08, Fault(Reason.NEEDS_CALIBRATION, "needs-calibration")),
    (2, 0x08, Fault(Reason.NEEDS_ZERO, "initial-zero-error")),
)


def parse(frame: bytes, at: float) -> Reply | None:
    """One frame from LF to ETX, received at `at`; None for garbage."""
    found = _FULL.fullmatch(frame)
    if found:
        return _with_figure(found, frame, at)
    found = _MARKS.fullmatch(frame)
    if found:
        mark = found[1][0]
        if mark in _MARK_STATES:
            return trouble(_MARK_STATES[mark], frame, at, unit(found[2]) or "")
        return Fault(Reason.NEEDS_ZERO, "zero", unit(found[2]) or "")
    found = _ONLY.fullmatch(frame)
    if found:
        return status(found[1], frame, at)
    return Fault(Reason.SYNTAX, "unknown-command") if _UNKNOWN.fullmatch(frame) else None


def _with_figure(found: re.Match[bytes], frame: bytes, at: float) -> Reply | None:
    named = unit(found[3])
    said = status(found[4], frame, at)
    if named is None:
        return Ignored("unit")
    if isinstance(said, Status) or (said is not None and said_zero(said)):
        net = isinstance(said, Status) and said.net
        return weight(number(found[1], found[2]), named, WeightState.STABLE, frame, at, net=net)
    if said is not None and said_moving(said):
        return weight(number(found[1], found[2]), named, WeightState.UNSTABLE, frame, at)
    return said


def said_zero(reply: Reply) -> bool:
    """True when a status alone says that the scale stands at zero."""
    return getattr(reply, "state", None) is WeightState.ZERO


def said_moving(reply: Reply) -> bool:
    """True when a status alone says that the load moves."""
    return getattr(reply, "state", None) is WeightState.UNSTABLE


def status(characters: bytes, frame: bytes, at: float) -> Reply | None:
    """What the status characters say by themselves. Bit 6 of the second and third announces one more; None when their number is wrong."""
    if len(characters) != _expected(characters):
        return None
    for which, bit, fault in _FAULT_BITS:
        if which < len(characters) and characters[which] & bit:
            return fault
    net = len(characters) > 2 and bool(characters[2] & 0x04)
    if characters[1] & 0x03 == 0x03:
        return Ignored("contradiction")
    if characters[1] & 0x03:
        return trouble(WeightState.UNDER if characters[1] & 0x01 else WeightState.OVER, frame, at, net=net)
    if characters[0] & 0x01:
        return trouble(WeightState.UNSTABLE, frame, at, net=net)
    if characters[0] & 0x02 and not net:
        return trouble(WeightState.ZERO, frame, at)
    return Status(WeightState.STABLE, net=net)


def _expected(characters: bytes) -> int:
    count = 2
    while count <= len(characters) and characters[count - 1] & _MORE:
        count += 1
    return count


DIALECT = Dialect(
    "nci",
    "NCI SCP-01 (Weigh-Tronix)",
    parse,
    block(LF, ETX, inner=True),
    COMMANDS,
    Line(9600, 7, "E"),
)
