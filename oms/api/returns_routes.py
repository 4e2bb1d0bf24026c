"""What customers send back, for programs (API key with scope `returns:read` or `returns:write`) and supervisors (device token and session):
asked for, decided, received, closed; rules and figures."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from oms.api.auth import HELD, Asking, bearer, key_holder
from oms.api.auth import asking as held_asker
from oms.api.errors import server_time
from oms.api.orders_routes import who
from oms.api.returns_wire import (
    AskReturn,
    CameLine,
    CloseReturn,
    DecideReturn,
    GoodsCame,
    KeepRule,
    LinkReply,
    LookReturns,
    MakeLabel,
    NameOrder,
    ReceiveReturn,
    ReturnPage,
    ReturnReply,
    RulesReply,
    StatsReply,
    UndoReturnReceipt,
)
from oms.bootstrap import Oms
from oms.catalog.sites import all_sites
from oms.db.work import Actor
from oms.documents.return_labels import label_pdf
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.returns import asking, deciding, links, queries, receiving, scene, settling, stats, terms
from oms.returns.codes import CameBy, ReturnRefusal, ReturnState
from oms.returns.refused import Refused
from oms.sales.queries import channel_of_order
from sync.contract.codes import ErrorCode

if TYPE_CHECKING:
    from oms.db.work import Work

Asker = Request[Any, Any, Any]
T = TypeVar("T")
MAX_PAGE = 500
_MOST_LINES = 200
_MOST_QTY = 1_000_000
_MONTH = timedelta(days=30)


@post("/v1/returns", status_code=200, summary="Ask for a return", sync_to_thread=True)
def ask(oms: NamedDependency[Oms], request: Asker, data: JSONBody[AskReturn]) -> ReturnReply:
    """200, also when refused (`done` is then false); 401; 403; 413."""
    asks = _writer(oms, request, data.session)
    actor, channel = asks.actor, asks.channel
    wanted = [asking.Wanted(one.line, _units(one.qty), one.reason, _plain(one.note)) for one in _few(data.lines)]
    came_by = CameBy.PROGRAM if actor.worker is None else CameBy.DESK

    def act(w: "Work") -> str:
        order = _of_channel(w, _plain(data.order), channel)
        return asking.ask(
            w, order, wanted, came_by, site=_plain(data.site), said=_plain(data.note), all_the_same=data.all_the_same
        ).number

    return _do(oms, actor, act)


@get("/v1/returns", summary="Returns, the newest first", sync_to_thread=True)
def list_returns(
    oms: NamedDependency[Oms],
    request: Asker,
    states: Annotated[list[ReturnState] | None, QueryParameter(name="state")] = None,
    order: FromQuery[str] = "",
    after: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)] = 100,
) -> ReturnPage:
    """200; 401; 403. `state` may be repeated."""
    holder = key_holder(oms, bearer(request), Scope.RETURNS_READ, of=HELD)
    with oms.sessions() as db:
        found = queries.listed(db, states or [], _plain(order), holder.channel, _plain(after), limit)
    return _page(found, limit)


@get("/v1/returns/{number:str}", summary="One return", sync_to_thread=True)
def one_return(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> ReturnReply:
    """200; 401; 403; 404."""
    holder = key_holder(oms, bearer(request), Scope.RETURNS_READ, of=HELD)
    with oms.sessions() as db:
        found = queries.sheet(db, _plain(number))
    if found is None or holder.channel not in ("", found.head.channel):
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such return")
    return ReturnReply(done=True, sheet=found, server_time=server_time())


@get(
    "/v1/returns/{number:str}/photos/{digest:str}", summary="A picture of a return", media_type="image/jpeg",
    sync_to_thread=True,
)  # fmt: skip
def one_photo(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], digest: FromPath[str]
) -> Response[bytes]:
    """200; 401; 403; 404."""
    holder = key_holder(oms, bearer(request), Scope.RETURNS_READ, of=HELD)
    with oms.sessions() as db:
        mine = queries.channel_of_return(db, _plain(number))
        found = links.photo(db, _plain(number), _plain(digest))
    if found is None or holder.channel not in ("", mine):
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such picture")
    return Response(found, media_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


@post("/v1/returns/look", status_code=200, summary="Returns, for screens", sync_to_thread=True)
def look(oms: NamedDependency[Oms], request: Asker, data: JSONBody[LookReturns]) -> ReturnPage:
    """200, with no return where there is none; 401; 403."""
    channel = held_asker(oms, request, data.session, Scope.RETURNS_READ).channel
    limit = min(MAX_PAGE, max(1, data.limit))
    with oms.sessions() as db:
        if data.number:
            found = queries.sheet(db, _plain(data.number))
            mine = found if found is not None and channel in ("", found.head.channel) else None
            return ReturnPage(returns=[mine.head] if mine else [], next=None, sheet=mine, server_time=server_time())
        rows = queries.listed(db, data.states, _plain(data.order), channel, _plain(data.after), limit)
    return _page(rows, limit)


@post("/v1/returns/{number:str}/decide", status_code=200, summary="Approve, refuse, or call off", sync_to_thread=True)
def decide(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[DecideReturn]
) -> ReturnReply:
    """200, also when refused; 401; 403; 404; 409 somebody changed it since `revision`."""

    def act(w: "Work", plain: str) -> scene.Scene:
        match data.say:
            case "approve":
                return deciding.approve(w, plain, data.revision)
            case "refuse":
                return deciding.refuse(w, plain, _plain(data.because), data.revision)
            case "label_sent":
                return deciding.label_sent(w, plain, _plain(data.tracking), data.revision)
            case "cancel":
                return deciding.cancel(w, plain, data.revision)

    return _about(oms, request, number, data.session, act)


@post(
    "/v1/returns/{number:str}/label", status_code=200, summary="Have its label made by a carrier", sync_to_thread=True
)
def make_label(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[MakeLabel]
) -> ReturnReply:
    """200, also when refused; 401; 403; 404; 409 somebody changed it since `revision`. The carrier is asked afterwards, once, however often
    this is; `label` of the sheet says how far it is."""
    return _about(oms, request, number, data.session, lambda w, n: deciding.make_label(w, n, data.revision))


@get(
    "/v1/returns/{number:str}/label",
    summary="The label of a return as PDF",
    media_type="application/pdf",
    sync_to_thread=True,
)
def one_label(
    oms: NamedDependency[Oms],
    request: Asker,
    number: FromPath[str],
    lang: Annotated[Literal["", "en", "nl", "de", "da"], QueryParameter()] = "",
) -> Response[bytes]:
    """200 with the carrier's label, or ours for one that works by our tables; 401; 403; 404 there is none (yet)."""
    holder = key_holder(oms, bearer(request), Scope.RETURNS_READ, of=HELD)
    with oms.sessions() as db:
        mine = holder.channel in ("", queries.channel_of_return(db, _plain(number)))
        found = label_pdf(db, _plain(number), lang) if mine else None
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such label")
    return Response(found, media_type="application/pdf", headers={"X-Content-Type-Options": "nosniff"})


