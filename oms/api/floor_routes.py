"""The supervisor's floor (device token and a supervisor's session): the board, taking work back, and acts on jobs and exceptions."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from oms.api.auth import bearer
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.floor import actions, settling, zones
from oms.floor.queries import board
from oms.floor.reclaim import preview, reclaim
from oms.people.permissions import worker_with_role
from oms.people.trust import authenticate
from sync.contract.board import (
    ActReply,
    ActRequest,
    BoardAct,
    BoardReply,
    BoardRequest,
    PreviewReply,
    PreviewRequest,
    ReclaimPreview,
    ReclaimReply,
    ReclaimRequest,
)
from sync.contract.codes import ErrorCode, Role

if TYPE_CHECKING:
    from oms.db.work import Work

Asker = Request[Any, Any, Any]
Act = Callable[["Work", str, str, str], actions.Done]

_ACTS: dict[BoardAct, Act] = {
    BoardAct.PRIORITISE: actions.prioritise,
    BoardAct.REASSIGN: actions.reassign,
    BoardAct.PULL_OUT: actions.pull_out,
    BoardAct.APPROVE: settling.approve,
    BoardAct.WITHDRAW: settling.withdraw,
    BoardAct.REALLOCATE: settling.reallocate,
    BoardAct.SUBSTITUTE: settling.substitute,
    BoardAct.RESOLVE: settling.settle,
    BoardAct.REOPEN: settling.reopen,
    BoardAct.STOP_ZONE: zones.stop,
    BoardAct.START_ZONE: zones.start,
}


@post("/v1/floor/board", status_code=200, summary="One list of the supervisor's board", sync_to_thread=True)
def show(oms: NamedDependency[Oms], request: Asker, data: JSONBody[BoardRequest]) -> BoardReply:
    """200; 401; 403 when not a supervisor."""
    _supervisor(oms, request, data.session)
    with oms.sessions() as db:
        reply = board(db, oms.site, data.tab, data.since, _plain(data.after))
    return msgspec.structs.replace(reply, epoch=oms.epoch(), server_time=server_time())


@post("/v1/floor/reclaim/preview", status_code=200, summary="What taking work back would mean", sync_to_thread=True)
def look_ahead(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PreviewRequest]) -> PreviewReply:
    """200; 401; 403 when not a supervisor; 404 unknown device."""
    _supervisor(oms, request, data.session)
    with oms.sessions() as db:
        shown = preview(db, oms.site, _plain(data.device), _plain(data.job) if data.job else None)
    return PreviewReply(preview=_known(shown), epoch=oms.epoch(), server_time=server_time())


@post("/v1/floor/reclaim", status_code=200, summary="Take work back from a device", sync_to_thread=True)
def take(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ReclaimRequest]) -> ReclaimReply:
    """200, `done` only if it still stood as the preview said; 401; 403 when not a supervisor; 404 unknown device."""
    actor = _supervisor(oms, request, data.session)
    device, job = _plain(data.device), _plain(data.job) if data.job else None
    done, shown = oms.works.run(oms.site, actor, lambda w: reclaim(w, device, data.version, data.reason, job))
    return ReclaimReply(done=done, preview=_known(shown), epoch=oms.epoch(), server_time=server_time())


@post(
    "/v1/floor/acts", status_code=200, summary="Do something about a job, an order, an exception", sync_to_thread=True
)
def act(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ActRequest]) -> ActReply:
    """200, also when refused; 401; 403 when not a supervisor."""
    actor = _supervisor(oms, request, data.session)
    does, words = _ACTS[data.act], (_plain(data.id), _plain(data.value), _plain(data.reason))
    done = oms.works.run(oms.site, actor, lambda w: does(w, *words))
    return ActReply(
        done=done.refused is None,
        refused=done.refused,
        params=done.words,
        undo=done.undo,
        epoch=oms.epoch(),
        server_time=server_time(),
    )


def _supervisor(oms: Oms, request: Asker, session: str) -> Actor:
    """Who asks: a supervisor signed in on the device that asks; 401 or 403."""
    with oms.sessions() as db:
        device = authenticate(db, bearer(request))
        worker = worker_with_role(db, _plain(session), device.id, (Role.SUPERVISOR, Role.ADMIN))
    if worker is None:
        raise Refusal(403, ErrorCode.FORBIDDEN, "a supervisor must be signed in on this device")
    return Actor("floor", device=device.id, worker=worker)


def _known(shown: ReclaimPreview | None) -> ReclaimPreview:
    if shown is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such device")
    return shown


def _plain(text: str) -> str:
    """Without the one character PostgreSQL cannot store."""
    return text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [show, look_ahead, take, act]
