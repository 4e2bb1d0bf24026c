"""CAS indicators: the 22, 18 and 10 byte formats (CI-600D p. 74, CI-150A p. 55, NT-200 p. 49), sent unasked or on the device's number."""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import CR, LF, lines
from devices.codecs.scales.dialect import Commands, Dialect
from devices.codecs.scales.replies import Ignored, Reply, number, trouble, unit, weight
from devices.model import WeightState

COMMANDS = Commands(zero=b"ZE\r\n", tare=b"TR\r\n")
READ_TARE, READ_WEIGHT = b"KT\r\n", b"WT\r\n"

_FIGURE = re.compile(rb" *([+-]?) *(\d+(?:\.\d+)?)")
_22 = re.compile(rb"(ST|US|OL),(GS|NT),(.)(.),([ +\-\d.]{8}|[ -~]{8}) ?([A-Za-z ]{2})", re.DOTALL)
_18 = re.compile(rb"(ST|US|OL),(GS|NT),([ +\-\d.]{8}|[ -~]{8}) ?([A-Za-z ]{2})")
_10 = re.compile(rb"[ +\-\d.]{8}")
# The lamp byte of the 22 byte format.
ALWAYS, STABLE, HOLD, PRINT, GROSS, TARE, ZERO = 0x80, 0x40, 0x10, 0x08, 0x04, 0x02, 0x01


def _line(frame: bytes) -> bytes:
    # Spaces belong to the fields, so only the line end goes.
    return frame.strip(bytes([CR, LF]))


def parse_22(frame: bytes, at: float) -> Reply | None:
    """`ST,GS,` device lamp `,` weight unit; header and lamp must both say that the load stands still."""
    found = _22.fullmatch(_line(frame))
    if not found:
        return None
    header, kind, _, lamp, field, raw_unit = found.groups()
    lamps = lamp[0]
    if lamps & ALWAYS and header == b"ST" and not lamps & STABLE:
        header = b"US"
    details = (("hold", "yes"),) if lamps & ALWAYS and lamps & HOLD else ()
    return _reading(header, kind, field, raw_unit, frame, at, details)


def parse_18(frame: bytes, at: float) -> Reply | None:
    """The same without device and lamp."""
    found = _18.fullmatch(_line(frame))
    return _reading(found[1], found[2], found[3], found[4], frame, at, ()) if found else None


def parse_10(frame: bytes, at: float) -> Reply | None:
    """Eight characters of weight and nothing else: neither unit nor whether it stands still."""
    line = _line(frame)
    found = _FIGURE.fullmatch(line) if _10.fullmatch(line) else None
    return weight(number(found[1], found[2]), "", WeightState.UNKNOWN, frame, at) if found else None


def _reading(
    header: bytes,
    kind: bytes,
    field: bytes,
    raw_unit: bytes,
    frame: bytes,
    at: float,
    details: tuple[tuple[str, str], ...],
) -> Reply | None:
    named = unit(raw_unit)
    if header == b"OL":
        return trouble(WeightState.UNDER if b"-" in field else WeightState.OVER, frame, at, named or "", kind == b"NT")
    if not named:
        return Ignored("unit")
    found = _FIGURE.fullmatch(field)
    if not found:
        return None
    state = WeightState.STABLE if header == b"ST" else WeightState.UNSTABLE
    return weight(number(found[1], found[2]), named, state, frame, at, net=kind == b"NT", details=details)


CAS_22 = Dialect("cas-22", "CAS 22 bytes", parse_22, lines, COMMANDS, streaming=True, eight_bit=True)
CAS_18 = Dialect("cas-18", "CAS 18 bytes", parse_18, lines, COMMANDS, streaming=True)
CAS_10 = Dialect("cas-10", "CAS 10 bytes", parse_10, lines, COMMANDS, streaming=True, has_stability=False)
