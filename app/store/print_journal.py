"""What became of print jobs, written down before the first byte leaves. The print queue writes here through its own port."""

from typing import Protocol

from sqlalchemy import Connection, insert, select

from app.core.clock import Clock
from app.store.tables import print_journal


class PrintedThing(Protocol):
    """A print job, as far as this room needs it."""

    @property
    def job_id(self) -> str:
        """Its name: unique for each time a label is asked for."""


class PrintBook:
    """Owns the `print_journal` table."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._db = connection
        self._clock = clock

    def record(self, job_id: str, state: str, detail: str) -> None:
        """Adds one state of one job."""
        values = {"job_id": job_id, "state": state, "detail": detail, "wall": self._clock.wall_ms()}
        self._db.execute(insert(print_journal), values)

    def fate(self, job_id: str) -> str | None:
        """The last state recorded (`queued` ... `printed`, `failed`, `uncertain`); None when the queue never had the job."""
        asked = select(print_journal.c.state).where(print_journal.c.job_id == job_id)
        return self._db.execute(asked.order_by(print_journal.c.n.desc()).limit(1)).scalar()
