"""MT-SICS, the Mettler-Toledo command set (manual 11780711): upper case lines ended by CR LF.

A weight is `S S     100.00 g`: command echo, S(table) or D(ynamic), ten right-aligned characters, unit.
"""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import lines
from devices.codecs.scales.dialect import Commands, Dialect
from devices.codecs.scales.replies import Ack, Fault, Identity, Ignored, Reply, identity, number, trouble, unit, weight
from devices.model import Reading, Reason, WeightState

COMMANDS = Commands(ask=b"SI\r\n", ask_stable=b"S\r\n", zero=b"Z\r\n", tare=b"T\r\n", clear=b"TAC\r\n", probe=b"@\r\n")

_ECHO = rb"(?:S|SI|SIR|SIU|SNR|SR|SIX1)"
# "SI S ..." is no answer of the manual's, but some units and the emulator on PyPI give it.
_WEIGHT = re.compile(_ECHO + rb" +([SD]) +([+-]?) *(\d+(?:\.\d+)?|\.\d+)(?:\[(\d+)\])? *([A-Za-z%]+)")
_STATE = {b"I": WeightState.BUSY, b"+": WeightState.OVER, b"-": WeightState.UNDER}
_NO_WEIGHT = re.compile(_ECHO + rb" +([I+-])")
_ACKS = {b"Z": "zero", b"ZI": "zero", b"T": "tare", b"TI": "tare", b"TA": "tare-set", b"TAC": "tare-clear"}
_ACKS |= {b"D": "display", b"DW": "display-weight"}
_STAGES = {b"A": "accepted", b"S": "stable", b"D": "dynamic"}
_ACK = re.compile(rb"(Z|ZI|T|TI|TA|TAC|D|DW) +([ASDIL+-])(?: +([+-]?) *(\d+(?:\.\d+)?) *([A-Za-z]+))?")
_IDENTITY = re.compile(rb'I([0-9]|1[0-9]) +[AB] +(?:\d+ +)?"?([^"]*)"?(?: +"[^"]*")*')
_KINDS = {b"0": "commands", b"1": "level", b"2": "model", b"3": "software", b"4": "serial", b"10": "name"}
_FAULTS = {
    b"ES": Fault(Reason.SYNTAX, "syntax"),
    b"ET": Fault(Reason.TRANSMISSION, "transmission"),
    b"EL": Fault(Reason.LOGICAL, "logical"),
}
_RANGE = re.compile(rb"\s+\d*\.?\d+\s*[A-Za-z]+$")


def parse(frame: bytes, at: float) -> Reply | None:
    """One line, received at `at`; None for garbage. Lenient about spaces and about `SI S`."""
    line = frame.strip()
    if line in _FAULTS:
        return _FAULTS[line]
    found = _WEIGHT.fullmatch(line)
    if found:
        return _reading(found, frame, at)
    found = _NO_WEIGHT.fullmatch(line)
    if found:
        return trouble(_STATE[found[1]], frame, at)
    found = _ACK.fullmatch(line)
    if found:
        return _ack(found)
    found = _IDENTITY.fullmatch(line)
    return _identity(found) if found else None


def _reading(match: re.Match[bytes], frame: bytes, at: float) -> Reading | Ignored:
    stability, sign, figure, auxiliary, raw_unit = match.groups()
    named = unit(raw_unit)
    if named is None:
        return Ignored("unit")
    # "100.0[3] g": the bracketed digit is finer than the verified division, still part of the figure.
    value = number(sign, figure + (auxiliary or b""))
    details = (("unverified-digit", "yes"),) if auxiliary else ()
    state = WeightState.STABLE if stability == b"S" else WeightState.UNSTABLE
    return weight(value, named, state, frame, at, details=details)


def _ack(match: re.Match[bytes]) -> Ack:
    command, answer, sign, tare, raw_unit = match.groups()
    if answer in _STATE:
        return Ack(_ACKS[command], done=False, state=_STATE[answer])
    if answer == b"L":
        return Ack(_ACKS[command], done=False, state=WeightState.ERROR)
    value = number(sign, tare) if tare else None
    return Ack(
        _ACKS[command], done=True, stage=_STAGES[answer], tare=value, unit=(unit(raw_unit) or "") if raw_unit else ""
    )


def _identity(match: re.Match[bytes]) -> Identity:
    kind = _KINDS.get(match[1], f"inquiry-{int(match[1])}")
    # I2 is the model with its capacity: "XS204 Excellence 220.0090 g".
    return identity(kind, _RANGE.sub(b"", match[2].strip()) if kind == "model" else match[2])


DIALECT = Dialect("mt-sics", "Mettler-Toledo MT-SICS", parse, lines, COMMANDS, confirms=True)
