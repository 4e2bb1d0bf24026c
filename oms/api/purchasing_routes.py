"""Buying, for supervisors (device token and session) and programs (API key with scope `purchasing:read` or `purchasing:write`): suppliers,
when items are ordered, the purchase run, orders to suppliers and what came of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, TypeVar

from litestar import Litestar, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Struct
from sqlalchemy import func, select

from oms.api.auth import bearer, key_holder, program_or_supervisor
from oms.api.errors import server_time
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.db.work import Actor, Work
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.purchasing import actions, alerts, desk, keeping, queries
from oms.purchasing import run as runs
from oms.purchasing.codes import BuyState, Refused
from oms.purchasing.papers import FILES, load_paper
from oms.purchasing.sending import OrderPost
from oms.telling import Telling
from sync.contract.buying_desk import BuyAct
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
T = TypeVar("T")
MAX_ROWS = 1000


class SessionRequest(Struct, frozen=True, kw_only=True):
    """`session` is the supervisor's; a program with an API key leaves it empty."""

    session: str = ""


class SuppliersRequest(Struct, frozen=True, kw_only=True):
    """All are kept or none; each as a whole."""

    suppliers: list[keeping.SupplierSaid]
    session: str = ""


class ItemsRequest(Struct, frozen=True, kw_only=True):
    """All are kept or none."""

    items: list[keeping.SupplierItemSaid]
    session: str = ""


class LevelsRequest(Struct, frozen=True, kw_only=True):
    """These `skus`, or else up to `limit` items that come `after` a SKU."""

    skus: list[str] = []
    after: str = ""
    limit: int = 200
    session: str = ""


class LevelsKeepRequest(Struct, frozen=True, kw_only=True):
    """All are kept or none."""

    levels: list[keeping.RuleSaid]
    session: str = ""


class SettingRequest(Struct, frozen=True, kw_only=True):
    """How the site buys."""

    setting: keeping.SettingSaid
    session: str = ""


class OrdersRequest(Struct, frozen=True, kw_only=True):
    """The newest first; ask again with the last number as `before`. `states` empty: any."""

    states: list[BuyState] = []
    supplier: str = ""
    before: str = ""
    limit: int = 100
    session: str = ""


class WantedLine(Struct, frozen=True, kw_only=True):
    """So many units of an item."""

    sku: str
    qty: int


class MakeRequest(Struct, frozen=True, kw_only=True):
    """An order by hand, exactly as it is asked for."""

    supplier: str
    lines: list[WantedLine]
    note: str = ""
    session: str = ""


class ConfirmedLine(Struct, frozen=True, kw_only=True):
    """What the supplier says of a line; null: as before."""

    line: int
    qty: int | None = None
    day: date | None = None


class ActRequest(Struct, frozen=True, kw_only=True):
    """`lines` and `reference` (what the supplier calls it) belong to `confirm`. `revision`: that of the order as somebody looked at it at
    the desk; nothing is done when it is another one now."""

    act: BuyAct
    lines: list[ConfirmedLine] = []
    reference: str = ""
    revision: str = ""
    session: str = ""


class ReceiveRequest(Struct, frozen=True, kw_only=True):
    """A delivery by an order or by none (''). `id` names it, once for ever. `over`: nothing more of the order comes with it."""

    id: str
    lines: list[desk.CameLine]
    order: str = ""
    over: bool = False
    session: str = ""


class KeptReply(Struct, frozen=True, kw_only=True):
    """`reason` is a message code with its words, null when it was done; `numbers` are orders it is about."""

    numbers: list[str] = []
    reason: str | None = None
    params: dict[str, str | int] = {}


class SuppliersReply(Struct, frozen=True, kw_only=True):
    """By code, with what each sells; and how this site buys."""

    suppliers: list[queries.SupplierRow]
    setting: keeping.SettingSaid
    server_time: str


