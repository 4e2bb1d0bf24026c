"""A&D standard format: `ST,+0001.234 kg CR LF`, header, nine characters, unit (A&D GC series manual p. 51)."""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import ACK, CR, LF, lines
from devices.codecs.scales.dialect import Commands, Dialect, Line
from devices.codecs.scales.replies import Ack, Fault, Ignored, Reply, Status, number, trouble, unit, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(ask=b"Q\r\n", ask_stable=b"S\r\n", zero=b"Z\r\n", tare=b"T\r\n")
STREAM, STOP = b"SIR\r\n", b"C\r\n"

_FRAME = re.compile(rb"(ST|US|OL|QT|WT),(?:(GS|NT|TR|LO|OK|HI),)?([+-]?) *([\d.]+)(E[+-]\d+)? *([A-Za-z%]{0,3})")
_FIGURE = re.compile(rb"\d+(?:\.\d+)?")
_ERROR = re.compile(rb"EC,(E\d{2})")
_TEACH = {b"LO": "LO", b"OK": "OK", b"HI": "HI"}


def measure(pending: bytes, silent: bool) -> int:
    """See cutting.Measure: lines, and the ACK that stands by itself."""
    return 1 if pending[0] == ACK and len(pending) == 1 else lines(pending, silent)


def parse(frame: bytes, at: float) -> Reply | None:
    """One line, received at `at`; None for garbage."""
    if frame == bytes([ACK]):
        return Ack("", done=True, stage="accepted")
    line = frame.strip(bytes([CR, LF]) + b" ")
    found = _ERROR.fullmatch(line)
    if found:
        return Fault(Reason.SYNTAX if found[1] == b"E01" else Reason.OTHER, found[1].decode("ascii"))
    found = _FRAME.fullmatch(line)
    return _reading(found, frame, at) if found else None


def _reading(found: re.Match[bytes], frame: bytes, at: float) -> Reply | None:
    header, second, sign, figure, exponent, raw_unit = found.groups()
    named = unit(raw_unit)
    if header == b"OL":
        # The field is no number: all nines, or +9999999E+19.
        return trouble(WeightState.UNDER if sign == b"-" else WeightState.OVER, frame, at, named or "")
    if named is None:
        return Ignored("unit")
    if exponent or not _FIGURE.fullmatch(figure):
        return None
    value = number(sign, figure)
    if second == b"TR":
        return Status(WeightState.STABLE, tare=value, unit=named)
    details = (("compare", _TEACH[second]),) if second in _TEACH else ()
    state = WeightState.UNSTABLE if header == b"US" else WeightState.STABLE
    return weight(value, "pcs" if header == b"QT" else named, state, frame, at, net=second == b"NT", details=details)


DIALECT = Dialect("aandd", "A&D standard format", parse, measure, COMMANDS, Line(2400, 7, "E"))
