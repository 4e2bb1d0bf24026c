"""MT-SICS as a simulated scale speaks it, with the commands that wait for calm."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from devices.simulated.scale_platform import Platform


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
