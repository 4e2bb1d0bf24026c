"""The way of one print job up the ladder of evidence: is the printer well, send, wait for its word. Used by `devices.printing`.

The rule that everything here serves: FAILED only if not one byte of the job has left us; after the first byte any trouble is UNCERTAIN,
and an UNCERTAIN job is never sent again by us. PRINTED only on the printer's own word for this very job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from devices.drivers.base import PrinterDriver
from devices.model import JobReport, JobState, PrinterStatus, PrintJob, Reason
from devices.print_journal import PrintJournal
from devices.transports.base import LinkError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PrintPolicy:
    """Patience, in seconds."""

    hold_s: float = 30.0
    """How long a job waits for a printer that is away or not ready before it is given up, unsent."""
    failover_s: float = 4.0
    """How long a printer may be unfit before its waiting jobs go to another one that may stand in, if there is one."""
    listen_s: float = 0.25
    """How long to listen for echoes before asking for the printer's state again."""
    base_s: float = 3.0
    per_label_s: float = 2.0
    """A job of n labels may take base + n * per_label seconds without a sign of life."""
    grace_s: float = 1.0
    """How long after the buffer is empty an echo may still come."""


def state_after_crash(recorded: JobState) -> JobState:
    """What a job is whose last record before a crash or power cut was `recorded`: nobody has watched it since."""
    if recorded in (JobState.QUEUED, JobState.PREFLIGHT):
        return JobState.FAILED
    if recorded in (JobState.SENDING, JobState.SENT):
        return JobState.UNCERTAIN
    return recorded


@dataclass(slots=True)
class Rest:
    """Since when one printer is known to hold nothing of ours, None: it may. What it holds it prints by itself once its trouble is over."""

    since: float | None = None

    def saw(self, status: PrinterStatus, now: float) -> None:
        """A look at the printer: ready and with nothing in its buffer, it is at rest."""
        if self.since is None and status.ready and not (status.formats or status.remaining):
            self.since = now

    def doubt(self) -> None:
        """A label was sent, and nobody knows where it is."""
        self.since = None


