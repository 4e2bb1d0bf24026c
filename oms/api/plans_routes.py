"""Plans of picking for supervisors (device token and session) and for programs (API key with scope `orders`): ask, look, stop, use,
compare; and the floor as a map."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from oms.api.errors import server_time
from oms.api.orders_routes import who
from oms.bootstrap import Oms
from oms.feed.refusals import Refusal
from oms.plans import applying, comparing, desk
from oms.plans.planner import Planners
from oms.walks.map import floor_map
from sync.contract.codes import ErrorCode
from sync.contract.plans import (
    FloorMapReply,
    FloorMapRequest,
    MakePlanRequest,
    PlanOutcomeReply,
    PlanReply,
    PlanRequest,
    PlansAgainstReply,
    PlansAgainstRequest,
    PlansReply,
    PlansRequest,
)

Asker = Request[Any, Any, Any]
_MAX_ORDERS = 5000


@post("/v1/plans", status_code=202, summary="Ask for a plan of a wave or of orders", sync_to_thread=True)
def make(oms: NamedDependency[Oms], request: Asker, data: JSONBody[MakePlanRequest]) -> PlanReply:
    """202, also when refused: then with the reason; 401; 403; 413 too many orders."""
    actor = who(oms, request, data.session)
    if len(data.orders) > _MAX_ORDERS:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {_MAX_ORDERS} orders at a time")
    done = oms.works.run(oms.site, actor, lambda w: desk.make(w, data))
    if done.plan is not None:
        _planners(request).wake()
    return _reply(oms, done)


@post("/v1/plans/look", status_code=200, summary="A plan with all it found", sync_to_thread=True)
def look(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PlanRequest]) -> PlanReply:
    """200; 401; 403; 404 unknown."""
    who(oms, request, data.session)
    return _reply(oms, desk.Asked(data.plan))


@post("/v1/plans/list", status_code=200, summary="The newest plans", sync_to_thread=True)
def list_plans(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PlansRequest]) -> PlansReply:
    """200; 401; 403."""
    who(oms, request, data.session)
    with oms.sessions() as db:
        plans = desk.listed(db, oms.site, data.wave)
    return PlansReply(plans=plans, epoch=oms.epoch(), server_time=server_time())


@post("/v1/plans/cancel", status_code=200, summary="Stop thinking about a plan", sync_to_thread=True)
def cancel(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PlanRequest]) -> PlanReply:
    """200, also when refused: then with the reason; 401; 403; 404 unknown."""
    actor = who(oms, request, data.session)
    return _reply(oms, oms.works.run(oms.site, actor, lambda w: desk.cancel(w, data.plan)))


@post("/v1/plans/apply", status_code=200, summary="Make a wave's jobs as planned", sync_to_thread=True)
def apply(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PlanRequest]) -> PlanReply:
    """200, also when refused: then with the reason; 401; 403; 404 unknown."""
    actor = who(oms, request, data.session)
    return _reply(oms, oms.works.run(oms.site, actor, lambda w: applying.apply(w, data.plan)))


@post("/v1/plans/against", status_code=200, summary="Two plans side by side", sync_to_thread=True)
def against(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PlansAgainstRequest]) -> PlansAgainstReply:
    """200; 401; 403; 404 when one is unknown or not done."""
    who(oms, request, data.session)
    with oms.sessions() as db:
        reply = comparing.against(db, oms.site, data.one, data.other)
    if reply is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such plan, or not done")
    return reply(oms.epoch(), server_time())


@post("/v1/plans/outcome", status_code=200, summary="A forecast against what happened", sync_to_thread=True)
def outcome(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PlanRequest]) -> PlanOutcomeReply:
    """200, also while nothing has happened: then with the reason; 401; 403; 404 unknown."""
    who(oms, request, data.session)
    with oms.sessions() as db:
        reply = comparing.outcome(db, oms.site, data.plan)
    if reply is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such plan")
    return reply(oms.epoch(), server_time())


@post("/v1/floor/map", status_code=200, summary="The floor as a map, with picks of thirty days", sync_to_thread=True)
def show_map(oms: NamedDependency[Oms], request: Asker, data: JSONBody[FloorMapRequest]) -> FloorMapReply:
    """200; 401; 403."""
    who(oms, request, data.session)
    with oms.sessions() as db:
        crossings, paths, bins = floor_map(db, oms.site)
    if paths:
        # Whoever looks at the floor is about to plan: the planner takes seconds to start.
        _planners(request).wake()
    return FloorMapReply(
        drawn=bool(paths), crossings=crossings, paths=paths, bins=bins, epoch=oms.epoch(), server_time=server_time()
    )


def _reply(oms: Oms, done: desk.Asked) -> PlanReply:
    """The plan as it is now; 404 when there is none that it could be about."""
    with oms.sessions() as db:
        plan = desk.look(db, oms.site, done.plan)
    if plan is None and (done.refused is None or done.refused.code == "unknown_plan"):
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such plan")
    return PlanReply(
        plan=plan,
        reason=done.refused.code if done.refused else None,
        words=done.refused.words if done.refused else {},
        epoch=oms.epoch(),
        server_time=server_time(),
    )


def _planners(request: Asker) -> Planners:
    found: Planners = request.app.state.planners
    return found


@asynccontextmanager
async def planning(app: Litestar) -> AsyncIterator[None]:
    """The planner's process is there while the application is, once it is needed."""
    planners = app.state.planners = Planners(app.state.oms)
    planners.start()
    try:
        yield
    finally:
        await asyncio.to_thread(planners.stop)


ROUTES: list[HTTPRouteHandler] = [make, look, list_plans, cancel, apply, against, outcome, show_map]
