"""Waves for supervisors (device token and session) and for programs (API key with scope `orders`): list, make, act, templates."""

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
from oms.catalog.sites import every_site
from oms.feed.refusals import Refusal
from oms.foresight import actions as rescuing
from oms.foresight.foreseeing import foresee
from oms.waves import desk
from oms.waves.keeper import FloorKeeper
from sync.contract.codes import ErrorCode
from sync.contract.rescue import RescueActReply, RescueActRequest, RescueReply, RescueRequest
from sync.contract.waves import (
    MakeWaveRequest,
    TemplateReply,
    TemplateRequest,
    WaveActRequest,
    WaveReply,
    WavesReply,
    WavesRequest,
)

Asker = Request[Any, Any, Any]
MAX_ORDERS = 2000
#: Names of waves, orders and services are shorter.
_MAX_NAME = 60


@post("/v1/waves/list", status_code=200, summary="Waves and their templates", sync_to_thread=True)
def list_waves(oms: NamedDependency[Oms], request: Asker, data: JSONBody[WavesRequest]) -> WavesReply:
    """200; 401; 403 when not a supervisor."""
    who(oms, request, data.session)
    with oms.sessions() as db:
        waves, templates = desk.listed(db, oms.site, over=data.over)
    return WavesReply(waves=waves, templates=templates, epoch=oms.epoch(), server_time=server_time())


@post("/v1/waves/make", status_code=200, summary="Make a wave, by template or by hand", sync_to_thread=True)
def make(oms: NamedDependency[Oms], request: Asker, data: JSONBody[MakeWaveRequest]) -> WaveReply:
    """200, also when refused: then with the reason; 401; 403."""
    actor = who(oms, request, data.session)
    _not_too_many(data.orders)
    done = oms.works.run(oms.site, actor, lambda w: desk.make(w, data))
    return _reply(oms, done)


@post("/v1/waves/act", status_code=200, summary="Plan, hold, release, pause, cancel ... a wave", sync_to_thread=True)
def act(oms: NamedDependency[Oms], request: Asker, data: JSONBody[WaveActRequest]) -> WaveReply:
    """200, also when refused: then with the reason; 401; 403; 404 unknown."""
    actor = who(oms, request, data.session)
    _not_too_many(data.orders)
    done = oms.works.run(oms.site, actor, lambda w: desk.act(w, data))
    if done.wave is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such wave")
    return _reply(oms, done)


@post("/v1/waves/rescue", status_code=200, summary="Orders that will miss the truck, and moves", sync_to_thread=True)
def rescue(oms: NamedDependency[Oms], request: Asker, data: JSONBody[RescueRequest]) -> RescueReply:
    """200, also for a wave that does not run: then with the reason; 401; 403; 404 unknown."""
    who(oms, request, data.session)
    found, reason = foresee(oms.sessions, oms.site, _plain(data.wave))
    if reason == "unknown_wave":
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such wave")
    return RescueReply(rescue=found, reason=reason or None, epoch=oms.epoch(), server_time=server_time())


@post("/v1/waves/rescue/act", status_code=200, summary="Do one move of a rescue", sync_to_thread=True)
def rescue_act(oms: NamedDependency[Oms], request: Asker, data: JSONBody[RescueActRequest]) -> RescueActReply:
    """200, also for orders that are refused: each with why; 401; 403; 404 unknown; 413."""
    actor = who(oms, request, data.session)
    _not_too_many(data.orders)
    wave, orders, service = (_plain(data.wave), [_plain(order) for order in data.orders], _plain(data.to_service))
    done = oms.works.run(oms.site, actor, lambda w: rescuing.do(w, wave, data.move, orders, service))
    if done is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such wave")
    return RescueActReply(done=done.done, refused=done.refused, epoch=oms.epoch(), server_time=server_time())


@post("/v1/waves/templates", status_code=200, summary="Keep a wave template", sync_to_thread=True)
def keep(oms: NamedDependency[Oms], request: Asker, data: JSONBody[TemplateRequest]) -> TemplateReply:
    """200: kept, or everything that is wrong with it; 401; 403."""
    actor = who(oms, request, data.session)
    problems = oms.works.run(oms.site, actor, lambda w: desk.keep(w, data))
    return TemplateReply(
        kept=not problems and not data.dry_run, problems=problems, epoch=oms.epoch(), server_time=server_time()
    )


def _plain(text: str) -> str:
    return text.replace("\0", "")[:_MAX_NAME]


def _not_too_many(orders: list[str]) -> None:
    if len(orders) > MAX_ORDERS:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_ORDERS} orders at a time")


def _reply(oms: Oms, done: desk.Done) -> WaveReply:
    with oms.sessions() as db:
        row = desk.one(db, oms.site, done.wave)
    return WaveReply(wave=row, reason=done.reason, words=done.words, epoch=oms.epoch(), server_time=server_time())


@asynccontextmanager
async def keeping(app: Litestar) -> AsyncIterator[None]:
    """The floor's keeper runs while the application does."""
    oms: Oms = app.state.oms
    keeper = FloorKeeper(oms.works, every_site(oms.sessions))
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


ROUTES: list[HTTPRouteHandler] = [list_waves, make, act, rescue, rescue_act, keep]
