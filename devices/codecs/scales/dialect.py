"""What there is to know about one scale dialect besides the meaning of its frames: how to cut them, what to ask, what to expect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devices.codecs.scales.cutting import Cutter, Measure
from devices.codecs.scales.replies import Reply


@dataclass(frozen=True, slots=True)
class Line:
    """Speed and framing of a serial line, as a scale is usually set in the factory; an address may say otherwise."""

    baud: int = 9600
    bits: int = 8
    parity: str = "N"

    def __str__(self) -> str:
        return f"{self.baud} {self.bits}{self.parity}1"


COMMON_LINES = (
    Line(),
    Line(9600, 7, "E"),
    Line(2400, 7, "E"),
    Line(4800),
    Line(1200, 7, "O"),
    Line(9600, 7, "O"),
)
"""What a set-up wizard tries, most common first."""


@dataclass(frozen=True, slots=True)
class Commands:
    """The bytes of each command; empty: the dialect has none. `ask` wants a weight at once, `ask_stable` once it stands still.

    `probe` is a harmless question that tells this dialect from others where there is a better one than `ask`.
    """

    ask: bytes = b""
    ask_stable: bytes = b""
    zero: bytes = b""
    tare: bytes = b""
    clear: bytes = b""
    probe: bytes = b""


def _no_follow(reply: Reply) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect. `parse(frame, at)` is pure and never raises; None from it means that the frame is not of this dialect.

    `has_stability`: the frame says whether the load stands still. `checksum`: none, optional or always. `min_poll_s`: never ask faster.
    `confirms`: commands are answered when they are done. `silence_is_normal`: no answer means nothing new. `holds`: reports come on change.
    `unit`: assumed where the frame names none. `eight_bit`: bit 7 belongs to the data. `follow(reply)`: what to ask next.
    """

    name: str
    title: str
    parse: Callable[[bytes, float], Reply | None]
    measure: Measure
    commands: Commands
    line: Line = Line()
    streaming: bool = False
    has_stability: bool = True
    checksum: str = "none"
    min_poll_s: float = 0.02
    confirms: bool = False
    silence_is_normal: bool = False
    holds: bool = False
    unit: str = "kg"
    unit_told: bool = True
    eight_bit: bool = False
    follow: Callable[[Reply], bytes] = _no_follow

    def cutter(self) -> Cutter:
        """A fresh framer for one line of this dialect."""
        return Cutter(self.measure, not self.eight_bit)