@post("/v1/returns/{number:str}/order", status_code=200, summary="Say which order it is of", sync_to_thread=True)
def name_order(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[NameOrder]
) -> ReturnReply:
    """200, also when refused; 401; 403; 404; 409."""
    order = _plain(data.order)
    return _about(oms, request, number, data.session, lambda w, n: deciding.name_order(w, n, order, data.revision))


@post("/v1/returns/{number:str}/receive", status_code=200, summary="Goods of a return came", sync_to_thread=True)
def receive(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[ReceiveReturn]
) -> ReturnReply:
    """200, also when refused; 401; 403; 404; 409; 413. The same `receipt` again changes nothing."""
    lines = _came(data.lines)

    def act(w: "Work", plain: str) -> scene.Scene:
        return _take_in(w, scene.lock(w, plain, data.revision), lines, _plain(data.site), done=data.done)

    return _about(oms, request, number, data.session, act)


@post("/v1/returns/came", status_code=200, summary="Goods came that nobody announced", sync_to_thread=True)
def came(oms: NamedDependency[Oms], request: Asker, data: JSONBody[GoodsCame]) -> ReturnReply:
    """200, also when refused; 401; 403; 413."""
    asks, lines = _writer(oms, request, data.session), _came(data.lines)
    actor, channel = asks.actor, asks.channel

    def act(w: "Work") -> str:
        found = receiving.begin(w, _plain(data.found)[:200], CameBy.DESK if actor.worker else CameBy.PROGRAM)
        if channel not in ("", found.back.channel):
            raise Refused(ReturnRefusal.UNKNOWN_ORDER, order=data.found[:60])
        return _take_in(w, found, lines, _plain(data.site), done=data.done).back.number

    return _do(oms, actor, act)


