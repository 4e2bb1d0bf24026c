"""Tasks on stock that supervisors and programs ask for, and counts that a supervisor decides about."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Struct

from oms.api.errors import server_time
from oms.api.examples import operation
from oms.api.orders_routes import who
from oms.bootstrap import Oms
from oms.inventory import cycle
from oms.picking import taskdesk
from sync.contract.board import DecideCountRequest, TaskReply
from sync.contract.codes import JobKind

Asker = Request[Any, Any, Any]
MAX_COUNTS = 500


class TaskRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/tasks`. `kind` is a task; `place` the bin to count or to take from, or the account that goods wait in; `to` the bin they go
    to. A count has no quantity: it is blind."""

    kind: JobKind
    sku: str
    place: str
    session: str = ""
    qty: int = 0
    to: str | None = None
    lot: str = ""


class PlanCountsRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/tasks/plan-counts`: up to `most` counts."""

    most: int = 20
    session: str = ""


class PlannedCount(Struct, frozen=True, kw_only=True):
    """A bin that is to be counted: its item's class (A is picked most), how far its books are trusted in percent, and how overdue it is
    (1: today)."""

    bin: str
    sku: str
    kind: str
    trust: int
    overdue: float


class PlanCountsReply(Struct, frozen=True, kw_only=True):
    """What was asked for, the longest due first."""

    counts: list[PlannedCount]
    server_time: str


@post("/v1/tasks", status_code=200, summary="Ask for a task on stock", sync_to_thread=True)
def ask(oms: NamedDependency[Oms], request: Asker, data: JSONBody[TaskRequest]) -> TaskReply:
    """200, also when refused: then with the reason; 401; 403 when not a supervisor."""
    actor = who(oms, request, data.session)
    wanted = taskdesk.Wanted(data.kind, data.sku, data.place, data.qty, data.to, data.lot)
    job, reason = oms.works.run(oms.site, actor, lambda w: taskdesk.ask(w, wanted))
    return TaskReply(job=job, reason=reason, epoch=oms.epoch(), server_time=server_time())


@post("/v1/tasks/counts", status_code=200, summary="Decide about a count that differs", sync_to_thread=True)
def decide(oms: NamedDependency[Oms], request: Asker, data: JSONBody[DecideCountRequest]) -> TaskReply:
    """200, also when refused: then with the reason; 401; 403 when not a supervisor."""
    actor = who(oms, request, data.session)
    reason = oms.works.run(oms.site, actor, lambda w: taskdesk.decide(w, data.exception, believe=data.believe))
    return TaskReply(job=None, reason=reason, epoch=oms.epoch(), server_time=server_time())


@post(
    "/v1/tasks/plan-counts", status_code=200, summary="Have those bins counted that are due longest", sync_to_thread=True,
    operation_class=operation({"most": 20}),
)  # fmt: skip
def plan_counts(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PlanCountsRequest]) -> PlanCountsReply:
    """200; 401; 403 when not a supervisor. Again, it asks for nothing twice."""
    actor = who(oms, request, data.session)
    most = min(MAX_COUNTS, max(1, data.most))
    made = oms.works.run(oms.site, actor, lambda w: cycle.plan(w, most))
    rows = [PlannedCount(bin=one.bin, sku=one.sku, kind=one.kind, trust=one.trust, overdue=one.overdue) for one in made]
    return PlanCountsReply(counts=rows, server_time=server_time())


ROUTES: list[HTTPRouteHandler] = [ask, decide, plan_counts]
