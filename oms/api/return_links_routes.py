"""The customer's own way to send something back: by the link of their mail, which is the credential. Who has none learns nothing, and
nobody may ask without end."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from oms.api.errors import server_time
from oms.api.rate import Rates
from oms.api.returns_wire import AskLine
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.returns import asking, links, seen
from oms.returns.codes import CameBy
from oms.returns.pictures import MOST_BYTES
from oms.returns.refused import Refused
from sync.contract.codes import ErrorCode

if TYPE_CHECKING:
    from oms.db.work import Work

Asker = Request[Any, Any, Any]
_CUSTOMER = Actor("customer")
_MOST_LINES = 200
_MOST_QTY = 1_000_000


class CustomerAsks(Struct, frozen=True, kw_only=True):
    """What the customer wants to send back."""

    lines: list[AskLine]
    note: str = ""


class CustomerReply(Struct, frozen=True, kw_only=True):
    """`done`, or the `reason` (a message code) with its words; nothing has changed then. `number` is the return's."""

    done: bool
    number: str = ""
    state: str = ""
    reason: str | None = None
    params: dict[str, str | int] = {}
    server_time: str = ""


class ReturnPhotoReply(Struct, frozen=True, kw_only=True):
    """`kept`, or the `reason` with its words."""

    kept: bool
    sha256: str = ""
    reason: str | None = None
    params: dict[str, str | int] = {}
    server_time: str = ""


@get("/v1/return-links/{token:str}", summary="What a customer may send back", sync_to_thread=True)
def open_link(oms: NamedDependency[Oms], request: Asker, token: FromPath[str]) -> seen.Returnable:
    """200; 404 for a link that opens nothing (any more); 429."""
    order = _order(oms, request, token)
    return oms.works.run(oms.site, _CUSTOMER, lambda w: seen.returnable(w, order))


@post("/v1/return-links/{token:str}", status_code=200, summary="A customer asks for a return", sync_to_thread=True)
def ask(oms: NamedDependency[Oms], request: Asker, token: FromPath[str], data: JSONBody[CustomerAsks]) -> CustomerReply:
    """200, also when refused; 404; 413; 429."""
    order = _order(oms, request, token)
    if len(data.lines) > _MOST_LINES:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {_MOST_LINES} lines at a time")
    wanted = [
        asking.Wanted(one.line, min(one.qty, _MOST_QTY), one.reason, one.note.replace("\0", "")) for one in data.lines
    ]
    said = data.note.replace("\0", "")
    try:
        number, state = oms.works.run(oms.site, _CUSTOMER, lambda w: _asked(w, order, wanted, said))
    except Refused as no:
        return CustomerReply(done=False, reason=no.code, params=no.params, server_time=server_time())
    return CustomerReply(done=True, number=number, state=state, server_time=server_time())


def _asked(w: "Work", order: str, wanted: list[asking.Wanted], said: str) -> tuple[str, str]:
    made = asking.ask(w, order, wanted, CameBy.LINK, said=said)
    return made.number, made.state.value


@post(
    "/v1/return-links/{token:str}/photos", status_code=200, summary="A customer's picture of something they send back",
    request_max_body_size=MOST_BYTES + 1,
)  # fmt: skip
async def photo(
    oms: NamedDependency[Oms],
    request: Asker,
    token: FromPath[str],
    number: FromQuery[str],
    line: Annotated[int, QueryParameter(ge=1, le=10_000)],
) -> ReturnPhotoReply:
    """The body is a JPEG of at most 6 MB. 200, also when it is not kept; 404; 413; 429."""
    body = await request.body()
    return await asyncio.to_thread(_photo, oms, request, token, number.replace("\0", ""), line, body)


def _photo(oms: Oms, request: Asker, token: str, number: str, line: int, body: bytes) -> ReturnPhotoReply:
    order = _order(oms, request, token)
    try:
        digest = oms.works.run(oms.site, _CUSTOMER, lambda w: links.take_photo(w, number, line, body, order))
    except Refused as no:
        return ReturnPhotoReply(kept=False, reason=no.code, params=no.params, server_time=server_time())
    return ReturnPhotoReply(kept=True, sha256=digest, server_time=server_time())


def _order(oms: Oms, request: Asker, token: str) -> str:
    rates: Rates = request.app.state.rates
    rates.pages.spend(request.client.host if request.client else "")
    with oms.sessions() as db:
        found = links.order_of(db, token, datetime.now(UTC))
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "this link opens nothing")
    return found


ROUTES: list[HTTPRouteHandler] = [open_link, ask, photo]
