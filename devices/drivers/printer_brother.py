"""Brother label printers in raster mode (QL, PT, TD): asks for state, counts the packets that say a label is done.

Over a network most models say nothing on the line that takes the labels. There the same 32 bytes are asked for by SNMP.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from devices.codecs.printers import brother_status
from devices.codecs.printers.brother_status import Packet, PacketStream
from devices.drivers.base import Clock, Evidence
from devices.drivers.printer_line import REPLY_S, PrinterLine, repeated
from devices.model import PrinterStatus, PrintJob, Reason
from devices.transports.base import Transport

_PRINT = (b"\x1a", b"\x0c")


class Look(Protocol):
    """Another way to ask the printer how it is."""

    def __call__(self) -> Packet | None:
        """Ask; None: no answer."""

    def cancel(self) -> None:
        """We are shutting down: end every wait (any thread)."""


class BrotherPrinterDriver(PrinterLine):
    """One Brother printer. `printing-completed` packets are counted for the present job (level 3); by `look`, which cannot hear them, the
    printer is only seen working and coming to rest (level 2)."""

    cancel_bytes = brother_status.INITIALIZE

    def __init__(self, transport: Transport, clock: Clock, reply_s: float = REPLY_S, look: Look | None = None) -> None:
        super().__init__(transport, clock, reply_s)
        self.confirm_level = 3 if look is None else 2
        self._look = look
        self._stream = PacketStream()
        self._completed = 0
        self._worked = False

    def status(self) -> PrinterStatus:
        """`ESC i S`, or SNMP where the printer is known by that. Packets that come unasked are counted but are not the answer.

        While it prints something that is not ours it is not ready: the packet that will say so carries no name, and would confirm our job.
        """
        asked = self._look() if self._look else self._ask(brother_status.ASK_STATUS, self._reply)
        status = brother_status.to_status(asked)
        if status.ready and status.printing and not self._job_open:
            return replace(status, ready=False, reasons=(Reason.BUSY,))
        return status

    def prepare(self, job: PrintJob) -> bytes:
        """The job's raster data. ValueError without a print command at its end."""
        if not job.payload.endswith(_PRINT):
            raise ValueError("the payload holds no complete Brother raster page")
        self._completed = 0
        self._worked = False
        return repeated(job, brother_status.INITIALIZE + job.payload)

    def _look_for(self, job: PrintJob, deadline: float) -> Evidence:
        # Asked only if it says nothing by itself, for some do not answer while they print.
        if self._completed < job.expected:
            self._listen(deadline - self._clock(), lambda data: self._enough(data, job.expected))
        if self._completed >= job.expected:
            return Evidence(self._completed, consumed=True)
        status = self.status()
        self._worked |= status.printing
        rests = self._look is not None and self._worked and status.ready is True and not status.printing
        return Evidence(self._completed, rests, status)

    def cancel(self) -> None:
        """See PrinterDriver.cancel."""
        if self._look is not None:
            self._look.cancel()
        super().cancel()

    def _forget(self) -> None:
        self._stream = PacketStream()

    def _overhear(self, data: bytes) -> None:
        self._take(data)

    def _take(self, data: bytes) -> list[Packet]:
        packets = self._stream.feed(data)
        self._completed += sum(packet.event == "printing-completed" for packet in packets)
        return packets

    def _reply(self, data: bytes) -> Packet | None:
        return next((packet for packet in self._take(data) if packet.event in ("reply", "error")), None)

    def _enough(self, data: bytes, wanted: int) -> bool | None:
        self._take(data)
        return True if self._completed >= wanted else None
