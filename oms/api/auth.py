"""Who is asking: a program with an API key, or a paired device with its token. Routes ask here; nothing is open by default."""

from dataclasses import dataclass
from typing import Any, Final

from litestar import Request

from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.people.keys import PREFIX, KeyHolder, Scope, find_key
from oms.people.permissions import worker_with_role
from oms.people.trust import authenticate
from sync.contract.codes import ErrorCode, Role


def bearer(request: Request[Any, Any, Any]) -> str:
    """What came as `Authorization: Bearer ...`; 401 without it."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "send Authorization: Bearer KEY")
    return secret.strip()


def is_api_key(secret: str) -> bool:
    """Whether it is a program's key rather than a device's token."""
    return secret.startswith(PREFIX)


#: The route itself holds a key of one channel to that channel.
HELD: Final = "*"


def key_holder(oms: Oms, secret: str, *scopes: Scope, of: str = "") -> KeyHolder:
    """The program behind a key that opens one of `scopes` (see `oms.people.keys.OPENS`); 401 or 403. Asks the database. `of` is the channel
    that is asked for, or `HELD`: a key of one channel opens nothing else."""
    with oms.sessions() as db:
        holder = find_key(db, secret)
    if holder is None:
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "unknown or revoked key")
    if not any(holder.opens(scope) for scope in scopes):
        raise Refusal(403, ErrorCode.FORBIDDEN, f"this key does not open {' or '.join(scopes)}")
    if holder.channel and of not in (HELD, holder.channel):
        raise Refusal(403, ErrorCode.FORBIDDEN, f"this key is for channel {holder.channel} only")
    return holder


def program_or_supervisor(
    oms: Oms, request: Request[Any, Any, Any], session: str, *scopes: Scope, of: str = ""
) -> Actor:
    """A program whose key opens one of `scopes` (`of` as in `key_holder`), or a supervisor signed in (`session`) on the device that asks;
    401 or 403."""
    return asking(oms, request, session, *scopes, of=of).actor


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, the only channel whose orders they may touch (empty: any), and the id of their key (empty: they came without one)."""

    actor: Actor
    channel: str = ""
    key: str = ""


def asking(oms: Oms, request: Request[Any, Any, Any], session: str, *scopes: Scope, of: str = HELD) -> Asking:
    """As `program_or_supervisor`, for routes that hold whoever asks to their channel: the key is looked up once."""
    secret = bearer(request)
    if is_api_key(secret):
        holder = key_holder(oms, secret, *scopes, of=of)
        return Asking(Actor(f"key:{holder.name}"), holder.channel, holder.id)
    with oms.sessions() as db:
        device = authenticate(db, secret)
        worker = worker_with_role(db, session.replace("\0", ""), device.id, (Role.SUPERVISOR, Role.ADMIN))
    if worker is None:
        raise Refusal(403, ErrorCode.FORBIDDEN, "a supervisor must be signed in on this device")
    return Asking(Actor("device", device=device.id, worker=worker))


def admin(oms: Oms, request: Request[Any, Any, Any]) -> Actor:
    """The program whose key opens `admin`; 401 or 403. Asks the database."""
    return Actor(f"key:{key_holder(oms, bearer(request), Scope.ADMIN).name}")
