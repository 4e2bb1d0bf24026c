"""The inside of a SATO printer: items from `ESC A` to `ESC Z`, ENQ and CAN at any time. PrinterSim gives it a plug."""

from __future__ import annotations

import re

from devices.model import Reason
from devices.simulated.printer_base import Build, LabelMachine, Waiting

_STATES = {
    Reason.OFFLINE: "0",
    Reason.COVER_OPEN: "b",
    Reason.MEDIA_EMPTY: "c",
    Reason.MARKER_SUPPLY_EMPTY: "d",
    Reason.CUTTER_FAULT: "j",
}
_ENQ, _CAN, _ETX = 0x05, 0x18, 0x03
_ACK = b"\x06"
_SOH = b"\x01"
_ITEM = re.compile(rb"\x1bA.*?\x1bZ", re.DOTALL)
_ID = re.compile(rb"\x1bID(\d\d)")
_NAME = re.compile(rb"\x1bWK([ -~]{1,16})")
_QUANTITY = re.compile(rb"\x1bQ(\d{1,6})")


class SbplMachine(LabelMachine):
    """`knows` "name": the long answer, with the job's name; without it the short one of the DR300. "enq": answers ENQ alone; without it
    only SOH ENQ."""

    model = "FH-SBPL-SIM"
    faults_known = frozenset(_STATES)

    def __init__(self, build: Build | None = None) -> None:
        super().__init__(build)
        self._names: dict[str, str] = {}

    def receive(self, data: bytes, now: float) -> bytes:
        """See LabelMachine.receive. ENQ and CAN are heard at any time."""
        answers = bytearray()
        for byte in data:
            if byte == _ENQ:
                answers += self._status() if self.knows("enq") or self._input[-1:] == _SOH else b""
                del self._input[len(self._input.rstrip(_SOH)) :]
            elif byte == _CAN:
                self.power_off()
                answers += _ACK
            else:
                self._input.append(byte)
        return bytes(answers) + super().receive(b"", now)

    def hang_up(self) -> None:
        """A SATO printer keeps waiting for the rest of an item."""

    def _status(self) -> bytes:
        state = next((letter for fault, letter in _STATES.items() if fault in self.faults), "G" if self.busy else "A")
        front = self._queue[0] if self._queue else None
        job = front.job if front else ""
        name = f"{self._names.get(job, ''):16.16}" if self.knows("name") else ""
        left = front.left if front else 0
        return f"\x02{job or '  '}{state}{left:06d}{name}\x03".encode()

    def _obey(self, now: float) -> tuple[int, bytes] | None:
        if self._input[0] == _ETX:
            return 1, _ACK
        if self._input[0] != 0x1B:
            return 1, b""
        item = _ITEM.match(self._input)
        if item is None:
            return (1, b"") if len(self._input) > 1 and self._input[1] != ord("A") else None
        data = item[0]
        quantity, number, name = _QUANTITY.search(data), _ID.search(data), _NAME.search(data)
        job = number[1].decode() if number else ""
        self._names[job] = name[1].decode() if name else ""
        self._queue.append(Waiting(data, int(quantity[1]) if quantity else 1, job))
        return item.end(), b""