class LevelsReply(Struct, frozen=True, kw_only=True):
    """In order of SKU; `next` is what to ask `after` for more, empty at the end."""

    levels: list[queries.LevelRow]
    next: str
    server_time: str


class AlertsReply(Struct, frozen=True, kw_only=True):
    """By kind and item, whether somebody was told by mail or not. Thresholds are those of the setting."""

    alerts: list[alerts.Alert]
    server_time: str


class RunReply(Struct, frozen=True, kw_only=True):
    """Orders that were made or grew; items that lack and that no supplier sells; orders of today that have left: more of theirs is ordered
    tomorrow; suppliers of whom more would be ordered than anybody can mean."""

    orders: list[str]
    nobody_sells: list[str]
    tomorrow: list[str]
    too_large: list[str]
    server_time: str


class OrdersReply(Struct, frozen=True, kw_only=True):
    """Orders, the newest first."""

    orders: list[queries.OrderRow]
    server_time: str


class OrderReply(Struct, frozen=True, kw_only=True):
    """One order."""

    order: queries.OrderRow
    server_time: str


@post(
    "/v1/purchasing/suppliers", status_code=200, summary="Suppliers, what they sell, and how the site buys",
    sync_to_thread=True, operation_class=operation({"session": ""}),
)  # fmt: skip
def suppliers(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SessionRequest]) -> SuppliersReply:
    """200; 401; 403."""
    _reader(oms, request, data.session)
    with oms.sessions() as db:
        found = queries.suppliers(db)
        return SuppliersReply(suppliers=found, setting=queries.setting(db, oms.site), server_time=server_time())


@post(
    "/v1/purchasing/suppliers/keep", status_code=200, summary="Keep suppliers", sync_to_thread=True,
    operation_class=operation({"suppliers": [
        {"code": "TEACO", "name": "Tea & Co", "email": "orders@tea.example", "language": "de", "lead_days": "10"}
    ]}),
)  # fmt: skip
def keep_suppliers(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SuppliersRequest]) -> KeptReply:
    """200, with a reason when they were not kept; 401; 403; 413."""
    _few(len(data.suppliers))
    return _done(oms, request, data.session, lambda w: keeping.keep_suppliers(w, data.suppliers))


@post(
    "/v1/purchasing/items/keep", status_code=200, summary="Keep what suppliers sell", sync_to_thread=True,
    operation_class=operation({"items": [
        {"supplier": "TEACO", "sku": "TEA-250", "their_sku": "4711", "moq": 24, "pack": 12,
         "prices": [{"units": 1, "price": "2.40"}, {"units": 120, "price": "2.10"}]}
    ]}),
)  # fmt: skip
def keep_items(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ItemsRequest]) -> KeptReply:
    """200, with a reason when they were not kept; 401; 403; 413."""
    _few(len(data.items))
    return _done(oms, request, data.session, lambda w: keeping.keep_items(w, data.items))


@post(
    "/v1/purchasing/setting/keep", status_code=200, summary="Keep how the site buys", sync_to_thread=True,
    operation_class=operation({"setting": {"approve_above": "500", "currency": "EUR", "auto_send": True}}),
)  # fmt: skip
def keep_setting(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SettingRequest]) -> KeptReply:
    """200, with a reason when it was not kept; 401; 403."""
    return _done(oms, request, data.session, lambda w: keeping.keep_setting(w, data.setting))


@post(
    "/v1/purchasing/levels", status_code=200, summary="When items are ordered, and what the forecast suggests",
    sync_to_thread=True, operation_class=operation({"skus": ["TEA-250"]}),
)  # fmt: skip
def levels(oms: NamedDependency[Oms], request: Asker, data: JSONBody[LevelsRequest]) -> LevelsReply:
    """200; 401; 403; 413."""
    _reader(oms, request, data.session)
    _few(len(data.skus))
    limit = min(MAX_ROWS, max(1, data.limit))
    with oms.sessions() as db:
        found = queries.levels(db, oms.site, [_plain(one) for one in data.skus], _plain(data.after), limit)
    more = not data.skus and len(found) == limit
    return LevelsReply(levels=found, next=found[-1].sku if more else "", server_time=server_time())


