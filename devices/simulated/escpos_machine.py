"""The inside of an ESC/POS printer: all up to a cut is one label, `DLE EOT` in real time, `GS ( H` in its turn. For PrinterSim."""

from __future__ import annotations

import re

from devices.model import Reason
from devices.simulated.printer_base import Build, LabelMachine, Waiting

_FIXED = 0x12
_OFFLINE = {Reason.COVER_OPEN: 0x04, Reason.MEDIA_EMPTY: 0x20, Reason.CUTTER_FAULT: 0x40}
_ERRORS = {Reason.CUTTER_FAULT: 0x08, Reason.SERVICE_NEEDED: 0x20}
_PAPER = {Reason.MEDIA_EMPTY: 0x60, Reason.MEDIA_LOW: 0x0C}
_CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
_CUT = re.compile(rb"\x1dV(?:[\x00\x01\x30\x31]|[\x41\x42\x61\x62\x67\x68].)", re.DOTALL)
_COUNTED = (
    (re.compile(rb"\x1dv0.(..)(..)", re.DOTALL), 1),
    (re.compile(rb"\x1d\(.(..)", re.DOTALL), 1),
    (re.compile(rb"\x1b\*[\x00\x01](..)", re.DOTALL), 1),
    (re.compile(rb"\x1b\*[\x20\x21](..)", re.DOTALL), 3),
)
"""Commands that are followed by as many bytes as they say, times so many."""
_LONGEST_HEAD = 8
_PARAMETERS = {
    **dict.fromkeys((b"\x1b@", b"\x1bL", b"\x1bS", b"\x1b2", b"\x1b\x0c"), 0),
    **dict.fromkeys((b"\x1b$", b"\x1d$", b"\x1dP", b"\x1dL", b"\x1dW", b"\x1b\\", b"\x1d\\"), 2),
    b"\x1bW": 8,
}
"""Bytes behind the other commands of two bytes; 1 for those that are not listed."""


class EscposMachine(LabelMachine):
    """`knows` "echo": answers `GS ( H`; cheap printers do not."""

    model = "FH-ESCPOS-SIM"
    faults_known = frozenset(_OFFLINE) | frozenset(_ERRORS) | {Reason.MEDIA_LOW}

    def __init__(self, build: Build | None = None) -> None:
        super().__init__(build)
        self._label = bytearray()
        self._page_mode = False

    @property
    def _stopped(self) -> set[Reason]:
        return self.faults - {Reason.MEDIA_LOW}

    def tick(self, now: float) -> bytes:
        """See LabelMachine.tick; low paper stops nothing."""
        low, self.faults = self.faults & {Reason.MEDIA_LOW}, self._stopped
        try:
            return super().tick(now)
        finally:
            self.faults |= low

    def hang_up(self) -> None:
        """See LabelMachine.hang_up; the half label goes too."""
        super().hang_up()
        self._forget_label()

    def power_off(self) -> None:
        """See LabelMachine.power_off."""
        super().power_off()
        self._forget_label()

    def _forget_label(self) -> None:
        self._label.clear()
        self._page_mode = False

    def _obey(self, now: float) -> tuple[int, bytes] | None:
        head = bytes(self._input[:_LONGEST_HEAD])
        if head[0] == 0x10:
            return self._real_time(head)
        if head[0] == 0x0C and self._page_mode:
            self._page_mode = False
            return self._label_ends_here(1)
        if head[0] not in (0x1B, 0x1D):
            self._label.append(head[0])
            return 1, b""
        if head[:2] == b"\x1dV":
            cut = _CUT.match(self._input)
            return self._label_ends_here(cut.end()) if cut else None if len(head) < 4 else (1, b"")
        return self._command(head)

    def _real_time(self, head: bytes) -> tuple[int, bytes] | None:
        if len(head) < 3:
            return None
        if head[1] == 0x04:
            return 3, bytes([self._byte(head[2])])
        if head[1:2] == b"\x14":
            if len(self._input) < len(_CLEAR):
                return None
            self.cancel()
            self._forget_label()
            return len(_CLEAR), b""
        return 1, b""

    def _byte(self, kind: int) -> int:
        table = {1: dict.fromkeys(self._stopped, 0x08), 2: _OFFLINE, 3: _ERRORS, 4: _PAPER}.get(kind, {})
        bits = 0
        for fault in self.faults:
            bits |= table.get(fault, 0)
        return _FIXED | bits

    def _label_ends_here(self, length: int) -> tuple[int, bytes]:
        if self._label.strip(b"\0"):
            self._queue.append(Waiting(bytes(self._label)))
        self._label.clear()
        return length, b""

    def _command(self, head: bytes) -> tuple[int, bytes] | None:
        length = self._length(head)
        if length is None or len(self._input) < length:
            return None
        command = bytes(self._input[:length])
        if command.startswith(b"\x1d(H\x06\x00\x30\x30"):
            echo = b"\x37\x22" + command[7:11] + b"\0" if self.knows("echo") else b""
            self._queue.append(Waiting(b"", 0, echo=echo))
        elif command == b"\x1b@":
            self._label.clear()
        else:
            self._page_mode |= command == b"\x1bL"
            self._label += command
        return length, b""

    def _length(self, head: bytes) -> int | None:
        """Bytes of the command at the front, with the data it counts; None while its beginning does not tell yet."""
        for pattern, times in _COUNTED:
            match = pattern.match(head)
            if match:
                numbers = [int.from_bytes(number, "little") for number in match.groups()]
                return match.end() + numbers[0] * (numbers[1] if len(numbers) > 1 else times)
        if len(head) < 2 or (head[1] in b"(v*" and len(head) < _LONGEST_HEAD - 3 * (head[1] != ord("v"))):
            return None
        return 2 + _PARAMETERS.get(head[:2], 1)
