"""Toledo 8217, spoken by checkout scales and by Magellan and Diva scanner scales: one letter asks, `STX 01.234 CR` answers.

While there is no weight the answer is `STX ? status CR` (Magellan 8500/DIVA service manual p. 45).
"""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import CR, STX, block
from devices.codecs.scales.dialect import Commands, Dialect, Line
from devices.codecs.scales.replies import Ack, Fault, Ignored, Reply, Status, number, trouble, weight
from devices.model import Reading, Reason, WeightState

COMMANDS = Commands(ask=b"W", zero=b"Z", tare=b"T\r", clear=b"C", probe=b"Ehello")
LEAVE_ECHO = b"F"

_WEIGHT = re.compile(rb"\x02 *(\d{1,6}\.\d{2,3})(N?)\r")
_STATUS = re.compile(rb"\x02\?(.)\r", re.DOTALL)
_ECHO = re.compile(rb"\x02([EF])\r")
MOTION, OVER, UNDER, ZERO_RANGE, ZERO, NET, ALWAYS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40


def parse(frame: bytes, at: float) -> Reply | None:
    """One frame, received at `at`; None for garbage. The unit is the scale's configuration: two decimals are pounds, three kilograms."""
    found = _WEIGHT.fullmatch(frame)
    if found:
        value = number(b"", found[1])
        named = "lb" if value.as_tuple().exponent == -2 else "kg"
        return weight(value, named, WeightState.STABLE, frame, at, net=bool(found[2]))
    found = _STATUS.fullmatch(frame)
    if found:
        return _status(found[1][0], frame, at)
    found = _ECHO.fullmatch(frame)
    return Ack("echo", done=True, stage="on" if found[1] == b"E" else "off") if found else None


def follow(reply: Reply) -> bytes:
    """The probe put the scale into echo mode: leave it."""
    return LEAVE_ECHO if reply == Ack("echo", done=True, stage="on") else b""


def _status(bits: int, frame: bytes, at: float) -> Reply | None:
    if not bits & ALWAYS or bits & 0x80:
        return None
    if bits & OVER and bits & UNDER:
        return Ignored("contradiction")
    net = bool(bits & NET)
    state = condition(bits)
    if state is not None:
        return with_status(trouble(state, frame, at, net=net), bits)
    if bits & ZERO_RANGE:
        return Fault(Reason.NEEDS_ZERO, "outside-zero-range", details=(("status-byte", str(bits)),))
    if bits & ZERO:
        # The centre of the gross zero: what the net weight is, the frame does not say.
        if net:
            return Status(WeightState.ZERO, net=True, details=(("status-byte", str(bits)),))
        return with_status(trouble(WeightState.ZERO, frame, at), bits)
    return Ack("", done=True, stage="done")


def condition(bits: int) -> WeightState | None:
    """Why there is no weight, out of the three low bits that 8217 and 8213 share."""
    if bits & OVER:
        return WeightState.OVER
    if bits & UNDER:
        return WeightState.UNDER
    return WeightState.UNSTABLE if bits & MOTION else None


def with_status(reading: Reading, bits: int) -> Reading:
    """The reading with the status byte that it came from among its details."""
    return Reading(
        reading.value,
        reading.unit,
        reading.state,
        reading.raw,
        reading.at,
        reading.net,
        details=(("status-byte", str(bits)),),
    )


DIALECT = Dialect(
    "toledo-8217",
    "Toledo 8217",
    parse,
    block(STX, CR),
    COMMANDS,
    Line(9600, 7, "E"),
    unit_told=False,
    follow=follow,
)
