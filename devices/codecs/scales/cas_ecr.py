"""CAS ECR, also called AP-1 and type 6: ENQ is answered by ACK, DC1 by `SOH STX S 01.234kg bcc ETX EOT` (CAS PD-II p. 23, SW-II p. 16)."""

from __future__ import annotations

import re
from functools import reduce
from operator import xor

from devices.codecs.scales.cutting import ACK, ETX, NAK, SOH
from devices.codecs.scales.dialect import Commands, Dialect
from devices.codecs.scales.replies import Ack, Ignored, Reply, number, trouble, unit, weight
from devices.model import WeightState

ENQ, DC1, DC2 = b"\x05", b"\x11", b"\x12"
COMMANDS = Commands(ask=ENQ)

LENGTH = 15
_FRAME = re.compile(rb"\x01\x02([SU])([ F+-])([ \d.F-]{6})([A-Za-z ]{2})(.)\x03\x04", re.DOTALL)
_FIGURE = re.compile(rb" *(\d+(?:\.\d+)?)")


def checksum(block: bytes) -> int:
    """BCC: exclusive or from the status to the unit."""
    return reduce(xor, block, 0)


def measure(pending: bytes, silent: bool) -> int:
    """See cutting.Measure. The BCC may be any byte, so a frame is known by its length and its end."""
    first = pending[0]
    if first in (ACK, NAK):
        return 1
    if first != SOH:
        return -1
    if len(pending) < LENGTH:
        return 0
    return LENGTH if pending[-2:] == bytes([ETX, 0x04]) else -1


def parse(frame: bytes, at: float) -> Reply | None:
    """One frame or single byte, received at `at`; None for garbage."""
    if frame == bytes([ACK]):
        return Ack("ready", done=True, stage="accepted")
    if frame == bytes([NAK]):
        return trouble(WeightState.BUSY, frame, at)
    found = _FRAME.fullmatch(frame)
    if not found:
        return None
    status, sign, figure, raw_unit, check = found.groups()
    if check[0] != checksum(frame[2:-3]):
        return Ignored("checksum")
    named = unit(raw_unit)
    if sign == b"F" or b"F" in figure:
        return trouble(WeightState.OVER, frame, at, named or "")
    if not named:
        return Ignored("unit")
    digits = _FIGURE.fullmatch(figure)
    if not digits:
        return None
    state = WeightState.STABLE if status == b"S" else WeightState.UNSTABLE
    value = number(sign.strip(), digits[1])
    return weight(value, named, state, frame, at, details=(("checksum", "ok"),))


def follow(reply: Reply) -> bytes:
    """ACK says that a weight is ready: fetch it."""
    return DC1 if isinstance(reply, Ack) else b""


DIALECT = Dialect(
    "cas-ecr",
    "CAS ECR / AP-1 / type 6",
    parse,
    measure,
    COMMANDS,
    checksum="always",
    follow=follow,
)
