"""What the drivers of all printer languages but ZPL have in common: a line that is open for a job or a question, and asking on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from devices.drivers.base import Clock, Evidence
from devices.model import PrinterIdentity, PrintJob
from devices.transports.base import LinkError, Transport

REPLY_S = 1.0
SEND_S = 10.0
POLL_S = 0.05
"""How often a printer is asked while a job is watched."""
MOST_BYTES = 65_536
"""Bytes that are read for one answer; who says more without making sense has not answered."""

_R = TypeVar("_R")


class PrinterLine(ABC):
    """One transport. It remembers when the link broke before a job was accounted for: half a job would swallow the next one."""

    cancel_bytes = b""
    """What makes this language forget everything received and not printed."""

    def __init__(self, transport: Transport, clock: Clock, reply_s: float = REPLY_S) -> None:
        self._transport = transport
        self._clock = clock
        self._reply_s = reply_s
        self._job_open = False
        self._torn = False

    def connect(self) -> None:
        """See PrinterDriver.connect. After a job that broke off, the printer is first told to forget it: no language here can say
        whether it holds half of it, or all of it and will print it later, after the person has decided that it did not come out."""
        self._forget()
        self._transport.open()
        if self._torn and self.cancel_bytes:
            self._transport.write(self.cancel_bytes, self._reply_s)
        self._torn = self._job_open = False

    def disconnect(self) -> None:
        """See PrinterDriver.disconnect."""
        self._transport.close()

    def identify(self) -> PrinterIdentity | None:
        """This language does not tell."""
        return None

    def clear_partial(self) -> None:
        """See PrinterDriver.clear_partial."""
        if self.cancel_bytes:
            self._transport.write(self.cancel_bytes, self._reply_s)

    def send(self, wire: bytes) -> None:
        """See PrinterDriver.send."""
        self._job_open = True
        with self._watching():
            self._transport.write(wire, SEND_S)

    def evidence(self, job: PrintJob, timeout: float) -> Evidence:
        """See PrinterDriver.evidence. Takes the whole time unless the job is accounted for, so that nobody asks in a tight loop."""
        deadline = self._clock() + timeout
        with self._watching():
            found = self._look_for(job, deadline)
            if found.echoes >= job.expected:
                self._job_open = False
            else:
                self._listen(deadline - self._clock(), self._overhear)
        return found

    @abstractmethod
    def _look_for(self, job: PrintJob, deadline: float) -> Evidence:
        """What the printer has said and says now of the job, at the latest soon after `deadline` (of the clock)."""

    @abstractmethod
    def _overhear(self, data: bytes) -> None:
        """Something was said while nothing was asked."""

    @contextmanager
    def _watching(self) -> Iterator[None]:
        try:
            yield
        except LinkError:
            self._torn = self._job_open
            raise

    def cancel(self) -> None:
        """See PrinterDriver.cancel."""
        self._transport.cancel()

    @abstractmethod
    def _forget(self) -> None:
        """A new connection begins: what was half heard on the old one is void."""

    def _ask(self, question: bytes, hear: Callable[[bytes], _R | None], timeout: float | None = None) -> _R | None:
        """Write the question and give what arrives to `hear` until it makes something of it; None after the time for an answer."""
        self._transport.write(question, self._reply_s)
        return self._listen(self._reply_s if timeout is None else timeout, hear)

    def _listen(self, timeout: float, hear: Callable[[bytes], _R | None]) -> _R | None:
        deadline = self._clock() + timeout
        heard = 0
        while (left := deadline - self._clock()) > 0 and heard <= MOST_BYTES:
            data = self._transport.read(left)
            heard += len(data)
            found = hear(data) if data else None
            if found is not None:
                return found
        return None

    def _ask_exactly(self, question: bytes, length: int, timeout: float | None = None) -> bytes | None:
        """The `length` bytes of an answer that has no frame; None if they do not all come. What was on the way before is thrown away."""
        self._drain()
        heard = bytearray()

        def hear(data: bytes) -> bytes | None:
            heard.extend(data)
            return bytes(heard) if len(heard) >= length else None

        answer = self._ask(question, hear, timeout)
        # More than was asked for is no answer to this question.
        return answer if answer is not None and len(answer) == length else None

    def _drain(self) -> None:
        for _ in range(64):
            if not self._transport.read(0.0):
                return


def repeated(job: PrintJob, payload: bytes) -> bytes:
    """The payload as often as the job has copies: every language understands that."""
    return payload * job.copies
