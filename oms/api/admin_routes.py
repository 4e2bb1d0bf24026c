"""For the administrator at the machine (API key with scope `admin`): people, devices, keys, and the word after a restore."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from oms.api.auth import admin
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.channels.actions import channel as find_channel
from oms.db.work import Work
from oms.feed import opening
from oms.feed.refusals import Refusal
from oms.people import trust
from oms.people.actions import NumberTaken, add_worker
from oms.people.devices import devices_of
from oms.people.keys import Scope, add_key, new_key
from oms.people.rules import BadPin
from oms.shipping.serials import leap
from sync.contract.codes import ErrorCode, Role
from sync.contract.pairing import PairingText, is_address, typed_text

Asker = Request[Any, Any, Any]


class PairingRequest(Struct, frozen=True, kw_only=True):
    """`addresses` (`host:port`) are where the device will find this server; the server's own when empty."""

    label: str
    addresses: list[str] = []


class PairingReply(Struct, frozen=True, kw_only=True):
    """`text` is what the QR code holds, `typed` what is typed where nothing can be scanned; either is good once, for `ttl_s` seconds."""

    text: str
    typed: str
    ttl_s: int
    server_time: str


class WorkerRequest(Struct, frozen=True, kw_only=True):
    """A person to add. Without a badge and a PIN they cannot sign in."""

    number: str
    name: str
    roles: list[Role]
    badge: str | None = None
    pin: str | None = None
    language: str = "en"


class WorkerReply(Struct, frozen=True, kw_only=True):
    """The person's id."""

    id: str
    number: str


class KeyRequest(Struct, frozen=True, kw_only=True):
    """A key for another program."""

    name: str
    scopes: list[Scope]
    #: The only channel whose orders it brings; None: any.
    channel: str | None = None


class KeyReply(Struct, frozen=True, kw_only=True):
    """The key itself is shown here and never again."""

    id: str
    key: str


class DeviceLine(Struct, frozen=True, kw_only=True):
    """A device as the administrator sees it."""

    id: str
    label: str
    status: str
    app: str
    last_seq: int
    #: The hash chain after `last_seq`: equal to the device's own, it proves that the two logs are one.
    chain: str
    last_seen: str | None


class Restored(Struct, frozen=True, kw_only=True):
    """The new time line."""

    epoch: int
    server_time: str


@post("/v1/admin/pairing-codes", status_code=201, summary="A code that lets one device in", sync_to_thread=True)
def pairing_code(
    oms: NamedDependency[Oms], addresses: NamedDependency[list[str]], request: Asker, data: JSONBody[PairingRequest]
) -> PairingReply:
    """201; 400 when an address is none."""
    actor = admin(oms, request)
    told = tuple(data.addresses or addresses)
    if not told or not all(is_address(one) for one in told):
        raise Refusal(400, ErrorCode.INVALID, "addresses are host:port")
    label = data.label.replace("\0", "")[:80]
    code, typed = oms.works.run(oms.site, actor, lambda w: trust.new_pairing_codes(w, label))
    text = PairingText(told, oms.cluster_id, oms.spki, code).text()
    ttl = int(trust.CODE_TTL.total_seconds())
    return PairingReply(text=text, typed=typed_text(typed), ttl_s=ttl, server_time=server_time())


@post("/v1/admin/workers", status_code=201, summary="Add a person", sync_to_thread=True)
def put(oms: NamedDependency[Oms], request: Asker, data: JSONBody[WorkerRequest]) -> WorkerReply:
    """201; 400 bad PIN or empty number; 409 number or badge taken."""
    actor = admin(oms, request)
    if (
        not data.number.strip()
        or not data.name.strip()
        or not data.roles
        or "\0" in f"{data.number}{data.name}{data.badge}{data.language}"
    ):
        raise Refusal(400, ErrorCode.INVALID, "number, name and at least one role")

    def act(w: Work) -> str:
        return add_worker(
            w, data.number, data.name, data.roles, badge=data.badge, pin=data.pin, language=data.language
        ).id

    try:
        return WorkerReply(id=oms.works.run(oms.site, actor, act), number=data.number)
    except BadPin:
        raise Refusal(400, ErrorCode.INVALID, "a PIN has 4 to 8 digits") from None
    except NumberTaken:
        raise Refusal(409, ErrorCode.CONFLICT, "this number or badge belongs to somebody") from None


@post("/v1/admin/keys", status_code=201, summary="A key for another program", sync_to_thread=True)
def key(oms: NamedDependency[Oms], request: Asker, data: JSONBody[KeyRequest]) -> KeyReply:
    """201; 404 unknown channel."""
    actor = admin(oms, request)
    made, channel = new_key(), None if data.channel is None else data.channel.replace("\0", "")
    with oms.sessions() as db:
        if channel and find_channel(db, channel) is None:
            raise Refusal(404, ErrorCode.NOT_FOUND, "no such channel")
    id = oms.works.run(oms.site, actor, lambda w: add_key(w, made, data.name.replace("\0", ""), data.scopes, channel))
    return KeyReply(id=id, key=made)


@get("/v1/admin/devices", summary="Devices", sync_to_thread=True)
def devices(oms: NamedDependency[Oms], request: Asker) -> list[DeviceLine]:
    """200."""
    admin(oms, request)
    with oms.sessions() as db:
        rows = devices_of(db, oms.site)
    return [
        DeviceLine(
            id=row.id, label=row.label, status=row.status, app=row.app, last_seq=row.last_seq, chain=row.chain,
            last_seen=row.last_seen.isoformat() if row.last_seen else None,
        )
        for row in rows
    ]  # fmt: skip


@post("/v1/admin/devices/{id:str}/revoke", status_code=204, summary="Shut a device out", sync_to_thread=True)
def revoke(oms: NamedDependency[Oms], request: Asker, id: FromPath[str]) -> None:
    """204; 404 unknown."""
    actor = admin(oms, request)
    if not oms.works.run(oms.site, actor, lambda w: trust.revoke(w, id.replace("\0", ""))):
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such device")


@post("/v1/admin/restored", status_code=200, summary="This server was restored from a backup", sync_to_thread=True)
def restored(oms: NamedDependency[Oms], request: Asker, above: FromQuery[int] = 0) -> Restored:
    """200 with the new epoch, later than ours and than `above`. Devices then bring back what this server has forgotten."""
    actor = admin(oms, request)

    def act(w: Work) -> int:
        leap(w.db)
        return opening.restored(w, above)

    epoch = oms.works.run(oms.site, actor, act)
    request.app.state.epoch = epoch
    return Restored(epoch=epoch, server_time=server_time())


ROUTES: list[HTTPRouteHandler] = [pairing_code, put, key, devices, revoke, restored]
