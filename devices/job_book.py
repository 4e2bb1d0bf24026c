"""What a station knows of its print jobs, whichever printer they are at: no job twice, no SSCC twice without a reason.

Used by the queues and their group.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from devices.confirmation import state_after_crash
from devices.model import DeviceKey, JobReport, JobState, PrintJob, Reason, Verdict
from devices.print_journal import KeptJob, PrintJournal, job_from

MOST_SETTLED = 2000
"""So many settled jobs are kept in memory; older ones are asked of the journal."""


class DuplicateJob(ValueError):
    """This job id is in the queue, has been printed, or is uncertain. A reprint is a new job with a new id."""


class Undecided(ValueError):
    """Nobody has yet said whether the first label came out."""


@dataclass(slots=True)
class _Entry:
    """One job and the last word on it."""

    job: PrintJob
    report: JobReport


class JobBook:
    """The last word on every job. Any thread; reports are passed on, outside the lock, on the thread that brings them."""

    def __init__(self, journal: PrintJournal, report: Callable[[JobReport], None]) -> None:
        self.journal = journal
        self._report = report
        self._lock = threading.RLock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._bearers: dict[str, str] = {}

    def enter(self, job: PrintJob) -> None:
        """A new job: checked, written down, reported. Raises DuplicateJob, Undecided, and what the journal raises: then it is not taken."""
        printer = _printer(job)
        with self._lock:
            before = self._entries.get(job.job_id)
            bearer = self._check(job)
            self._entries[job.job_id] = _Entry(job, JobReport(job.job_id, JobState.QUEUED, printer=printer))
            if job.identity:
                self._bearers[job.identity] = job.job_id
        try:
            self.journal.record(job, JobState.QUEUED, _why(job))
        except BaseException:
            self._forget(job, before, bearer)
            raise
        self.tell(JobReport(job.job_id, JobState.QUEUED, printer=printer))

    def tell(self, report: JobReport) -> None:
        """News of a job: remembered and passed on."""
        with self._lock:
            entry = self._entries.get(report.job_id)
            if entry is not None:
                entry.report = report
                if report.state is JobState.FAILED:
                    self._drop_bearer(entry.job)
                if report.state.final:
                    self._entries.move_to_end(report.job_id)
                    self._shed()
        self._report(report)

    def reports(self) -> tuple[JobReport, ...]:
        """The last report of each job that is under way or waits for a person's decision."""
        with self._lock:
            return tuple(entry.report for entry in self._entries.values() if _open(entry.report))

    def last(self, job_id: str) -> tuple[PrintJob, JobReport] | None:
        """A job and the last word on it, from memory or from the journal; None if there never was one."""
        with self._lock:
            entry = self._entries.get(job_id)
        if entry is not None:
            return entry.job, entry.report
        kept = self.journal.find(job_id)
        if kept is None:
            return None
        verdict = Verdict(kept.verdict) if kept.verdict else None
        return job_from(kept), JobReport(
            job_id, state_after_crash(JobState(kept.state)), printer=_printer(kept), verdict=verdict
        )

    def bearer(self, job: PrintJob) -> str:
        """Id of the job that bears this job's identity now: its latest reprint, or itself."""
        with self._lock:
            return (
                (self._bearers.get(job.identity) or self.journal.latest_of(job.identity) or job.job_id)
                if job.identity
                else job.job_id
            )

    def decide(self, job_id: str, verdict: Verdict, who: str) -> None:
        """A person's finding about a job, in the journal before this returns.

        Raises KeyError for an unknown job, ValueError where there is nothing to decide: only an UNCERTAIN job is decided, once; a
        label that was sent may be scanned at any time.
        """
        known = self.last(job_id)
        if known is None:
            raise KeyError(job_id)
        report = known[1]
        scanned = verdict is Verdict.SCANNED and report.state in (JobState.PRINTED, JobState.UNCERTAIN)
        if not scanned and (report.state is not JobState.UNCERTAIN or report.verdict is not None):
            raise ValueError(f"{job_id} is {report.state.value} and needs no decision")
        self.journal.decided(job_id, verdict, who)
        if scanned:
            self.tell(replace(report, state=JobState.PRINTED, level=4, reasons=(), verdict=verdict))
        else:
            self.tell(replace(report, verdict=verdict))

    def recover(self) -> tuple[JobReport, ...]:
        """After a restart: what nobody has watched to its end is FAILED (nothing sent) or UNCERTAIN, is written down so and reported."""
        found = []
        for kept in self.journal.unsettled():
            with self._lock:
                if kept.job_id in self._entries:
                    continue
            was = JobState(kept.state)
            report = JobReport(
                kept.job_id, state_after_crash(was), 0, (Reason.STOPPED,), "the program ended meanwhile", _printer(kept)
            )
            if report.state is not was:
                self.journal.record(job_from(kept), report.state, f"{Reason.STOPPED.value} {report.detail}")
            with self._lock:
                self._entries[kept.job_id] = _Entry(job_from(kept), report)
                if kept.identity:
                    self._bearers.setdefault(kept.identity, kept.job_id)
            found.append(report)
            self.tell(report)
        return tuple(found)

    def _check(self, job: PrintJob) -> str | None:
        """Raises if the job may not be entered; otherwise the job that bore its identity before."""
        known = self.last(job.job_id)
        if known is not None and known[1].state is not JobState.FAILED:
            raise DuplicateJob(job.job_id)
        bearer = self.bearer(job) if job.identity else None
        for first in {bearer, job.reprint_of or None} - {None, job.job_id}:
            self._check_repeat(job, first or "")
        return bearer

    def _check_repeat(self, job: PrintJob, first: str) -> None:
        known = self.last(first)
        if known is None or known[1].state is JobState.FAILED:
            return
        report = known[1]
        if job.reprint_of != first or not report.state.final:
            raise DuplicateJob(f"{job.job_id}: {first} is {report.state.value} and bears the same identity")
        if report.state is JobState.UNCERTAIN and report.verdict is None:
            raise Undecided(f"{job.job_id}: nobody has said whether {first} came out")

    def _forget(self, job: PrintJob, before: _Entry | None, bearer: str | None) -> None:
        with self._lock:
            if before is None:
                del self._entries[job.job_id]
            else:
                self._entries[job.job_id] = before
            self._drop_bearer(job)
            if bearer is not None:
                self._bearers[job.identity] = bearer

    def _shed(self) -> None:
        """Lets the settled job go that was settled first; what waits for a person stays."""
        if len(self._entries) > MOST_SETTLED:
            oldest = next((job_id for job_id, entry in self._entries.items() if not _open(entry.report)), None)
            if oldest is not None:
                self._drop_bearer(self._entries.pop(oldest).job)

    def _drop_bearer(self, job: PrintJob) -> None:
        # Who bears the identity from now on, the journal knows.
        if self._bearers.get(job.identity) == job.job_id:
            del self._bearers[job.identity]


def _open(report: JobReport) -> bool:
    return not report.state.final or (report.state is JobState.UNCERTAIN and report.verdict is None)


def _printer(job: PrintJob | KeptJob) -> DeviceKey | None:
    return DeviceKey(job.printer) if job.printer else None


def _why(job: PrintJob) -> str:
    """What the journal says beside QUEUED: of a reprint what it repeats, why, and who wants it."""
    return f"reprint of {job.reprint_of} asked by {job.asked_by}: {job.reprint_reason}" if job.reprint_of else ""
