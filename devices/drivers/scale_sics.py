"""Scales that speak MT-SICS: asks `SI` ten times a second and passes the answers on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from devices.codecs.scales import mt_sics
from devices.codecs.scales.mt_sics import Ack, Fault, Identity
from devices.drivers.base import STEP_S, Event, PortDriver
from devices.framing import DelimiterFramer
from devices.model import DeviceFault, Reading, Reason
from devices.transports.base import LinkError, Transport

POLL_S = 0.1
REPLY_S = 0.5
ZERO_S = 5.0
UNANSWERED_MOST = 3
WRITE_S = 0.5
LONGEST_LINE = 64
_CLEAR = DeviceFault(None)


class SicsScaleDriver(PortDriver):
    """Polls one MT-SICS scale. Three unanswered polls in a row are a lost link; a zero in progress gets five seconds to find its calm."""

    def __init__(self, transport: Transport, clock: Callable[[], float]) -> None:
        super().__init__(transport)
        self._clock = clock
        self._framer = DelimiterFramer(b"\r\n", starts=b"", limit=LONGEST_LINE)
        self._asked_at: float | None = None
        self._patience = REPLY_S
        self._unanswered = 0
        self._next_poll = 0.0
        self._faulty = False
        self.identity: Identity | None = None

    def open(self) -> None:
        """See Driver.open."""
        self._framer.reset()
        self._asked_at = None
        self._unanswered = 0
        super().open()

    def probe(self) -> Sequence[Event]:
        """`@` resets the dialogue and makes the scale tell its serial number; any MT-SICS answer within the time will do."""
        self._send(mt_sics.CANCEL, REPLY_S)
        deadline = self._clock() + UNANSWERED_MOST * REPLY_S
        while self._clock() < deadline:
            replies = self._hear(STEP_S)
            if replies:
                self._asked_at = None
                return self._events(replies)
        raise LinkError(Reason.NO_REPLY, "the scale does not answer")

    def step(self) -> Sequence[Event]:
        """Ask when it is time, listen, count silence."""
        now = self._clock()
        if self._asked_at is None and now >= self._next_poll:
            self._next_poll = now + POLL_S
            self._send(mt_sics.SEND_NOW, REPLY_S)
        wait = self._next_poll - now if self._asked_at is None else self._asked_at + self._patience - now
        replies = self._hear(min(max(wait, 0.0), STEP_S))
        if replies:
            self._asked_at = None
            self._unanswered = 0
        elif self._asked_at is not None and self._clock() - self._asked_at >= self._patience:
            self._asked_at = None
            self._unanswered += 1
            if self._unanswered >= UNANSWERED_MOST:
                raise LinkError(Reason.NO_REPLY, f"{UNANSWERED_MOST} questions unanswered")
        return self._events(replies)

    def zero(self) -> Sequence[Event]:
        """Set the scale to zero; it does so once the load stands still, and the next readings show it."""
        self._send(mt_sics.ZERO, ZERO_S)
        return ()

    def tare(self) -> Sequence[Event]:
        """Take what stands on the scale as tare, once it stands still."""
        self._send(mt_sics.TARE, ZERO_S)
        return ()

    def _send(self, command: bytes, patience: float) -> None:
        self._transport.write(command, WRITE_S)
        self._asked_at = self._clock()
        self._patience = patience

    def _hear(self, timeout: float) -> list[mt_sics.Reply]:
        chunk = self._transport.read(timeout)
        now = self._clock()
        parsed = [mt_sics.parse(frame, now) for frame in self._framer.feed(chunk, now)]
        return [reply for reply in parsed if reply is not None]

    def _events(self, replies: list[mt_sics.Reply]) -> list[Event]:
        events: list[Event] = []
        for reply in replies:
            if isinstance(reply, Reading):
                if self._faulty:
                    self._faulty = False
                    events.append(_CLEAR)
                events.append(reply)
            elif isinstance(reply, Fault):
                self._faulty = True
                events.append(DeviceFault(reply.reason))
            elif isinstance(reply, Identity):
                self.identity = reply
            elif isinstance(reply, Ack) and not reply.done:
                self._faulty = True
                events.append(DeviceFault(Reason.BUSY, f"{reply.command} refused"))
        return events
