"""Adam: a label line such as `  1.234kg CR LF`, or NCI framing on the MDW (manual p. 15), one or the other by the scale's settings.

The label does not say whether the load stands still, and an AZextra answers only when it has a new weight.
"""

from __future__ import annotations

import re

from devices.codecs.scales import nci
from devices.codecs.scales.cutting import ETX, lines
from devices.codecs.scales.dialect import Commands, Dialect, Line
from devices.codecs.scales.replies import Fault, Ignored, Reply, Status, number, trouble, unit, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(ask=b"P\r\n", zero=b"Z\r\n", tare=b"T\r\n")

_LABEL = re.compile(
    rb"(?:(GROSS|NET|TARE|G/W|N/W|T/W|GS|NT|TR|G|N|T)[ ,:.]+)? *([+-]?) *(\d+\.?\d*|\.\d+) *([A-Za-z]{1,3})"
)
_MARKS = re.compile(rb"([\^_-]{3,}) *([A-Za-z]{0,3})")
_STATUS = re.compile(rb"S([\x30-\x3f\x70-\x7f]{2,4})")
_NET = (b"NET", b"N/W", b"NT", b"N")
_TARE = (b"TARE", b"T/W", b"TR", b"T")


def parse(frame: bytes, at: float) -> Reply | None:
    """One line, received at `at`; None for garbage and for lines that only decorate a label."""
    line = frame.strip(b"\r\n \x03")
    found = _LABEL.fullmatch(line)
    if found:
        return _label(found, frame, at)
    found = _STATUS.fullmatch(line)
    if found:
        return nci.status(found[1], frame, at)
    found = _MARKS.fullmatch(line)
    if found:
        named = unit(found[2]) or ""
        if found[1].startswith(b"-"):
            return Fault(Reason.NEEDS_ZERO, "zero", named)
        return trouble(WeightState.OVER if found[1].startswith(b"^") else WeightState.UNDER, frame, at, named)
    return Fault(Reason.SYNTAX, "unknown-command") if line in (b"?", b"ES") else None


def _label(found: re.Match[bytes], frame: bytes, at: float) -> Reply | None:
    legend, sign, figure, raw_unit = found.groups()
    named = unit(raw_unit)
    if not named:
        return Ignored("unit")
    value = number(sign, figure)
    if legend in _TARE:
        return Status(WeightState.UNKNOWN, tare=value, unit=named)
    return weight(value, named, WeightState.UNKNOWN, frame, at, net=legend in _NET)


def measure(pending: bytes, silent: bool) -> int:
    """See cutting.Measure: lines; the ETX that ends NCI framing stands between them."""
    return -1 if pending[0] == ETX else lines(pending, silent)


DIALECT = Dialect(
    "adam",
    "Adam Equipment",
    parse,
    measure,
    COMMANDS,
    Line(4800),
    has_stability=False,
    min_poll_s=0.1,
    silence_is_normal=True,
)
