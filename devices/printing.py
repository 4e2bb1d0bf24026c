"""The print queue of one printer: takes jobs from any thread, works them one by one on the printer's session thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from devices.confirmation import Ascent, PrintPolicy, Rest, state_after_crash
from devices.drivers.base import STEP_S, Event, PrinterDriver
from devices.job_book import DuplicateJob, JobBook, Undecided
from devices.model import DeviceKey, JobReport, PrinterIdentity, PrinterStatus, PrintJob, Reason
from devices.print_journal import PrintJournal
from devices.transports.base import LinkError

__all__ = ["DuplicateJob", "PrintJournal", "PrintPolicy", "PrinterWorker", "Undecided", "state_after_crash"]

# Each look opens a connection of its own and gives it back, so that other hosts of the printer get their turn (ADR 0013).
# A fault must be on the screen within a second of its cause.
LOOK_WELL_S = 0.75
LOOK_ILL_S = 0.5
# A mute printer holds the connection for as long as we listen; one that stays mute is given more and more rest.
LOOK_MUTE_S = (0.5, 1.0, 2.0, 5.0)

PassOn = Callable[[DeviceKey, PrintJob], bool]
"""Offers a job of which nothing has left to the other printers; True if one has taken it."""


class PrinterWorker:
    """One printer's queue and its idle looks at the printer, as the driver of a session. Made by `PrintGroup.worker`."""

    def __init__(
        self,
        key: DeviceKey,
        tongue: str,
        driver: PrinterDriver,
        book: JobBook,
        pass_on: PassOn,
        clock: Callable[[], float],
        policy: PrintPolicy,
    ) -> None:
        self.key = key
        self.tongue = tongue
        self._driver = driver
        self._book = book
        self._pass_on = pass_on
        self._clock = clock
        self._policy = policy
        self._jobs: deque[Ascent] = deque()
        self._changed = threading.Condition()
        self._woken = False
        self._closed = False
        self._held = False
        self._well = False
        self._ill_since: float | None = clock()
        self._rest = Rest()
        self._next_look = 0.0
        self._mute_looks = 0
        self.identity: PrinterIdentity | None = None

    # --- any thread ---

    @property
    def held(self) -> bool:
        """True while a person holds the queue."""
        return self._held

    @property
    def available(self) -> bool:
        """True when the printer was ready at the last look and nobody holds its queue."""
        return self._well and not self._held and not self._closed

    @property
    def waiting(self) -> int:
        """How many jobs it has, the one under way included."""
        with self._changed:
            return len(self._jobs)

    def take(self, job: PrintJob, stays: bool = False) -> None:
        """Put a job that the book has entered at the end of the queue. One that `stays` is not passed on to other printers."""
        ascent = Ascent(job, self._driver, self._book.journal, self._tell, self._clock, self._policy, self._rest)
        ascent.stays = stays
        with self._changed:
            closed = self._closed
            if not closed:
                self._jobs.append(ascent)
                self._changed.notify_all()
        if closed:
            ascent.abandon(Reason.STOPPED)

    def hold(self) -> None:
        """From the next job on, nothing is sent until `release`. What is being printed is still watched."""
        self._held = True
        self.wake()

    def release(self) -> None:
        """Go on."""
        self._held = False
        self.wake()

    def cancel_job(self, job_id: str, who: str) -> bool:
        """Give up a job before its first byte. False if it is not here, or too late; if it just begins, its report has the last word."""
        with self._changed:
            ascent = next((one for one in self._jobs if one.job.job_id == job_id and one.untouched), None)
        if ascent is None:
            return False
        ascent.cancelled_by = who
        self.wake()
        return True

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
        self._heed_cancels()
        job = self._first()
        if job is not None and not (self._held and job.untouched):
            return self._work(job)
        if job is not None:
            job.park()
            self._give_away(0.0)
        wait = self._next_look - self._clock()
        if wait <= 0:
            return self._look()
        with self._changed:
            if (self._held or not self._jobs) and not self._woken:
                self._changed.wait(min(wait, STEP_S))
            self._woken = False
        return ()

    def close(self) -> None:
        """See Driver.close. A job whose link broke has settled itself already."""
        self._found(False)
        self._driver.disconnect()

    def while_down(self, reason: Reason) -> None:
        """Jobs wait for the link, but not for ever."""
        self._heed_cancels()
        for job in self._waiting():
            if self._held:
                job.park()
            else:
                job.hold((reason,))
        self._clear_settled()
        self._give_away(0.0 if self._held else self._policy.failover_s)

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
            self._found(False)
            self._clear_settled()
            raise
        self._clear_settled()
        if status is None:
            return ()
        events = self._looked(status)
        # Also behind a label that stopped half out, the next ones need not wait for somebody to come.
        self._give_away(self._policy.failover_s)
        if job.untouched:
            self._pause(LOOK_ILL_S)
        return events

    def _give_away(self, patience: float) -> None:
        """Once the printer has not been ready for this long, all jobs that nothing has left of may go to another one."""
        ill = 0.0 if self._ill_since is None else self._clock() - self._ill_since
        if ill < patience:
            return
        for ascent in self._waiting():
            # Taken out first: a cancel that says yes must not be overtaken by the move.
            with self._changed:
                if ascent.stays or not ascent.untouched or ascent.cancelled_by is not None:
                    continue
                place = self._jobs.index(ascent)
                self._jobs.remove(ascent)
            if not self._pass_on(self.key, ascent.job):
                with self._changed:
                    self._jobs.insert(place, ascent)

    def _look(self) -> Sequence[Event]:
        self._driver.connect()
        try:
            return self._looked(self._driver.status())
        finally:
            self._driver.disconnect()

    def _looked(self, status: PrinterStatus) -> Sequence[Event]:
        self._found(status.ready is True)
        self._rest.saw(status, self._clock())
        self._mute_looks = self._mute_looks + 1 if status.ready is None else 0
        wait = LOOK_WELL_S if status.ready else LOOK_ILL_S
        if status.ready is None:
            wait = LOOK_MUTE_S[min(self._mute_looks, len(LOOK_MUTE_S)) - 1]
        self._next_look = self._clock() + wait
        return (status,)

    def _found(self, well: bool) -> None:
        self._well = well
        if well:
            self._ill_since = None
        elif self._ill_since is None:
            self._ill_since = self._clock()

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

    def _heed_cancels(self) -> None:
        for job in self._waiting():
            job.heed_cancel()
        self._clear_settled()

    def _clear_settled(self) -> None:
        with self._changed:
            self._jobs = deque(job for job in self._jobs if not job.state.final)

    def _tell(self, report: JobReport) -> None:
        self._book.tell(replace(report, printer=self.key))
