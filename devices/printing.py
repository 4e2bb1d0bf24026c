"""The print queue of one printer: takes jobs from any thread, works them one by one on the printer's session thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from devices.confirmation import Ascent, PrintJournal, PrintPolicy, state_after_crash
from devices.drivers.base import STEP_S, Event, PrinterDriver
from devices.model import JobReport, JobState, PrinterIdentity, PrinterStatus, PrintJob, Reason
from devices.transports.base import LinkError

__all__ = ["DuplicateJob", "PrintJournal", "PrintPolicy", "PrinterWorker", "state_after_crash"]

# Each look opens a connection of its own and gives it back, so that other hosts of the printer get their turn.
LOOK_WELL_S = 1.0
LOOK_ILL_S = 0.5
LOOK_MUTE_S = 5.0


class DuplicateJob(ValueError):
    """This job id is in the queue, has been printed, or is uncertain. A reprint is a new job with a new id."""


class PrinterWorker:
    """One printer's queue and its idle looks at the printer, as the driver of a session."""

    def __init__(
        self,
        driver: PrinterDriver,
        journal: PrintJournal,
        report: Callable[[JobReport], None],
        clock: Callable[[], float],
        policy: PrintPolicy | None = None,
    ) -> None:
        self._driver = driver
        self._journal = journal
        self._report = report
        self._clock = clock
        self._policy = policy or PrintPolicy()
        self._jobs: deque[Ascent] = deque()
        self._states: dict[str, JobState] = {}
        self._changed = threading.Condition()
        self._woken = False
        self._closed = False
        self._next_look = 0.0
        self.identity: PrinterIdentity | None = None

    # --- any thread ---

    def submit(self, job: PrintJob) -> None:
        """Queue a job. Raises DuplicateJob, and whatever the journal raises: then the job is not queued."""
        with self._changed:
            if self._states.get(job.job_id, JobState.FAILED) is not JobState.FAILED:
                raise DuplicateJob(job.job_id)
            before = self._states.get(job.job_id)
            self._states[job.job_id] = JobState.QUEUED
        try:
            self._journal.record(job, JobState.QUEUED, "")
        except Exception:
            with self._changed:
                if before is None:
                    del self._states[job.job_id]
                else:
                    self._states[job.job_id] = before
            raise
        self._report(JobReport(job.job_id, JobState.QUEUED))
        ascent = Ascent(job, self._driver, self._journal, self._tell, self._clock, self._policy)
        with self._changed:
            closed = self._closed
            if not closed:
                self._jobs.append(ascent)
                self._changed.notify_all()
        if closed:
            ascent.abandon(Reason.STOPPED)

    def wake(self) -> None:
        """See Driver.wake."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def cancel(self) -> None:
        """See Driver.cancel."""
        self._driver.cancel()
        self.wake()

    # --- the session's thread ---

    def open(self) -> None:
        """The line is opened per job and per look, not here."""

    def probe(self) -> Sequence[Event]:
        """Ask who the printer is and how it is."""
        self._driver.connect()
        try:
            self.identity = self._driver.identify()
            return self._looked(self._driver.status())
        finally:
            self._driver.disconnect()

    def step(self) -> Sequence[Event]:
        """One piece of work on the first job; without one a look at the printer when it is time, else a wait."""
        job = self._first()
        if job is not None:
            return self._work(job)
        wait = self._next_look - self._clock()
        if wait <= 0:
            return self._look()
        with self._changed:
            if not self._jobs and not self._woken:
                self._changed.wait(min(wait, STEP_S))
            self._woken = False
        return ()

    def close(self) -> None:
        """See Driver.close. A job whose link broke has settled itself already."""
        self._driver.disconnect()

    def while_down(self, reason: Reason) -> None:
        """Jobs wait for the link, but not for ever."""
        for job in self._waiting():
            job.hold((reason,))
        self._clear_settled()

    def finish(self) -> None:
        """Shutting down: no job is left without an honest last word."""
        with self._changed:
            self._closed = True
        for job in self._waiting():
            job.abandon(Reason.STOPPED)
        self._clear_settled()

    def _work(self, job: Ascent) -> Sequence[Event]:
        try:
            status = job.advance()
        except LinkError:
            self._clear_settled()
            raise
        self._clear_settled()
        if status is None:
            return ()
        if job.state is JobState.PREFLIGHT:
            self._pause(LOOK_ILL_S)
        return self._looked(status)

    def _look(self) -> Sequence[Event]:
        self._driver.connect()
        try:
            return self._looked(self._driver.status())
        finally:
            self._driver.disconnect()

    def _looked(self, status: PrinterStatus) -> Sequence[Event]:
        wait = {True: LOOK_WELL_S, False: LOOK_ILL_S, None: LOOK_MUTE_S}[status.ready]
        self._next_look = self._clock() + wait
        return (status,)

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._woken, seconds)
            self._woken = False

    def _first(self) -> Ascent | None:
        with self._changed:
            return self._jobs[0] if self._jobs else None

    def _waiting(self) -> list[Ascent]:
        with self._changed:
            return list(self._jobs)

    def _clear_settled(self) -> None:
        with self._changed:
            self._jobs = deque(job for job in self._jobs if not job.state.final)

    def _tell(self, report: JobReport) -> None:
        with self._changed:
            self._states[report.job_id] = report.state
        self._report(report)
