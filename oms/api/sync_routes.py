"""The sync API of devices (`sync.md` b.4): open, push, pull, work, and the fate of one op. Thin: who asks, one call, one answer.

Database work runs in threads; a long poll that waits holds none, and no connection either.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, JSONBody, PathParameter
from msgspec import Struct

from oms.api.auth import bearer
from oms.api.body import read_body
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.catalog.sites import every_site
from oms.db.work import Actor, Work
from oms.feed import ingest, leases, opening, pull
from oms.feed.bell import FeedBell
from oms.feed.keeping import Housekeeper
from oms.feed.log import find_op
from oms.feed.refusals import Refusal
from oms.floor import contact
from oms.people.trust import DeviceAuth, authenticate, shut_out
from sync.contract.codes import ErrorCode
from sync.contract.version import MAX_PULL_WAIT_S
from sync.contract.wire import (
    ClaimReply,
    ClaimRequest,
    OpenReply,
    OpenRequest,
    OpFate,
    PushReply,
    PushRequest,
    ReleaseReply,
    ReleaseRequest,
    RenewReply,
    RenewRequest,
)

S = TypeVar("S", bound=Struct)
R = TypeVar("R")
Asker = Request[Any, Any, Any]
#: A push of more ops than a person makes in a minute is of a device that was away.
_MANY_OPS = 20


class Feed:
    """What the devices of one server process share: the bell, one look at the database for all who ask the same at once, and the turn of
    those that were away."""

    def __init__(self, oms: Oms) -> None:
        self.bell = FeedBell(oms.engine)
        #: Held by a push of many ops. Devices that were away wait for each other, so that those who work do not wait for them: with two
        #: such pushes side by side, all are in a seventh sooner, and a claim meanwhile takes four times as long.
        self.catching_up = asyncio.Lock()
        self._oms = oms
        self.contacts = contact.Contacts(oms.sessions)
        self._looking: dict[tuple[str, int, pull.Ask], asyncio.Task[bytes | None]] = {}
        self._revoked: dict[str, tuple[int, asyncio.Task[frozenset[str]]]] = {}

    async def shut_out(self, site: str) -> frozenset[str]:
        """The revoked devices, looked up once per news: a revocation is news itself."""
        head = self.bell.head(site)
        known = self._revoked.get(site)
        if known is None or known[0] != head or (known[1].done() and known[1].exception()):
            known = self._revoked[site] = (head, asyncio.create_task(asyncio.to_thread(self._shut_out, site)))
        return await asyncio.shield(known[1])

    def _shut_out(self, site: str) -> frozenset[str]:
        with self._oms.sessions() as db:
            return shut_out(db, site)

    async def page(self, site: str, ask: pull.Ask) -> bytes | None:
        """The JSON of the next page; None when there is nothing new."""
        # A look that began before the newest commit was heard of must not answer for it.
        key = (site, self.bell.head(site), ask)
        task = self._looking.get(key)
        if task is None:
            task = asyncio.create_task(asyncio.to_thread(self._look, site, ask))
            self._looking[key] = task
            task.add_done_callback(lambda done: self._looked(key, done))
        return await asyncio.shield(task)

    def _looked(self, key: tuple[str, int, pull.Ask], done: "asyncio.Task[bytes | None]") -> None:
        del self._looking[key]
        if not done.cancelled():
            # Whoever asked may have gone; what went wrong is theirs to see, not the loop's to complain about.
            done.exception()

    def _look(self, site: str, ask: pull.Ask) -> bytes | None:
        reply = pull.page(self._oms.engine, site, ask)
        return msgspec.json.encode(stamped(reply)) if reply is not None else None


@asynccontextmanager
async def ringing(app: Litestar) -> AsyncIterator[None]:
    """Lifespan of the application: commits wake the polls of this and of every other process, and somebody keeps the house."""
    oms: Oms = app.state.oms
    feed = Feed(oms)
    oms.works.on_commit = feed.bell.committed
    app.state.feed = feed

    def time_line(epoch: int) -> None:
        # Also when it was changed through another process, or by the command line.
        app.state.epoch = epoch
        feed.bell.everybody()

    keeper = Housekeeper(oms.engine, oms.sessions, oms.works, every_site(oms.sessions), time_line)
    feed.bell.start(asyncio.get_running_loop())
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()
        feed.bell.stop()
        await asyncio.to_thread(feed.bell.join)
        await asyncio.to_thread(keeper.join)


def stamped(reply: S) -> S:
    """`reply` with the server's time on it."""
    return msgspec.structs.replace(reply, server_time=server_time())


def device_of(oms: Oms, request: Asker) -> DeviceAuth:
    """The device that asks; 401 or 403. Asks the database: call it in a thread."""
    token = bearer(request)
    with oms.sessions() as db:
        return authenticate(db, token)


async def _work(oms: Oms, request: Asker, act: Callable[[Work, str], R]) -> tuple[Work, R]:
    """Runs `act(w, device_id)` for the device that asks, in one unit of work in a thread; the committed unit and its result."""

    def run() -> tuple[Work, R]:
        device = device_of(oms, request)
        return oms.works.run(device.site, Actor("sync", device=device.id), lambda w: (w, act(w, device.id)))

    return await asyncio.to_thread(run)


