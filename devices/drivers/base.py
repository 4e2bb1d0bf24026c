"""What a session expects of a driver and what the print queue expects of a printer driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from devices.model import DeviceFault, Feedback, PrinterIdentity, PrinterStatus, PrintJob, Reading, Reason, Scan
from devices.transports.base import Transport

Clock = Callable[[], float]
"""Seconds of the hub's monotonic clock."""

Event = Scan | Reading | PrinterStatus | DeviceFault
"""What a driver can report to its session."""

STEP_S = 0.2
"""Longest time a driver may block in one `step`, so that a stop is heard in time."""


class Driver(Protocol):
    """One device, driven by its session's thread. Every method but `wake` and `cancel` is called on that thread and may raise LinkError."""

    def open(self) -> None:
        """Open the transport."""

    def probe(self) -> Sequence[Event]:
        """Find out whether the expected dialect answers; LinkError(wrong-dialect or no-reply) when not."""

    def step(self) -> Sequence[Event]:
        """Do one piece of work lasting at most about STEP_S, and say what came of it."""

    def close(self) -> None:
        """Close the transport; never raises."""

    def wake(self) -> None:
        """End the present wait in `step`, or the next one (any thread)."""

    def cancel(self) -> None:
        """We are shutting down: end every wait for good (any thread)."""

    def while_down(self, reason: Reason) -> None:
        """Called now and then while the link is down, so that waiting work can be given up honestly."""

    def finish(self) -> None:
        """The session ends: settle what is still open. Called once, as the last thing."""


class ScannerDriver(Driver, Protocol):
    """A scanner as the hub uses it."""

    def feedback(self, kind: Feedback) -> Sequence[Event]:
        """Answer the last scan at the scanner itself, as far as it can."""


class ScaleDriver(Driver, Protocol):
    """A scale as the hub uses it."""

    def zero(self) -> Sequence[Event]:
        """Set the scale to zero once the load stands still; nothing if it cannot."""

    def tare(self) -> Sequence[Event]:
        """Take what stands on the scale now as tare; nothing if it cannot."""


class PortDriver:
    """The part that drivers of scanners and scales have in common: they hold one transport and keep no work waiting."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def open(self) -> None:
        """See Driver.open."""
        self._transport.open()

    def close(self) -> None:
        """See Driver.close."""
        self._transport.close()

    def wake(self) -> None:
        """See Driver.wake."""
        self._transport.wake()

    def cancel(self) -> None:
        """See Driver.cancel."""
        self._transport.cancel()

    def while_down(self, reason: Reason) -> None:
        """Nothing waits for this device."""

    def finish(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a printer has told about one job since it was last asked.

    `echoes`: labels it reported for this job; `consumed`: nothing is left in its buffer; `status` None: it was not asked.
    """

    echoes: int = 0
    consumed: bool = False
    status: PrinterStatus | None = None


class PrinterDriver(Protocol):
    """What the print queue needs of a printer, whatever its language."""

    confirm_level: int
    """The highest rung of evidence (see model.JobReport) that its language can give of a job: below 3 no job is ever PRINTED by itself."""

    def connect(self) -> None:
        """Open the line for one job or one status query; raises LinkError."""

    def disconnect(self) -> None:
        """Give the line back (many printers serve one host at a time); never raises."""

    def identify(self) -> PrinterIdentity | None:
        """Model, firmware and resolution, or None if the printer does not tell."""

    def status(self) -> PrinterStatus:
        """Ask how the printer is. `ready` None when it does not answer."""

    def clear_partial(self) -> None:
        """Throw away a half-received format, which would swallow the next label."""

    def prepare(self, job: PrintJob) -> bytes:
        """The job's bytes with the request for evidence. ValueError for a payload that is not of this language."""

    def send(self, wire: bytes) -> None:
        """Send what `prepare` made; LinkError.sent counts the bytes that left."""

    def evidence(self, job: PrintJob, timeout: float) -> Evidence:
        """Listen for at most `timeout` seconds for the printer's word on this job, then ask for its state."""

    def cancel(self) -> None:
        """We are shutting down: end every wait for good (any thread)."""
