"""The inside of a Brother raster printer (serial or USB): raster commands until print, 32 bytes of status. PrinterSim plugs it in."""

from __future__ import annotations

from devices.model import Reason
from devices.simulated.printer_base import Build, LabelMachine, Waiting

_ERRORS = {
    Reason.MEDIA_EMPTY: (8, 0x01),
    Reason.CUTTER_FAULT: (8, 0x04),
    Reason.WRONG_MEDIA: (9, 0x01),
    Reason.COVER_OPEN: (9, 0x10),
    Reason.MEDIA_JAM: (9, 0x40),
}
_PARAMETERS = {b"a": 1, b"z": 10, b"M": 1, b"K": 1, b"A": 1, b"d": 2, b"!": 1}
"""Bytes that follow `ESC i` and the letter."""


class BrotherMachine(LabelMachine):
    """Says 06 when it begins to print, 01 when a label is out, 02 when something goes wrong."""

    model = "FH-QL-SIM"
    faults_known = frozenset(_ERRORS)

    def __init__(self, build: Build | None = None) -> None:
        super().__init__(build)
        self._label = bytearray()
        self._said: set[Reason] = set()

    def power_off(self) -> None:
        """See LabelMachine.power_off."""
        super().power_off()
        self._label.clear()

    def _packet(self, kind: int) -> bytes:
        frame = bytearray(b"\x80\x20\x42" + b"\0" * 29)
        frame[10:12] = bytes((62, 0x0A))
        for fault in self.faults:
            place, bit = _ERRORS[fault]
            frame[place] |= bit
        frame[18], frame[19] = kind, self.busy
        return bytes(frame)

    def _unasked(self) -> bytes:
        fresh, self._said = self.faults - self._said, set(self.faults)
        return self._packet(2) if fresh and self.busy else b""

    def _obey(self, now: float) -> tuple[int, bytes] | None:
        head = bytes(self._input[:4])
        if head[:1] == b"\0":
            return 1, b""
        if head[:1] in (b"\x0c", b"\x1a"):
            done = bytearray(self._packet(1))
            done[19] = 0
            self._queue.append(Waiting(bytes(self._label), 1, echo=bytes(done)))
            self._label.clear()
            return 1, b""
        length = self._length(head)
        if length is None or len(self._input) < length:
            return None
        command = bytes(self._input[:length])
        if command == b"\x1biS":
            return length, self._packet(0)
        if command == b"\x1b@":
            self._label.clear()
        else:
            self._label += command
        return length, b""

    def _length(self, head: bytes) -> int | None:
        """Bytes of the command at the front; None while its beginning does not tell yet."""
        if head[:1] == b"\x1b":
            if len(head) < 2 or (head[1:2] == b"i" and len(head) < 3):
                return None
            return 3 + _PARAMETERS.get(head[2:3], 0) if head[1:2] == b"i" else 2
        if head[:1] in (b"g", b"G"):
            if len(head) < 3:
                return None
            return 3 + (head[2] if head[:1] == b"g" else int.from_bytes(head[1:3], "little"))
        return 2 if head[:1] == b"M" else 1
