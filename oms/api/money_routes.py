"""Money: what orders cost and what was paid, invoices, business accounts, rules and promo codes, for supervisors and programs (scope
`orders`), and what payment providers tell. Amounts are texts, exact to the coin."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from litestar import Litestar, Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from oms.api.auth import bearer, key_holder
from oms.api.errors import server_time
from oms.api.orders_routes import who
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.money import events, keeping, sheets
from oms.money.codes import CaptureWhen, MoneyCode, PayWhen, PromoKind, Rounding
from oms.money.desk import PaymentDesk
from oms.money.provider import Providers
from oms.people.keys import Scope
from oms.shipping.carriers import wire
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
S = TypeVar("S")
_MOST_EVENTS = 256 * 1024
_MOST = Decimal(10) ** 9


class MoneyReply(Struct, frozen=True, kw_only=True):
    """`done`, or the `reason` (a message code). `number` is what was made."""

    done: bool
    reason: str = ""
    number: str = ""
    epoch: int
    server_time: str


class EventResult(Struct, frozen=True, kw_only=True):
    """What became of one event: `taken`, `known` or `refused` with a code."""

    id: str
    result: str
    code: str = ""


class PaymentEventsReply(Struct, frozen=True, kw_only=True):
    """One result per event, in their order."""

    results: list[EventResult]
    epoch: int
    server_time: str


class _Events(Struct, frozen=True):
    """What a provider sends."""

    events: list[events.PaymentEvent]


class RuleRequest(Struct, frozen=True, kw_only=True):
    """How orders of a channel to a country ('' any) are rounded and paid."""

    channel: str = ""
    country: str = ""
    rounding: Rounding = Rounding.LINE
    pay: PayWhen = PayWhen.ANY
    capture: CaptureWhen = CaptureWhen.SHIPMENT
    seller_country: str = ""
    session: str = ""


class AccountRequest(Struct, frozen=True, kw_only=True):
    """A business customer's account."""

    currency: str = "EUR"
    credit_limit: Decimal = Decimal(0)
    terms_days: int = 30
    price_group: str = ""
    vat_number: str = ""
    purchase_order: bool = False
    session: str = ""


class PromoRequest(Struct, frozen=True, kw_only=True):
    """A promo code. `value` is a share for `percent`, money for `amount`."""

    kind: PromoKind = PromoKind.PERCENT
    value: Decimal = Decimal(0)
    currency: str = ""
    buy: int = 0
    get: int = 0
    skus: list[str] = []
    channel: str = ""
    least_goods: Decimal = Decimal(0)
    valid_from: date | None = None
    valid_to: date | None = None
    most_uses: int | None = None
    most_per_customer: int | None = None
    stacks: bool = False
    active: bool = True
    session: str = ""


class PaidRequest(Struct, frozen=True, kw_only=True):
    """What was paid, and what the bank or the channel calls it."""

    amount: Decimal = Decimal(0)
    reference: str = ""
    session: str = ""


class InvoiceRequest(Struct, frozen=True, kw_only=True):
    """`session` is the supervisor's; a program leaves it empty."""

    session: str = ""


