"""For the administrator (API key with scope `admin`): who did what, changes of people and keys, and the server's own keys."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from oms.api.auth import admin
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.db.work import Work
from oms.feed.refusals import Refusal
from oms.people import audit, server_keys
from oms.people.actions import NumberTaken, WorkerChange, change_worker
from oms.people.keys import keys_of, revoke_key
from oms.people.rules import BadPin
from sync.contract.codes import ErrorCode, Role

Asker = Request[Any, Any, Any]


class ActLine(Struct, frozen=True, kw_only=True):
    """One act. `person` and `device` are ids, `name` and `label` what they are called; `words` is what else is known."""

    at: str
    what: str
    source: str
    person: str | None
    name: str | None
    device: str | None
    label: str | None
    words: dict[str, Any]


class AuditReply(Struct, frozen=True, kw_only=True):
    """Newest first."""

    acts: list[ActLine]
    server_time: str


class WorkerChangeRequest(Struct, frozen=True, kw_only=True):
    """What is to be different; null: as it was. An empty badge or PIN takes it away."""

    roles: list[Role] | None = None
    active: bool | None = None
    badge: str | None = None
    pin: str | None = None
    unlock: bool = False


class KeyLine(Struct, frozen=True, kw_only=True):
    """A program's key, without the key."""

    id: str
    name: str
    scopes: list[str]
    created_at: str


class Step(StrEnum):
    """The steps of a change of the server's TLS key."""

    ANNOUNCE = "announce"
    ACTIVATE = "activate"
    FINISH = "finish"


class ServerKeyRequest(Struct, frozen=True, kw_only=True):
    """`spki` is the next key (64 hex digits); `force` lets it serve although devices do not know it yet."""

    step: Step
    spki: str = ""
    force: bool = False


class ServerKeysReply(Struct, frozen=True, kw_only=True):
    """`keys`: SHA-256 -> `serving`, `next` or `before`. Labels of the devices that know the next key, and that do not."""

    keys: dict[str, str]
    heard: list[str]
    not_heard: list[str]
    server_time: str


@get("/v1/admin/audit", summary="Who did what", sync_to_thread=True)
def audit_(
    oms: NamedDependency[Oms],
    request: Asker,
    person: FromQuery[str | None] = None,
    device: FromQuery[str | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    what: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=audit.MOST)] = 100,
    thing: FromQuery[str | None] = None,
) -> AuditReply:
    """200. `person` is an id, number or name, `device` an id or label, `what` the beginning of an act's name, `thing` what it is about:
    the number or id of an order, parcel, customer, bin ..."""
    admin(oms, request)
    wanted = audit.Wanted(_plain(person), _plain(device), since, until, _plain(what), limit, _plain(thing))
    with oms.sessions() as db:
        found = audit.acts(db, oms.site, wanted)
    return AuditReply(acts=[_line(act) for act in found], server_time=server_time())


@post("/v1/admin/workers/{number:str}/change", status_code=204, summary="Change a person", sync_to_thread=True)
def change(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[WorkerChangeRequest]
) -> None:
    """204; 400 bad PIN or no role; 404 nobody has this number; 409 the badge is taken. Sign-ins that rest on what changed end at once."""
    actor = admin(oms, request)
    if data.roles == [] or "\0" in (data.badge or ""):
        raise Refusal(400, ErrorCode.INVALID, "at least one role")
    wanted = WorkerChange(data.roles, data.active, data.badge, data.pin, data.unlock)
    try:
        done = oms.works.run(oms.site, actor, lambda w: change_worker(w, _plain(number) or "", wanted) is not None)
    except BadPin:
        raise Refusal(400, ErrorCode.INVALID, "a PIN has 4 to 8 digits") from None
    except NumberTaken:
        raise Refusal(409, ErrorCode.CONFLICT, "this badge belongs to somebody") from None
    if not done:
        raise Refusal(404, ErrorCode.NOT_FOUND, "nobody has this number")


@get("/v1/admin/keys", summary="Keys of other programs", sync_to_thread=True)
def keys(oms: NamedDependency[Oms], request: Asker) -> list[KeyLine]:
    """200."""
    admin(oms, request)
    with oms.sessions() as db:
        return [
            KeyLine(id=one.id, name=one.name, scopes=one.scopes, created_at=one.created_at.isoformat())
            for one in keys_of(db, oms.site)
        ]


@post("/v1/admin/keys/{id:str}/revoke", status_code=204, summary="Take a key back", sync_to_thread=True)
def revoke(oms: NamedDependency[Oms], request: Asker, id: FromPath[str]) -> None:
    """204; 404 unknown or revoked before."""
    actor = admin(oms, request)
    if not oms.works.run(oms.site, actor, lambda w: revoke_key(w, _plain(id) or "")):
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such key")


@get("/v1/admin/server-keys", summary="How far a change of the server's key is", sync_to_thread=True)
def server_key_state(oms: NamedDependency[Oms], request: Asker) -> ServerKeysReply:
    """200."""
    actor = admin(oms, request)
    return _keys(oms.works.run(oms.site, actor, server_keys.state))


@post("/v1/admin/server-keys", status_code=200, summary="A step in changing the server's key", sync_to_thread=True)
def server_key_step(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ServerKeyRequest]) -> ServerKeysReply:
    """200; 400 not a SHA-256; 409 not the step for now, or devices do not know the key yet."""
    actor = admin(oms, request)
    if data.step is not Step.FINISH and not (len(data.spki) == 64 and set(data.spki) <= set("0123456789abcdef")):
        raise Refusal(400, ErrorCode.INVALID, "spki is 64 hex digits")

    def act(w: Work) -> server_keys.KeyState:
        match data.step:
            case Step.ANNOUNCE:
                server_keys.announce(w, data.spki)
            case Step.ACTIVATE:
                server_keys.activate(w, data.spki, force=data.force)
            case Step.FINISH:
                server_keys.finish(w)
        w.db.flush()
        return server_keys.state(w)

    try:
        return _keys(oms.works.run(oms.site, actor, act))
    except server_keys.WrongStep as error:
        raise Refusal(409, ErrorCode.CONFLICT, str(error)) from None


def _keys(state: server_keys.KeyState) -> ServerKeysReply:
    return ServerKeysReply(
        keys={spki: rank.name.lower() for spki, rank in state.keys},
        heard=list(state.heard),
        not_heard=list(state.not_heard),
        server_time=server_time(),
    )


def _line(act: audit.Act) -> ActLine:
    return ActLine(
        at=act.at.isoformat(timespec="milliseconds"), what=act.what, source=act.source, person=act.person, name=act.name,
        device=act.device, label=act.label, words=dict(act.words),
    )  # fmt: skip


def _plain(text: str | None) -> str | None:
    return None if text is None else text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [audit_, change, keys, revoke, server_key_state, server_key_step]