@post(
    "/v1/purchasing/levels/keep", status_code=200, summary="Say when items are ordered, or take what is suggested",
    sync_to_thread=True, operation_class=operation({"levels": [
        {"sku": "TEA-250", "follow": True}, {"sku": "CUP", "reorder_point": 20, "upto": 80, "safety": 5}
    ]}),
)  # fmt: skip
def keep_levels(oms: NamedDependency[Oms], request: Asker, data: JSONBody[LevelsKeepRequest]) -> KeptReply:
    """200, with a reason when they were not kept; 401; 403; 413."""
    _few(len(data.levels))
    return _done(oms, request, data.session, lambda w: keeping.keep_rules(w, data.levels))


@post(
    "/v1/purchasing/alerts", status_code=200, summary="Items to look at: too little of them, they lie, they come back",
    sync_to_thread=True, operation_class=operation({"session": ""}),
)  # fmt: skip
def list_alerts(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SessionRequest]) -> AlertsReply:
    """200; 401; 403."""
    _reader(oms, request, data.session)
    with oms.sessions() as db:
        now = db.scalars(select(func.clock_timestamp())).one()
        found = alerts.alerts(db, oms.site, now)
    return AlertsReply(alerts=found, server_time=server_time())


@post(
    "/v1/purchasing/run", status_code=200, summary="Order what is lacking", sync_to_thread=True,
    operation_class=operation({"session": ""}),
)  # fmt: skip
def run(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SessionRequest]) -> RunReply:
    """200; 401; 403. Again, it orders nothing twice."""
    ran = oms.works.run(oms.site, _writer(oms, request, data.session), runs.run)
    return RunReply(
        orders=list(ran.orders), nobody_sells=list(ran.nobody_sells), tomorrow=list(ran.tomorrow), too_large=list(ran.too_large),
        server_time=server_time(),
    )  # fmt: skip


@post(
    "/v1/purchasing/orders", status_code=200, summary="Orders to suppliers", sync_to_thread=True,
    operation_class=operation({"states": ["awaiting_approval"]}),
)  # fmt: skip
def orders(oms: NamedDependency[Oms], request: Asker, data: JSONBody[OrdersRequest]) -> OrdersReply:
    """200; 401; 403."""
    _reader(oms, request, data.session)
    limit = min(MAX_ROWS, max(1, data.limit))
    with oms.sessions() as db:
        found = queries.orders(db, oms.site, data.states, _plain(data.supplier), _plain(data.before), limit)
    return OrdersReply(orders=found, server_time=server_time())


@post(
    "/v1/purchasing/orders/make", status_code=200, summary="Order by hand", sync_to_thread=True,
    operation_class=operation({"supplier": "TEACO", "lines": [{"sku": "TEA-250", "qty": 48}]}),
)  # fmt: skip
def make(oms: NamedDependency[Oms], request: Asker, data: JSONBody[MakeRequest]) -> KeptReply:
    """200 with its number, or with a reason when it was not made; 401; 403; 413."""
    _few(len(data.lines))
    lines = [(line.sku, line.qty) for line in data.lines]
    return _done(oms, request, data.session, lambda w: [actions.make(w, data.supplier, lines, data.note)])


