"""Events for other programs: the feed, the catalogue, and who is told by signed messages. Scopes `events:read` and `hooks:*`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, TypeVar

from litestar import Litestar, Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from oms.api.auth import HELD, bearer, key_holder
from oms.api.errors import server_time
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.channels.sealing import BadKey, Sealer
from oms.db.work import Actor, Work
from oms.feed.refusals import Refusal
from oms.hooks import actions, queries, sequence
from oms.hooks.actions import HookIn, HookRefusal
from oms.hooks.catalogue import CATALOGUE, example, known_pattern
from oms.hooks.queries import DeliverySeen, HookSeen
from oms.hooks.worker import HookDesk
from oms.notify.outbox import Outbox
from oms.people import audit
from oms.people.keys import OPENS, Scope
from oms.telling import Telling
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
T = TypeVar("T")
MAX_EVENTS = 500
MAX_DELIVERIES = 100
#: The greatest number that a column keeps.
_MOST = 2**62
_UNKNOWN = frozenset({HookRefusal.UNKNOWN_HOOK, HookRefusal.UNKNOWN_DELIVERY})


class EventsReply(Struct, frozen=True, kw_only=True):
    """Events in their order; pass `next` as `after` for what comes then. `more`: there was more than fitted."""

    events: list[dict[str, Any]]
    next: int
    more: bool
    server_time: str


class EventKindSeen(Struct, frozen=True, kw_only=True):
    """A kind of event: what it says, a JSON schema of `data.words`, and an example of a whole message."""

    kind: str
    says: str
    words: dict[str, Any]
    example: dict[str, Any]


class HookMade(Struct, frozen=True, kw_only=True):
    """`secret` is shown this once."""

    hook: HookSeen
    secret: str


class RotateRequest(Struct, frozen=True, kw_only=True):
    """For `overlap_h` hours messages carry signatures of both secrets."""

    overlap_h: int = actions.OVERLAP_H


class ReplayRequest(Struct, frozen=True, kw_only=True):
    """Which events are told again: by their numbers (`data.seq`), or by when they happened."""

    seqs: list[int] | None = None
    since: datetime | None = None
    until: datetime | None = None


class Counted(Struct, frozen=True, kw_only=True):
    """How many messages were put in the queue."""

    count: int


class ScopeSeen(Struct, frozen=True, kw_only=True):
    """A scope of API keys, and what it opens besides itself."""

    scope: str
    opens: list[str]


@get("/v1/events", summary="Everything that happened to orders, in order", sync_to_thread=True)
def events(
    oms: NamedDependency[Oms],
    request: Asker,
    after: Annotated[int, QueryParameter(ge=0, le=_MOST)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_EVENTS)] = 100,
    kinds: Annotated[list[str] | None, QueryParameter(name="kind")] = None,
    channels: Annotated[list[str] | None, QueryParameter(name="channel")] = None,
) -> EventsReply:
    """200; 400 a pattern that fits nothing. `kind` (with `*` for a part) and `channel` may be repeated."""
    key_holder(oms, bearer(request), Scope.EVENTS_READ, of=channels[0] if channels and len(channels) == 1 else "")
    if any(not known_pattern(one) for one in kinds or ()):
        raise Refusal(400, ErrorCode.INVALID, HookRefusal.BAD_PATTERN)
    # Who asks right after an act of theirs finds it, wherever the server's own round is.
    oms.works.run(oms.site, Actor("events"), sequence.step)
    with oms.sessions() as db:
        found, further = queries.events(db, after, limit, kinds or [], channels or [])
        more = queries.events(db, further, 1, [], [])[1] > further
    return EventsReply(events=found, next=further, more=more, server_time=server_time())


@get("/v1/event-kinds", summary="The catalogue of events", sync_to_thread=True)
def event_kinds(oms: NamedDependency[Oms], request: Asker) -> list[EventKindSeen]:
    """200."""
    key_holder(oms, bearer(request), Scope.EVENTS_READ, of=HELD)
    return [
        EventKindSeen(kind=kind, says=one.says, words=one.words, example=example(kind))
        for kind, one in CATALOGUE.items()
    ]


@get("/v1/scopes", summary="What API keys can open", sync_to_thread=True)
def scopes(oms: NamedDependency[Oms], request: Asker) -> list[ScopeSeen]:
    """200 for every program with a key."""
    key_holder(oms, bearer(request), *Scope, of=HELD)
    return [ScopeSeen(scope=one, opens=sorted(OPENS.get(one, ()))) for one in Scope]


@get("/v1/hooks", summary="Who is told of events", sync_to_thread=True)
def list_hooks(oms: NamedDependency[Oms], request: Asker) -> list[HookSeen]:
    """200."""
    key_holder(oms, bearer(request), Scope.HOOKS_READ)
    with oms.sessions() as db:
        return queries.hooks(db)


@post(
    "/v1/hooks", status_code=201, summary="Tell another program of events", sync_to_thread=True,
    operation_class=operation(
        {"name": "shop", "url": "https://shop.example.com/hooks/orders", "patterns": ["order.shipped", "order.cancelled"]}
    ),
)  # fmt: skip
def make(
    oms: NamedDependency[Oms],
    telling: NamedDependency[Telling],
    sealer: NamedDependency[Sealer],
    request: Asker,
    data: JSONBody[HookIn],
) -> HookMade:
    """201 with the secret, which is never shown again; 400; 409 on a server without a key for secrets."""
    actor = _writer(oms, request)
    id, secret = _act(oms, actor, lambda w: actions.make(w, data, sealer, private=telling.hooks.private))
    return HookMade(hook=_seen(oms, id), secret=secret)


@post(
    "/v1/hooks/{id:str}/change", status_code=200, summary="Change who is told what", sync_to_thread=True,
    operation_class=operation({"patterns": ["order.*"], "active": True}),
)  # fmt: skip
def change(
    oms: NamedDependency[Oms],
    telling: NamedDependency[Telling],
    request: Asker,
    id: FromPath[str],
    data: JSONBody[HookIn],
) -> HookSeen:
    """200; 400; 404. While a hook is not active, nothing is kept for it; replay tells it later."""
    actor = _writer(oms, request)
    _act(oms, actor, lambda w: actions.change(w, _plain(id), data, private=telling.hooks.private))
    return _seen(oms, id)


@post("/v1/hooks/{id:str}/remove", status_code=204, summary="Tell it nothing any more", sync_to_thread=True)
def remove(oms: NamedDependency[Oms], request: Asker, id: FromPath[str]) -> None:
    """204; 404. Its messages and attempts go with it."""
    actor = _writer(oms, request)
    _act(oms, actor, lambda w: actions.remove(w, _plain(id)))


@post(
    "/v1/hooks/{id:str}/rotate", status_code=200, summary="Give it another secret", sync_to_thread=True,
    operation_class=operation({"overlap_h": 24}),
)  # fmt: skip
def rotate(
    oms: NamedDependency[Oms],
    sealer: NamedDependency[Sealer],
    request: Asker,
    id: FromPath[str],
    data: JSONBody[RotateRequest],
) -> HookMade:
    """200 with the secret, which is never shown again; 400; 404; 409 as when one is made."""
    actor = _writer(oms, request)
    secret = _act(oms, actor, lambda w: actions.rotate(w, _plain(id), sealer, data.overlap_h))
    return HookMade(hook=_seen(oms, id), secret=secret)


@post("/v1/hooks/{id:str}/test", status_code=200, summary="Send it a message to try it out", sync_to_thread=True)
def test(oms: NamedDependency[Oms], request: Asker, id: FromPath[str]) -> Counted:
    """200; 404. The message is of kind `hook.test`; what came of it is in the deliveries."""
    actor = _writer(oms, request)
    _act(oms, actor, lambda w: actions.test(w, _plain(id)))
    return Counted(count=1)


@post(
    "/v1/hooks/{id:str}/replay", status_code=200, summary="Tell it events again", sync_to_thread=True,
    operation_class=operation({"since": "2026-11-23T00:00:00Z", "until": "2026-11-24T00:00:00Z"}),
)  # fmt: skip
def replay(oms: NamedDependency[Oms], request: Asker, id: FromPath[str], data: JSONBody[ReplayRequest]) -> Counted:
    """200; 400 neither `seqs` nor `since`, or more than 10 000 events; 404. Each has the `webhook-id` it had."""
    actor = _writer(oms, request)
    if any(not 0 <= one <= _MOST for one in data.seqs or ()) or any(
        one is not None and one.tzinfo is None for one in (data.since, data.until)
    ):
        raise Refusal(400, ErrorCode.INVALID, HookRefusal.BAD_VALUE)
    oms.works.run(oms.site, actor, sequence.step)
    count = _act(
        oms, actor, lambda w: actions.replay(w, _plain(id), seqs=data.seqs, since=data.since, until=data.until)
    )
    return Counted(count=count)


@get("/v1/hooks/{id:str}/deliveries", summary="What became of its messages", sync_to_thread=True)
def deliveries(
    oms: NamedDependency[Oms],
    request: Asker,
    id: FromPath[str],
    before: FromQuery[int | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_DELIVERIES)] = 50,
) -> list[DeliverySeen]:
    """200, newest first; 404. Kept for thirty days."""
    key_holder(oms, bearer(request), Scope.HOOKS_READ)
    _seen(oms, id)
    with oms.sessions() as db:
        return queries.deliveries(db, _plain(id), None if before is None else max(0, min(_MOST, before)), limit)


@post(
    "/v1/hooks/{id:str}/deliveries/{delivery:int}/again", status_code=200, summary="Send one message again",
    sync_to_thread=True,
)  # fmt: skip
def again(oms: NamedDependency[Oms], request: Asker, id: FromPath[str], delivery: FromPath[int]) -> Counted:
    """200; 404."""
    actor = _writer(oms, request)
    _act(oms, actor, lambda w: actions.again(w, _plain(id), max(0, min(_MOST, delivery))))
    return Counted(count=1)


@asynccontextmanager
async def telling_others(app: Litestar) -> AsyncIterator[None]:
    """Events are handed out, messages and mails sent, while the application runs."""
    oms: Oms = app.state.oms
    telling: Telling = app.state.telling
    outbox = Outbox(oms.works, oms.sessions, oms.site, telling.mail, app.state.sealer)
    desk = HookDesk(oms.works, oms.site, telling.hooks, app.state.sealer, [outbox.write, lambda: _link(oms)])
    desk.start()
    outbox.start()
    try:
        yield
    finally:
        await asyncio.gather(asyncio.to_thread(desk.stop), asyncio.to_thread(outbox.stop))


def _link(oms: Oms) -> int:
    with oms.sessions.begin() as db:
        return audit.link(db)


def _writer(oms: Oms, request: Asker) -> Actor:
    return Actor(f"key:{key_holder(oms, bearer(request), Scope.HOOKS_WRITE).name}")


def _act(oms: Oms, actor: Actor, act: Callable[[Work], T]) -> T:
    try:
        return oms.works.run(oms.site, actor, act)
    except BadKey:
        raise Refusal(409, ErrorCode.CONFLICT, "this server has no key for secrets") from None
    except actions.Refused as refused:
        if refused.code in _UNKNOWN:
            raise Refusal(404, ErrorCode.NOT_FOUND, refused.code) from None
        raise Refusal(400, ErrorCode.INVALID, refused.code) from None


def _seen(oms: Oms, id: str) -> HookSeen:
    with oms.sessions() as db:
        found = queries.hook(db, _plain(id))
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, HookRefusal.UNKNOWN_HOOK)
    return found


def _plain(text: str) -> str:
    return text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [
    events, event_kinds, scopes, list_hooks, make, change, remove, rotate, test, replay, deliveries, again,
]  # fmt: skip
