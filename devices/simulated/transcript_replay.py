"""A recorded conversation as a device again: plays its half to a driver, in its own time, as fast as the driver listens.

Used by tests and by `floorhand devices transcript replay`, which shows on our table what happened on somebody's floor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devices import registry
from devices.drivers.base import Clock, Driver, Event
from devices.model import DeviceFault, LinkState, Reason, Role
from devices.simulated.transcript import Step, Transcript
from devices.transports.base import LinkError, Transport
from devices.transports.urls import wrapping

PATIENCE_S = 2.0
"""So long past its time a question that the driver does not ask is waited for; then it is left out, as one that a person asked."""
SHORTEST_READ_S = 0.001


@dataclass(frozen=True, slots=True)
class LinkChange:
    """The link came up (`reason` None) or was lost."""

    state: LinkState
    reason: Reason | None = None


class ReplayTransport:
    """Plays the device. Time is its own: `clock` moves on with what the driver waits. After the last step everything is STOPPED."""

    def __init__(self, transcript: Transcript) -> None:
        self._steps = transcript.steps
        self._next = 0
        self._now = 0.0
        self._since = 0.0  # when the step before `next` happened
        self._early: list[bytes] = []
        self.unexpected: list[bytes] = []
        self._opened = False

    def clock(self) -> float:
        """Seconds since the beginning."""
        return self._now

    @property
    def over(self) -> bool:
        """True when everything was played."""
        return self._next >= len(self._steps) and not self._early

    def open(self) -> None:
        """See Transport.open: goes on where the line was opened next, whatever was left of before."""
        self._early.clear()
        if not self._opened and self._step is not None and self._step.kind not in ("opened", "failed"):
            # The record begins in the middle of a conversation.
            self._opened = True
            return
        while (step := self._step) is not None:
            self._now = max(self._now, self._due)
            self._take()
            if step.kind == "opened":
                self._opened = True
                return
            if step.kind == "failed" and step.failure[0] == "open":
                raise LinkError(step.failure[1], "as recorded")
        raise LinkError(Reason.STOPPED, "the record ends here")

    def read(self, timeout: float) -> bytes:
        """See Transport.read."""
        if self._early:
            return self._early.pop(0)
        deadline = self._now + max(timeout, SHORTEST_READ_S)
        while (step := self._step) is not None:
            if self._due > deadline:
                break
            if step.kind == "read":
                self._now = max(self._now, self._due)
                self._take()
                return step.data
            if step.kind == "failed" and step.failure[0] == "read":
                self._now = max(self._now, self._due)
                self._take()
                raise LinkError(step.failure[1], "as recorded")
            if self._now < self._due + PATIENCE_S:
                # It is the driver's turn.
                break
            if step.kind in ("closed", "opened"):
                raise LinkError(Reason.LOST, "the record went on with another connection")
            self._take()
        if self._step is None:
            raise LinkError(Reason.STOPPED, "the record ends here")
        self._now = deadline
        return b""

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write. What the device had said before this question is heard first."""
        place = self._next
        while place < len(self._steps) and self._steps[place].kind in ("read", "written"):
            step = self._steps[place]
            if step.kind == "written" and (step.data == data if step.whole else step.size == len(data)):
                self._early += [before.data for before in self._steps[self._next : place] if before.kind == "read"]
                self._next, self._since = place + 1, self._now
                self._fail_write()
                return
            place += 1
        self.unexpected.append(data)

    def close(self) -> None:
        """See Transport.close."""

    def wake(self) -> None:
        """See Transport.wake: nothing waits here."""

    def cancel(self) -> None:
        """See Transport.cancel: nothing waits here."""

    def _fail_write(self) -> None:
        step = self._step
        if step is not None and step.kind == "failed" and step.failure[0] == "write":
            self._take()
            raise LinkError(step.failure[1], "as recorded", step.failure[2])

    @property
    def _step(self) -> Step | None:
        return self._steps[self._next] if self._next < len(self._steps) else None

    @property
    def _due(self) -> float:
        return self._since + self._steps[self._next].delay

    def _take(self) -> None:
        self._since = max(self._due, self._since)
        self._next += 1


def replay(
    transcript: Transcript,
    listener: Callable[[float, Event | LinkChange], None],
    role: Role | None = None,
    dialect: str | None = None,
) -> ReplayTransport:
    """Plays the transcript to the driver of its role and dialect, or of another one; `listener` gets (seconds, what the driver said).

    Returns the transport, which knows what the driver asked that is not in the record. ValueError for an unknown dialect.
    """
    device = ReplayTransport(transcript)
    role = role or Role(transcript.role)
    url = _with_dialect(transcript.url, dialect or transcript.dialect)

    def instead(transport: Transport) -> Transport:
        return device

    with wrapping(instead):
        live = _driver(role, url, device.clock)
    while not device.over:
        try:
            live(lambda event: listener(device.clock(), event))
        except LinkError as trouble:
            if trouble.reason is Reason.STOPPED:
                break
            listener(device.clock(), LinkChange(LinkState.LOST, trouble.reason))
    return device


Live = Callable[[Callable[[Event | LinkChange], None]], None]


def _driver(role: Role, url: str, clock: Clock) -> Live:
    """One life of the driver: from opening until the link is lost."""
    if role is Role.LABEL_PRINTER:
        printer = registry.printer_for(url, clock)

        def look(tell: Callable[[Event | LinkChange], None]) -> None:
            printer.connect()
            try:
                tell(printer.status())
            finally:
                printer.disconnect()

        return look
    driver: Driver = registry.scanner_for(url, clock) if role is Role.SCANNER else registry.scale_for(url, clock)

    def live(tell: Callable[[Event | LinkChange], None]) -> None:
        try:
            driver.open()
            for event in driver.probe():
                tell(event)
            tell(LinkChange(LinkState.READY))
            while True:
                for event in driver.step():
                    tell(event)
        finally:
            driver.close()

    return live


def _with_dialect(url: str, dialect: str) -> str:
    # Of several options of a name the last counts.
    return f"{url}{'&' if '?' in url else '?'}dialect={dialect}"


def told(event: Event | LinkChange) -> str:
    """One event in one line of plain characters, without its time: equal lines mean the same happened."""
    if isinstance(event, LinkChange):
        return f"link {event.state.value}" + (f" ({event.reason.value})" if event.reason else "")
    if isinstance(event, DeviceFault):
        return f"fault {event.reason.value if event.reason else 'cleared'}"
    words = {name: value for name, value in _fields(event).items() if name not in ("at", "device")}
    return f"{type(event).__name__.lower()} " + " ".join(f"{name}={value!r}" for name, value in words.items())


def _fields(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in type(event).__dataclass_fields__}