@post(
    "/v1/purchasing/orders/{number:str}/act", status_code=200, summary="Approve, send, confirm or call off an order",
    sync_to_thread=True, operation_class=operation(
        {"act": "confirm", "reference": "A-77", "lines": [{"line": 1, "qty": 36, "day": "2026-12-07"}]}
    ),
)  # fmt: skip
def act(oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[ActRequest]) -> KeptReply:
    """200, with a reason when it was not done; 401; 403; 413."""
    _few(len(data.lines))
    number = _plain(number)
    answers = {line.line: actions.Answer(line.qty, line.day) for line in data.lines}

    def do(w: Work) -> None:
        if data.revision:
            actions.unchanged(w, number, data.revision)
        match data.act:
            case BuyAct.APPROVE:
                actions.approve(w, number)
            case BuyAct.SEND:
                actions.send(w, number)
            case BuyAct.CONFIRM:
                actions.confirm(w, number, answers, data.reference)
            case BuyAct.CALL_OFF:
                actions.call_off(w, number)

    return _done(oms, request, data.session, do)


@post(
    "/v1/purchasing/receive", status_code=200, summary="Goods came in", sync_to_thread=True,
    operation_class=operation(
        {"id": "DN-4711", "order": "PO-MAIN-00017", "lines": [{"sku": "TEA-250", "qty": 36, "bin": "A-01"}], "over": True}
    ),
)  # fmt: skip
def receive(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ReceiveRequest]) -> KeptReply:
    """200 with the customer orders that were promised some of it, or with a reason when nothing was booked; 401; 403; 413. The same `id`
    again changes nothing."""
    _few(len(data.lines))
    return _done(oms, request, data.session, lambda w: desk.receive(w, data.id, data.order, data.lines, over=data.over))


@get("/v1/purchasing/orders/{number:str}", summary="An order to a supplier and what came of it", sync_to_thread=True)
def order(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> OrderReply:
    """200; 401; 403; 404."""
    key_holder(oms, bearer(request), Scope.PURCHASING_READ)
    with oms.sessions() as db:
        found = queries.order(db, oms.site, _plain(number))
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "there is no such order")
    return OrderReply(order=found, server_time=server_time())


@get(
    "/v1/purchasing/orders/{number:str}/files/{file:str}", summary="An order as its supplier gets it: pdf, csv, edi",
    sync_to_thread=True,
)  # fmt: skip
def file(oms: NamedDependency[Oms], request: Asker, number: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    """200; 401; 403; 404."""
    key_holder(oms, bearer(request), Scope.PURCHASING_READ)
    with oms.sessions() as db:
        found = load_paper(db, oms.site, _plain(number)) if file in FILES else None
        if found is None:
            raise Refusal(404, ErrorCode.NOT_FOUND, f"there is no such file; there are {', '.join(FILES)}")
        body = found.file(file)
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in number)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{file}"'}
    return Response(body, media_type=FILES[file], headers=headers)


@asynccontextmanager
async def sending(app: Litestar) -> AsyncIterator[None]:
    """Orders go to their suppliers while the application runs."""
    oms: Oms = app.state.oms
    telling: Telling = app.state.telling
    post_office = OrderPost(oms.works, oms.sessions, oms.site, telling.mail)
    post_office.start()
    try:
        yield
    finally:
        await asyncio.to_thread(post_office.stop)


def _done(oms: Oms, request: Asker, session: str, do: Callable[[Work], object]) -> KeptReply:
    actor = _writer(oms, request, session)
    try:
        made = oms.works.run(oms.site, actor, do)
    except Refused as error:
        return KeptReply(reason=error.code, params=error.words)
    return KeptReply(numbers=made if isinstance(made, list) else [])


def _few(many: int) -> None:
    if many > MAX_ROWS:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_ROWS} at a time")


def _reader(oms: Oms, request: Asker, session: str) -> Actor:
    return program_or_supervisor(oms, request, session, Scope.PURCHASING_READ)


def _writer(oms: Oms, request: Asker, session: str) -> Actor:
    return program_or_supervisor(oms, request, session, Scope.PURCHASING_WRITE)


def _plain(text: str) -> str:
    return text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [
    suppliers, keep_suppliers, keep_items, keep_setting, levels, keep_levels, list_alerts, run, receive, orders, make, act, order, file,
]  # fmt: skip
