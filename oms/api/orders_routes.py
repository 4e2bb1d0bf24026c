"""Orders for programs (API key with scope `orders`) and for supervisors (device token and session): list, look, release, change, cancel."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from oms.api.auth import bearer, key_holder, program_or_supervisor
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.feed.rows import build
from oms.orders import actions
from oms.orders.changes import take_less
from oms.orders.codes import Refusal as OrderRefusal
from oms.orders.queries import order_numbers
from oms.people.keys import Scope
from oms.picking.build import trips_of
from sync.contract.codes import ErrorCode, Method, OrderState
from sync.contract.rows import OrderRow, Row
from sync.contract.wire import ReleaseOrdersReply, ReleaseOrdersRequest

Asker = Request[Any, Any, Any]
MAX_PAGE = 500
MAX_RELEASE = 500
MAX_NUMBER = 2**31


class OrderPage(Struct, frozen=True, kw_only=True):
    """A page of orders; pass `next` as `after` for the next one, None at the end."""

    orders: list[OrderRow]
    next: str | None
    epoch: int
    server_time: str


class CancelReply(Struct, frozen=True, kw_only=True):
    """`cancelled`, or the `reason` (a message code) and its words. `put_backs` are exceptions people on the floor now have to settle."""

    order: str
    cancelled: bool
    reason: str | None
    params: dict[str, str | int]
    put_backs: list[str]
    epoch: int
    server_time: str


class CancelRequest(Struct, frozen=True, kw_only=True):
    """`session` is the supervisor's; a program with an API key leaves it empty."""

    session: str = ""


class ChangeRequest(Struct, frozen=True, kw_only=True):
    """The line wants only `qty` units from now on. `session` as in `CancelRequest`."""

    line: int
    qty: int
    session: str = ""


@get("/v1/orders", summary="Orders, page by page", sync_to_thread=True)
def list_orders(
    oms: NamedDependency[Oms],
    request: Asker,
    states: Annotated[list[OrderState] | None, QueryParameter(name="state")] = None,
    after: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)] = 100,
) -> OrderPage:
    """200; 401; 403. `state` may be repeated."""
    key_holder(oms, bearer(request), Scope.ORDERS_READ)
    with oms.sessions() as db:
        numbers = order_numbers(db, oms.site, states or [], after.replace("\0", ""), limit)
        rows = build(db, oms.site, "order", numbers)
    full = len(numbers) == limit
    return OrderPage(
        orders=[order for number in numbers for order in _orders(rows, number)],
        next=numbers[-1] if full else None,
        epoch=oms.epoch(),
        server_time=server_time(),
    )


@get("/v1/orders/{number:str}", summary="One order", sync_to_thread=True)
def get_order(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> OrderRow:
    """200; 404 unknown."""
    key_holder(oms, bearer(request), Scope.ORDERS_READ)
    plain = number.replace("\0", "")
    with oms.sessions() as db:
        rows = build(db, oms.site, "order", [plain])
    for order in _orders(rows, plain):
        return order
    raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")


@post("/v1/orders/release", status_code=200, summary="Let orders onto the floor", sync_to_thread=True)
def release(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ReleaseOrdersRequest]) -> ReleaseOrdersReply:
    """200 with one result per order; 401; 403 when not a supervisor. Each order is released, or not, by itself; those that share trips
    in one go."""
    if len(data.orders) > MAX_RELEASE:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_RELEASE} orders at a time")
    actor = program_or_supervisor(oms, request, data.session, Scope.ORDERS_WRITE)
    numbers = [number.replace("\0", "") for number in data.orders]
    trips = trips_of(data.method, data.slots)
    together = data.method in (Method.CLUSTER, Method.WALL)
    results = [
        result
        for some in ([numbers] if together else [[number] for number in numbers])
        for result in oms.works.run(oms.site, actor, lambda w, some=some: actions.release_all(w, some, trips))  # type: ignore[misc]
    ]
    return ReleaseOrdersReply(results=results, epoch=oms.epoch(), server_time=server_time())


@post("/v1/orders/{number:str}/cancel", status_code=200, summary="Take an order off the floor", sync_to_thread=True)
def cancel(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[CancelRequest]
) -> CancelReply:
    """200, also when refused; 401; 403 when not a supervisor; 404 unknown."""
    actor = program_or_supervisor(oms, request, data.session, Scope.ORDERS_WRITE)
    done = oms.works.run(oms.site, actor, lambda w: actions.cancel(w, number.replace("\0", "")))
    if done.reason == OrderRefusal.UNKNOWN_ORDER:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    return CancelReply(
        order=done.order,
        cancelled=done.reason is None,
        reason=done.reason,
        params=done.params,
        put_backs=list(done.put_backs),
        epoch=oms.epoch(),
        server_time=server_time(),
    )


@post("/v1/orders/{number:str}/change", status_code=200, summary="Less of one line of an order", sync_to_thread=True)
def change(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[ChangeRequest]
) -> CancelReply:
    """200, also when refused (`cancelled` is then false); 401; 403 when not a supervisor; 404 unknown."""
    actor = program_or_supervisor(oms, request, data.session, Scope.ORDERS_WRITE)
    plain = number.replace("\0", "")
    line, qty = (min(MAX_NUMBER, max(-1, one)) for one in (data.line, data.qty))
    done = oms.works.run(oms.site, actor, lambda w: take_less(w, plain, line, qty))
    if done.reason == OrderRefusal.UNKNOWN_ORDER:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order or line")
    return CancelReply(
        order=plain,
        cancelled=done.reason is None,
        reason=done.reason,
        params=done.params,
        put_backs=list(done.put_backs),
        epoch=oms.epoch(),
        server_time=server_time(),
    )


def who(oms: Oms, request: Asker, session: str, scope: Scope = Scope.ORDERS, of: str = "") -> Actor:
    """A program whose key opens `scope` (`of` as in `key_holder`), or a supervisor signed in on the device that asks; 401 or 403."""
    return program_or_supervisor(oms, request, session, scope, of=of)


def _orders(rows: dict[str, Row], number: str) -> list[OrderRow]:
    row = rows.get(number)
    return [row] if isinstance(row, OrderRow) else []


ROUTES: list[HTTPRouteHandler] = [list_orders, get_order, release, cancel, change]
