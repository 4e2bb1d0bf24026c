"""Label printers that speak EPL2 (older Zebra, Intermec ESim): asks for errors, sends jobs.

EPL2 says nothing of labels that are out. That the printer was well before (level 1), and says of no error after, is all there is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from devices.codecs.printers import epl2_status
from devices.codecs.printers.epl2_status import Acknowledged, Errors, ReplyStream
from devices.drivers.base import Clock, Evidence
from devices.drivers.printer_line import REPLY_S, PrinterLine, repeated
from devices.model import PrinterStatus, PrintJob, Reason
from devices.transports.base import Transport

_PRINT = re.compile(rb"^P\d", re.MULTILINE)


class Epl2PrinterDriver(PrinterLine):
    """One EPL2 printer. What it reports unasked is heard while a job is watched."""

    confirm_level = 1
    cancel_bytes = epl2_status.RESET

    def __init__(self, transport: Transport, clock: Clock, reply_s: float = REPLY_S) -> None:
        super().__init__(transport, clock, reply_s)
        self._stream = ReplyStream()

    def status(self) -> PrinterStatus:
        """`^ee`."""
        return epl2_status.to_status(self._ask(epl2_status.ASK_ERRORS, self._answer))

    def prepare(self, job: PrintJob) -> bytes:
        """The job's commands behind `US`, so that errors are reported as they happen. ValueError without a P among them."""
        if not _PRINT.search(job.payload):
            raise ValueError("the payload holds no EPL2 label")
        end = b"" if job.payload.endswith(b"\n") else b"\r\n"
        return b"\r\n" + epl2_status.REPORT_ERRORS + repeated(job, job.payload + end)

    def _look_for(self, job: PrintJob, deadline: float) -> Evidence:
        reported = self._listen(deadline - self._clock(), self._report)
        status = epl2_status.to_status(reported) if reported is not None else self.status()
        if status.ready is not True:
            return Evidence(status=status)
        # Without an error there is nothing more to hear: UNCONFIRMED says that this proves nothing.
        return Evidence(consumed=True, status=replace(status, warnings=(*status.warnings, Reason.UNCONFIRMED)))

    def _overhear(self, data: bytes) -> None:
        self._stream.feed(data)

    def _forget(self) -> None:
        self._stream = ReplyStream()

    def _answer(self, data: bytes) -> Errors | None:
        """The answer to a question: neither an acknowledgement nor the news that something is over."""
        found = [each for each in self._stream.feed(data) if isinstance(each, Errors) and not each.recovered]
        return found[-1] if found else None

    def _report(self, data: bytes) -> Errors | None:
        found = [each for each in self._stream.feed(data) if not isinstance(each, Acknowledged)]
        return next((each for each in found if each.codes), None)
