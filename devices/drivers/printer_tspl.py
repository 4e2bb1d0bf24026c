"""Label printers that speak TSPL or TSPL2 (TSC, Gprinter, Brother FBPL): asks for state, sends jobs, watches the printer work.

TSPL has no word for "this label is out": the mileage counts whole metres. Seeing the printer work and come to rest without a fault is
all the evidence there is (level 2), and the label itself must be scanned for more.
"""

from __future__ import annotations

import re

from devices.codecs.printers import tspl_status
from devices.codecs.printers.tspl_status import Report
from devices.drivers.base import Clock, Evidence
from devices.drivers.printer_line import POLL_S, REPLY_S, PrinterLine, repeated
from devices.model import PrinterIdentity, PrinterStatus, PrintJob
from devices.transports.base import Transport

_PRINT = re.compile(rb"^PRINT\s+\d", re.MULTILINE | re.IGNORECASE)
_LIMIT = 256


class TsplPrinterDriver(PrinterLine):
    """One TSPL printer. Old firmware that knows only `ESC ! ?` is remembered as such."""

    confirm_level = 2
    cancel_bytes = tspl_status.CANCEL_ALL

    def __init__(self, transport: Transport, clock: Clock, reply_s: float = REPLY_S) -> None:
        super().__init__(transport, clock, reply_s)
        self._reports: bool | None = None
        self._worked = False

    def identify(self) -> PrinterIdentity | None:
        """The model (`~!T`); the rest it does not tell."""
        heard = bytearray()

        def hear(data: bytes) -> str | None:
            heard.extend(data[:_LIMIT])
            return tspl_status.model(bytes(heard))

        model = self._ask(tspl_status.ASK_MODEL, hear)
        return PrinterIdentity(model) if model else None

    def status(self) -> PrinterStatus:
        """`ESC ! S`, and from printers that have never answered it `ESC ! ?`. Both are answered in every error."""
        report = self._report() if self._reports is not False else None
        if report is not None:
            self._reports = True
            self._worked |= report.at_work
            return tspl_status.to_status(report)
        if self._reports:
            return tspl_status.to_status(None)
        byte = self._ask_exactly(tspl_status.ASK_FLAGS, 1)
        if byte is None:
            return tspl_status.to_status(None)
        self._reports = False
        status = tspl_status.flags(byte[0])
        self._worked |= status.printing
        return status

    def prepare(self, job: PrintJob) -> bytes:
        """The job's commands. ValueError without a PRINT among them."""
        if not _PRINT.search(job.payload):
            raise ValueError("the payload holds no TSPL label")
        self._worked = False
        end = b"" if job.payload.endswith(b"\n") else b"\r\n"
        return repeated(job, job.payload + end)

    def _look_for(self, job: PrintJob, deadline: float) -> Evidence:
        # The questions overtake the job, so a printer that has not been seen working yet proves nothing.
        while True:
            status = self.status()
            done = self._worked and status.ready is True and not status.printing
            if done or status.ready is not True or self._clock() >= deadline:
                return Evidence(consumed=done, status=status)
            self._listen(min(POLL_S, deadline - self._clock()), self._overhear)

    def _overhear(self, data: bytes) -> None:
        """This language says nothing unasked."""

    def _forget(self) -> None:
        """Nothing is half heard between two questions."""

    def _report(self) -> Report | None:
        heard = bytearray()

        def hear(data: bytes) -> Report | None:
            heard.extend(data)
            del heard[:-_LIMIT]
            return tspl_status.find_report(bytes(heard))

        self._drain()
        return self._ask(tspl_status.ASK_REPORT, hear)
