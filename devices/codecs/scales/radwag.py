"""Radwag: `SI  ?     12.300 kg CR LF`, command, stability, sign, nine characters, unit (PS manual p. 82, WTC p. 48)."""

from __future__ import annotations

import re

from devices.codecs.scales.cutting import lines
from devices.codecs.scales.dialect import Commands, Dialect
from devices.codecs.scales.replies import Ack, Fault, Ignored, Reply, number, trouble, unit, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(ask=b"SI\r\n", ask_stable=b"S\r\n", zero=b"Z\r\n", tare=b"T\r\n")

# The manual's fields are fixed in width; terminals of other makers that speak this dialect pad as they like.
_WEIGHT = re.compile(rb"(S|SI|SU|SUI) +(?:([?^v]) )? *([+-]?) *(\d+(?:\.\d+)?) +([A-Za-z%]{1,3})")
_OUT_OF_RANGE = re.compile(rb"(S|SI|SU|SUI) +([\^v])(?: [ .\d+^v_-]*([A-Za-z]{1,3})?)?")
_ANSWER = re.compile(rb"([A-Z][A-Z0-9]{0,3}) {1,3}([ADEI^v])(?: .{0,20})?")
_COMMANDS = {
    b"Z": "zero",
    b"T": "tare",
    b"S": "weight",
    b"SI": "weight",
    b"SU": "weight",
    b"SUI": "weight",
    b"OT": "tare-set",
}
_REFUSALS = {b"E": WeightState.BUSY, b"I": WeightState.BUSY, b"^": WeightState.OVER, b"v": WeightState.UNDER}
_STAGES = {b"A": "accepted", b"D": "done", b"E": "timeout", b"I": "not-available", b"^": "over", b"v": "under"}
_RANGES = {b"^": WeightState.OVER, b"v": WeightState.UNDER}


def parse(frame: bytes, at: float) -> Reply | None:
    """One line, received at `at`; None for garbage."""
    line = frame.strip()
    found = _WEIGHT.fullmatch(line)
    if found:
        return _reading(found, frame, at)
    if line == b"ES":
        return Fault(Reason.SYNTAX, "unknown-command")
    found = _OUT_OF_RANGE.fullmatch(line)
    if found and found[3]:
        return trouble(_RANGES[found[2]], frame, at, unit(found[3]) or "")
    answer = _ANSWER.fullmatch(line)
    if not answer:
        return None
    command, word = _COMMANDS.get(answer[1], answer[1].decode("ascii").lower()), answer[2]
    return Ack(command, done=word not in _REFUSALS, stage=_STAGES[word], state=_REFUSALS.get(word))


def _reading(found: re.Match[bytes], frame: bytes, at: float) -> Reply | None:
    _, mark, sign, figure, raw_unit = found.groups()
    named = unit(raw_unit)
    if named is None:
        return Ignored("unit")
    if mark in _RANGES:
        return trouble(_RANGES[mark], frame, at, named)
    state = WeightState.UNSTABLE if mark == b"?" else WeightState.STABLE
    return weight(number(sign, figure), named, state, frame, at)


DIALECT = Dialect("radwag", "Radwag", parse, lines, COMMANDS, confirms=True)
