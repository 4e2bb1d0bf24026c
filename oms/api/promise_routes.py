"""Availability for shops and the client: what may be sold, baskets that keep it, promised days, and what is said about stock."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from oms.api.auth import HELD, bearer, key_holder, program_or_supervisor
from oms.api.errors import server_time
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.db.work import Actor, Work
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.promise import actions, keeping, queries, receiving
from oms.promise.actions import BadPromise, CalendarSaid, ReceiptSaid, StockSaid
from oms.promise.availability import Free, available
from oms.promise.queries import Destination, Promised, Wanted
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
MAX_SKUS = 10_000
MAX_LINES = 500
_LOOKS = (Scope.STOCK_READ, Scope.ORDERS_READ, Scope.PROMISE_READ)
MAX_SAID = 1000
#: The longest that a basket keeps anything.
MAX_MINUTES = 24 * 60


class AvailabilityRequest(Struct, frozen=True, kw_only=True):
    """Up to 10 000 `skus` in one question. With `sites` false only totals are answered. `session` is a supervisor's; a program leaves it
    empty."""

    skus: list[str]
    channel: str = ""
    until: date | None = None
    sites: bool = True
    session: str = ""


class Expected(Struct, frozen=True, kw_only=True, gc=False):
    """So many units more from `day` on."""

    day: date
    units: int


class Cell(Struct, frozen=True, kw_only=True, gc=False):
    """One item at one site, in units: `now` = on_hand - reserved - kept - safety - other channels' shares, at least 0."""

    site: str
    now: int
    on_hand: int
    reserved: int
    kept: int
    safety: int
    expected: tuple[Expected, ...]


class ItemAvailability(Struct, frozen=True, kw_only=True, gc=False):
    """`now` and `expected` over all sites."""

    sku: str
    now: int
    expected: tuple[Expected, ...]
    sites: tuple[Cell, ...] = ()


class AvailabilityReply(Struct, frozen=True, kw_only=True):
    """In the order asked; an item that no site knows has nothing."""

    items: list[ItemAvailability]
    server_time: str


class BasketLine(Struct, frozen=True, kw_only=True):
    """So many units, of one `site` or, where that is empty, of the first that has them."""

    sku: str
    qty: int
    site: str = ""


class BasketRequest(Struct, frozen=True, kw_only=True):
    """Keeps the lines for `minutes`."""

    lines: list[BasketLine]
    channel: str = ""
    minutes: int = 15


class BasketLineKept(Struct, frozen=True, kw_only=True):
    """`site` null: not kept, and `could` units were to be had at one site at most."""

    sku: str
    qty: int
    site: str | None
    could: int


class BasketReply(Struct, frozen=True, kw_only=True):
    """What was kept, until when, under which name to let it go."""

    basket: str
    until: datetime
    lines: list[BasketLineKept]


class PromiseLine(Struct, frozen=True, kw_only=True):
    """So many units."""

    sku: str
    qty: int


class PromiseRequest(Struct, frozen=True, kw_only=True):
    """What would be ordered now. `transit_days`: how long the carrier takes, where `country` is not said or no service's table has it."""

    lines: list[PromiseLine]
    channel: str = ""
    transit_days: int = 1
    country: str = ""
    postcode: str = ""
    session: str = ""


class PromiseReply(Struct, frozen=True, kw_only=True):
    """Per line in the order asked; `arrives` is the day of the last of them, null where one has none."""

    lines: list[Promised]
    arrives: date | None
    server_time: str


class StockSaidRequest(Struct, frozen=True, kw_only=True):
    """Each is taken by itself."""

    stock: list[StockSaid]


class ReceiptsRequest(Struct, frozen=True, kw_only=True):
    """Each is taken by itself."""

    receipts: list[ReceiptSaid]


class ArrivedRequest(Struct, frozen=True, kw_only=True):
    """So many units of a receipt, in this bin now. `id` names the delivery, once for ever."""

    id: str
    receipt: str
    qty: int
    bin: str
    lot: str = ""


class ArrivedReply(Struct, frozen=True, kw_only=True):
    """The customer orders that were promised some of it; `reason` is a message code with its words, null when it was taken."""

    orders: list[str] = []
    reason: str | None = None
    params: dict[str, str | int] = {}


class SaidResult(Struct, frozen=True, kw_only=True):
    """`reason` is a message code with its words, null when it was taken."""

    key: str
    reason: str | None = None
    params: dict[str, str | int] = {}


class SaidReply(Struct, frozen=True, kw_only=True):
    """In the order sent."""

    results: list[SaidResult]


_ASKED = {"skus": ["TEA-250", "CUP-BLUE"], "channel": "shop"}


