"""Papers as PDF, for stations that print them and programs that send them on; numbers for pallet labels; a truck against what is ready; and
the dossier of an order, for supervisors and programs."""

from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from oms.api.auth import HELD, bearer, is_api_key, key_holder
from oms.api.errors import server_time
from oms.api.orders_routes import CancelRequest, who
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.documents.dossier import make_dossier
from oms.documents.load import KINDS
from oms.documents.papers import pdf
from oms.feed.refusals import Refusal
from oms.packing.pallet_queries import truck
from oms.packing.pallets import make_pallets
from oms.people.keys import Scope
from oms.people.trust import authenticate
from oms.returns.queries import channel_of_return
from sync.contract.codes import ErrorCode
from sync.contract.loads import PalletsReply, PalletsRequest

Asker = Request[Any, Any, Any]
_PDF = "application/pdf"
_RETURN = "return-paper"
MAX_PALLETS = 100
MAX_KEY = 100


class LoadReply(Struct, frozen=True, kw_only=True):
    """A truck: SSCCs in it, ready and not in it, and parcels on pallets that are not wrapped yet."""

    carrier: str
    loaded: list[str]
    missing: list[str]
    unwrapped: list[str]
    complete: bool
    epoch: int
    server_time: str


@get("/v1/documents/{kind:str}/{key:str}", summary="A paper as PDF", sync_to_thread=True, media_type=_PDF)
def document(
    oms: NamedDependency[Oms],
    request: Asker,
    kind: FromPath[str],
    key: FromPath[str],
    size: Annotated[Literal["A4", "A6"], QueryParameter()] = "A4",
    lang: Annotated[Literal["", "en", "nl", "de", "da"], QueryParameter()] = "",
) -> Response[bytes]:
    """200 with the PDF; 401; 403; 404 unknown, or nothing to write on it. `kind` is packing-slip, customs (of a parcel id or SSCC),
    invoice, return-slip (of an order, or of one of its parcels), pick-list (of a job), pallet-list (of an SSCC), hand-over (of a load),
    manifest, sales-invoice (an invoice or credit note by its own number), or return-paper (a return that may be sent). In the customer's
    language unless `lang` says otherwise."""
    back = kind == _RETURN
    channel = _asker(oms, request, Scope.RETURNS_READ if back else Scope.ORDERS_READ)
    find = KINDS.get(kind)
    with oms.sessions() as db:
        mine = not back or channel in ("", channel_of_return(db, _plain(key)))
        found = find(db, oms.site, _plain(key)) if find and mine else None
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such paper")
    paper, language = found
    return Response(pdf(paper, lang or language, size), media_type=_PDF)


@post("/v1/pallets", status_code=200, summary="Numbers for pallet labels", sync_to_thread=True)
def pallets(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PalletsRequest]) -> PalletsReply:
    """200; 401; 413 too many at once. Made ahead, so that pallets can be built without us."""
    with oms.sessions() as db:
        device = authenticate(db, bearer(request)).id
    if data.count > MAX_PALLETS:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_PALLETS} at a time")
    made = oms.works.run(oms.site, Actor("device", device=device), lambda w: make_pallets(w, max(0, data.count)))
    return PalletsReply(pallets=made, epoch=oms.epoch(), server_time=server_time())


@get("/v1/loads/{carrier:str}/{load:str}", summary="A truck against what is ready", sync_to_thread=True)
def load(oms: NamedDependency[Oms], request: Asker, carrier: FromPath[str], load: FromPath[str]) -> LoadReply:
    """200, also for a truck nobody has opened yet; 401; 403."""
    _asker(oms, request)
    with oms.sessions() as db:
        found = truck(db, oms.site, _plain(carrier), _plain(load))
    return LoadReply(
        carrier=found.carrier, loaded=list(found.loaded), missing=list(found.missing), unwrapped=list(found.unwrapped),
        complete=found.complete, epoch=oms.epoch(), server_time=server_time(),
    )  # fmt: skip


@post(
    "/v1/orders/{number:str}/dossier", status_code=200, summary="All that is known of an order, sealed",
    sync_to_thread=True, media_type=_PDF,
)  # fmt: skip
def dossier(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[CancelRequest]
) -> Response[bytes]:
    """200 with the PDF that `floorhand verify-dossier` checks; 401; 403 when not a supervisor; 404 unknown."""
    actor = who(oms, request, data.session)
    made = oms.works.run(oms.site, actor, lambda w: make_dossier(w, _plain(number), oms.cluster_id, oms.signing_key()))
    if made is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    return Response(made, media_type=_PDF)


def _asker(oms: Oms, request: Asker, scope: Scope = Scope.ORDERS_READ) -> str:
    """A paired device, or a program whose key opens orders (returns: for their paper); the one channel it knows, '' all."""
    secret = bearer(request)
    if is_api_key(secret):
        return key_holder(oms, secret, scope, of=HELD if scope is Scope.RETURNS_READ else "").channel
    with oms.sessions() as db:
        authenticate(db, secret)
    return ""


def _plain(text: str) -> str:
    return text.replace("\0", "")[:MAX_KEY]


ROUTES: list[HTTPRouteHandler] = [document, pallets, load, dossier]