@post(
    "/v1/returns/{number:str}/undo", status_code=200, summary="Goods were not taken in after all", sync_to_thread=True
)
def undo(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[UndoReturnReceipt]
) -> ReturnReply:
    """200, also when refused; 401; 403; 404; 409."""

    def act(w: "Work", plain: str) -> scene.Scene:
        found = scene.lock(w, plain, data.revision)
        receipt = next((one for one in found.receipts if one.id == data.receipt), None)
        if receipt is None or found.back.closed_at is not None:
            raise Refused(ReturnRefusal.NOT_NOW, state=found.back.state.value)
        receiving.undo(w, found, receipt, uuid.uuid4().hex)
        return found

    return _about(oms, request, number, data.session, act)


@post("/v1/returns/{number:str}/close", status_code=200, summary="Pay back, exchange, or neither", sync_to_thread=True)
def close(oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[CloseReturn]) -> ReturnReply:
    """200, also when refused; 401; 403; 404; 409 somebody changed it since `revision`."""

    def act(w: "Work", plain: str) -> scene.Scene:
        wish = settling.Wish(
            how=data.how, amounts=_amounts(data.amounts), fee=terms.amount_of(data.fee, "fee"),
            instead=[(_plain(one.sku), _units(one.qty)) for one in _few(data.instead)],
        )  # fmt: skip
        return settling.settle(w, plain, wish, data.revision)

    return _about(oms, request, number, data.session, act)


@get("/v1/return-stats", summary="How much comes back", sync_to_thread=True)
def figures(
    oms: NamedDependency[Oms],
    request: Asker,
    by: FromQuery[stats.By] = stats.By.ITEM,
    since: FromQuery[date | None] = None,
    through: FromQuery[date | None] = None,
    channel: FromQuery[str] = "",
) -> StatsReply:
    """200; 401; 403. By item, reason or channel; the last thirty days where no others are named."""
    holder = key_holder(oms, bearer(request), Scope.RETURNS_READ, of=HELD)
    last = _day(through or datetime.now(UTC).date())
    first = _day(since or last - _MONTH)
    with oms.sessions() as db:
        found = stats.stats(db, by, first, last, holder.channel or _plain(channel))
    return StatsReply(stats=found, server_time=server_time())


@get("/v1/return-rules", summary="What is taken back", sync_to_thread=True)
def rules(oms: NamedDependency[Oms], request: Asker) -> RulesReply:
    """200; 401; 403."""
    key_holder(oms, bearer(request), Scope.RETURNS_READ)
    with oms.sessions() as db:
        return RulesReply(rules=terms.rules_of(db), server_time=server_time())


@post("/v1/return-rules", status_code=200, summary="Say what is taken back", sync_to_thread=True)
def keep_rule(oms: NamedDependency[Oms], request: Asker, data: JSONBody[KeepRule]) -> ReturnReply:
    """200, also when refused; 401; 403 (also a key of one channel: rules are everybody's)."""
    actor = who(oms, request, data.session, Scope.RETURNS_WRITE)
    row = data.rule
    try:
        oms.works.run(oms.site, actor, lambda w: terms.keep_rule(w, row))
    except Refused as no:
        return ReturnReply(done=False, reason=no.code, params=no.params, server_time=server_time())
    return ReturnReply(done=True, server_time=server_time())


