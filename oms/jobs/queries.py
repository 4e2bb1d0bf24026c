"""The queue as people look after it: what waits, runs, and failed; a job asked for, or tried again. Routes call it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from oms.jobs.queue import QUEUE

if TYPE_CHECKING:
    from oms.db.work import Work


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job. `attempts` are those that ended; `due_at` None: at once; `last_at`: when something was last heard of it; `problem`: why its
    last attempt failed, '' where none has."""

    id: int
    task: str
    state: JobState
    attempts: int
    due_at: datetime | None
    last_at: datetime | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class JobsSeen:
    """Jobs by state, newest first, how many there are of each task and state, and the workers that are alive."""

    jobs: list[JobSeen]
    counts: dict[str, dict[str, int]]
    workers: int


#: The queue's own words for each state.
_STATES: Final = {
    JobState.QUEUED: ("todo",), JobState.RUNNING: ("doing",), JobState.DONE: ("succeeded",),
    JobState.FAILED: ("failed", "aborted", "cancelled", "aborting"),
}  # fmt: skip
_OURS: Final = {word: state for state, words in _STATES.items() for word in words}
_LIST: Final = text(
    """
    SELECT j.id, j.task_name, j.status::text AS status, j.attempts, j.scheduled_at,
           (SELECT max(e.at) FROM jobs.procrastinate_events e WHERE e.job_id = j.id) AS last_at,
           coalesce((SELECT f.problem FROM job_fault f WHERE f.job_id = j.id), '') AS problem
      FROM jobs.procrastinate_jobs j
     WHERE (CAST(:words AS text[]) IS NULL OR j.status::text = ANY(:words)) AND (CAST(:task AS text) IS NULL OR j.task_name = :task)
     ORDER BY j.id DESC LIMIT :most
    """
)
_COUNTS: Final = text(
    "SELECT task_name, status::text AS status, count(*) AS n FROM jobs.procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2"
)
_ALIVE: Final = text(
    "SELECT count(*) FROM jobs.procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
)
_AGAIN: Final = text(
    "SELECT jobs.procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM jobs.procrastinate_jobs WHERE id = :id AND status = 'failed'"
)
_ASK: Final = text(
    """
    SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[ROW(CAST(:queue AS varchar), CAST(:task AS varchar), 0, CAST(:task AS text),
           CAST(:task AS text), CAST('{}' AS jsonb), NULL)::jobs.procrastinate_job_to_defer_v1])
     WHERE NOT EXISTS (SELECT 1 FROM jobs.procrastinate_jobs WHERE task_name = :task AND status = 'todo')
    """
)


def seen(db: Session, state: JobState | None, task: str | None, most: int) -> JobsSeen:
    """Of all tasks and states unless one is named."""
    words = None if state is None else list(_STATES[state])
    rows = db.execute(_LIST, {"words": words, "task": task, "most": most})
    jobs = [
        JobSeen(one.id, one.task_name, _OURS[one.status], one.attempts, one.scheduled_at, one.last_at, one.problem)
        for one in rows
    ]
    counts: dict[str, dict[str, int]] = {}
    for one in db.execute(_COUNTS):
        of = counts.setdefault(one.task_name, {})
        of[_OURS[one.status]] = of.get(_OURS[one.status], 0) + one.n
    return JobsSeen(jobs, counts, db.execute(_ALIVE).scalar_one())


def again(w: "Work", id: int) -> bool:
    """A job that failed for good is tried again; False when there is none such."""
    if w.db.execute(_AGAIN, {"id": id}).first() is None:
        return False
    w.audit("job.again", job=id)
    return True


def ask(w: "Work", task: str) -> bool:
    """A job of this kind as soon as a worker is free; False when one is waiting already."""
    if w.db.execute(_ASK, {"queue": QUEUE, "task": task}).first() is None:
        return False
    w.audit("job.asked", task=task)
    return True
