"""What a bench asks while the packer waits, a parcel that is to be opened again, and what it brings when it can: pictures."""

from base64 import b64decode
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from oms.api.auth import bearer
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.documents.photos import receive
from oms.documents.photos_jpeg import MOST_BYTES
from oms.feed.refusals import Refusal
from oms.packing.reopen import Asker, reopen
from oms.people.permissions import worker_with_role
from oms.people.trust import authenticate
from sync.contract.bench import PhotoReply, PhotoUpload, ReopenReply, ReopenRequest
from sync.contract.codes import ErrorCode, Role

Caller = Request[Any, Any, Any]
_SUPERVISES = (Role.SUPERVISOR, Role.ADMIN)


@post("/v1/parcels/reopen", status_code=200, summary="Open a closed parcel again", sync_to_thread=True)
def reopen_parcel(oms: NamedDependency[Oms], request: Caller, data: JSONBody[ReopenRequest]) -> ReopenReply:
    """200, also when refused: then with the reason; 401; 403 when nobody who packs is signed in on this device."""
    who = _packer(oms, bearer(request), data.session.replace("\0", ""))
    actor, parcel = Actor("device", device=who.device, worker=who.worker), _plain(data.parcel)
    done = oms.works.run(oms.site, actor, lambda w: reopen(w, parcel, who, data.reason))
    return ReopenReply(
        tote=done.tote, job=done.job, reason=done.reason, epoch=oms.epoch(), server_time=server_time()
    )  # fmt: skip


@post("/v1/photos", status_code=200, summary="Bring a picture that a fact told of", sync_to_thread=True)
def bring_photo(oms: NamedDependency[Oms], request: Caller, data: JSONBody[PhotoUpload]) -> PhotoReply:
    """200, also when it was here before; 401; 404 while no fact of this device tells of it; 413; 422 when it is not what the fact said."""
    with oms.sessions() as db:
        device = authenticate(db, bearer(request))
    if len(data.body) > 2 * MOST_BYTES:
        raise Refusal(413, ErrorCode.TOO_LARGE)
    try:
        body = b64decode(data.body, validate=True)
    except ValueError:
        raise Refusal(422, ErrorCode.INVALID, "body") from None
    actor = Actor("device", device=device.id)
    came = oms.works.run(oms.site, actor, lambda w: receive(w, device.id, data.sha256, body))
    if came == "unknown":
        raise Refusal(404, ErrorCode.NOT_FOUND, "no fact of this device tells of this picture")
    if came == "unsound":
        raise Refusal(422, ErrorCode.INVALID, "sha256")
    return PhotoReply(sha256=data.sha256, known=came == "known", epoch=oms.epoch(), server_time=server_time())


def _packer(oms: Oms, secret: str, session: str) -> Asker:
    with oms.sessions() as db:
        device = authenticate(db, secret)
        boss = worker_with_role(db, session, device.id, _SUPERVISES)
        worker = boss or worker_with_role(db, session, device.id, (Role.PACKER,))
    if worker is None:
        raise Refusal(403, ErrorCode.FORBIDDEN, "a packer or a supervisor must be signed in on this device")
    return Asker(worker, device.id, supervises=boss is not None)


def _plain(text: str) -> str:
    """What the database can look for."""
    return text.replace("\0", "").encode(errors="replace").decode()


ROUTES: list[HTTPRouteHandler] = [reopen_parcel, bring_photo]