@post(
    "/v1/customer-orders/{number:str}/return-link",
    status_code=200,
    summary="A customer's link for returns",
    sync_to_thread=True,
)
def make_link(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> LinkReply:
    """200, the same link again; 401; 403; 404."""
    holder = key_holder(oms, bearer(request), Scope.RETURNS_WRITE, of=HELD)

    def act(w: "Work") -> str:
        order = _of_channel(w, _plain(number), holder.channel)
        w.audit("return.link_made", order=order)
        return links.token_of(w, order)

    try:
        token = oms.works.run(oms.site, Actor(f"key:{holder.name}"), act)
    except Refused:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order") from None
    return LinkReply(token=token, server_time=server_time())


def _take_in(w: "Work", found: scene.Scene, lines: Sequence[receiving.Came], site: str, *, done: bool) -> scene.Scene:
    if site and site not in all_sites(w.db):
        raise Refused(ReturnRefusal.UNKNOWN_SITE, site=site[:60])
    there = w.beside(site) if site else w
    if found.back.closed_at is not None:
        raise Refused(ReturnRefusal.NOT_NOW, state=found.back.state.value)
    for one in lines:
        if receiving.known_receipt(w, one.receipt):
            continue
        if not receiving.item_known(w, one.sku):
            raise Refused(ReturnRefusal.UNKNOWN_ITEM, sku=one.sku[:60])
        if one.line is not None and found.line(one.line) is None:
            raise Refused(ReturnRefusal.UNKNOWN_LINE, line=one.line)
        account = receiving.place(there, one.bin)
        if account is None or (one.bin and not account.endswith(f":{one.bin}")):
            raise Refused(ReturnRefusal.UNKNOWN_BIN, site=there.site, bin=one.bin[:60])
        receiving.receive(there, found, one, account, one.receipt)
    if done:
        receiving.done(w, found, all_of_it=True)
        settling.by_itself(w, found, terms.terms_for(w.db, found.back.channel, found.back.site_id))
    return found


def _came(lines: list[CameLine]) -> list[receiving.Came]:
    return [
        receiving.Came(
            receipt=_plain(one.receipt)[:64] or uuid.uuid4().hex, sku=_plain(one.sku), qty=_units(one.qty), grade=one.grade,
            disposition=one.disposition, bin=_plain(one.bin), lot=_plain(one.lot), serial=_plain(one.serial),
            note=_plain(one.note), line=one.line,
        )
        for one in _few(lines)
    ]  # fmt: skip


def _about(
    oms: Oms, request: Asker, number: str, session: str, act: Callable[["Work", str], scene.Scene]
) -> ReturnReply:
    asks, plain = _writer(oms, request, session), _plain(number)
    actor, channel = asks.actor, asks.channel

    def run(w: "Work") -> str:
        if channel and queries.channel_of_return(w.db, plain) != channel:
            raise Refused(ReturnRefusal.UNKNOWN, number=plain[:60])
        return act(w, plain).back.number

    return _do(oms, actor, run, plain)


def _do(oms: Oms, actor: Actor, act: Callable[["Work"], str], number: str = "") -> ReturnReply:
    """Runs it in one unit of work, which is given up when it is refused."""
    try:
        number, no = oms.works.run(oms.site, actor, act), None
    except Refused as refused:
        no = refused
    if no is not None and no.code is ReturnRefusal.UNKNOWN:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such return")
    if no is not None and no.code is ReturnRefusal.CHANGED_MEANWHILE:
        raise Refusal(409, ErrorCode.CONFLICT, "somebody changed it meanwhile")
    with oms.sessions() as db:
        sheet = queries.sheet(db, number) if number else None
    params = no.params if no is not None else {}
    return ReturnReply(
        done=no is None,
        reason=no.code if no is not None else None,
        params=params,
        sheet=sheet,
        server_time=server_time(),
    )


def _of_channel(w: "Work", order: str, channel: str) -> str:
    """The order, when it is of the only channel whoever asks may touch."""
    if channel and channel_of_order(w.db, order) != channel:
        raise Refused(ReturnRefusal.UNKNOWN_ORDER, order=order[:60])
    return order


def _writer(oms: Oms, request: Asker, session: str) -> Asking:
    return held_asker(oms, request, session, Scope.RETURNS_WRITE)


def _page(found: list[queries.ReturnHead], limit: int) -> ReturnPage:
    following = found[-1].number if len(found) == limit else None
    return ReturnPage(returns=found, next=following, server_time=server_time())


def _amounts(asked: dict[str, str]) -> dict[int, Decimal]:
    found = {}
    for line, text in asked.items():
        amount = terms.amount_of(text, "amounts")
        if amount is None or not line.isdecimal() or len(line) > 6:
            raise Refused(ReturnRefusal.BAD_VALUE, field="amounts")
        found[int(line)] = amount
    return found


def _few(lines: list[T]) -> list[T]:
    if len(lines) > _MOST_LINES:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {_MOST_LINES} lines at a time")
    return lines


def _units(qty: int) -> int:
    if not 0 < qty <= _MOST_QTY:
        raise Refusal(400, ErrorCode.INVALID, "units are above 0")
    return qty


def _day(day: date) -> date:
    """Days that the database and the calendar can reckon with."""
    return min(max(day, date(2000, 1, 1)), date(2200, 1, 1))


def _plain(text: str) -> str:
    """Without the one character PostgreSQL cannot store."""
    return text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [
    ask, list_returns, look, came, one_return, one_photo, decide, make_label, one_label, name_order, receive, undo, close, figures,
    rules, keep_rule, make_link,
]  # fmt: skip