class Ascent:
    """One job on its way. `advance` does one piece of work of at most a second or two; `state` says how far it has come."""

    def __init__(
        self,
        job: PrintJob,
        driver: PrinterDriver,
        journal: PrintJournal,
        report: Callable[[JobReport], None],
        clock: Callable[[], float],
        policy: PrintPolicy,
        rest: Rest | None = None,
    ) -> None:
        self.job = job
        self.state = JobState.QUEUED
        self._driver = driver
        self._journal = journal
        self._report = report
        self._clock = clock
        self._policy = policy
        self._held_since: float | None = None
        self._told: tuple[Reason, ...] | None = None
        self._deadline = 0.0
        self._consumed_at: float | None = None
        self._level = 0
        self._rest = rest or Rest()
        self._asked_at = clock()
        self.stays = False
        """True for a job that was asked for at this very printer."""
        self.cancelled_by: str | None = None
        """Set, by any thread, to the person who no longer wants the job; heeded until its first byte."""

    @property
    def untouched(self) -> bool:
        """True while not one byte has left and the job may still go elsewhere."""
        return self.state in (JobState.QUEUED, JobState.PREFLIGHT)

    def advance(self) -> PrinterStatus | None:
        """Go on; returns the printer's state if it was asked. A LinkError has been accounted for and is passed on."""
        if self.heed_cancel():
            return None
        return self._watch() if self.state is JobState.SENT else self._preflight()

    def hold(self, reasons: tuple[Reason, ...]) -> None:
        """The job cannot start now. Its patience runs from the first time this is said; then it is FAILED, unsent."""
        now = self._clock()
        if self._held_since is None:
            self._held_since = now
        if now - self._held_since >= self._policy.hold_s:
            self._settle(JobState.FAILED, reasons, "nothing was sent")
        else:
            self._tell_waiting(reasons, "waiting for the printer")

    def park(self) -> None:
        """A person holds the queue: the job waits for as long as that takes."""
        self._held_since = None
        self._tell_waiting((Reason.HELD,), "the queue is held")

    def heed_cancel(self) -> bool:
        """True if the job is over because somebody cancelled it in time."""
        if self.cancelled_by is None or not self.untouched:
            return False
        self._settle(JobState.FAILED, (Reason.CANCELLED,), f"nothing was sent: cancelled by {self.cancelled_by}")
        return True

    def abandon(self, reason: Reason) -> None:
        """We are shutting down, or the queue is: say honestly how the job stands."""
        if self.state in (JobState.SENDING, JobState.SENT):
            self._settle(JobState.UNCERTAIN, (reason,), "not watched to the end")
        elif not self.state.final:
            self._settle(JobState.FAILED, (reason,), "nothing was sent")

    def _preflight(self) -> PrinterStatus:
        self._driver.connect()
        if self.state is JobState.QUEUED:
            self._move(JobState.PREFLIGHT)
        status = self._driver.status()
        if status.reasons == (Reason.PARTIAL_FORMAT,):
            self._driver.clear_partial()
            status = self._driver.status()
        self._rest.saw(status, self._clock())
        if status.ready is not True or (self.job.reprint_of and self._rest.since is None):
            self._driver.disconnect()
            self.hold(status.reasons or (Reason.BUFFER_FULL,))
            return status
        if self.job.reprint_of and self._too_early():
            said = "nothing was sent: look whether the first label has come out meanwhile"
            self._settle(JobState.FAILED, (Reason.UNCONFIRMED,), said)
            return status
        self._held_since = None
        self._level = min(self._driver.confirm_level, 1)
        self._send()
        return status

    def _too_early(self) -> bool:
        """Was this repeat asked for before the printer had come to rest? Then the first label may have come out since somebody looked."""
        return self._rest.since is None or self._rest.since > self._asked_at

    def _send(self) -> None:
        wire = None if self.heed_cancel() else self._ready_to_send()
        if wire is None:
            return
        self.state = JobState.SENDING
        self._report(JobReport(self.job.job_id, self.state, self._level))
        try:
            self._driver.send(wire)
        except LinkError as trouble:
            if trouble.sent == 0:
                self._settle(JobState.FAILED, (trouble.reason,), "nothing was sent")
            else:
                self._settle(JobState.UNCERTAIN, (trouble.reason,), f"link lost after {trouble.sent} bytes")
            raise
        except Exception:
            # A bug of ours, in the middle of sending: nobody knows how much has left.
            self._settle(JobState.UNCERTAIN, (Reason.OTHER,), "sending failed")
            raise
        self._told = ()
        self._move(JobState.SENT)
        self._extend()

    def _ready_to_send(self) -> bytes | None:
        """The bytes, once the journal has the job as SENDING; None if it is FAILED before that."""
        try:
            wire = self._driver.prepare(self.job)
            self._journal.record(self.job, JobState.SENDING, "")
        except ValueError as trouble:
            self._settle(JobState.FAILED, (Reason.OTHER,), f"nothing was sent: {trouble}")
            return None
        except Exception as trouble:
            log.exception("print job %s is not sent: the journal refused it", self.job.job_id)
            self._settle(JobState.FAILED, (Reason.JOURNAL,), f"nothing was sent: {trouble}")
            return None
        return wire

    def _watch(self) -> PrinterStatus | None:
        try:
            evidence = self._driver.evidence(self.job, self._policy.listen_s)
        except LinkError as trouble:
            self._settle(JobState.UNCERTAIN, (trouble.reason,), "link lost before the printer reported the label")
            raise
        if evidence.echoes >= self.job.expected:
            self._level = 3
            self._settle(JobState.PRINTED, (), f"{evidence.echoes} of {self.job.expected} labels reported")
            return None
        told = f"{evidence.echoes} of {self.job.expected} labels reported"
        status = evidence.status or PrinterStatus(None, (Reason.NO_REPLY,))
        if evidence.consumed:
            self._after_consumed(status, told)
        else:
            self._consumed_at = None
            self._while_printing(status, told)
        return status

    def _after_consumed(self, status: PrinterStatus, told: str) -> None:
        now = self._clock()
        if self._consumed_at is None:
            self._consumed_at = now
        if now - self._consumed_at >= self._policy.grace_s:
            self._level = min(self._driver.confirm_level, 2)
            said = "the printer has nothing left to print" if self._level == 2 else "the bytes were taken"
            self._settle(JobState.UNCERTAIN, (Reason.UNCONFIRMED, *status.reasons), f"{said}, but {told}")

    def _while_printing(self, status: PrinterStatus, told: str) -> None:
        waits_for_person = status.ready is False and Reason.PARTIAL_FORMAT not in status.reasons
        if waits_for_person or status.formats or status.remaining:
            # It is printing or needs something: that is the printer's or the operator's clock, not ours.
            self._extend()
        if status.reasons != self._told:
            self._told = status.reasons
            self._move(JobState.SENT, status.reasons, told)
        if self._clock() >= self._deadline:
            self._settle(JobState.UNCERTAIN, (Reason.TIMED_OUT, *status.reasons), told)

    def _extend(self) -> None:
        self._deadline = self._clock() + self._policy.base_s + self._policy.per_label_s * self.job.expected

    def _tell_waiting(self, reasons: tuple[Reason, ...], detail: str) -> None:
        if reasons != self._told:
            self._told = reasons
            self._move(JobState.PREFLIGHT, reasons, detail)

    def _settle(self, state: JobState, reasons: tuple[Reason, ...], detail: str) -> None:
        self._driver.disconnect()
        if state is JobState.UNCERTAIN:
            self._rest.doubt()
        self._move(state, reasons, detail)

    def _move(self, state: JobState, reasons: tuple[Reason, ...] = (), detail: str = "") -> None:
        self.state = state
        written = " ".join([*(reason.value for reason in reasons), detail]).strip()
        try:
            self._journal.record(self.job, state, written)
        except Exception:
            # The state itself is true all the same; the journal's owner hears it from the report.
            log.exception("print job %s is %s, but the journal did not take it", self.job.job_id, state.value)
        self._report(JobReport(self.job.job_id, state, self._level, reasons, detail))
