"""The queue: jobs in schema `jobs` of our own database, and a thread that works on them. Servers, and `floorhand server worker`, share it.
What a killed worker had begun is given to another when it has not been heard of for half a minute."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from psycopg import OperationalError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from oms.jobs.tasks import Task

_log = logging.getLogger(__name__)
QUEUE: Final = "floorhand"
SCHEMA: Final = "jobs"
#: A worker that has not been heard of for so long is dead, in seconds.
SILENT_S: Final = 30.0
_KEPT_H: Final = 48
_KEPT_FAILED_H: Final = 24 * 30
_AGAIN_S: Final = 5.0
_MOST_TEXT: Final = 300
_FAULT: Final = text(
    "INSERT INTO job_fault (job_id, attempt, at, problem) VALUES (:job, :attempt, now(), :problem)"
    " ON CONFLICT (job_id) DO UPDATE SET attempt = excluded.attempt, at = excluded.at, problem = excluded.problem"
)
_FORGET: Final = text(
    "DELETE FROM job_fault f WHERE NOT EXISTS (SELECT 1 FROM jobs.procrastinate_jobs j WHERE j.id = f.job_id)"
)
_STOP_S: Final = 30.0


class Workers:
    """Owns the thread; `count` jobs at a time. `silent_s` is for tests."""

    def __init__(self, engine: Engine, tasks: Sequence[Task], count: int, silent_s: float = SILENT_S) -> None:
        self._engine, self._tasks, self._count, self._silent_s = engine, tasks, count, silent_s
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._working: asyncio.Task[None] | None = None
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begins; returns at once. 0 workers: nothing."""
        if self._count:
            self._thread.start()

    def stop(self) -> None:
        """Asks running jobs to end, and waits for them for a while; those that do not are tried again by another worker."""
        self._stopping.set()
        with self._guard:
            if self._loop is not None and self._working is not None:
                self._loop.call_soon_threadsafe(self._working.cancel)
        if self._thread.is_alive():
            self._thread.join(_STOP_S + 5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with suppress(asyncio.CancelledError):
                    asyncio.run(self._work())
            except (ConnectorException, OperationalError) as error:
                _log.info("jobs have to wait: %s", type(error).__name__)
            finally:
                with self._guard:
                    self._loop = self._working = None
            self._stopping.wait(_AGAIN_S)

    async def _work(self) -> None:
        app = app_of(self._engine, self._tasks, self._stopping, self._count, self._silent_s)
        async with app.open_async():
            with self._guard:
                if self._stopping.is_set():
                    return
                self._loop = asyncio.get_running_loop()
                self._working = asyncio.create_task(
                    app.run_worker_async(
                        queues=[QUEUE], concurrency=self._count, install_signal_handlers=False, shutdown_graceful_timeout=_STOP_S,
                        update_heartbeat_interval=self._silent_s / 3, stalled_worker_timeout=self._silent_s,
                        fetch_job_polling_interval=min(5.0, self._silent_s),
                    )
                )  # fmt: skip
            await self._working


def app_of(
    engine: Engine, tasks: Sequence[Task], stopping: threading.Event, count: int = 1, silent_s: float = SILENT_S
) -> App:
    """The queue with all kinds of jobs, on connections of its own."""
    _, keywords = engine.dialect.create_connect_args(engine.url)
    ours = {"options": f"-c search_path={SCHEMA} -c timezone=UTC", "application_name": "floorhand-jobs"}
    # One listens, one beats, the others fetch and note.
    app = App(connector=PsycopgConnector(kwargs={**keywords, **ours}, min_size=1, max_size=count + 3))
    for task in tasks:
        _add(app, task, stopping, engine)
    _care(app, silent_s, engine)
    return app


def _add(app: App, task: Task, stopping: threading.Event, engine: Engine) -> None:
    async def do(context: JobContext, timestamp: int = 0) -> None:
        try:
            await asyncio.to_thread(task.run, stopping)
        except Exception as error:
            await asyncio.to_thread(_note, engine, context.job, error)
            raise

    # It counts what comes after the first try, and takes 0 for no end.
    retry = RetryStrategy(max_attempts=task.tries - 1, wait=10, exponential_wait=5) if task.tries > 1 else False
    once = app.task(
        name=task.name, queue=QUEUE, retry=retry, lock=task.name, queueing_lock=task.name, pass_context=True
    )
    kept = once(do)
    if task.cron:
        app.periodic(cron=task.cron)(kept)


def _note(engine: Engine, job: Job, error: Exception) -> None:
    """Keeps why it failed, for those who look after it. A database's own words may hold what somebody wrote: its name has to do."""
    said = "" if isinstance(error, SQLAlchemyError) else next(iter(str(error).splitlines()), "")
    problem = f"{type(error).__name__}: {said}" if said else type(error).__name__
    words = {"job": job.id, "attempt": job.attempts + 1, "problem": problem[:_MOST_TEXT]}
    with suppress(SQLAlchemyError), engine.begin() as db:
        db.execute(_FAULT, words)


def _care(app: App, silent_s: float, engine: Engine) -> None:
    """The queue looks after itself by jobs of its own."""

    async def take_over(timestamp: int = 0) -> None:
        for job in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=silent_s):
            if job.task_name != "jobs.take_over":
                _log.info("job %s of a worker that is gone is tried again", job.task_name)
            await app.job_manager.retry_job(job)

    async def forget(timestamp: int = 0) -> None:
        await app.job_manager.delete_old_jobs(nb_hours=_KEPT_H, queue=QUEUE)
        await app.job_manager.delete_old_jobs(nb_hours=_KEPT_FAILED_H, queue=QUEUE, include_failed=True)
        await asyncio.to_thread(_forget_faults, engine)

    every = "* * * * *" if silent_s >= SILENT_S else "* * * * * */1"
    # Without a lock: the one that a dead worker held would keep its own rescue waiting.
    for name, cron, do in (("jobs.take_over", every, take_over), ("jobs.forget", "20 2 * * *", forget)):
        app.periodic(cron=cron)(app.task(name=name, queue=QUEUE, queueing_lock=name)(do))


def _forget_faults(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(_FORGET)
