"""Label and receipt printers that speak ESC/POS: asks for state in real time, sends jobs with a request to say when they are printed.

`GS ( H` behind the job is answered when everything before it has been printed (level 3). Cheap printers keep silent on it.
"""

from __future__ import annotations

import zlib

from devices.codecs.printers import escpos_status
from devices.codecs.printers.escpos_status import KINDS, Printed, RealTime, Reply, ReplyStream
from devices.drivers.base import Clock, Evidence
from devices.drivers.printer_line import REPLY_S, PrinterLine, repeated
from devices.model import PrinterStatus, PrintJob
from devices.transports.base import Transport

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def process_id(job_id: str) -> bytes:
    """Four printable characters that stand for the job: all that `GS ( H` can carry."""
    rest, out = zlib.crc32(job_id.encode("ascii")), ""
    for _ in range(4):
        rest, digit = divmod(rest, len(_DIGITS))
        out += _DIGITS[digit]
    return out.encode("ascii")


class EscposPrinterDriver(PrinterLine):
    """One ESC/POS printer. Ids that it said are kept until the job that waits for one asks."""

    confirm_level = 3
    cancel_bytes = escpos_status.CLEAR_BUFFERS

    def __init__(self, transport: Transport, clock: Clock, reply_s: float = REPLY_S) -> None:
        super().__init__(transport, clock, reply_s)
        self._stream = ReplyStream()
        self._printed: set[bytes] = set()

    def status(self) -> PrinterStatus:
        """`DLE EOT` 1 to 4, one after the other, since the answers do not tell which question they belong to."""
        answers: dict[int, int] = {}
        for kind in KINDS:
            byte = self._ask(escpos_status.ask(kind), self._real_time)
            if byte is None:
                break
            answers[kind] = byte
        return escpos_status.to_status(answers)

    def prepare(self, job: PrintJob) -> bytes:
        """The job's bytes and behind them the request to say its id. ValueError for an empty job."""
        if not job.payload:
            raise ValueError("the payload is empty")
        self._printed.clear()
        return repeated(job, job.payload) + escpos_status.ask_printed(process_id(job.job_id))

    def _look_for(self, job: PrintJob, deadline: float) -> Evidence:
        # The state is asked only if the id does not come.
        wanted = process_id(job.job_id)

        def hear(data: bytes) -> bool | None:
            self._take(data)
            return True if wanted in self._printed else None

        if wanted not in self._printed:
            self._listen(deadline - self._clock(), hear)
        status = self.status() if wanted not in self._printed else None
        printed = wanted in self._printed
        return Evidence(job.expected if printed else 0, printed, status)

    def _forget(self) -> None:
        self._stream = ReplyStream()

    def _overhear(self, data: bytes) -> None:
        self._take(data)

    def _take(self, data: bytes) -> list[Reply]:
        replies = self._stream.feed(data)
        self._printed |= {reply.process_id for reply in replies if isinstance(reply, Printed)}
        return replies

    def _real_time(self, data: bytes) -> int | None:
        found = [reply.byte for reply in self._take(data) if isinstance(reply, RealTime)]
        return found[-1] if found else None
