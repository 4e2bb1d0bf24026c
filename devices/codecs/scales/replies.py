"""What a scale can say, in the words that all dialects share. Made by the codecs of this package, used by the driver and by conformance."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from devices.model import Reading, Reason, WeightState


@dataclass(frozen=True, slots=True)
class Ack:
    """Answer to a command. `stage` is accepted, done, stable or dynamic; `done` False: the scale would not (`state` says why).

    `tare` in `unit` when it told one.
    """

    command: str
    done: bool
    stage: str = ""
    state: WeightState | None = None
    tare: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the scale says it is. `kind` is model, software, serial, level, about or another of the dialect."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The scale did not understand, or cannot weigh. `word` is the dialect's own name for it, `unit` what the scale is set to, if told."""

    reason: Reason
    word: str = ""
    unit: str = ""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """A state without a figure. Never a weight: "stable" alone says that something stands still, not what it weighs.

    `unmoved`: the last weight told still stands. `tare` in `unit` when the frame told the tare instead of the weight.
    """

    state: WeightState
    net: bool = False
    unmoved: bool = False
    tare: Decimal | None = None
    unit: str = ""
    word: str = ""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """A frame that was understood, or nearly, and says nothing about the load now. `why` is total, checksum, unit or contradiction."""

    why: str


Reply = Reading | Ack | Identity | Fault | Status | Ignored

# Spellings seen on the wire, folded to lower case. What is in here but not in GRAMS_PER is no weight (pieces, percent, jewellers' units).
_UNITS = {
    "kg": "kg",
    "g": "g",
    "gr": "g",
    "mg": "mg",
    "t": "t",
    "lb": "lb",
    "lbs": "lb",
    "oz": "oz",
    "ct": "ct",
    "ozt": "ozt",
    "dwt": "dwt",
    "tl": "tl",
    "gn": "gn",
    "n": "N",
    "%": "%",
    "pcs": "pcs",
    "pc": "pcs",
}


def unit(raw: bytes) -> str | None:
    """The unit in our spelling, "" for blanks, None for one that is not known."""
    text = raw.decode("ascii", "replace").strip().lower()
    return _UNITS.get(text) if text else ""


def number(sign: bytes, figure: bytes) -> Decimal:
    """The figure exactly as its ASCII digits say, with its sign; never by way of a float."""
    return Decimal((sign + figure).decode("ascii").replace(" ", ""))


def identity(kind: str, raw: bytes) -> Identity:
    """What the scale says of itself, fit to be shown: printable ASCII, sixty characters."""
    text = raw.decode("ascii", "replace").strip()
    return Identity(kind, "".join(c if " " <= c <= "~" else "?" for c in text[:60]))


def weight(
    value: Decimal,
    unit: str,
    state: WeightState,
    frame: bytes,
    at: float,
    net: bool = False,
    tare: Decimal | None = None,
    details: tuple[tuple[str, str], ...] = (),
) -> Reading:
    """A reading with a figure; a stable nothing is ZERO."""
    if state is WeightState.STABLE and value == 0:
        state = WeightState.ZERO
    return Reading(value, unit, state, frame, at, net, tare, details)


def trouble(state: WeightState, frame: bytes, at: float, unit: str = "", net: bool = False) -> Reading:
    """A reading without a figure: over, under, busy, off, moving, or a zero that was told by a status alone."""
    return Reading(Decimal(0), unit, state, frame, at, net)
