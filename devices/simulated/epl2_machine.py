"""The inside of an EPL2 printer: lines until P, `^ee` between them, error reports unasked after `US`. PrinterSim gives it a plug."""

from __future__ import annotations

import re

from devices.model import Reason
from devices.simulated.printer_base import Build, LabelMachine, Waiting

_CODES = {Reason.MEDIA_EMPTY: "07", Reason.COVER_OPEN: "11", Reason.PAUSED: "92", Reason.CUTTER_FAULT: "81"}
_PRINT = re.compile(rb"P(\d{1,5})(?:,(\d{1,5}))?")
_PICTURE = re.compile(rb"GW\s*\d+\s*,\s*\d+\s*,\s*(\d{1,4})\s*,\s*(\d{1,5})\s*,")


class Epl2Machine(LabelMachine):
    """Knows nothing of jobs: it cannot say that a label is out."""

    model = "FH-EPL2-SIM"
    faults_known = frozenset(_CODES)

    def __init__(self, build: Build | None = None) -> None:
        super().__init__(build)
        self._label = bytearray()
        self._reporting = False
        self._reported: set[Reason] = set()

    def power_off(self) -> None:
        """See LabelMachine.power_off."""
        super().power_off()
        self._label.clear()
        self._reporting = False

    def _codes(self) -> list[str]:
        return sorted(_CODES[fault] for fault in self.faults)

    def _unasked(self) -> bytes:
        if not self._reporting or self._reported == self.faults:
            return b""
        fresh = sorted(_CODES[fault] for fault in self.faults - self._reported)
        gone = self._reported - self.faults
        self._reported = set(self.faults)
        left = self._queue[0].left if self._queue else 0
        marked = [f"{code}P{left:03d}" if code == "07" and left else code for code in fresh]
        return b"".join(b"\x15" + code.encode() + b"\x13" for code in marked) + b"\x11" * bool(gone)

    def _obey(self, now: float) -> tuple[int, bytes] | None:
        picture = _PICTURE.match(self._input)
        if picture:
            end = picture.end() + int(picture[1]) * int(picture[2])
            return self._keep(end) if len(self._input) >= end else None
        line = self._line()
        if line is None:
            return None
        command = line.strip()
        if command == b"^ee":
            return len(line), ",".join(self._codes() or ["00"]).encode() + b"\r\n"
        if command == b"US":
            self._reporting, self._reported = True, set(self.faults)
            return len(line), b"\x06"
        if command == b"^@":
            self.cancel()
            self._label.clear()
        elif command == b"N":
            self._label.clear()
        printing = _PRINT.fullmatch(command)
        if printing:
            self._queue.append(Waiting(bytes(self._label), int(printing[1]) * int(printing[2] or 1)))
            return len(line), b""
        return self._keep(len(line)) if command else (len(line), b"")

    def _keep(self, length: int) -> tuple[int, bytes]:
        self._label += self._input[:length]
        return length, b""
