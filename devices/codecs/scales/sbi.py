"""Sartorius SBI: 16 characters, or 22 with an identification of six before them (Entris II p. 3, LE2202S p. 51, GC803S p. 57).

`+   123.56 g  CR LF`: sign, space, eight characters of weight, space, three of unit. A blank unit means that the load moves.
"""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import CR, LF, lines
from devices.codecs.scales.dialect import Commands, Dialect, Line
from devices.codecs.scales.replies import Fault, Ignored, Reply, Status, identity, number, trouble, unit, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(ask=b"\x1bP\r\n", zero=b"\x1bV\r\n", tare=b"\x1bU\r\n", probe=b"\x1bx1_\r\n")
TARE_AND_ZERO, RESTART = b"\x1bT\r\n", b"\x1bS\r\n"

_BODY = re.compile(rb"([+\- ]) ([ \d.\[\]]{8}) (.{3})", re.DOTALL)
_FIGURE = re.compile(rb" *(\d+\.?\d*)(?:\[(\d)\])? *")
_IDENTIFIED = re.compile(rb"[A-Z][A-Za-z0-9#]{0,5} *| {6}")
_SPECIAL = re.compile(
    rb" *(Stat\b)? *(?:(HIGH|H)|(LOW|L)|(OFF)|ERR?[. ]*(\d{1,3})|(-{2,}|CAL\.?|))[ .]*", re.IGNORECASE
)
_MODEL = re.compile(rb"(?=.*\d)[A-Z][A-Za-z0-9 ._/-]{4,19}")
_SHORT, _LONG = 14, 20


def parse(frame: bytes, at: float) -> Reply | None:
    """One line of either length, received at `at`; None for garbage."""
    line = frame.strip(bytes([CR, LF]))
    if len(line) > _LONG:
        return None
    # Units may be cut short by something between that trims lines.
    padded = line.ljust(_SHORT if len(line) <= _SHORT else _LONG)
    found = _BODY.fullmatch(padded[-_SHORT:])
    ident = padded[:-_SHORT]
    if found and (not ident or _IDENTIFIED.fullmatch(ident)):
        return _weight(found, ident.strip(), frame, at)
    special = _SPECIAL.fullmatch(line)
    if special and line.strip():
        return _special(special, frame, at)
    return identity("model", line) if _MODEL.fullmatch(line.strip()) else None


def _weight(found: re.Match[bytes], ident: bytes, frame: bytes, at: float) -> Reply | None:
    sign, field, raw_unit = found.groups()
    digits = _FIGURE.fullmatch(field)
    named = unit(raw_unit)
    if not digits:
        return None
    if named is None:
        return Ignored("unit")
    # "123.5[6] g": the bracketed digit is finer than the verified division, still part of the figure.
    value = number(sign.strip(), digits[1] + (digits[2] or b""))
    details = (("unverified-digit", "yes"),) if digits[2] else ()
    state = WeightState.STABLE if named else WeightState.UNSTABLE
    if ident.startswith(b"T"):
        return Status(state, tare=value, unit=named)
    return weight(value, named, state, frame, at, net=ident.startswith(b"N"), details=details)


def _special(found: re.Match[bytes], frame: bytes, at: float) -> Reply | None:
    _, high, low, off, error, _ = found.groups()
    if high:
        return trouble(WeightState.OVER, frame, at)
    if low:
        return trouble(WeightState.UNDER, frame, at)
    if off:
        return trouble(WeightState.OFF, frame, at)
    if error:
        return Fault(Reason.OTHER, f"ERR {error.decode('ascii')}")
    return trouble(WeightState.BUSY, frame, at)


SBI_16 = Dialect(
    "sartorius-sbi-16", "Sartorius SBI, 16 characters", parse, lines, COMMANDS, Line(1200, 7, "O"), unit="g"
)
SBI_22 = Dialect("sartorius-sbi-22", "Sartorius SBI, 22 characters", parse, lines, COMMANDS, unit="g")
