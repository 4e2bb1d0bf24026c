"""Quotations and repeat orders, for supervisors (device token and session) and programs (scope `orders`)."""

from decimal import Decimal
from typing import Any, Literal

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from oms.api.auth import bearer, key_holder
from oms.api.errors import server_time
from oms.api.orders_routes import who
from oms.bootstrap import Oms
from oms.feed.refusals import Refusal
from oms.money import quotes, sheets
from oms.people.keys import Scope
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
_MOST_LINES = 1000
_MOST = Decimal(10) ** 9
_MOST_QTY = 1_000_000


class QuoteLine(Struct, frozen=True, kw_only=True):
    """One line; without a price that of the customer's price lists. `discount` is of the whole line."""

    sku: str
    qty: int
    price: Decimal | None = None
    discount: Decimal = Decimal(0)


class QuoteRequest(Struct, frozen=True, kw_only=True):
    """A quotation, or (with `number`) its next version. `ship_to` has `name`, `street`, `postcode`, `city`, `region`, `country`."""

    customer: str = ""
    lines: list[QuoteLine] = []
    currency: str = "EUR"
    days: int = 30
    channel: str = ""
    tax_included: bool = False
    shipping: Decimal = Decimal(0)
    ship_to: dict[str, str] = {}
    note: str = ""
    number: str = ""
    session: str = ""


class QuoteActRequest(Struct, frozen=True, kw_only=True):
    """`accept` takes the customer's purchase order number; with `terms` it is paid by invoice."""

    act: Literal["send", "accept", "decline"] = "send"
    purchase_order: str = ""
    terms: bool = True
    session: str = ""


class RepeatRequest(Struct, frozen=True, kw_only=True):
    """`session` is the supervisor's; a program leaves it empty."""

    purchase_order: str = ""
    session: str = ""


class QuoteReply(Struct, frozen=True, kw_only=True):
    """The quotation as it is now, and the order that was made; or the `reason`. `problems` keep the order held, or nothing was made."""

    quote: sheets.QuoteSheet | None
    order: str
    reason: str
    problems: list[sheets.Words]
    epoch: int
    server_time: str


@post("/v1/quotes", status_code=200, summary="Make a quotation, or its next version", sync_to_thread=True)
def make(oms: NamedDependency[Oms], request: Asker, data: JSONBody[QuoteRequest]) -> QuoteReply:
    """200, also when refused: then with the reason or problems; 400; 401; 403; 413."""
    actor = who(oms, request, data.session, Scope.MONEY_WRITE)
    if len(data.lines) > _MOST_LINES:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {_MOST_LINES} lines")
    draft = _draft(data)
    done = oms.works.run(oms.site, actor, lambda w: quotes.make(w, draft, _plain(data.number)))
    return _reply(oms, done)


@post(
    "/v1/quotes/{number:str}/act", status_code=200, summary="Send, accept or decline a quotation", sync_to_thread=True
)
def act(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[QuoteActRequest]
) -> QuoteReply:
    """200, also when refused: then with the reason; 401; 403. Accepted again it is the same order."""
    actor = who(oms, request, data.session, Scope.MONEY_WRITE)
    name, said = _plain(number), _plain(data.purchase_order)
    acts = {
        "send": lambda w: quotes.send(w, name),
        "decline": lambda w: quotes.decline(w, name),
        "accept": lambda w: quotes.accept(w, name, said, on_terms=data.terms),
    }
    return _reply(oms, oms.works.run(oms.site, actor, acts[data.act]))


@get("/v1/quotes/{number:str}", summary="A quotation", sync_to_thread=True)
def look(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> sheets.QuoteSheet:
    """200 with its last version; 401; 403; 404."""
    key_holder(oms, bearer(request), Scope.MONEY_READ)
    with oms.sessions() as db:
        found = sheets.quote_sheet(db, _plain(number))
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such quotation")
    return found


@post("/v1/customer-orders/{number:str}/repeat", status_code=200, summary="The same order again", sync_to_thread=True)
def repeat(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[RepeatRequest]
) -> QuoteReply:
    """200 with the new order at today's prices, also when refused: then with the reason; 401; 403."""
    actor = who(oms, request, data.session, Scope.ORDERS_WRITE)
    said = _plain(data.purchase_order)
    return _reply(oms, oms.works.run(oms.site, actor, lambda w: quotes.repeat(w, _plain(number), said)))


def _draft(data: QuoteRequest) -> quotes.QuoteDraft:
    lines = [(_plain(one.sku), one.qty, one.price, one.discount) for one in data.lines]
    amounts = [data.shipping, *(one.discount for one in data.lines), *(one.price or Decimal(0) for one in data.lines)]
    good = all(amount.is_finite() and 0 <= amount < _MOST for amount in amounts)
    if not good or not all(0 < one.qty <= _MOST_QTY for one in data.lines) or not 0 <= data.days <= 3650:
        raise Refusal(400, ErrorCode.INVALID, "an amount, a quantity or the days are none")
    return quotes.QuoteDraft(
        customer_id=_plain(data.customer), lines=lines, currency=data.currency[:3], days=data.days,
        channel=_plain(data.channel), tax_included=data.tax_included, shipping=data.shipping,
        ship_to={_plain(name): _plain(text) for name, text in data.ship_to.items()}, note=_plain(data.note),
    )  # fmt: skip


def _plain(text: str) -> str:
    return text.replace("\0", "")[:200]


def _reply(oms: Oms, done: quotes.Done) -> QuoteReply:
    with oms.sessions() as db:
        sheet = sheets.quote_sheet(db, done.number) if done.number else None
    return QuoteReply(
        quote=sheet, order=done.order, reason=str(done.code or ""), problems=sheets.words_of(done.problems),
        epoch=oms.epoch(), server_time=server_time(),
    )  # fmt: skip


ROUTES: list[HTTPRouteHandler] = [make, act, look, repeat]
