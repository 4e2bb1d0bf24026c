"""Label printers that speak SBPL (SATO): asks for state with ENQ, sends jobs under a number of their own, watches them count down.

A job whose number was seen with labels left and then is gone, with the printer well and never offline in between, is printed (level 3).
"""

from __future__ import annotations

import re
import zlib

from devices.codecs.printers import sbpl_status
from devices.codecs.printers.sbpl_status import Answer, ReplyStream, Taken
from devices.drivers.base import Clock, Evidence
from devices.drivers.printer_line import POLL_S, REPLY_S, PrinterLine
from devices.model import PrinterStatus, PrintJob
from devices.transports.base import Transport

_ITEM = re.compile(rb"\x1bA.*?\x1bZ", re.DOTALL)
_OWN = re.compile(rb"\x1bID\d\d|\x1bWK[ -~]{1,16}(?=\x1b)")
_NAME_LENGTH = 16
_NUMBERS = 99


class SbplPrinterDriver(PrinterLine):
    """One SATO printer and what has been seen of the present job there."""

    confirm_level = 3
    cancel_bytes = sbpl_status.CANCEL

    def __init__(self, transport: Transport, clock: Clock, reply_s: float = REPLY_S) -> None:
        super().__init__(transport, clock, reply_s)
        self._stream = ReplyStream()
        self._questions = [sbpl_status.ASK_STATUS, sbpl_status.ASK_STATUS_SOH]
        self._number = ""
        self._shown: str | None = None
        self._seen = False
        self._doubtful = False
        self._refused = False

    def status(self) -> PrinterStatus:
        """ENQ, on some models behind SOH."""
        said = self._enquire()
        self._shown = said.job if said is not None else None
        return sbpl_status.to_status(said)

    def prepare(self, job: PrintJob) -> bytes:
        """The job's items, the last of them under a number and the job's name. ValueError without a whole item."""
        items = _ITEM.findall(job.payload)
        if not items:
            raise ValueError("the payload holds no complete SBPL item")
        self._number = self._free_number(job.job_id)
        self._seen = self._doubtful = self._refused = False
        mark = f"\x1bID{self._number}\x1bWK{job.job_id[-_NAME_LENGTH:]}".encode("ascii")
        items = items * job.copies
        items[-1] = b"\x1bA" + mark + _OWN.sub(b"", items[-1][2:])
        return b"\x02" + b"".join(items) + b"\x03"

    def _look_for(self, job: PrintJob, deadline: float) -> Evidence:
        # The items come out in order, so when the last one is out, all are.
        while True:
            said = self._enquire()
            status = sbpl_status.to_status(said)
            evidence = self._judge(job, said, status)
            if evidence.consumed or status.ready is not True or self._clock() >= deadline:
                return evidence
            self._listen(min(POLL_S, deadline - self._clock()), self._overhear)

    def _judge(self, job: PrintJob, said: Answer | None, status: PrinterStatus) -> Evidence:
        # Switched off or taken offline, the printer may have been made to forget the job: its count at 0 proves nothing any more.
        self._doubtful |= said is None or said.state == "offline"
        if said is None or status.ready is not True:
            return Evidence(status=status)
        ours = said.job == self._number and job.job_id[-_NAME_LENGTH:].startswith(said.name)
        if ours and said.remaining:
            self._seen = True
            return Evidence(status=status)
        gone = said.remaining == 0 and (ours or said.job is None) and not status.printing
        if gone and self._seen and not self._doubtful:
            return Evidence(job.expected, True, status)
        return Evidence(consumed=gone and (self._seen or self._refused), status=status)

    def _free_number(self, job_id: str) -> str:
        """Two digits out of the job id, but not those of a job that is in the printer still."""
        number = zlib.crc32(job_id.encode("ascii")) % _NUMBERS + 1
        return f"{number:02d}" if f"{number:02d}" != self._shown else f"{number % _NUMBERS + 1:02d}"

    def _forget(self) -> None:
        self._stream = ReplyStream()

    def _enquire(self) -> Answer | None:
        for question in self._questions:
            said = self._ask(question, self._hear)
            if said is not None:
                self._questions = [question]
                return said
        return None

    def _overhear(self, data: bytes) -> None:
        self._hear(data)

    def _hear(self, data: bytes) -> Answer | None:
        found = None
        for said in self._stream.feed(data):
            if isinstance(said, Taken):
                self._refused |= not said.ok
            else:
                found = said
        return found
