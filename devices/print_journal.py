"""What the print queue expects of the book that outlives a power cut. A port: the client keeps it on disk, tests in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from devices.model import JobState, PrintJob, Verdict


class KeptJob(Protocol):
    """A job as the journal remembers it, in plain types."""

    @property
    def job_id(self) -> str:
        """Its id."""

    @property
    def payload(self) -> bytes:
        """The formats as they were asked for; empty when the journal has already let them go."""

    @property
    def copies(self) -> int:
        """How many of them."""

    @property
    def labels(self) -> int:
        """Labels a copy."""

    @property
    def serialised(self) -> bool:
        """True when it must not come out twice."""

    @property
    def foreign(self) -> bool:
        """True when somebody else wrote the payload."""

    @property
    def meaning(self) -> str:
        """What people call it."""

    @property
    def identity(self) -> str:
        """What must not exist twice, or empty."""

    @property
    def printer(self) -> str:
        """Key of the printer that had it, or empty."""

    @property
    def state(self) -> str:
        """The last state recorded, as a word of `JobState`."""

    @property
    def verdict(self) -> str:
        """What a person found out, as a word of `Verdict`, or empty."""


class PrintJournal(Protocol):
    """Where print jobs are written down. Called from device threads, and from the thread that asks for a print or decides."""

    def record(self, job: PrintJob, state: JobState, detail: str) -> None:
        """Write down, durably, before returning. With QUEUED the whole job is kept.

        SENDING is recorded before the first byte of the job leaves; if that raises, nothing is sent.
        """

    def decided(self, job_id: str, verdict: Verdict, who: str) -> None:
        """Write down, durably, what a person found out about a job; when is the journal's own clock."""

    def find(self, job_id: str) -> KeptJob | None:
        """The job, or None if it was never queued (or is too long ago)."""

    def latest_of(self, identity: str) -> str | None:
        """Id of the last job with this identity that has not FAILED, or None."""

    def unsettled(self) -> Sequence[KeptJob]:
        """Jobs without a last word: neither PRINTED nor FAILED, and not decided by a person; oldest first."""


def job_from(kept: KeptJob, job_id: str | None = None) -> PrintJob:
    """The job again, under its own id or another."""
    return PrintJob(
        job_id or kept.job_id,
        kept.payload,
        kept.copies,
        kept.serialised,
        kept.meaning,
        kept.identity,
        foreign=kept.foreign,
        labels=kept.labels,
        printer=kept.printer,
    )
