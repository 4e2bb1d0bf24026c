"""The life of customer orders for programs (API key) and supervisors (device token and session): change, cancel, answer, return.

A customer answers an offer by the code of their mail."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request, Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from oms.api.auth import Asking, asking
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.sales import altering, cancelling, floors, offers
from oms.sales.codes import SaleRefusal
from oms.sales.history import Happened, last_events
from oms.sales.queries import channel_of_order
from oms.sales.scene import Sale
from oms.sales.working import OrderDesk
from sync.contract.codes import ErrorCode

if TYPE_CHECKING:
    from oms.db.work import Work

Asker = Request[Any, Any, Any]
_MOST_LINES = 500
_MOST_TEXT = 2000


class WantedQty(Struct, frozen=True, kw_only=True):
    """`line` wants `qty` units in all, those sent already included; 0 calls it off."""

    line: int
    qty: int


class NewLine(Struct, frozen=True, kw_only=True):
    """A line more; `price` of one unit as a decimal text, None: what a price list says."""

    sku: str
    qty: int
    price: str | None = None


class Address(Struct, frozen=True, kw_only=True):
    """Parts of an address; what is left out stays. `country` is ISO 3166-1 alpha-2."""

    name: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None


class ChangeSale(Struct, frozen=True, kw_only=True):
    """What is to be different; what is left out stays. `revision` is the one that was looked at. `pick_up_site` '': it is sent after all.
    `session` is the supervisor's; a program leaves it empty."""

    revision: int | None = None
    lines: list[WantedQty] = []
    more: list[NewLine] = []
    ship: Address | None = None
    carrier: str | None = None
    service: str | None = None
    wanted: date | None = None
    note: str | None = None
    flags: list[str] | None = None
    priority: int | None = None
    pick_up_site: str | None = None
    session: str = ""


class CancelSale(Struct, frozen=True, kw_only=True):
    """All that has not left, or that of one `line`. `because` is for people."""

    revision: int | None = None
    line: int | None = None
    because: str = ""
    session: str = ""


class AnswerOffer(Struct, frozen=True, kw_only=True):
    """The customer's word about what was offered for `line`, as told to customer service."""

    line: int
    accept: bool
    session: str = ""


class CustomerAnswer(Struct, frozen=True, kw_only=True):
    """The customer's own word; the code in the address is their proof."""

    accept: bool


class ReturnSale(Struct, frozen=True, kw_only=True):
    """`qty` units of `line` came back to `site`, into `bin` ('': where that site keeps what somebody has to look at)."""

    line: int
    qty: int
    site: str
    bin: str = ""
    sku: str = ""
    lot: str = ""
    session: str = ""


class SaleReply(Struct, frozen=True, kw_only=True):
    """`done`, or the `reason` (a message code) with its words. `put_backs` are exceptions people on floors now have to settle. With 409,
    `happened` is what changed last, newest first."""

    order: str
    done: bool
    state: str
    revision: int
    reason: str | None = None
    params: dict[str, str | int] = {}
    put_backs: list[str] = []
    happened: list[Happened] = []
    epoch: int = 0
    server_time: str = ""


@post(
    "/v1/customer-orders/{number:str}/change", status_code=200, summary="Change a customer order", sync_to_thread=True
)
def change(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[ChangeSale]
) -> Response[SaleReply]:
    """200, also when refused (`done` is then false); 409 when somebody changed it since `revision`; 401; 403; 404 unknown."""
    asks = asking(oms, request, data.session, Scope.ORDERS_WRITE)
    if len(data.lines) + len(data.more) > _MOST_LINES:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {_MOST_LINES} lines at a time")
    ship = data.ship
    wish = altering.Change(
        revision=data.revision,
        lines={one.line: one.qty for one in data.lines},
        more=[altering.More(_plain(one.sku), one.qty, _price(one.price)) for one in data.more],
        ship=None if ship is None else {
            name: _plain(word) for name in altering.ADDRESS if (word := getattr(ship, name)) is not None
        },
        carrier=_or_none(data.carrier), service=_or_none(data.service), wanted=data.wanted, note=_or_none(data.note),
        flags=None if data.flags is None else [_plain(flag)[:40] for flag in data.flags[:20]],
        priority=None if data.priority is None else min(9, max(1, data.priority)),
        pick_up_site=_or_none(data.pick_up_site),
    )  # fmt: skip
    return _do(oms, asks, number, lambda w, plain: altering.change(w, plain, wish))


@post(
    "/v1/customer-orders/{number:str}/cancel", status_code=200, summary="Cancel a customer order", sync_to_thread=True
)
def cancel(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[CancelSale]
) -> Response[SaleReply]:
    """200, also when refused; 409 when somebody changed it since `revision`; 401; 403; 404 unknown. Floors are told what to put back."""
    asks = asking(oms, request, data.session, Scope.ORDERS_WRITE)
    because = _plain(data.because)[:_MOST_TEXT]

    def act(w: "Work", plain: str) -> tuple[Sale, list[str]]:
        return cancelling.cancel(w, plain, line=data.line, because=because, revision=data.revision)

    return _do(oms, asks, number, act)


