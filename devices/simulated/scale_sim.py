"""A floor scale that is not there: a load that settles, and MT-SICS spoken over a pseudo terminal or TCP."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from devices.simulated.chaos import ChaosPlan
from devices.simulated.lines import PtyLine, TcpLine


@dataclass(frozen=True, slots=True)
class ScaleBuild:
    """How the scale is made. Grams and seconds."""

    capacity_g: int = 30_000
    division_g: int = 1
    settle_s: float = 0.3
    """Time constant of the platform: after one, 37 % of a change is still to come."""
    noise_g: float = 0.15
    seed: int = 0


class Platform:
    """The physics: a load put on settles exponentially, with noise; below half a division of movement it stands still."""

    def __init__(self, build: ScaleBuild) -> None:
        self._build = build
        self._dice = random.Random(build.seed)  # noqa: S311 - noise
        self._from_g = 0.0
        self._to_g = 0.0
        self._since = -1e9
        self._zero_g = 0
        self._tare_g = 0

    def load(self, grams: float, now: float) -> None:
        """There are now `grams` on the platform in all."""
        self._from_g = self._settled(now)
        self._to_g = grams
        self._since = now

    def stable(self, now: float) -> bool:
        """True when the platform stands still."""
        return abs(self._settled(now) - self._to_g) < self._build.division_g / 2

    def gross_g(self, now: float) -> int:
        """What the scale shows without tare, in whole divisions."""
        quiet = self.stable(now)
        value = self._to_g if quiet else self._settled(now) + self._dice.gauss(0, self._build.noise_g)
        division = self._build.division_g
        return math.floor(value / division + 0.5) * division - self._zero_g

    def net_g(self, now: float) -> int:
        """What the scale shows."""
        return self.gross_g(now) - self._tare_g

    @property
    def tare_g(self) -> int:
        """The tare in force."""
        return self._tare_g

    def verdict(self, now: float) -> str:
        """ "+" over capacity, "-" below zero by more than nine divisions, "" in range."""
        if self.gross_g(now) > self._build.capacity_g + 9 * self._build.division_g:
            return "+"
        return "-" if self.gross_g(now) < -9 * self._build.division_g else ""

    def set_zero(self, now: float) -> bool:
        """Zero here; False beyond 2 % of capacity (OIML R 76 zero-setting range)."""
        raw = self.gross_g(now) + self._zero_g
        if abs(raw) > self._build.capacity_g * 0.02:
            return False
        self._zero_g, self._tare_g = raw, 0
        return True

    def set_tare(self, grams: int) -> None:
        """Take `grams` as the weight of the container."""
        self._tare_g = grams

    def _settled(self, now: float) -> float:
        return self._to_g + (self._from_g - self._to_g) * math.exp(-(now - self._since) / self._build.settle_s)


class SicsTalk:
    """MT-SICS over a platform: lines in, lines out. Commands that wait for calm (`S`, `Z`, `T`) are answered from a later call."""

    STABILITY_TIMEOUT_S = 4.0
    SERIAL = "FH-SIM-0001"

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._pending = bytearray()
        self._waiting: tuple[str, float] | None = None

    def receive(self, data: bytes, now: float) -> bytes:
        """Answers to `data`, and to an earlier command that has become ready."""
        self._pending += data
        answers = []
        while b"\n" in self._pending:
            line, _, rest = bytes(self._pending).partition(b"\n")
            self._pending = bytearray(rest)
            answers.append(self._command(line.strip().decode("ascii", "replace"), now))
        answers.append(self._ready(now))
        return "".join(answer + "\r\n" for answer in answers if answer).encode("ascii")

    def _command(self, command: str, now: float) -> str:
        if command in ("S", "Z", "T"):
            self._waiting = (command, now + self.STABILITY_TIMEOUT_S)
            return ""
        table: dict[str, Callable[[float], str]] = {
            "SI": lambda at: self._weight("D" if not self._platform.stable(at) else "S", at),
            "ZI": lambda at: self._zero("ZI", at),
            "TI": lambda at: self._tare("TI", at),
            "TAC": self._clear_tare,
            "@": self._cancel,
            "I0": lambda at: "I0 B 0 I0",
            "I1": lambda at: 'I1 A "01" "2.30" "2.22" "" ""',
            "I2": lambda at: 'I2 A "Floorhand simulated scale 30.000 kg"',
            "I3": lambda at: 'I3 A "1.00"',
            "I4": lambda at: f'I4 A "{self.SERIAL}"',
        }
        return table[command](now) if command in table else ("ES" if command else "")

    def _ready(self, now: float) -> str:
        if self._waiting is None:
            return ""
        command, until = self._waiting
        if not self._platform.stable(now):
            if now < until:
                return ""
            self._waiting = None
            return f"{command} I"
        self._waiting = None
        return {
            "S": lambda: self._weight("S", now),
            "Z": lambda: self._zero("Z", now),
            "T": lambda: self._tare("T", now),
        }[command]()

    def _weight(self, stability: str, now: float) -> str:
        verdict = self._platform.verdict(now)
        return f"S {verdict}" if verdict else f"S {stability} {_figure(self._platform.net_g(now))}"

    def _zero(self, command: str, now: float) -> str:
        if not self._platform.set_zero(now):
            return f"{command} +"
        if command == "Z":
            return "Z A"
        return "ZI S" if self._platform.stable(now) else "ZI D"

    def _tare(self, command: str, now: float) -> str:
        if self._platform.verdict(now):
            return f"{command} {self._platform.verdict(now)}"
        self._platform.set_tare(self._platform.gross_g(now))
        return f"{command} S {_figure(self._platform.tare_g)}"

    def _clear_tare(self, now: float) -> str:
        self._platform.set_tare(0)
        return "TAC A"

    def _cancel(self, now: float) -> str:
        self._waiting = None
        return f'I4 A "{self.SERIAL}"'


def _figure(grams: int) -> str:
    # Ten characters, right-aligned, then the unit.
    return f"{Decimal(grams).scaleb(-3):10.3f} kg"


class ScaleSim:
    """The whole scale. `load` may be called from any thread."""

    def __init__(self, build: ScaleBuild | None = None, link: Path | None = None, tcp_port: int | None = None) -> None:
        self._platform = Platform(build or ScaleBuild())
        self._talk = SicsTalk(self._platform)
        self._lock = threading.Lock()
        self.line: PtyLine | TcpLine = (
            PtyLine(self._receive, link) if tcp_port is None else TcpLine(self._receive, tcp_port)
        )

    @property
    def url(self) -> str:
        """Address for `DeviceHub.add_scale`."""
        return self.line.url

    def start(self, chaos: ChaosPlan | None = None) -> None:
        """Switch on."""
        self.line.plug(chaos)

    def stop(self) -> None:
        """Switch off; the load stays where it is."""
        self.line.unplug()

    def load(self, grams: float) -> None:
        """Put things on the platform, or take them off, so that `grams` are on it in all."""
        with self._lock:
            self._platform.load(grams, time.monotonic())

    def _receive(self, data: bytes, now: float) -> bytes:
        with self._lock:
            return self._talk.receive(data, now)
