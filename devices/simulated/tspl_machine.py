"""The inside of a TSPL printer: lines until PRINT, `ESC !` questions at any time. PrinterSim gives it a plug."""

from __future__ import annotations

import re

from devices.model import Reason
from devices.simulated.printer_base import Build, LabelMachine, Waiting

_FLAGS = {
    Reason.COVER_OPEN: 0x01,
    Reason.MEDIA_JAM: 0x02,
    Reason.MEDIA_EMPTY: 0x04,
    Reason.MARKER_SUPPLY_EMPTY: 0x08,
    Reason.PAUSED: 0x10,
    Reason.CUTTER_FAULT: 0x80,
}
_SUPPLY = {
    Reason.MEDIA_EMPTY: 0x01,
    Reason.MEDIA_JAM: 0x02,
    Reason.MARKER_SUPPLY_EMPTY: 0x04,
    Reason.COVER_OPEN: 0x20,
}
_PRINT = re.compile(rb"PRINT\s+(\d{1,4})(?:\s*,\s*(\d{1,4}))?\s*", re.IGNORECASE)
_BITMAP = re.compile(rb"BITMAP\s+-?\d+\s*,\s*-?\d+\s*,\s*(\d{1,4})\s*,\s*(\d{1,5})\s*,\s*\d\s*,", re.IGNORECASE)
_QUESTION = b"\x1b!"


class TsplMachine(LabelMachine):
    """`knows` "report": answers `ESC ! S`; old firmware answers only `ESC ! ?`."""

    model = "FH-TSPL-SIM"
    faults_known = frozenset(_FLAGS)

    def __init__(self, build: Build | None = None) -> None:
        super().__init__(build)
        self._label = bytearray()

    def receive(self, data: bytes, now: float) -> bytes:
        """See LabelMachine.receive. The `ESC !` questions are heard at any time, in the middle of a picture too."""
        answers = bytearray()
        for byte in data:
            self._input.append(byte)
            if self._input[-3:-1] == _QUESTION and byte in b"?S.":
                del self._input[-3:]
                answers += self._at_once(byte)
        return bytes(answers) + super().receive(b"", now)

    def power_off(self) -> None:
        """See LabelMachine.power_off."""
        super().power_off()
        self._label.clear()

    def hang_up(self) -> None:
        """A TSPL printer keeps waiting for the rest of a command, whoever sends it."""

    def _at_once(self, question: int) -> bytes:
        if question == ord("."):
            self.power_off()
        elif question == ord("?"):
            return bytes([sum(_FLAGS[fault] for fault in self.faults) | (0x20 if self._working else 0)])
        elif self.knows("report"):
            return b"\x02" + bytes(self._report()) + b"\x03\r\n"
        return b""

    @property
    def _working(self) -> bool:
        return self.busy and not self.faults

    def _report(self) -> list[int]:
        doing = "P" if self._working else "@"
        if self.faults:
            doing = "`" if self.faults == {Reason.PAUSED} else "E"
        machine = 0x08 if Reason.CUTTER_FAULT in self.faults else 0
        return [ord(doing), 0x40, 0x40 | machine, 0x40 | sum(_SUPPLY.get(fault, 0) for fault in self.faults)]

    def _obey(self, now: float) -> tuple[int, bytes] | None:
        picture = _BITMAP.match(self._input)
        if picture:
            end = picture.end() + int(picture[1]) * int(picture[2])
            return self._keep(end) if len(self._input) >= end else None
        line = self._line()
        if line is None:
            return None
        command = line.strip()
        if command == b"~!@":
            return len(line), f"{self.odometer // 10}\r".encode()
        if command == b"~!T":
            return len(line), f"{self.build.model}\r\n".encode()
        if command.upper() == b"CLS":
            self._label.clear()
        printing = _PRINT.fullmatch(command)
        if printing:
            self._queue.append(Waiting(bytes(self._label), int(printing[1]) * int(printing[2] or 1)))
            return len(line), b""
        return self._keep(len(line))

    def _keep(self, length: int) -> tuple[int, bytes]:
        self._label += self._input[:length]
        return length, b""