@post(
    "/v1/availability",
    status_code=200,
    summary="What may be sold now and later",
    sync_to_thread=True,
    operation_class=operation(_ASKED),
)
def availability(oms: NamedDependency[Oms], request: Asker, data: JSONBody[AvailabilityRequest]) -> AvailabilityReply:
    """200; 401; 403; 413 for more than 10 000 items."""
    program_or_supervisor(oms, request, data.session, *_LOOKS, of=data.channel)
    if len(data.skus) > MAX_SKUS:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_SKUS} items at a time")
    skus = [_plain(sku) for sku in data.skus]
    with oms.sessions() as db:
        found = available(db, skus, channel=_plain(data.channel), until=data.until)
    items = [answer(sku, found.get(sku, {}), sites=data.sites) for sku in skus]
    return AvailabilityReply(items=items, server_time=server_time())


@get("/v1/items/{sku:str}/atp", summary="What may be sold of one item, by site and day", sync_to_thread=True)
def item_atp(
    oms: NamedDependency[Oms], request: Asker, sku: FromPath[str], channel: FromQuery[str] = ""
) -> ItemAvailability:
    """200, with nothing for an unknown item; 401; 403."""
    key_holder(oms, bearer(request), *_LOOKS, of=channel)
    with oms.sessions() as db:
        found = available(db, [_plain(sku)], channel=_plain(channel))
    return answer(sku, found.get(_plain(sku), {}), sites=True)


@post(
    "/v1/reservations", status_code=201, summary="Keep goods for a basket", sync_to_thread=True,
    operation_class=operation({"lines": [{"sku": "TEA-250", "qty": 2}], "channel": "shop", "minutes": 15}),
)  # fmt: skip
def keep_basket(oms: NamedDependency[Oms], request: Asker, data: JSONBody[BasketRequest]) -> BasketReply:
    """201, also when some lines were not to be had; 401; 403; 413. It ends by itself, by DELETE, or when it is ordered."""
    holder = key_holder(oms, bearer(request), Scope.ORDERS_WRITE, Scope.PROMISE_WRITE, of=data.channel)
    if not data.lines or len(data.lines) > MAX_LINES:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"1 to {MAX_LINES} lines")
    minutes = min(MAX_MINUTES, max(1, data.minutes))
    basket = uuid4().hex
    lines = [BasketLine(sku=_plain(one.sku), qty=_units(one.qty), site=_plain(one.site)) for one in data.lines]
    return oms.works.run(
        oms.site, Actor(f"key:{holder.name}"), lambda w: _kept(w, basket, lines, _plain(data.channel), minutes)
    )


@delete("/v1/reservations/{basket:str}", status_code=204, summary="Let a basket's goods go", sync_to_thread=True)
def let_basket_go(oms: NamedDependency[Oms], request: Asker, basket: FromPath[str]) -> None:
    """204, also when it is gone already; 401; 403."""
    holder = key_holder(oms, bearer(request), Scope.ORDERS_WRITE, Scope.PROMISE_WRITE, of=HELD)
    plain = _plain(basket)
    oms.works.run(oms.site, Actor(f"key:{holder.name}"), lambda w: keeping.let_basket_go(w, plain))


@post(
    "/v1/promise", status_code=200, summary="When a basket would arrive", sync_to_thread=True,
    operation_class=operation({"lines": [{"sku": "TEA-250", "qty": 2}], "transit_days": 1}),
)  # fmt: skip
def promise(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PromiseRequest]) -> PromiseReply:
    """200; 401; 403; 413. Nothing is kept."""
    program_or_supervisor(oms, request, data.session, *_LOOKS, of=data.channel)
    if len(data.lines) > MAX_LINES:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_LINES} lines")
    wanted = [Wanted(_plain(one.sku), _units(one.qty)) for one in data.lines]
    days = min(60, max(1, data.transit_days))
    to = Destination(_plain(data.country), _plain(data.postcode))
    with oms.sessions() as db:
        lines = queries.promise_basket(
            db, wanted, datetime.now(UTC), channel=_plain(data.channel), transit_days=days, to=to
        )
    dates = [line.arrives for line in lines if line.arrives is not None]
    return PromiseReply(
        lines=lines, arrives=max(dates) if dates and len(dates) == len(lines) else None, server_time=server_time()
    )


@put(
    "/v1/stock", summary="Safety stock, shares of channels, stock of others", sync_to_thread=True,
    operation_class=operation({"stock": [{"sku": "TEA-250", "site": "MAIN", "safety": 5, "shares": {"shop": 20}}]}),
)  # fmt: skip
def say_stock(oms: NamedDependency[Oms], request: Asker, data: JSONBody[StockSaidRequest]) -> SaidReply:
    """200 with a result each; 401; 403; 413."""
    actor = _writer(oms, request, len(data.stock))
    results = []
    for said in data.stock:
        try:
            oms.works.run(oms.site, actor, lambda w, said=said: actions.say_stock(w, said))  # type: ignore[misc]
            results.append(SaidResult(key=said.sku))
        except BadPromise as error:
            results.append(SaidResult(key=said.sku, reason=error.code, params=error.words))
    return SaidReply(results=results)