@post("/v1/sync/open", status_code=200, summary="Compare log, cursor and leases")
async def open_(oms: NamedDependency[Oms], request: Asker, data: JSONBody[OpenRequest]) -> OpenReply:
    """200; 409 epoch or fork; 410 floor or schema; 503 when this server has forgotten things nobody has confirmed."""
    try:
        w, reply = await _work(oms, request, lambda w, device: opening.open_log(w, device, data))
    except opening.Forgotten as forgotten:
        await asyncio.to_thread(_raise_alarm, oms, forgotten.detail)
        raise
    if w.actor.device is not None:
        await asyncio.to_thread(contact.write, oms.sessions, w.actor.device, data.next_seq - 1)
    return stamped(reply)


def _raise_alarm(oms: Oms, sign: str) -> None:
    with oms.sessions.begin() as db:
        opening.suspect(db, sign)


@post("/v1/sync/push", status_code=200, summary="Take in facts, each once and in order")
async def push(oms: NamedDependency[Oms], request: Asker) -> PushReply:
    """Body: `PushRequest`, plain or gzip. 200 for all of it or a prefix; 400 envelope; 409 epoch, fork or gap; 413; 422 an op id with
    other content."""
    data = await read_body(request, PushRequest)
    feed: Feed = request.app.state.feed
    async with feed.catching_up if len(data.ops) > _MANY_OPS else nullcontext():
        w, reply = await _work(oms, request, lambda w, device: ingest.push(w, device, data))
    for result in reply.results:
        if not result.duplicate:
            oms.metrics.ops.labels(result.outcome).inc()
    return stamped(ingest.answered(reply, w.ver))


@get("/v1/sync/pull", summary="What changed since a cursor", media_type=MediaType.JSON)
async def pull_(
    oms: NamedDependency[Oms],
    request: Asker,
    stopping: NamedDependency[asyncio.Event],
    cursor: FromQuery[str] = "",
    limit: FromQuery[int] = 500,
    wait: FromQuery[int] = 0,
    schema: FromQuery[int] = 1,
    digest: FromQuery[bool] = False,
    content: FromQuery[bool] = False,
) -> Response[bytes | None]:
    """200 `PullReply`; 204 nothing new within `wait` seconds; 409 epoch; 410 floor or schema; 426 upgrade. `digest` and `content` ask
    for check sums over the device's rows, without and with what is in them."""
    device = await asyncio.to_thread(_contact, oms, request)
    feed: Feed = request.app.state.feed
    ask = pull.Ask(cursor, limit, digest, schema, content)
    loop = asyncio.get_running_loop()
    until = loop.time() + min(max(wait, 0), MAX_PULL_WAIT_S)
    while True:
        with feed.bell.watch(device.site) as news:
            page = await feed.page(device.site, ask)
            if page is not None:
                return Response(page, media_type=MediaType.JSON)
            left = until - loop.time()
            if left <= 0 or stopping.is_set():
                return Response(None, status_code=204)
            await _first(news, stopping, left)
        if device.id in await feed.shut_out(device.site):
            raise Refusal(403, ErrorCode.REVOKED)


async def _first(news: "asyncio.Future[None]", stopping: asyncio.Event, seconds: float) -> None:
    """Waits for news, the end of the server or the end of time."""
    ending: asyncio.Future[Any] = asyncio.ensure_future(stopping.wait())
    either: set[asyncio.Future[Any]] = {news, ending}
    try:
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ending.cancel()


def _contact(oms: Oms, request: Asker) -> DeviceAuth:
    """Who asks; and any contact renews what they hold."""
    device = device_of(oms, request)
    feed: Feed = request.app.state.feed
    feed.contacts.heard(device.id)
    if leases.any_due(oms.sessions, device.id):
        oms.works.run(device.site, Actor("sync", device=device.id), lambda w: leases.renew_all(w, device.id))
    return device


@post("/v1/work/claim", status_code=200, summary="Ask for work")
async def claim(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ClaimRequest]) -> ClaimReply:
    """200 with leases or none; the same `claim_id` gets the same answer; 426 when the app is too old."""
    w, reply = await _work(oms, request, lambda w, device: leases.claim(w, device, data))
    return stamped(leases.answered(reply, w.ver))


@post("/v1/work/renew", status_code=200, summary="Keep work longer")
async def renew(oms: NamedDependency[Oms], request: Asker, data: JSONBody[RenewRequest]) -> RenewReply:
    """200 with one result per lease."""
    _, reply = await _work(oms, request, lambda w, device: leases.renew(w, device, data))
    return stamped(reply)


@post("/v1/work/release", status_code=200, summary="Give work back")
async def release(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ReleaseRequest]) -> ReleaseReply:
    """200 with the leases that ended; the same `claim_id` gets the same answer."""
    _, reply = await _work(oms, request, lambda w, device: leases.release(w, device, data))
    return stamped(reply)


@get("/v1/ops/{op_id:str}", summary="What became of one op", sync_to_thread=True)
def fate(
    oms: NamedDependency[Oms], request: Asker, op_id: Annotated[str, PathParameter(pattern="^[0-9a-f]{32}$")]
) -> OpFate:
    """200, or 404 when this op was never seen."""
    device = device_of(oms, request)
    with oms.sessions() as db:
        op = find_op(db, device.site, op_id)
    if op is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "never seen")
    return OpFate(
        op_id=op.op_id,
        kind=op.kind,
        outcome=op.outcome,
        device=op.first_device,
        ver=op.ver or 0,
        received_at=op.received_at.isoformat(),
        epoch=oms.epoch(),
        server_time=server_time(),
    )


ROUTES: list[HTTPRouteHandler] = [open_, push, pull_, claim, renew, release, fate]
