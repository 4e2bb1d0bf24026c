"""The label printers of one station together: who prints a job, who stands in, what a person holds, cancels, decides and repeats.

Built by the hub. FAILED or waiting jobs (not one byte sent) may move to another printer; from the first byte on a job stays where it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from devices.confirmation import PrintPolicy
from devices.drivers.base import PrinterDriver
from devices.job_book import JobBook
from devices.model import DeviceKey, JobReport, JobState, PrintJob, Reason, Verdict
from devices.print_journal import PrintJournal
from devices.printing import PrinterWorker

PAPER = "paper"
"""The tongue of printers of pages: they stand in for each other, never for a label printer."""


class PrintGroup:
    """Printers that may stand in for each other, in the order in which they are preferred. Any thread may call any method."""

    def __init__(
        self,
        journal: PrintJournal,
        report: Callable[[JobReport], None],
        clock: Callable[[], float],
        policy: PrintPolicy | None = None,
    ) -> None:
        self._journal = journal
        self._report = report
        self._clock = clock
        self._policy = policy or PrintPolicy()
        self._book = JobBook(journal, report)
        self._lock = threading.Lock()
        self._workers: dict[DeviceKey, PrinterWorker] = {}

    # --- the printers ---

    def worker(self, key: DeviceKey, driver: PrinterDriver, tongue: str = "") -> PrinterWorker:
        """A queue for a printer, the `Driver` of its session. It gets jobs once it is added, and those of others of its `tongue`."""
        return PrinterWorker(key, tongue, driver, self._book, self._pass_on, self._clock, self._policy)

    def add(self, worker: PrinterWorker) -> None:
        """One more printer, the last one in preference."""
        with self._lock:
            self._workers[worker.key] = worker

    def remove(self, key: DeviceKey) -> None:
        """No new jobs for this printer; what it still has gets its last word when its session ends."""
        with self._lock:
            self._workers.pop(key, None)

    def hold(self, key: DeviceKey) -> None:
        """Hold a printer's queue: nothing new is sent to it, its waiting jobs go elsewhere where that is possible. KeyError if unknown."""
        self._workers[key].hold()

    def release(self, key: DeviceKey) -> None:
        """Let a held queue go on. KeyError if unknown."""
        self._workers[key].release()

    def held(self, key: DeviceKey) -> bool:
        """Does a person hold this printer's queue? KeyError if unknown."""
        return self._workers[key].held

    # --- the jobs ---

    def submit(self, job: PrintJob, to: DeviceKey | None = None, *, paper: bool = False) -> None:
        """Queue a job, at the printer named or at the first that is ready and speaks as the most preferred does (that is what such jobs
        are written in). A job for a named printer stays with it. A page (`paper`) goes to a printer of pages, and to no other.

        What becomes of it is reported. Raises DuplicateJob, Undecided, and what the journal raises: then the job is not queued.
        """
        worker = self._worker_at(to) if to is not None else self._first(paper)
        if worker is None:
            self._book.enter(job)
            detail = "there is no such printer"
            self._journal.record(job, JobState.FAILED, f"{Reason.ABSENT.value} {detail}")
            self._book.tell(JobReport(job.job_id, JobState.FAILED, reasons=(Reason.ABSENT,), detail=detail))
            return
        job = replace(job, printer=str(worker.key))
        self._book.enter(job)
        # A repeat stays with the printer that may still hold the first.
        worker.take(job, stays=to is not None or bool(job.reprint_of))

    def cancel(self, job_id: str, who: str) -> bool:
        """Give up a job before its first byte (it is then FAILED with reason `cancelled`). False if it is too late for that."""
        with self._lock:
            workers = list(self._workers.values())
        return any(worker.cancel_job(job_id, who) for worker in workers)

    def reports(self) -> tuple[JobReport, ...]:
        """The last report of every job that is under way or waits for a person's decision."""
        return self._book.reports()

    def job(self, job_id: str) -> PrintJob | None:
        """The job as it was asked for (a FAILED one may be submitted again), or None."""
        known = self._book.last(job_id)
        return replace(known[0], printer="") if known is not None else None

    def decide(self, job_id: str, came_out: bool, who: str) -> None:
        """What a person saw of an UNCERTAIN label. KeyError for an unknown job, ValueError if there is nothing to decide."""
        self._book.decide(job_id, Verdict.CAME_OUT if came_out else Verdict.NOT_OUT, who)

    def scanned(self, job_id: str, who: str) -> None:
        """The label itself was scanned back: proof (level 4), whatever was thought before. KeyError and ValueError as for `decide`."""
        self._book.decide(job_id, Verdict.SCANNED, who)

    def reprint(self, job_id: str, new_id: str, reason: str, who: str, to: DeviceKey | None = None) -> None:
        """The same label once more, as a new job with the same identity; who wants it and why is in the journal.

        It goes to the printer of the first, unless another is named. If that one had not come to rest when this was asked (nothing in
        its buffer, no error), it is FAILED with reason `unconfirmed`: the first may have come out since somebody looked.
        KeyError if the job is unknown, Undecided if it is UNCERTAIN and nobody has decided, DuplicateJob while it is under way,
        ValueError without a reason and a person, or when the journal no longer has the payload.
        """
        known = self._book.last(job_id)
        if known is None:
            raise KeyError(job_id)
        job, report = known
        if not (reason.strip() and who.strip()):
            raise ValueError("a reprint needs a reason and a person")
        if not job.payload:
            raise ValueError(f"the label of {job_id} is no longer kept")
        first = self._book.bearer(job)
        again = replace(job, job_id=new_id, reprint_of=first, reprint_reason=reason, asked_by=who, printer="")
        if to is None and report.printer is not None and self._worker_at(report.printer) is not None:
            to = report.printer
        self.submit(again, to)

    def recover(self) -> tuple[JobReport, ...]:
        """After a restart, before new jobs: settle in the journal what was under way, report it, and what still waits for a decision."""
        return self._book.recover()

    # --- inside ---

    def _worker_at(self, key: DeviceKey) -> PrinterWorker | None:
        with self._lock:
            return self._workers.get(key)

    def _first(self, paper: bool) -> PrinterWorker | None:
        """The most preferred printer that is ready, else one that nobody holds, else any."""
        with self._lock:
            preferred = next((key for key, one in self._workers.items() if (one.tongue == PAPER) == paper), None)
        alike = self._alike(preferred) if preferred is not None else []
        free = next((worker for worker in alike if worker.available), None)
        return free or next((worker for worker in alike if not worker.held), next(iter(alike), None))

    def _alike(self, key: DeviceKey) -> list[PrinterWorker]:
        """Printers that speak as this one does, in order."""
        with self._lock:
            workers = list(self._workers.values())
            model = self._workers.get(key)
        return [worker for worker in workers if model is not None and worker.tongue == model.tongue]

    def _pass_on(self, key: DeviceKey, job: PrintJob) -> bool:
        """Called by a worker, on its thread, for a job of its own of which nothing has left."""
        other = next((worker for worker in self._alike(key) if worker.key != key and worker.available), None)
        if other is None:
            return False
        job = replace(job, printer=str(other.key))
        self._journal.record(job, JobState.QUEUED, f"{Reason.MOVED.value} from {key} to {other.key}")
        self._book.tell(
            JobReport(job.job_id, JobState.QUEUED, reasons=(Reason.MOVED,), detail=str(key), printer=other.key)
        )
        other.take(job)
        return True
