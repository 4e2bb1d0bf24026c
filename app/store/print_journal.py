"""What became of print jobs, written down before the first byte leaves. The print queue writes here through its own port."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, select

from app.core.clock import Clock
from app.store.tables import print_job, print_journal

#: So many of the newest jobs are kept whole; of older ones only what became of them, since a label holds a person's address.
MOST_JOBS = 500
SETTLED = ("printed", "failed")


class PrintedThing(Protocol):
    """A print job, as far as this room needs it."""

    @property
    def job_id(self) -> str:
        """Its name: unique for each time a label is asked for."""

    @property
    def payload(self) -> bytes:
        """What is sent to the printer."""

    @property
    def copies(self) -> int:
        """How often."""

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
    def reprint_of(self) -> str:
        """The job it repeats, or empty."""

    @property
    def printer(self) -> str:
        """The printer that has it, or empty."""


@dataclass(frozen=True, slots=True)
class KeptPrint:
    """A print job and what became of it. `verdict` is what a person found out, or empty."""

    job_id: str
    payload: bytes
    copies: int
    labels: int
    serialised: bool
    foreign: bool
    meaning: str
    identity: str
    printer: str
    state: str
    verdict: str


class PrintBook:
    """Owns the tables `print_journal` and `print_job`."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._db = connection
        self._clock = clock

    def record(self, job_id: str, state: str, detail: str) -> None:
        """Adds one state of one job."""
        values = {"job_id": job_id, "state": state, "detail": detail, "wall": self._clock.wall_ms()}
        self._db.execute(insert(print_journal), values)

    def keep(self, job: PrintedThing) -> None:
        """Keeps the whole job, and lets the oldest go."""
        self._db.execute(delete(print_job).where(print_job.c.job_id == job.job_id))
        values = {
            "job_id": job.job_id,
            "payload": job.payload,
            "copies": job.copies,
            "labels": job.labels,
            "serialised": int(job.serialised),
            "foreign_made": int(job.foreign),
            "meaning": job.meaning,
            "identity": job.identity,
            "reprint_of": job.reprint_of,
            "printer": job.printer,
        }
        self._db.execute(insert(print_job), values)
        newest = select(func.max(print_job.c.n)).scalar_subquery()
        self._db.execute(delete(print_job).where(print_job.c.n <= newest - MOST_JOBS))

    def decided(self, job_id: str, verdict: str, who: str) -> None:
        """A person's finding about a job nobody was sure of (`scanned` proves that it was printed). That it was unsure is written here
        too: where the line before this one never reached the disk, the job would be under way for ever."""
        state = "printed" if verdict == "scanned" else "uncertain"
        values = {"job_id": job_id, "state": state, "detail": "", "wall": self._clock.wall_ms()}
        self._db.execute(insert(print_journal), values | {"verdict": verdict, "who": who})

    def fate(self, job_id: str) -> str | None:
        """The last state recorded (`queued` ... `printed`, `failed`, `uncertain`); None when the queue never had the job."""
        asked = select(print_journal.c.state).where(print_journal.c.job_id == job_id)
        return self._db.execute(asked.order_by(print_journal.c.n.desc()).limit(1)).scalar()

    def reason(self, job_id: str) -> str:
        """The reason keyword of the last state recorded; empty when nothing was wrong."""
        asked = select(print_journal.c.detail).where(print_journal.c.job_id == job_id)
        detail = self._db.execute(asked.order_by(print_journal.c.n.desc()).limit(1)).scalar()
        return (detail or "").partition(" ")[0]

    def find(self, job_id: str) -> KeptPrint | None:
        """The job with its last state; without its payload when it is no longer kept whole."""
        row = self._db.execute(_last_words().where(print_journal.c.job_id == job_id)).first()
        return _kept(row) if row is not None else None

    def latest_of(self, identity: str) -> str | None:
        """The last job kept that bears this identity and has not failed."""
        asked = _last_words().where(print_job.c.identity == identity, print_journal.c.state != "failed")
        row = self._db.execute(asked.order_by(print_job.c.n.desc()).limit(1)).first()
        return str(row.job_id) if row is not None else None

    def unsettled(self) -> Sequence[KeptPrint]:
        """Jobs that are neither printed nor failed and that no person has decided on, oldest first."""
        open_ = and_(print_journal.c.state.not_in(SETTLED), print_journal.c.verdict.is_(None))
        return [_kept(row) for row in self._db.execute(_last_words().where(open_).order_by(print_journal.c.n))]


def _last_words() -> Select[tuple[object, ...]]:
    """The last line of every job, with the job where it is kept."""
    later = print_journal.alias()
    newest = ~select(later.c.n).where(later.c.job_id == print_journal.c.job_id, later.c.n > print_journal.c.n).exists()
    joined = print_journal.outerjoin(print_job, print_job.c.job_id == print_journal.c.job_id)
    asked = select(print_journal.c.job_id, print_journal.c.state, print_journal.c.verdict, *list(print_job.c)[2:])
    return asked.select_from(joined).where(newest)


def _kept(row: Row[tuple[object, ...]]) -> KeptPrint:
    return KeptPrint(
        row.job_id,
        row.payload or b"",
        row.copies or 1,
        row.labels or 1,
        bool(row.serialised is None or row.serialised),
        bool(row.foreign_made),
        row.meaning or "",
        row.identity or "",
        row.printer or "",
        row.state,
        row.verdict or "",
    )
