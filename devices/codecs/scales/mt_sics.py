"""MT-SICS, the Mettler-Toledo command set (manual 11780711): upper case lines ended by CR LF. Used by driver and simulated scale.

A weight is `S S     100.00 g`: command echo, S(table) or D(ynamic), ten right-aligned characters, unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from devices.model import Reading, Reason, WeightState

SEND_NOW = b"SI\r\n"
"""Weight at once, stable or not."""
ZERO = b"Z\r\n"
"""Set zero as soon as the load stands still."""
TARE = b"T\r\n"
"""Take the load as tare as soon as it stands still."""
CANCEL = b"@\r\n"
"""Forget what was asked; the scale answers with its serial number (I4)."""

_WEIGHT = re.compile(r"(?:S|SI|SIR|SIU|SNR|SR)\s+([SD])\s+([+-]?)\s*(\d*\.?\d+)(\[\d+\])?\s*([A-Za-z]+)")
_STATE = {"I": WeightState.BUSY, "+": WeightState.OVER, "-": WeightState.UNDER}
_NO_WEIGHT = re.compile(r"(?:S|SI|SIR|SIU|SNR|SR)\s+([I+-])")
_ACKS = {"Z": "zero", "ZI": "zero-dynamic", "T": "tare", "TI": "tare-dynamic", "TA": "tare-set", "TAC": "tare-clear"}
_ACK = re.compile(r"(Z|ZI|T|TI|TA|TAC)\s+([ASDIL+-])(?:\s+([+-]?\d*\.?\d+)\s*([A-Za-z]+))?")
_IDENTITY = re.compile(r'I([0-9]|1[0-9])\s+A\s+(?:\d+\s+)?"([^"]*)"')
_FAULTS = {"ES": Reason.SYNTAX, "ET": Reason.TRANSMISSION, "EL": Reason.LOGICAL}


@dataclass(frozen=True, slots=True)
class Ack:
    """Answer to a zero or tare command. `done` False: the scale would not (`state` says why); `tare` in `unit` when it told one."""

    command: str
    done: bool
    state: WeightState | None = None
    tare: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Answer to an inquiry: `number` 2 is the model with its range, 3 the software, 4 the serial number."""

    number: int
    text: str

    @property
    def model(self) -> str:
        """The model name out of an I2 answer, without the range and unit that follow it."""
        return re.sub(r"\s+\d*\.?\d+\s*[A-Za-z]+$", "", self.text)


@dataclass(frozen=True, slots=True)
class Fault:
    """ES, ET or EL: the scale did not understand, or not receive, a command."""

    reason: Reason


Reply = Reading | Ack | Identity | Fault


def parse(frame: bytes, at: float) -> Reply | None:
    """One line without CR LF, received at `at`; None for garbage. Lenient about spaces and about `SI S`, which some units send."""
    line = frame.decode("ascii", "replace").strip()
    if line in _FAULTS:
        return Fault(_FAULTS[line])
    weight = _WEIGHT.fullmatch(line)
    if weight:
        return _reading(weight, frame, at)
    trouble = _NO_WEIGHT.fullmatch(line)
    if trouble:
        return Reading(Decimal(0), "g", _STATE[trouble[1]], frame, at)
    ack = _ACK.fullmatch(line)
    if ack:
        return _ack(ack)
    identity = _IDENTITY.fullmatch(line)
    return Identity(int(identity[1]), identity[2]) if identity else None


def _reading(match: re.Match[str], frame: bytes, at: float) -> Reading:
    stability, sign, figure, auxiliary, unit = match.groups()
    # "100.0[3] g": the bracketed digit is finer than the verified division, still part of the figure.
    value = Decimal(f"{sign}{figure}{(auxiliary or '').strip('[]')}")
    state = WeightState.UNSTABLE
    if stability == "S":
        state = WeightState.STABLE if value else WeightState.ZERO
    return Reading(value, unit, state, frame, at)


def _ack(match: re.Match[str]) -> Ack:
    command, answer, tare, unit = match.groups()
    if answer in _STATE:
        return Ack(_ACKS[command], done=False, state=_STATE[answer])
    if answer == "L":
        return Ack(_ACKS[command], done=False, state=WeightState.ERROR)
    return Ack(_ACKS[command], done=True, tare=Decimal(tare) if tare else None, unit=unit or "")
