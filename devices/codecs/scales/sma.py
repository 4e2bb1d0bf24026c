"""SMA SCP-0499, the protocol of the American Scale Manufacturers Association: `LF s r n m f xxxxxx.xxx uuu CR`, twenty characters.

Sources: Sartorius PR5210 p. 37, Fairbanks FB2550, Cardinal 190.
"""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import CR, LF, block
from devices.codecs.scales.dialect import Commands, Dialect
from devices.codecs.scales.replies import Ack, Fault, Ignored, Reply, Status, identity, number, trouble, unit, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(ask=b"\nW\r", ask_stable=b"\nP\r", zero=b"\nZ\r", tare=b"\nT\r", clear=b"\nC\r", probe=b"\nA\r")

_WEIGHT = re.compile(rb"\n([ZOUEIT ])(.)([GTNgn])([M ])(.)([ \d.+-]{10})([A-Za-z% ]{3})\r")
_NO_FIGURE = re.compile(rb"\n([ZOUEIT ])(.)([GTNgn ])([M ])(.)([ .+^_-]{10})([A-Za-z% ]{3})\r")
_FIGURE = re.compile(rb" *([+-]?) *(\d+\.?\d*|\.\d+)")
_ABOUT = re.compile(rb"\n(SMA|MFG|MOD|REV|SN|OP\d|END):([ -~]{0,40})\r")
_DIAGNOSTICS = re.compile(rb"\n([R ])([E ])([C ])([ -~]?)\r")
_KINDS = {b"SMA": "about", b"MFG": "manufacturer", b"MOD": "model", b"REV": "software", b"SN": "serial", b"END": "end"}
_ERRORS = {
    b"E": Fault(Reason.NEEDS_ZERO, "zero"),
    b"I": Fault(Reason.NEEDS_ZERO, "initial-zero"),
    b"T": Fault(Reason.LOGICAL, "tare"),
}
_RANGES = {b"O": WeightState.OVER, b"U": WeightState.UNDER}
_PARTS = ("ram-or-rom-error", "eeprom-error", "needs-calibration")


def parse(frame: bytes, at: float) -> Reply | None:
    """One frame from LF to CR, received at `at`; None for garbage."""
    found = _WEIGHT.fullmatch(frame) or _NO_FIGURE.fullmatch(frame)
    if found:
        return _weight(found, frame, at)
    if frame == b"\n?\r":
        return Fault(Reason.SYNTAX, "unknown-command")
    if frame == b"\n!\r":
        return Fault(Reason.TRANSMISSION, "transmission")
    found = _ABOUT.fullmatch(frame)
    if found:
        kind = _KINDS.get(found[1], found[1].decode("ascii").lower())
        return identity(kind, (b"SMA:" if found[1] == b"SMA" else b"") + found[2].strip())
    found = _DIAGNOSTICS.fullmatch(frame)
    return _diagnostics(found) if found else None


def _weight(found: re.Match[bytes], frame: bytes, at: float) -> Reply | None:
    state, _, kind, motion, _, raw_figure, raw_unit = found.groups()
    named = unit(raw_unit)
    if named is None:
        return Ignored("unit")
    if state in _ERRORS:
        fault = _ERRORS[state]
        return Fault(fault.reason, fault.word, named)
    net = kind in b"Nn"
    if state in _RANGES:
        return trouble(_RANGES[state], frame, at, named, net)
    figure = _FIGURE.fullmatch(raw_figure)
    if not figure:
        return None
    value = number(figure[1], figure[2])
    if kind == b"T":
        return Status(WeightState.UNSTABLE if motion == b"M" else WeightState.STABLE, tare=value, unit=named)
    # "Z" is the centre of zero of the gross weight: with a figure beside it that is none, one of the two was damaged on the way.
    if state == b"Z" and value and not net:
        return Ignored("contradiction")
    steady = WeightState.UNSTABLE if motion == b"M" else WeightState.STABLE
    return weight(value, named, steady, frame, at, net=net)


def _diagnostics(found: re.Match[bytes]) -> Reply:
    for flag, word in zip(found.groups()[:3], _PARTS, strict=True):
        if flag != b" ":
            return Fault(Reason.NEEDS_CALIBRATION if word == "needs-calibration" else Reason.OTHER, word)
    return Ack("diagnostics", done=True, stage="done")


DIALECT = Dialect("sma", "SMA SCP-0499", parse, block(LF, CR), COMMANDS)
