"""Orders that clerks type at the client, for supervisors and customer service (device token and session) and for programs that type for
somebody (API key with scope `workbench:write`)."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from oms.api.errors import server_time
from oms.api.examples import operation
from oms.api.orders_routes import who
from oms.bootstrap import Oms
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.sales import entry, entry_look, entry_queries
from sync.contract import order_entry as oe
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
_MOST_TYPED, _LEAST_KEY = 200, 8
_ORDER: dict[str, Any] = {
    "order": {
        "key": "5f0c6ad1b2e94d33", "placed_at": "2026-11-23T09:12:00Z", "kind": "phone", "name": "Ada Jansen",
        "phone": "+31 30 123 4567",
        "ship_to": {"street": "Oudegracht 112", "postcode": "3511 AZ", "city": "Utrecht", "country": "NL"},
        "lines": [{"sku": "TEA", "qty": 2}], "payment": "to_pay",
    }
}  # fmt: skip


@post(
    "/v1/order-entry/customers", status_code=200, summary="Find customers while somebody types", sync_to_thread=True,
    operation_class=operation({"text": "jansen"}),
)  # fmt: skip
def customers(oms: NamedDependency[Oms], request: Asker, data: JSONBody[oe.EntryFindRequest]) -> oe.EntryCustomers:
    """200, the best first; 401; 403 when not a supervisor."""
    who(oms, request, data.session, Scope.WORKBENCH_WRITE)
    with oms.sessions() as db:
        found = entry_queries.find_customers(db, data.text[:_MOST_TYPED])
    return oe.EntryCustomers(found=found, epoch=oms.epoch(), server_time=server_time())


@post(
    "/v1/order-entry/items", status_code=200, summary="Find items while somebody types or scans", sync_to_thread=True,
    operation_class=operation({"text": "earl grey"}),
)  # fmt: skip
def items(oms: NamedDependency[Oms], request: Asker, data: JSONBody[oe.EntryFindRequest]) -> oe.EntryItems:
    """200, the best first; 401; 403."""
    who(oms, request, data.session, Scope.WORKBENCH_WRITE)
    with oms.sessions() as db:
        found = entry_queries.find_items(db, data.text[:_MOST_TYPED])
    return oe.EntryItems(found=found, epoch=oms.epoch(), server_time=server_time())


@post(
    "/v1/order-entry/places", status_code=200, summary="Sites where customers fetch", sync_to_thread=True,
    operation_class=operation({}),
)  # fmt: skip
def places(oms: NamedDependency[Oms], request: Asker, data: JSONBody[oe.EntryPlacesRequest]) -> oe.EntryPlaces:
    """200; 401; 403."""
    who(oms, request, data.session, Scope.WORKBENCH_WRITE)
    with oms.sessions() as db:
        found = entry_queries.places(db)
    return oe.EntryPlaces(places=found, epoch=oms.epoch(), server_time=server_time())


@post(
    "/v1/order-entry/look", status_code=200, summary="What a typed order would come to", sync_to_thread=True,
    operation_class=operation(_ORDER),
)  # fmt: skip
def look(oms: NamedDependency[Oms], request: Asker, data: JSONBody[oe.EntryRequest]) -> oe.EntryLook:
    """200 with prices, tax, what may be sold, promised days and what would hold it: nothing is kept; 400 no key; 401; 403; 413."""
    actor = who(oms, request, data.session, Scope.WORKBENCH_WRITE)
    _check(data.order)
    seen = oms.works.run(oms.site, actor, lambda w: entry_look.look(w, data.order))
    return oe.EntryLook(
        key=data.order.key, currency=seen.currency, goods=str(seen.goods), shipping=str(seen.shipping), tax=str(seen.tax),
        total=str(seen.total), lines=list(seen.lines), holds=list(seen.holds), epoch=oms.epoch(), server_time=server_time(),
    )  # fmt: skip


@post(
    "/v1/order-entry/take", status_code=200, summary="Take a typed order, once for each key", sync_to_thread=True,
    operation_class=operation(_ORDER),
)  # fmt: skip
def take(oms: NamedDependency[Oms], request: Asker, data: JSONBody[oe.EntryRequest]) -> oe.EntryTaken:
    """200, also for one that is held, or was taken before: then with the order that there is; 400 no key; 401; 403; 413."""
    actor = who(oms, request, data.session, Scope.WORKBENCH_WRITE)
    _check(data.order)
    made = oms.works.run(oms.site, actor, lambda w: entry.take(w, data.order))
    return oe.EntryTaken(
        key=data.order.key, number=made.number, held=made.held, holds=list(made.holds), epoch=oms.epoch(),
        server_time=server_time(),
    )  # fmt: skip


def _check(order: oe.TypedOrder) -> None:
    if len(order.key.strip()) < _LEAST_KEY:
        raise Refusal(400, ErrorCode.INVALID, f"an order has a key of at least {_LEAST_KEY} characters")
    if len(order.lines) > oe.MOST_LINES:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {oe.MOST_LINES} lines")


ROUTES: list[HTTPRouteHandler] = [customers, items, places, look, take]
