"""One driver for every scale: it asks or listens as the dialect says, and lets only confirmed weights pass as usable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from devices.codecs.scales.dialect import Dialect
from devices.codecs.scales.replies import Ack, Fault, Identity, Ignored, Reply, Status
from devices.drivers.base import STEP_S, Event, PortDriver
from devices.model import GRAMS_PER, DeviceFault, Reading, Reason, WeightState
from devices.transports.base import LinkError, Transport
from devices.weighing import StabilityGate, rule_for

POLL_S = 0.1
MOVING_POLL_S = 0.05
#: An empty scale has nothing to tell: what is put on it moves first, and is asked for faster from then on.
EMPTY_POLL_S = 0.2
_PAUSES = {WeightState.UNSTABLE: MOVING_POLL_S, WeightState.ZERO: EMPTY_POLL_S}
REPLY_S = 0.5
COMMAND_S = 5.0
"""A zero or tare in progress gets this long to find its calm."""
SETTLE_S = 0.1
UNANSWERED_MOST = 3
SILENT_S = 2.0
WRITE_S = 0.5
STRANGE_MOST = 2
BACKLOG = 512
"""More than this at once is what a streaming scale said while nobody listened, and may be old: in 0.2 s it says a hundred bytes."""
_CLEAR = DeviceFault(None)
_DAMAGED = Ignored("garbage")
_TALK = (Reason.SYNTAX, Reason.TRANSMISSION, Reason.LOGICAL)


@dataclass(frozen=True, slots=True)
class ScaleSettings:
    """What the address of a scale may say: the unit where the frames name none, its division, the pause between two questions."""

    unit: str = ""
    division: Decimal | None = None
    poll_s: float = POLL_S


def _understood(replies: list[Reply]) -> bool:
    return any(reply is not _DAMAGED for reply in replies)


class DialectScaleDriver(PortDriver):
    """Serves one scale. Three unanswered polls in a row, or two silent seconds of one that streams, are a lost link."""

    def __init__(
        self,
        transport: Transport,
        clock: Callable[[], float],
        dialect: Dialect,
        settings: ScaleSettings | None = None,
    ) -> None:
        super().__init__(transport)
        self._clock = clock
        self._dialect = dialect
        self._settings = settings or ScaleSettings()
        self._cutter = dialect.cutter()
        self._gate = StabilityGate(
            rule_for(dialect.has_stability, max(self._settings.poll_s, dialect.min_poll_s)), self._settings.division
        )
        self._asked_at: float | None = None
        self._patience = REPLY_S
        self._unanswered = 0
        self._strange = 0
        self._next_poll = 0.0
        self._heard_at = 0.0
        self._last: Reading | None = None
        self._repeats_itself = False
        self._faulty = False
        self.identities: dict[str, str] = {}

    @property
    def garbage(self) -> int:
        """Bytes thrown away so far, for the device page."""
        return self._cutter.counters.dropped_bytes

    def open(self) -> None:
        """See Driver.open."""
        self._cutter.reset()
        self._gate.reset()
        self._asked_at = None
        self._last = None
        self._unanswered = self._strange = 0
        self._repeats_itself = False
        super().open()

    def probe(self) -> Sequence[Event]:
        """Ask what tells this dialect, then for a weight; or listen, if it streams. Any answer of the dialect will do."""
        self._heard_at = self._clock()
        if self._dialect.holds or self._dialect.silence_is_normal:
            return ()
        commands = self._dialect.commands
        questions = [commands.probe or commands.ask, commands.ask, commands.ask] if commands.ask else [b""]
        for question in questions:
            if question:
                self._send(question, REPLY_S)
            deadline = self._clock() + (REPLY_S if question else SILENT_S)
            while (left := deadline - self._clock()) > 0:
                replies = self._hear(min(left, STEP_S))
                if _understood(replies):
                    self._heard_at = self._clock()
                    return self._events(replies)
        if self._strange >= STRANGE_MOST:
            raise LinkError(Reason.WRONG_DIALECT, f"what comes is not {self._dialect.title}")
        raise LinkError(Reason.NO_REPLY, "the scale does not answer")

    def step(self) -> Sequence[Event]:
        """Ask when it is time, listen, count silence."""
        return self._poll() if self._dialect.commands.ask else self._listen()

    def zero(self) -> Sequence[Event]:
        """Set the scale to zero; the next readings show it. Nothing if the dialect has no such command."""
        return self._command(self._dialect.commands.zero)

    def tare(self) -> Sequence[Event]:
        """Take what stands on the scale as tare. Nothing if the dialect has no such command."""
        return self._command(self._dialect.commands.tare)

    def _command(self, command: bytes) -> Sequence[Event]:
        if command:
            self._gate.reset()
            self._send(command, COMMAND_S)
            if not self._dialect.confirms:
                self._asked_at = None
                self._next_poll = self._clock() + SETTLE_S
        return ()

    def _poll(self) -> Sequence[Event]:
        now = self._clock()
        if self._asked_at is None and now >= self._next_poll:
            self._send(self._dialect.commands.ask, REPLY_S)
        wait = self._next_poll - now if self._asked_at is None else self._asked_at + self._patience - now
        replies = self._hear(min(max(wait, 0.0), STEP_S))
        events = self._events(replies)
        now = self._clock()
        if _understood(replies):
            self._unanswered = 0
            if self._asked_at is None:
                self._next_poll = now + self._pause()
        elif self._asked_at is not None and now - self._asked_at >= self._patience:
            self._missed(now)
        return events

    def _missed(self, now: float) -> None:
        self._asked_at = None
        self._gate.reset()
        self._next_poll = now + self._pause()
        if self._dialect.silence_is_normal:
            return
        self._unanswered += 1
        if self._unanswered >= UNANSWERED_MOST:
            raise LinkError(Reason.NO_REPLY, f"{UNANSWERED_MOST} questions unanswered")

    def _pause(self) -> float:
        """Until the next question: none to speak of while a figure waits to be confirmed, less while the load moves, more while the scale
        is empty."""
        if self._settings.poll_s != POLL_S:
            return max(self._settings.poll_s, self._dialect.min_poll_s)
        if self._gate.pending:
            return self._dialect.min_poll_s
        usual = _PAUSES.get(self._last.state, POLL_S) if self._last is not None else POLL_S
        return max(usual, self._dialect.min_poll_s)

    def _listen(self) -> Sequence[Event]:
        replies = self._hear(STEP_S)
        now = self._clock()
        if _understood(replies):
            self._heard_at = now
            return self._events(replies)
        if self._dialect.holds and not self._repeats_itself:
            # A report on change stands until the next one; USB has seen to it that it came whole, and unplugging ends the link.
            return self._events(replies) or self._again(now)
        if now - self._heard_at >= SILENT_S:
            raise LinkError(Reason.NO_REPLY, f"silent for {SILENT_S} s")
        return self._events(replies)

    def _again(self, now: float) -> list[Event]:
        return [] if self._last is None else self._reading(replace(self._last, at=now))

    def _send(self, command: bytes, patience: float) -> None:
        self._transport.write(command, WRITE_S)
        self._asked_at = self._clock()
        self._patience = patience

    def _hear(self, timeout: float) -> list[Reply]:
        chunk = self._transport.read(timeout)
        now = self._clock()
        replies: list[Reply] = []
        if self._dialect.streaming and len(chunk) > BACKLOG:
            self._cutter.reset()
            self._gate.reset()
            return replies
        garbage = self.garbage
        frames = self._cutter.feed(chunk, now)
        if self.garbage != garbage:
            self._gate.reset()
        for frame in frames:
            reply = self._dialect.parse(frame, now)
            if reply is None:
                self._strange += 1
                replies.append(_DAMAGED)
                continue
            self._asked_at = None
            following = self._dialect.follow(reply)
            if following:
                self._send(following, REPLY_S)
            else:
                replies.append(reply)
        return replies

    def _events(self, replies: list[Reply]) -> list[Event]:
        events: list[Event] = []
        for reply in replies:
            if isinstance(reply, Reading):
                events += self._figure(reply)
            elif isinstance(reply, Ignored) and reply.why != "total":
                # On a line that damages frames, what looks whole may be damaged too: the run of agreeing figures begins anew.
                self._gate.reset()
            elif isinstance(reply, Fault):
                events += self._fault(reply)
            elif isinstance(reply, Status):
                events += self._status(reply)
            elif isinstance(reply, Identity):
                self.identities[reply.kind] = reply.text
            elif isinstance(reply, Ack) and not reply.done:
                events += self._refused(reply)
        return events

    def _figure(self, reading: Reading) -> list[Event]:
        unit = self._unit(reading)
        if unit not in GRAMS_PER:
            return self._fault(Fault(Reason.NOT_A_WEIGHT, unit))
        reading = replace(reading, unit=unit)
        self._repeats_itself |= self._last is not None and self._last.raw == reading.raw
        return self._reading(reading)

    def _unit(self, reading: Reading) -> str:
        if self._settings.unit and (not reading.unit or not self._dialect.unit_told):
            return self._settings.unit
        return reading.unit or self._dialect.unit

    def _reading(self, reading: Reading) -> list[Event]:
        self._last = reading
        judged = self._gate.judge(reading)
        if self._faulty:
            self._faulty = False
            return [_CLEAR, judged]
        return [judged]

    def _fault(self, fault: Fault) -> list[Event]:
        self._faulty = True
        told = DeviceFault(fault.reason, fault.word)
        if fault.reason in _TALK:
            return [told]
        # It cannot weigh: what it said before must not be taken for a weight any longer.
        self._gate.reset()
        self._last = None
        unit = fault.unit if fault.unit in GRAMS_PER else "kg"
        return [told, Reading(Decimal(0), unit, WeightState.ERROR, b"", self._clock())]

    def _status(self, status: Status) -> list[Event]:
        now = self._clock()
        if status.unmoved and self._last is not None:
            return self._again(now)
        if status.tare is not None or status.state in (WeightState.STABLE, WeightState.ZERO, WeightState.UNKNOWN):
            return []
        unit = self._last.unit if self._last is not None else self._settings.unit or self._dialect.unit
        return self._reading(Reading(Decimal(0), unit, status.state, b"", now))

    def _refused(self, ack: Ack) -> list[Event]:
        if ack.command == "weight" and ack.state is not None:
            return self._status(Status(ack.state))
        self._faulty = True
        return [DeviceFault(Reason.BUSY, f"{ack.command} refused")]