@put(
    "/v1/receipts", summary="Goods that are expected", sync_to_thread=True,
    operation_class=operation(
        {"receipts": [{"id": "PO-17/1", "sku": "TEA-250", "site": "MAIN", "qty": 100, "day": "2026-12-01"}]}
    ),
)  # fmt: skip
def say_receipts(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ReceiptsRequest]) -> SaidReply:
    """200 with a result each; 401; 403; 413."""
    actor = _writer(oms, request, len(data.receipts))
    results = []
    for said in data.receipts:
        try:
            oms.works.run(oms.site, actor, lambda w, said=said: receiving.expect(w, said))  # type: ignore[misc]
            results.append(SaidResult(key=said.id))
        except BadPromise as error:
            results.append(SaidResult(key=said.id, reason=error.code, params=error.words))
    return SaidReply(results=results)


@post(
    "/v1/receipts/arrived", status_code=200, summary="Expected goods are here", sync_to_thread=True,
    operation_class=operation({"id": "DN-4711/1", "receipt": "PO-17/1", "qty": 60, "bin": "A-01"}),
)  # fmt: skip
def receipt_arrived(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ArrivedRequest]) -> ArrivedReply:
    """200, with a reason when it was not taken; 401; 403. The same `id` again changes nothing."""
    actor = _writer(oms, request, 1)
    words = {name: _plain(getattr(data, name)) for name in ("id", "receipt", "bin", "lot")}
    try:
        told = oms.works.run(oms.site, actor, lambda w: receiving.receive(w, qty=_units(data.qty), **words))
    except BadPromise as error:
        return ArrivedReply(reason=error.code, params=error.words)
    return ArrivedReply(orders=told)


@put(
    "/v1/sites/{site:str}/calendar", summary="When a site works", sync_to_thread=True,
    operation_class=operation({"time_zone": "Europe/Amsterdam", "holidays": "NL", "cut_off": "16:00"}),
)  # fmt: skip
def say_calendar(
    oms: NamedDependency[Oms], request: Asker, site: FromPath[str], data: JSONBody[CalendarSaid]
) -> SaidResult:
    """200, with a reason when it was not taken; 401; 403."""
    actor = _writer(oms, request, 1)
    try:
        oms.works.run(oms.site, actor, lambda w: actions.say_calendar(w, _plain(site), data))
    except BadPromise as error:
        return SaidResult(key=site, reason=error.code, params=error.words)
    return SaidResult(key=site)


def _kept(w: Work, basket: str, lines: list[BasketLine], channel: str, minutes: int) -> BasketReply:
    until = w.now + timedelta(minutes=minutes)
    kept = keeping.keep_anywhere(w, basket, [(line.sku, line.qty, line.site) for line in lines], channel, until)
    found = [
        BasketLineKept(sku=line.sku, qty=line.qty, site=site, could=could)
        for line, (site, could) in zip(lines, kept, strict=True)
    ]
    return BasketReply(basket=basket, until=until, lines=found)


def answer(sku: str, cells: dict[str, Free], *, sites: bool) -> ItemAvailability:
    """What is told of an item."""
    by_day: dict[date, int] = {}
    for free in cells.values():
        for coming in free.coming:
            by_day[coming.day] = by_day.get(coming.day, 0) + coming.units
    return ItemAvailability(
        sku=sku,
        now=sum(max(0, free.now) for free in cells.values()),
        expected=tuple([Expected(day=day, units=units) for day, units in sorted(by_day.items())]) if by_day else (),
        sites=tuple([_cell(site, cells[site]) for site in sorted(cells)]) if sites else (),
    )


def _cell(site: str, free: Free) -> Cell:
    return Cell(
        site=site,
        now=max(0, free.now),
        on_hand=free.on_hand,
        reserved=free.reserved,
        kept=free.kept,
        safety=free.safety,
        expected=tuple([Expected(day=one.day, units=one.units) for one in free.coming]) if free.coming else (),
    )


def _writer(oms: Oms, request: Asker, count: int) -> Actor:
    if count > MAX_SAID:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_SAID} at a time")
    return Actor(f"key:{key_holder(oms, bearer(request), Scope.STOCK_WRITE).name}")


def _plain(text: str) -> str:
    return text.replace("\0", "")


def _units(qty: int) -> int:
    return min(2**31 - 1, max(1, qty))


ROUTES: list[HTTPRouteHandler] = [
    availability, item_atp, keep_basket, let_basket_go, promise, say_stock, say_receipts, receipt_arrived,
    say_calendar,
]  # fmt: skip