@post(
    "/v1/customer-orders/{number:str}/substitute",
    status_code=200,
    summary="Answer an offered item",
    sync_to_thread=True,
)
def answer(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[AnswerOffer]
) -> Response[SaleReply]:
    """200, also when refused; 401; 403; 404 unknown. For customer service, who asked the customer."""
    asks = asking(oms, request, data.session, Scope.ORDERS_WRITE)
    return _do(
        oms,
        asks,
        number,
        lambda w, plain: (offers.answered(w, plain, data.line, accepted=data.accept), []),
    )


@post("/v1/offers/{code:str}/answer", status_code=200, summary="A customer's answer to an offer", sync_to_thread=True)
def answer_by_code(
    oms: NamedDependency[Oms], code: FromPath[str], data: JSONBody[CustomerAnswer]
) -> Response[SaleReply]:
    """200 once; 404 when nothing is offered under this code, or not any more. The code is the credential."""
    plain = _plain(code)
    with oms.sessions() as db:
        found = offers.line_of_code(db, plain)
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such offer")
    number, line = found
    customer = Asking(Actor("customer"))
    return _do(oms, customer, number, lambda w, n: (offers.answered(w, n, line, accepted=data.accept, code=plain), []))


@post("/v1/customer-orders/{number:str}/return", status_code=200, summary="Goods came back", sync_to_thread=True)
def take_back(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[ReturnSale]
) -> Response[SaleReply]:
    """200, also when refused; 401; 403; 404 unknown."""
    asks = asking(oms, request, data.session, Scope.ORDERS_WRITE)
    words = {name: _plain(getattr(data, name)) for name in ("site", "bin", "sku", "lot")}
    return _do(
        oms,
        asks,
        number,
        lambda w, n: (cancelling.returned(w, n, data.line, data.qty, **words), []),
    )


def _do(
    oms: Oms, asks: Asking, number: str, act: Callable[["Work", str], tuple[Sale, list[str]]]
) -> Response[SaleReply]:
    """Runs it in one unit of work, which is given up when it is refused; an order of another channel than theirs is not known."""
    plain = _plain(number)

    def run(w: "Work") -> SaleReply:
        if asks.channel and channel_of_order(w.db, plain) != asks.channel:
            raise floors.Refused(SaleRefusal.UNKNOWN_ORDER)
        sale, put_backs = act(w, plain)
        w.db.flush()
        order = sale.order
        return SaleReply(order=plain, done=True, state=order.state, revision=order.revision, put_backs=put_backs)

    try:
        reply = oms.works.run(oms.site, asks.actor, run)
    except floors.Refused as no:
        return _refused(oms, plain, no)
    return Response(_stamped(oms, reply), status_code=200)


def _refused(oms: Oms, number: str, no: floors.Refused) -> Response[SaleReply]:
    if no.code is SaleRefusal.UNKNOWN_ORDER:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    with oms.sessions() as db:
        state, revision, happened = last_events(db, number)
    conflict = no.code is SaleRefusal.CHANGED_MEANWHILE
    reply = SaleReply(
        order=number, done=False, state=state, revision=revision, reason=no.code, params=no.params,
        happened=happened if conflict else [],
    )  # fmt: skip
    return Response(_stamped(oms, reply), status_code=409 if conflict else 200)


def _stamped(oms: Oms, reply: SaleReply) -> SaleReply:
    words = {name: getattr(reply, name) for name in reply.__struct_fields__}
    return SaleReply(**{**words, "epoch": oms.epoch(), "server_time": server_time()})


def _price(text: str | None) -> Decimal | None:
    try:
        price = None if text is None else Decimal(text)
    except InvalidOperation:
        raise Refusal(400, ErrorCode.INVALID, "a price is a decimal text") from None
    if price is not None and not (price.is_finite() and 0 <= price < 10**9):
        raise Refusal(400, ErrorCode.INVALID, "a price is not negative")
    return price


def _or_none(text: str | None) -> str | None:
    return None if text is None else _plain(text)[:_MOST_TEXT]


def _plain(text: str) -> str:
    """Without the one character PostgreSQL cannot store."""
    return text.replace("\0", "")


@asynccontextmanager
async def going_on(app: Litestar) -> AsyncIterator[None]:
    """Orders that are due are looked at while the application runs."""
    oms: Oms = app.state.oms
    desk = OrderDesk(oms.works, oms.site)
    desk.start()
    try:
        yield
    finally:
        await asyncio.to_thread(desk.stop)


ROUTES: list[HTTPRouteHandler] = [change, cancel, answer, answer_by_code, take_back]
