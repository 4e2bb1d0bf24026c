"""Label printers that speak ZPL II: asks for state, sends jobs, listens for the printer's own word on each label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from devices.codecs.printers import zpl_foreign, zpl_status
from devices.codecs.printers.zpl import with_evidence
from devices.codecs.printers.zpl_status import Echo, Errors, Host, Reply, ReplyStream, Value
from devices.drivers.base import Evidence
from devices.drivers.printer_line import MOST_BYTES, REPLY_S, SEND_S
from devices.model import PrinterIdentity, PrinterStatus, PrintJob
from devices.transports.base import Transport

_R = TypeVar("_R", Errors, Host, PrinterIdentity, Value)


class ZplPrinterDriver:
    """One ZPL printer. The line is open between `connect` and `disconnect` only; echoes are counted per job id.

    Some printers and clones do not report printed labels (`^HV`). As long as no report has ever come, the printer's label count before
    and after a job stands in for it, where there is one.
    """

    confirm_level = 3

    def __init__(self, transport: Transport, clock: Callable[[], float], reply_s: float = REPLY_S) -> None:
        self._reply_s = reply_s
        self._transport = transport
        self._clock = clock
        self._stream = ReplyStream()
        self._echoes: Counter[str] = Counter()
        self._heard = 0
        self._echoed = False
        self._counts = False
        self._before: int | None = None

    def connect(self) -> None:
        """See PrinterDriver.connect."""
        self._stream = ReplyStream()
        self._transport.open()

    def disconnect(self) -> None:
        """See PrinterDriver.disconnect."""
        self._transport.close()

    def identify(self) -> PrinterIdentity | None:
        """Model, firmware and resolution (`~HI`), or None if the printer does not tell."""
        identity = self._ask(zpl_status.ASK_IDENTITY, PrinterIdentity)
        self._counts = identity is not None and not self._echoed and self._count() is not None
        return identity

    def status(self) -> PrinterStatus:
        """`~HQES` first: it is answered in every error, `~HS` by some models only when all is well. Its silence is UNKNOWN."""
        status = self._state()
        if status.ready and self._counts and not self._echoed:
            before = self._count()
            self._counts = before is not None
            # What still waits in the printer would be counted as ours.
            self._before = None if status.formats or status.remaining else before
        return status

    def clear_partial(self) -> None:
        """`~JA`: cancel what is in the buffer; a half format would swallow the next label."""
        self._transport.write(zpl_status.CANCEL_ALL, self._reply_s)

    def prepare(self, job: PrintJob) -> bytes:
        """The job's formats with a request to report each printed label."""
        self._echoes.pop(job.job_id, None)
        ask = zpl_foreign.with_evidence if job.foreign else with_evidence
        return ask(job.payload, job.job_id, job.copies)

    def send(self, wire: bytes) -> None:
        """See PrinterDriver.send."""
        self._transport.write(wire, SEND_S)

    def evidence(self, job: PrintJob, timeout: float) -> Evidence:
        """See PrinterDriver.evidence. The state is asked only if the echoes are not complete."""
        deadline = self._clock() + timeout
        while self._echoes[job.job_id] < job.expected:
            left = deadline - self._clock()
            if left <= 0:
                break
            self._hear(left)
        if self._echoes[job.job_id] >= job.expected:
            return Evidence(self._echoes[job.job_id], consumed=True)
        status = self._state()
        consumed = status.ready is True and status.formats == 0 and status.remaining == 0
        if consumed and not self._echoed and self._counted() == job.expected:
            return Evidence(job.expected, consumed, status)
        return Evidence(self._echoes[job.job_id], consumed, status)

    def cancel(self) -> None:
        """See PrinterDriver.cancel."""
        self._transport.cancel()

    def _state(self) -> PrinterStatus:
        errors = self._ask(zpl_status.ASK_ERRORS, Errors)
        host = self._ask(zpl_status.ASK_STATUS, Host) if errors is not None and not errors.errors else None
        return zpl_status.to_status(errors, host)

    def _count(self) -> int | None:
        value = self._ask(zpl_status.ASK_LABEL_COUNT, Value)
        return int(value.text) if value and value.text and value.text.isdecimal() else None

    def _counted(self) -> int | None:
        """Labels since before the job. More than the job has were printed for somebody else too: then the count proves nothing."""
        after = self._count() if self._before is not None else None
        return after - self._before if after is not None and self._before is not None else None

    def _ask(self, question: bytes, kind: type[_R]) -> _R | None:
        self._transport.write(question, self._reply_s)
        deadline = self._clock() + self._reply_s
        self._heard = 0
        while (left := deadline - self._clock()) > 0 and self._heard <= MOST_BYTES:
            for reply in self._hear(left):
                if isinstance(reply, kind):
                    return reply
        return None

    def _hear(self, timeout: float) -> list[Reply]:
        data = self._transport.read(timeout)
        self._heard += len(data)
        replies = self._stream.feed(data)
        for reply in replies:
            if isinstance(reply, Echo):
                self._echoed = True
                self._echoes[reply.job_id] += 1
        return replies
