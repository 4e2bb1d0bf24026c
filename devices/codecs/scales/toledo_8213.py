"""Toledo 8213 (Rice Lake BenchPro manual p. 26, Salter Brecknell 3700LP p. 11): as 8217, but status bits 5 and 6 are always 1.

A weight without a decimal point is in grams.
"""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import CR, STX, block
from devices.codecs.scales.dialect import Commands, Dialect, Line
from devices.codecs.scales.replies import Fault, Ignored, Reply, number, trouble, weight
from devices.codecs.scales.toledo_8217 import OVER, UNDER, ZERO, ZERO_RANGE, condition, with_status
from devices.model import Reason, WeightState

COMMANDS = Commands(ask=b"W", zero=b"Z")
HIGH_RESOLUTION = b"H"

_WEIGHT = re.compile(rb"\x02 *(\d{1,6}\.\d{2,3})\r")
_GRAMS = re.compile(rb"\x02(\d{5,6})\r")
_STATUS = re.compile(rb"\x02\?(.)\r", re.DOTALL)
_ALWAYS = 0x60


def parse(frame: bytes, at: float) -> Reply | None:
    """One frame, received at `at`; None for garbage."""
    found = _WEIGHT.fullmatch(frame)
    if found:
        value = number(b"", found[1])
        return weight(value, "lb" if value.as_tuple().exponent == -2 else "kg", WeightState.STABLE, frame, at)
    found = _GRAMS.fullmatch(frame)
    if found:
        return weight(number(b"", found[1]), "g", WeightState.STABLE, frame, at)
    found = _STATUS.fullmatch(frame)
    return _status(found[1][0], frame, at) if found else None


def _status(bits: int, frame: bytes, at: float) -> Reply | None:
    if bits & _ALWAYS != _ALWAYS or bits & 0x80:
        return None
    if bits & OVER and bits & UNDER:
        return Ignored("contradiction")
    state = condition(bits)
    if state is not None:
        return with_status(trouble(state, frame, at), bits)
    if bits & ZERO_RANGE:
        return Fault(Reason.NEEDS_ZERO, "initial-zero-error", details=(("status-byte", str(bits)),))
    if bits & ZERO:
        return with_status(trouble(WeightState.ZERO, frame, at), bits)
    return Fault(Reason.SYNTAX, "unknown-command")


DIALECT = Dialect(
    "toledo-8213",
    "Toledo 8213",
    parse,
    block(STX, CR),
    COMMANDS,
    Line(9600, 7, "E"),
    unit_told=False,
)
