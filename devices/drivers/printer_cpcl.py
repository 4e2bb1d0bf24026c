"""Label printers that speak CPCL (mobile printers of Zebra, Intermec, Brother, Sewoo): asks for state, sends jobs, counts labels.

The label count (`ESC J R U`, by SGD on Link-OS printers) before and after a job says how many labels came out in between (level 3).
Printers without it say by answering `ESC h` that they have finished (level 2).
"""

from __future__ import annotations

import re

from devices.codecs.printers import cpcl_status
from devices.drivers.base import Clock, Evidence
from devices.drivers.printer_line import REPLY_S, PrinterLine, repeated
from devices.model import PrinterIdentity, PrinterStatus, PrintJob, Reason
from devices.transports.base import Transport

_SESSION = re.compile(rb"!\s*-?\d+\s+\d+\s+\d+\s+\d+\s+\d+\s*\n.*?^(?:PO)?PRINT\s*$", re.DOTALL | re.MULTILINE)
_LONGEST_IDENTITY = 512
QUIET_S = 0.02


class CpclPrinterDriver(PrinterLine):
    """One CPCL printer. Questions it has never answered in time are not asked again."""

    confirm_level = 3

    def __init__(self, transport: Transport, clock: Clock, reply_s: float = REPLY_S) -> None:
        super().__init__(transport, clock, reply_s)
        self._extends: bool | None = None
        self._counters = [self._count_older, self._count_sgd]
        self._before: int | None = None
        self._lost_memory = False

    def identify(self) -> PrinterIdentity | None:
        """Model, firmware and serial number (`ESC v`)."""
        heard = bytearray()

        def hear(data: bytes) -> PrinterIdentity | None:
            heard.extend(data[:_LONGEST_IDENTITY])
            del heard[_LONGEST_IDENTITY:]
            return cpcl_status.identity(bytes(heard))

        return self._ask(cpcl_status.ASK_IDENTITY, hear)

    def status(self) -> PrinterStatus:
        """`ESC h`, `ESC i` if known, and the label count for the job that may follow."""
        status = self._state()
        # With somebody else's label still to come the count would confirm the wrong one.
        self._before = self._count() if status.ready and not status.printing else None
        if Reason.WAS_RESET in status.warnings:
            self._transport.write(cpcl_status.ACKNOWLEDGE_RESET, self._reply_s)
        return status

    def prepare(self, job: PrintJob) -> bytes:
        """The job's sessions. ValueError without a whole one."""
        if not _SESSION.search(job.payload):
            raise ValueError("the payload holds no complete CPCL session")
        self._lost_memory = False
        end = b"" if job.payload.endswith(b"\n") else b"\r\n"
        return repeated(job, job.payload + end)

    def _look_for(self, job: PrintJob, deadline: float) -> Evidence:
        # ESC h is answered only when the printer has finished or is in trouble: silence means printing.
        status = self._state(max(deadline - self._clock(), 0.0))
        if status.ready is None:
            return Evidence(status=status)
        # A printer that was switched off in the middle has forgotten what it had not printed.
        self._lost_memory |= Reason.WAS_RESET in status.warnings
        done = self._lost_memory or (status.ready is True and not status.printing)
        return Evidence(self._echoes(job) if done else 0, done, status)

    def _overhear(self, data: bytes) -> None:
        """This language says nothing unasked."""

    def _forget(self) -> None:
        """Nothing is half heard between two questions."""

    def _state(self, timeout: float | None = None) -> PrinterStatus:
        byte = self._byte(cpcl_status.ASK_STATUS, timeout)
        more = None
        if byte is not None and self._extends is not False:
            more = self._byte(cpcl_status.ASK_EXTENDED)
            self._extends = more is not None or self._extends
            if self._extends is None:
                self._extends = False
        if more is None and self._extends:
            return cpcl_status.to_status(None, None)
        return cpcl_status.to_status(byte, more)

    def _byte(self, question: bytes, timeout: float | None = None) -> int | None:
        answer = self._ask_exactly(question, 1, timeout)
        return answer[0] if answer is not None else None

    def _count(self) -> int | None:
        """Labels printed so far, by the first way that is answered; a printer that knows none is not asked again."""
        for counter in self._counters:
            found = counter()
            if found is not None:
                self._counters = [counter]
                return found
        if len(self._counters) > 1:
            self._counters = []
        return None

    def _count_older(self) -> int | None:
        answer = self._ask_exactly(cpcl_status.ASK_COUNT, cpcl_status.COUNT_LENGTH)
        return cpcl_status.count(answer) if answer is not None else None

    def _count_sgd(self) -> int | None:
        heard = bytearray()

        def hear(data: bytes) -> int | None:
            heard.extend(data[:_LONGEST_IDENTITY])
            return cpcl_status.count_sgd(bytes(heard[-_LONGEST_IDENTITY:]))

        self._drain()
        return self._ask(cpcl_status.ASK_COUNT_SGD, hear)

    def _echoes(self, job: PrintJob) -> int:
        """Labels counted since before the job. More than it has means that somebody else prints here: then the count proves nothing."""
        before = self._before
        after = self._sure_count() if before is not None and not self._lost_memory else None
        if before is None or after is None:
            return 0
        printed = cpcl_status.counted(before, after)
        return printed if printed <= job.expected else 0

    def _sure_count(self) -> int | None:
        """The count as said twice in silence: its two bytes have no frame, and a late answer to an earlier question looks like one."""
        self._listen(QUIET_S, self._overhear)
        first = self._count()
        return first if first is not None and first == self._count() else None