@get("/v1/customer-orders/{number:str}/money", summary="An order's money", sync_to_thread=True)
def order_money(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> sheets.MoneySheet:
    """200; 401; 403; 404. Sums of what is kept, payments, invoices."""
    key_holder(oms, bearer(request), Scope.MONEY_READ)
    with oms.sessions() as db:
        return _found(sheets.money_sheet(db, _plain(number)), "no such order")


@get("/v1/invoices/{number:str}", summary="An invoice or credit note", sync_to_thread=True)
def invoice(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> sheets.InvoiceSheet:
    """200; 401; 403; 404. As PDF: `/v1/documents/sales-invoice/{number}`."""
    key_holder(oms, bearer(request), Scope.MONEY_READ)
    with oms.sessions() as db:
        return _found(sheets.invoice_sheet(db, _plain(number)), "no such invoice")


@get("/v1/accounts/{customer:str}", summary="A business account and its limit", sync_to_thread=True)
def account(oms: NamedDependency[Oms], request: Asker, customer: FromPath[str]) -> sheets.AccountSheet:
    """200; 401; 403; 404."""
    key_holder(oms, bearer(request), Scope.MONEY_READ)
    with oms.sessions() as db:
        return _found(sheets.account_sheet(db, _plain(customer)), "no such account")


@post("/v1/customer-orders/{number:str}/invoice", status_code=200, summary="Invoice what was sent", sync_to_thread=True)
def make_invoice(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[InvoiceRequest]
) -> MoneyReply:
    """200, also when there is nothing to invoice: then with the reason; 401; 403."""
    actor = who(oms, request, data.session, Scope.MONEY_WRITE)
    made, code = oms.works.run(oms.site, actor, lambda w: keeping.invoice_order(w, _plain(number)))
    return _reply(oms, code, made)


@post("/v1/invoices/{number:str}/pay", status_code=200, summary="An invoice was paid", sync_to_thread=True)
def pay(oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[PaidRequest]) -> MoneyReply:
    """200, also when refused: then with the reason; the same reference again changes nothing; 401; 403."""
    actor = who(oms, request, data.session, Scope.MONEY_WRITE)
    amount, reference = _amount(data.amount), _plain(data.reference)
    code = oms.works.run(oms.site, actor, lambda w: keeping.pay_invoice(w, _plain(number), amount, reference))
    return _reply(oms, code)


@post("/v1/payments/{id:str}/done", status_code=200, summary="Done by hand in the channel", sync_to_thread=True)
def done_by_hand(
    oms: NamedDependency[Oms], request: Asker, id: FromPath[str], data: JSONBody[PaidRequest]
) -> MoneyReply:
    """200, also when refused; 401; 403. For what no provider of ours can do: a refund where the channel took the money."""
    actor = who(oms, request, data.session, Scope.MONEY_WRITE)
    code = oms.works.run(oms.site, actor, lambda w: keeping.done_by_hand(w, _plain(id), _plain(data.reference)))
    return _reply(oms, code)


@post("/v1/money/rules", status_code=200, summary="How orders are rounded and paid", sync_to_thread=True)
def keep_rule(oms: NamedDependency[Oms], request: Asker, data: JSONBody[RuleRequest]) -> MoneyReply:
    """200; 401; 403."""
    actor = who(oms, request, data.session, Scope.MONEY_WRITE)
    said = (_plain(data.channel), _plain(data.country).upper(), data.rounding, data.pay, data.capture)
    oms.works.run(oms.site, actor, lambda w: keeping.keep_rule(w, *said, _plain(data.seller_country).upper()))
    return _reply(oms, None)


@post("/v1/accounts/{customer:str}", status_code=200, summary="Keep a business account", sync_to_thread=True)
def keep_account(
    oms: NamedDependency[Oms], request: Asker, customer: FromPath[str], data: JSONBody[AccountRequest]
) -> MoneyReply:
    """200, also when something is wrong with it: then with the reason; 401; 403."""
    actor = who(oms, request, data.session, Scope.MONEY_WRITE)
    limit, name = _amount(data.credit_limit), _plain(customer)
    code = oms.works.run(
        oms.site,
        actor,
        lambda w: keeping.keep_account(
            w, name, data.currency, limit, data.terms_days, group=_plain(data.price_group),
            vat=_plain(data.vat_number), purchase_order=data.purchase_order,
        ),
    )  # fmt: skip
    return _reply(oms, code)


@post("/v1/promos/{code:str}", status_code=200, summary="Keep a promo code", sync_to_thread=True)
def keep_promo(
    oms: NamedDependency[Oms], request: Asker, code: FromPath[str], data: JSONBody[PromoRequest]
) -> MoneyReply:
    """200, also when something is wrong with it: then with the reason; 401; 403."""
    actor = who(oms, request, data.session, Scope.MONEY_WRITE)
    _amount(data.value), _amount(data.least_goods)
    said = {name: getattr(data, name) for name in data.__struct_fields__ if name != "session"}
    wrong = oms.works.run(oms.site, actor, lambda w: keeping.keep_promo(w, _plain(code).strip().upper(), said))
    return _reply(oms, wrong)


@post(
    "/v1/payments/{provider:str}/events",
    status_code=200,
    summary="A payment provider tells of payments",
    request_max_body_size=_MOST_EVENTS,
)
async def hear(
    oms: NamedDependency[Oms], providers: NamedDependency[Providers], request: Asker, provider: FromPath[str]
) -> PaymentEventsReply:
    """200 with a result per event; 400 unreadable; 401 when it is not signed by the provider, just now; 413. The same again changes
    nothing. The body is `{"events": [{"id", "kind", "amount", "currency", "order" or "channel" and "reference", "token", "payment"}]}`."""
    body = await request.body()
    signature = request.headers.get("webhook-signature", "")
    if not wire.signed(providers.secret(provider), signature, body, time.time()):
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "send Webhook-Signature: t=SECONDS,v1=HMAC")
    try:
        said = msgspec.json.decode(body, type=_Events).events
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Refusal(400, ErrorCode.INVALID, "unreadable") from error
    actor = Actor(f"payments:{provider}")
    got = await asyncio.to_thread(oms.works.run, oms.site, actor, lambda w: events.take(w, provider, said))
    results = [EventResult(id=one.id, result=one.result, code=one.code) for one in got]
    epoch = await asyncio.to_thread(oms.epoch)
    return PaymentEventsReply(results=results, epoch=epoch, server_time=server_time())


def _found(sheet: S | None, otherwise: str) -> S:
    if sheet is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, otherwise)
    return sheet


def _amount(amount: Decimal) -> Decimal:
    if not amount.is_finite() or not -_MOST < amount < _MOST:
        raise Refusal(400, ErrorCode.INVALID, "an amount of money")
    return amount


def _plain(text: str) -> str:
    return text.replace("\0", "")[:100]


def _reply(oms: Oms, code: MoneyCode | None, number: str = "") -> MoneyReply:
    reason = str(code) if code else ""
    return MoneyReply(done=not code, reason=reason, number=number, epoch=oms.epoch(), server_time=server_time())


@asynccontextmanager
async def paying(app: Litestar) -> AsyncIterator[None]:
    """Providers are asked while the application runs."""
    oms: Oms = app.state.oms
    providers: Providers = app.state.providers
    desk = PaymentDesk(oms.works, oms.site, providers.by_code)
    desk.start()
    try:
        yield
    finally:
        await asyncio.to_thread(desk.stop)
        providers.close()


ROUTES: list[HTTPRouteHandler] = [
    order_money, invoice, account, make_invoice, pay, done_by_hand, keep_rule, keep_account, keep_promo, hear,
]  # fmt: skip
