"""Where people stand in their jobs, kept with every scan, so that a dead battery costs nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, delete, func, insert, literal_column, select, update

from app.store.tables import flow

# Built once: these run with every scan. Literal 0 and 1, so that the partial index is used.
_ACTIVE = select(flow).where(flow.c.kind == bindparam("of_kind"), literal_column("active = 1"))
_OF = select(flow).where(flow.c.job == bindparam("of_job"), literal_column("finished = 0"))
_UNFINISHED = (
    select(flow).where(flow.c.kind == bindparam("of_kind"), literal_column("finished = 0")).order_by(flow.c.job)
)
_KEEP = (
    update(flow)
    .where(flow.c.job == bindparam("of_job"), literal_column("finished = 0"))
    .values(v=bindparam("v"), body=bindparam("body"))
)
_FINISHED = select(flow.c.job).where(
    flow.c.finished == 1, flow.c.job.in_(select(func.json_each(bindparam("jobs")).table_valued("value").c.value))
)


@dataclass(frozen=True, slots=True)
class KeptFlow:
    """The state of one job: `body` is its JSON in version `v` of its flow, `kind` pick | pack."""

    job: str
    kind: str
    v: int
    body: bytes


class FlowBook:
    """Owns the `flow` table. At most one job of a kind is active (on screen)."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def active(self, kind: str) -> KeptFlow | None:
        """The job on screen, or None."""
        return self._one(_ACTIVE, {"of_kind": kind})

    def of(self, job: str) -> KeptFlow | None:
        """The state of a job that was begun and not finished here."""
        return self._one(_OF, {"of_job": job})

    def unfinished(self, kind: str) -> list[KeptFlow]:
        """All jobs begun and not finished here."""
        return [KeptFlow(r.job, r.kind, r.v, r.body) for r in self._db.execute(_UNFINISHED, {"of_kind": kind})]

    def is_finished(self, job: str) -> bool:
        """Whether the job was finished here."""
        return bool(self.finished((job,)))

    def finished(self, jobs: Iterable[str]) -> frozenset[str]:
        """Those of these jobs that were finished here."""
        return frozenset(self._db.execute(_FINISHED, {"jobs": msgspec.json.encode(list(jobs)).decode()}).scalars())

    def keep(self, job: str, kind: str, v: int, body: bytes) -> None:
        """Writes a state, active or not as it was; a job that is new here comes to the screen."""
        if self._db.execute(_KEEP, {"of_job": job, "v": v, "body": body}).rowcount == 0:
            self.put_down(kind)
            self._db.execute(insert(flow).values(job=job, kind=kind, active=1, finished=0, v=v, body=body))

    def activate(self, job: str, kind: str) -> None:
        """Brings a job to the screen in place of whatever is there."""
        self.put_down(kind)
        self._db.execute(update(flow).where(flow.c.job == job).values(active=1))

    def put_down(self, kind: str) -> None:
        """Nothing of this kind is on screen; the states stay."""
        self._db.execute(update(flow).where(flow.c.kind == kind, flow.c.active == 1).values(active=0))

    def finish(self, job: str) -> None:
        """The job is done here."""
        self._db.execute(update(flow).where(flow.c.job == job).values(active=0, finished=1))

    def forget(self, job: str) -> None:
        """Nothing is known here of where the job stands: it went to another device."""
        self._db.execute(delete(flow).where(flow.c.job == job))

    def _one(self, asked: Select[Any], of: dict[str, str]) -> KeptFlow | None:
        r = self._db.execute(asked, of).first()
        return None if r is None else KeptFlow(r.job, r.kind, r.v, r.body)
