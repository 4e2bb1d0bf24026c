"""Transfers between sites, for supervisors (device token and session) and programs (API key with scope `purchasing:read` or
`purchasing:write`). What comes in is told as any delivery: by handhelds, or by `POST /v1/purchasing/receive` with the transfer's number."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from oms.api.auth import bearer, key_holder, program_or_supervisor
from oms.api.errors import server_time
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.db.work import Work
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.transfers import actions, queries
from oms.transfers.codes import Refused, TransferState
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
MAX_ROWS = 500


class TransferAct(StrEnum):
    """What is done with a transfer."""

    CANCEL = "cancel"
    #: Nothing more of it is to come: what left and never came is written off.
    CLOSE = "close"


class TransfersRequest(Struct, frozen=True, kw_only=True):
    """The newest first; ask again with the last one's `made_at` as `before`. `states` empty: any."""

    states: list[TransferState] = []
    before: datetime | None = None
    limit: int = 100
    session: str = ""


class TransferWanted(Struct, frozen=True, kw_only=True):
    """So many units of an item."""

    sku: str
    qty: int


class TransferMakeRequest(Struct, frozen=True, kw_only=True):
    """From the asker's site `to` another, where the goods are expected on `day` (null: in two days)."""

    to: str
    lines: list[TransferWanted]
    day: date | None = None
    note: str = ""
    session: str = ""


class TransferActRequest(Struct, frozen=True, kw_only=True):
    """`session` is the supervisor's; a program with an API key leaves it empty."""

    act: TransferAct
    session: str = ""


class TransferReply(Struct, frozen=True, kw_only=True):
    """`reason` is a message code with its words, null when it was done. `lost`: units by item that left and never came; below zero, that
    came and never left."""

    number: str = ""
    lost: dict[str, int] = {}
    reason: str | None = None
    params: dict[str, str | int] = {}


class TransfersReply(Struct, frozen=True, kw_only=True):
    """Transfers, the newest first."""

    transfers: list[queries.TransferRow]
    server_time: str


class TransferShown(Struct, frozen=True, kw_only=True):
    """One transfer."""

    transfer: queries.TransferRow
    server_time: str


@post(
    "/v1/transfers", status_code=200, summary="Transfers that the site sends or gets", sync_to_thread=True,
    operation_class=operation({"states": ["in_transit"]}),
)  # fmt: skip
def transfers(oms: NamedDependency[Oms], request: Asker, data: JSONBody[TransfersRequest]) -> TransfersReply:
    """200; 400; 401; 403."""
    program_or_supervisor(oms, request, data.session, Scope.PURCHASING_READ)
    if data.before is not None and data.before.tzinfo is None:
        raise Refusal(400, ErrorCode.INVALID, "a moment needs its time zone")
    limit = min(MAX_ROWS, max(1, data.limit))
    with oms.sessions() as db:
        found = queries.transfers(db, oms.site, data.states, data.before, limit)
    return TransfersReply(transfers=found, server_time=server_time())


@post(
    "/v1/transfers/make", status_code=200, summary="Send goods to another site", sync_to_thread=True,
    operation_class=operation({"to": "STORE", "lines": [{"sku": "TEA-250", "qty": 24}], "day": "2026-12-03"}),
)  # fmt: skip
def make(oms: NamedDependency[Oms], request: Asker, data: JSONBody[TransferMakeRequest]) -> TransferReply:
    """200 with its number, or with a reason when it was not made; 401; 403; 413."""
    if len(data.lines) > MAX_ROWS:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_ROWS} at a time")
    lines = [(line.sku, line.qty) for line in data.lines]
    return _done(
        oms, request, data.session, lambda w: TransferReply(number=actions.make(w, data.to, lines, data.day, data.note))
    )


@post(
    "/v1/transfers/{number:str}/act", status_code=200, summary="Call a transfer off, or close it", sync_to_thread=True,
    operation_class=operation({"act": "close"}),
)  # fmt: skip
def act(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[TransferActRequest]
) -> TransferReply:
    """200, with a reason when it was not done; 401; 403."""
    plain = number.replace("\0", "")

    def do(w: Work) -> TransferReply:
        if data.act is TransferAct.CANCEL:
            actions.cancel(w, plain)
            return TransferReply(number=plain)
        return TransferReply(number=plain, lost=actions.close(w, plain))

    return _done(oms, request, data.session, do)


@get("/v1/transfers/{number:str}", summary="A transfer, and how far it is", sync_to_thread=True)
def transfer(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> TransferShown:
    """200; 401; 403; 404."""
    key_holder(oms, bearer(request), Scope.PURCHASING_READ)
    with oms.sessions() as db:
        found = queries.transfer(db, oms.site, number.replace("\0", ""))
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "there is no such transfer")
    return TransferShown(transfer=found, server_time=server_time())


def _done(oms: Oms, request: Asker, session: str, do: Callable[[Work], TransferReply]) -> TransferReply:
    actor = program_or_supervisor(oms, request, session, Scope.PURCHASING_WRITE)
    try:
        return oms.works.run(oms.site, actor, do)
    except Refused as error:
        return TransferReply(reason=error.code, params=error.words)


ROUTES: list[HTTPRouteHandler] = [transfers, make, act, transfer]
