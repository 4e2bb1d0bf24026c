"""Ohaus: `   12.345 kg   ?G  CR LF` (Defender 3000 p. 37: polarity, seven characters, five of unit, stability, legend).

Ranger RC (p. 36) and Scout send a shorter line with the same fields and less padding.
"""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import lines
from devices.codecs.scales.dialect import Commands, Dialect
from devices.codecs.scales.replies import Ack, Fault, Ignored, Reply, Status, number, trouble, unit, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(ask=b"IP\r\n", ask_stable=b"SP\r\n", zero=b"Z\r\n", tare=b"T\r\n")
STREAM, STOP, TO_MT_SICS, BACK_TO_OHAUS = b"CP\r\n", b"0P\r\n", b"PSI\r\n", b"POH\r\n"

_WEIGHT = re.compile(rb" *([+-]?) *(\d+\.?\d*|\.\d+) +([A-Za-z%]{1,5}) *(\?)? *([A-Za-z/]*)")
_RANGE = re.compile(rb" *(?:(OL|\^+|-*OVER-*)|(UL|_+|-*UNDER-*)) *(?:[A-Za-z]{1,3})?", re.IGNORECASE)
_ERROR = re.compile(rb"Err(?:or)?[ .:]*(\d{1,2}(?:\.\d{1,2})?)", re.IGNORECASE)
_GROSS, _NET, _TARE = (b"", b"G", b"B", b"B/G"), (b"N", b"NET"), (b"T", b"PT", b"TARE")
# What the display of Defender and Ranger says when the load is beyond the range.
_RANGE_ERRORS = {"8.3": WeightState.OVER, "8.4": WeightState.UNDER}
_ZERO_ERRORS = ("8.1", "8.2")


def parse(frame: bytes, at: float) -> Reply | None:
    """One line, received at `at`; None for garbage."""
    line = frame.strip()
    if line == b"ES":
        return Fault(Reason.SYNTAX, "unknown-command")
    if line in (b"OK!", b"OK"):
        return Ack("", done=True, stage="accepted")
    found = _WEIGHT.fullmatch(line)
    if found:
        return _weight(found, frame, at)
    found = _RANGE.fullmatch(line)
    if found and line:
        return trouble(WeightState.OVER if found[1] else WeightState.UNDER, frame, at)
    found = _ERROR.fullmatch(line)
    return _error(found[1].decode("ascii"), frame, at) if found else None


def _weight(found: re.Match[bytes], frame: bytes, at: float) -> Reply | None:
    sign, figure, raw_unit, moving, legend = found.groups()
    named = unit(raw_unit)
    if named is None:
        return Ignored("unit")
    value = number(sign, figure)
    state = WeightState.UNSTABLE if moving else WeightState.STABLE
    if legend in _TARE:
        return Status(state, tare=value, unit=named)
    if legend not in _GROSS + _NET:
        return Ignored("total")
    return weight(value, named, state, frame, at, net=legend in _NET)


def _error(code: str, frame: bytes, at: float) -> Reply:
    if code in _RANGE_ERRORS:
        return trouble(_RANGE_ERRORS[code], frame, at)
    return Fault(Reason.NEEDS_ZERO if code in _ZERO_ERRORS else Reason.OTHER, f"Err {code}")


DIALECT = Dialect("ohaus", "Ohaus", parse, lines, COMMANDS)
