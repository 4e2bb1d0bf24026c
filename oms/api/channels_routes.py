"""Channels for the administrator (API key with scope `admin`), and what shops tell by webhook (their signature is the credential)."""

import asyncio
from typing import Annotated, Any, Final

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from oms.api.auth import admin
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.channels import actions
from oms.channels.adapters.choosing import read_call
from oms.channels.codes import ChannelKind, Platform
from oms.channels.rows import ChannelRow, SkuRow, row_of
from oms.channels.sealing import BadKey, Sealer
from oms.channels.signatures import signed
from oms.db.work import Actor, Work
from oms.feed.refusals import Refusal
from oms.imports.report import BadLine
from oms.sales.capture import Captured, capture
from oms.sales.wire import plain, told
from sync.contract.codes import ErrorCode
from sync.contract.customer_orders import CapturedOrder

Asker = Request[Any, Any, Any]
_MOST_CALL: Final = 2 * 1024 * 1024
MAX_SKUS: Final = 5000
MAX_PAGE: Final = 500


class ChannelRequest(Struct, frozen=True, kw_only=True):
    """Makes the channel `code`, or changes what is told of it. `rules` replace those there are; `secret` '' forgets it."""

    code: str
    kind: ChannelKind | None = None
    name: str | None = None
    platform: Platform | None = None
    prefix: str | None = None
    currency: str | None = None
    language: str | None = None
    tax_included: bool | None = None
    rules: dict[str, Any] | None = None
    secret: str | None = None
    active: bool | None = None


class SkusRequest(Struct, frozen=True, kw_only=True):
    """Up to `MAX_SKUS` of them."""

    skus: list[SkuRow]


class SkusReply(Struct, frozen=True, kw_only=True):
    """How many were kept, and (foreign name, why not) of those that were not."""

    kept: int
    refused: list[tuple[str, str]]


class CallReply(Struct, frozen=True, kw_only=True):
    """What became of the orders of a call. `strange`: parts of it that are no order."""

    orders: list[CapturedOrder]
    strange: int
    epoch: int
    server_time: str


@get("/v1/channels", summary="Channels", sync_to_thread=True)
def list_channels(oms: NamedDependency[Oms], request: Asker) -> list[ChannelRow]:
    """200; 401; 403."""
    admin(oms, request)
    with oms.sessions() as db:
        return [row_of(channel) for channel in actions.channels(db)]


@post("/v1/channels", status_code=200, summary="Make or change a channel", sync_to_thread=True)
def keep(
    oms: NamedDependency[Oms], sealer: NamedDependency[Sealer], request: Asker, data: JSONBody[ChannelRequest]
) -> ChannelRow:
    """200; 400 with the field that cannot be kept; 401; 403; 409 a secret on a server without a key for secrets."""
    actor = admin(oms, request)
    said = actions.ChannelSaid(
        kind=data.kind, name=data.name, platform=data.platform, prefix=data.prefix, currency=data.currency,
        language=data.language, tax_included=data.tax_included, rules=data.rules, secret=data.secret, active=data.active,
    )  # fmt: skip
    try:
        return oms.works.run(oms.site, actor, lambda w: row_of(actions.keep_channel(w, plain(data.code), said, sealer)))
    except actions.BadChannel as error:
        raise Refusal(400, ErrorCode.INVALID, str(error)) from None
    except BadKey:
        raise Refusal(409, ErrorCode.CONFLICT, "this server has no key for secrets") from None


@get("/v1/channels/{code:str}/skus", summary="What a channel calls our goods", sync_to_thread=True)
def list_skus(
    oms: NamedDependency[Oms],
    request: Asker,
    code: FromPath[str],
    after: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)] = 100,
) -> list[SkuRow]:
    """200, a page by the channel's own names; 401; 403."""
    admin(oms, request)
    with oms.sessions() as db:
        rows = actions.mapped_skus(db, plain(code), plain(after), limit)
        return [SkuRow(foreign=row.foreign_sku, sku=row.sku, units=row.units) for row in rows]


@post(
    "/v1/channels/{code:str}/skus", status_code=200, summary="Say what a channel calls our goods", sync_to_thread=True
)
def keep_skus(oms: NamedDependency[Oms], request: Asker, code: FromPath[str], data: JSONBody[SkusRequest]) -> SkusReply:
    """200, with those that cannot be kept; 401; 403; 404 unknown channel; 413."""
    actor = admin(oms, request)
    if len(data.skus) > MAX_SKUS:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_SKUS} at a time")
    mappings = [actions.Mapping(plain(one.foreign), plain(one.sku), one.units) for one in data.skus]
    try:
        words = oms.works.run(oms.site, actor, lambda w: actions.map_skus(w, plain(code), mappings))
    except actions.BadChannel:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such channel") from None
    refused = [(one.foreign, word) for one, word in zip(mappings, words, strict=True) if word]
    return SkusReply(kept=len(words) - len(refused), refused=refused)


@post(
    "/v1/channels/{code:str}/webhook",
    status_code=200,
    summary="A shop tells of an order",
    request_max_body_size=_MOST_CALL,
)
async def hear(
    oms: NamedDependency[Oms], sealer: NamedDependency[Sealer], request: Asker, code: FromPath[str]
) -> CallReply:
    """200 with what became of each order; 400 unreadable; 401 when the channel's shop did not sign just this; 413. The same again changes
    nothing."""
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    return await asyncio.to_thread(_hear, oms, sealer, plain(code)[:60], headers, body)


def _hear(oms: Oms, sealer: Sealer, code: str, headers: dict[str, str], body: bytes) -> CallReply:
    with oms.sessions() as db:
        channel = actions.channel(db, code)
    platform = Platform.PLAIN if channel is None else channel.platform
    secret = None if channel is None else sealer.open(channel.secret_sealed, code)
    if not signed(platform, secret, headers, body):
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "not signed by this channel")
    try:
        read = read_call(platform, body, code)
    except BadLine as error:
        raise Refusal(400, ErrorCode.INVALID, error.code) from None

    def work(w: Work) -> list[Captured]:
        done = capture(w, read.drafts)
        w.audit("channel.heard", channel=code, orders=len(done))
        return done

    done = oms.works.run(oms.site, Actor(f"channel:{code}"), work) if read.drafts else []
    orders = [told(one, draft.reference) for one, draft in zip(done, read.drafts, strict=True)]
    return CallReply(orders=orders, strange=len(read.bad), epoch=oms.epoch(), server_time=server_time())


ROUTES: list[HTTPRouteHandler] = [list_channels, keep, list_skus, keep_skus, hear]
