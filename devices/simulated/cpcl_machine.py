"""The inside of a CPCL printer: sessions from `!` to PRINT, `ESC` questions between them. PrinterSim gives it a plug."""

from __future__ import annotations

import re

from devices.model import Reason
from devices.simulated.printer_base import Build, LabelMachine, Waiting

_FAULTS = {Reason.MEDIA_EMPTY: 0x02, Reason.COVER_OPEN: 0x04}
_EXTENDED = {Reason.MARKER_SUPPLY_EMPTY: 0x80, Reason.MEDIA_JAM: 0x10}
_BEGIN = re.compile(rb"! ?-?\d+ +\d+ +\d+ +\d+ +(\d{1,4})\s*")
_PICTURE = re.compile(rb"V?CG +(\d{1,4}) +(\d{1,5}) +\d+ +\d+ ")
_GETVAR = b'! U1 getvar "odometer.total_label_count"'
_COUNT_QUESTION = b"\x1bJRU"


class CpclMachine(LabelMachine):
    """`knows` "count" (`ESC J R U`), "sgd" (the count by `getvar`) and "extended" (`ESC i`)."""

    model = "FH CPCL-SIM"
    faults_known = frozenset(_FAULTS) | frozenset(_EXTENDED)

    def __init__(self, build: Build | None = None) -> None:
        super().__init__(build)
        self._session: bytearray | None = None
        self._copies = 1
        self._was_reset = True
        self._owed = 0

    def tick(self, now: float) -> bytes:
        """`ESC h` is answered when the previous label is finished, or when something is wrong."""
        said = super().tick(now)
        if self._owed and (not self.busy or self.faults):
            said += bytes([self._status()]) * self._owed
            self._owed = 0
        return said

    def power_off(self) -> None:
        """See LabelMachine.power_off."""
        super().power_off()
        self._session = None
        self._was_reset = True
        self._owed = 0

    def hang_up(self) -> None:
        """See LabelMachine.hang_up; the half session goes too."""
        super().hang_up()
        self._session = None
        self._owed = 0

    def _status(self) -> int:
        return sum(_FAULTS.get(fault, 0) for fault in self.faults) | (0x10 if self._was_reset else 0) | self.busy

    def _obey(self, now: float) -> tuple[int, bytes] | None:
        if self._session is None and self._input[0] == 0x1B:
            return self._escape()
        picture = _PICTURE.match(self._input)
        if picture:
            end = picture.end() + int(picture[1]) * int(picture[2])
            return self._keep(end) if len(self._input) >= end else None
        line = self._line()
        if line is None:
            return None
        if line.startswith(_GETVAR) and self._session is None and self.knows("sgd"):
            return len(line), f'"{self.odometer}"'.encode()
        begin = _BEGIN.fullmatch(line)
        if self._session is None:
            if begin:
                self._session, self._copies = bytearray(line), int(begin[1])
            return len(line), b""
        if line.strip() in (b"PRINT", b"POPRINT"):
            self._queue.append(Waiting(bytes(self._session), self._copies))
            self._session = None
            return len(line), b""
        return self._keep(len(line))

    def _keep(self, length: int) -> tuple[int, bytes]:
        if self._session is not None:
            self._session += self._input[:length]
        return length, b""

    def _escape(self) -> tuple[int, bytes] | None:
        if len(self._input) < 2:
            return None
        question = self._input[1:2]
        if question == b"J":
            return self._count()
        answer = b""
        if question == b"h":
            self._owed += 1
        elif question == b"i" and self.knows("extended"):
            answer = bytes([sum(_EXTENDED.get(fault, 0) for fault in self.faults)])
        elif question == b"v":
            answer = f"{self.build.model},V1.0,SN0001\0".encode()
        elif question == b"N":
            self._was_reset = False
        return 2, answer

    def _count(self) -> tuple[int, bytes] | None:
        if len(self._input) < len(_COUNT_QUESTION):
            return None if _COUNT_QUESTION.startswith(self._input) else (2, b"")
        known = self._input.startswith(_COUNT_QUESTION) and self.knows("count")
        return len(_COUNT_QUESTION), (self.odometer % 65536).to_bytes(2, "big") if known else b""
