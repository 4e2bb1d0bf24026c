"""Who is asking: a program with an API key, or a paired device with its token. Routes ask here; nothing is open by default."""

from typing import Any

from litestar import Request

from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.people.keys import PREFIX, KeyHolder, Scope, find_key
from sync.contract.codes import ErrorCode


def bearer(request: Request[Any, Any, Any]) -> str:
    """What came as `Authorization: Bearer ...`; 401 without it."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "send Authorization: Bearer KEY")
    return secret.strip()


def is_api_key(secret: str) -> bool:
    """Whether it is a program's key rather than a device's token."""
    return secret.startswith(PREFIX)


def key_holder(oms: Oms, secret: str, scope: Scope) -> KeyHolder:
    """The program behind a key that opens `scope` (or `admin`, which opens everything); 401 or 403. Asks the database."""
    with oms.sessions() as db:
        holder = find_key(db, secret)
    if holder is None:
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "unknown or revoked key")
    if not holder.scopes & {scope, Scope.ADMIN}:
        raise Refusal(403, ErrorCode.FORBIDDEN, f"this key does not open {scope}")
    return holder


def admin(oms: Oms, request: Request[Any, Any, Any]) -> Actor:
    """The program whose key opens `admin`; 401 or 403. Asks the database."""
    return Actor(f"key:{key_holder(oms, bearer(request), Scope.ADMIN).name}")
