"""Background work for the administrator (API key with scope `admin`): what waits, runs and failed; asked for, and tried again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final

from litestar import Litestar, Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from oms.api.auth import admin
from oms.bootstrap import Oms
from oms.channels.sealing import Sealer
from oms.feed.refusals import Refusal
from oms.jobs import queries
from oms.jobs.queries import JobsSeen, JobState
from oms.jobs.queue import Workers
from oms.jobs.tasks import tasks_of
from oms.telling import Telling
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
MAX_JOBS: Final = 500
#: More than any number of a job has.
_DIGITS: Final = 18


@get("/v1/admin/jobs", summary="Background work", sync_to_thread=True)
def jobs(
    oms: NamedDependency[Oms],
    request: Asker,
    state_: Annotated[JobState | None, QueryParameter(name="state")] = None,
    task: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_JOBS)] = 50,
) -> JobsSeen:
    """200, newest first."""
    admin(oms, request)
    with oms.sessions() as db:
        return queries.seen(db, state_, None if task is None else task.replace("\0", ""), limit)


@post("/v1/admin/jobs/{id:str}/again", status_code=204, summary="Try a job again that failed", sync_to_thread=True)
def again(oms: NamedDependency[Oms], request: Asker, id: FromPath[str]) -> None:
    """204; 404 no job, or none that failed."""
    actor = admin(oms, request)
    number = int(id) if id.isascii() and id.isdigit() and len(id) <= _DIGITS else 0
    if not oms.works.run(oms.site, actor, lambda w: queries.again(w, number)):
        raise Refusal(404, ErrorCode.NOT_FOUND, "no job that failed")


@post("/v1/admin/jobs/tasks/{task:str}/run", status_code=204, summary="Do background work now", sync_to_thread=True)
def run(
    oms: NamedDependency[Oms], telling: NamedDependency[Telling], sealer: NamedDependency[Sealer], request: Asker,
    task: FromPath[str],
) -> None:  # fmt: skip
    """204, also when it waits already; 404 no such work."""
    actor = admin(oms, request)
    if task not in {one.name for one in tasks_of(oms, telling.mail, 0, telling.hooks, sealer)}:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such work")
    oms.works.run(oms.site, actor, lambda w: queries.ask(w, task))


@asynccontextmanager
async def working(app: Litestar) -> AsyncIterator[None]:
    """Jobs are done while the application runs, where it was given workers."""
    oms: Oms = app.state.oms
    telling: Telling = app.state.telling
    tasks = tasks_of(oms, telling.mail, app.state.resource_minutes, telling.hooks, app.state.sealer)
    workers = Workers(oms.engine, tasks, app.state.workers)
    workers.start()
    try:
        yield
    finally:
        await asyncio.to_thread(workers.stop)


ROUTES: list[HTTPRouteHandler] = [jobs, again, run]
