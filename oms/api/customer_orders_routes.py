"""Customer orders for programs (API key) and for supervisors (device token and session): take them, look at them, hold and release."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter

from oms.api.auth import HELD, Asking, asking, bearer, key_holder
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.channels.answers import OtherQuestion, once
from oms.db.work import Work
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.sales.capture import capture
from oms.sales.codes import SaleState
from oms.sales.drafts import HoldCode, SaleDraft
from oms.sales.holds import Mend, hold, release_hold
from oms.sales.queries import hold_word, order_page, orders_of
from oms.sales.scene import Sale, lock_sale
from oms.sales.wire import address_of, draft_of, plain, told
from sync.contract.codes import ErrorCode
from sync.contract.customer_orders import (
    MAX_ORDERS,
    CaptureReply,
    CaptureRequest,
    CustomerOrderOut,
    CustomerOrderPage,
    HoldReply,
    HoldRequest,
    ReleaseHoldRequest,
)

Asker = Request[Any, Any, Any]
MAX_PAGE: Final = 200
MAX_LINES: Final = 2000
_MOST: Final = 8 * 1024 * 1024
_KEY: Final = 200


@post(
    "/v1/customer-orders",
    status_code=200,
    summary="Take up to 500 customer orders",
    request_max_body_size=_MOST,
    # Answers are kept as they were said, so the handler has bytes.
    responses={200: ResponseSpec(CaptureReply, generate_examples=False)},
)
async def take(
    oms: NamedDependency[Oms],
    request: Asker,
    data: JSONBody[CaptureRequest],
    key: Annotated[str | None, HeaderParameter(name="Idempotency-Key")] = None,
) -> Response[bytes]:
    """200 with one result per order, also for those that are held or rejected; 401; 403 another channel than the key's; 413; 422 when the
    header `Idempotency-Key` was used for another body. The same key with the same body gets the same answer, for two days."""
    if len(data.orders) > MAX_ORDERS or any(len(order.lines) > MAX_LINES for order in data.orders):
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_ORDERS} orders of {MAX_LINES} lines at a time")
    said = await asyncio.to_thread(_take, oms, request, data, plain(key or "")[:_KEY])
    return Response(said, media_type=MediaType.JSON)


def _take(oms: Oms, request: Asker, data: CaptureRequest, key: str) -> bytes:
    asks = asking(oms, request, data.session, Scope.ORDERS_WRITE)
    actor, channel = asks.actor, asks.channel
    drafts = [draft_of(order, channel) for order in data.orders]
    if channel and any(draft.channel != channel for draft in drafts):
        raise Refusal(403, ErrorCode.FORBIDDEN, f"this key is for channel {channel} only")
    epoch = oms.epoch()
    if not drafts:
        return msgspec.json.encode(CaptureReply(orders=[], epoch=epoch, server_time=server_time()))
    work = _capturing(drafts, epoch)
    if not key:
        return oms.works.run(oms.site, actor, work)
    asked = sha256(msgspec.json.encode(data.orders)).hexdigest()
    try:
        return oms.works.run(
            oms.site,
            actor,
            lambda w: once(w, asks.key or f"{actor.device}/{actor.worker}", key, asked, lambda: work(w)),
        )
    except OtherQuestion:
        raise Refusal(422, ErrorCode.CONFLICT, "this idempotency key was used for another request") from None


def _capturing(drafts: list[SaleDraft], epoch: int) -> Callable[[Work], bytes]:
    def work(w: Work) -> bytes:
        done = capture(w, drafts)
        w.audit("customer_order.captured", orders=len(done), first=done[0].number)
        orders = [told(one, draft.reference) for one, draft in zip(done, drafts, strict=True)]
        return msgspec.json.encode(CaptureReply(orders=orders, epoch=epoch, server_time=server_time()))

    return work


@get("/v1/customer-orders", summary="Customer orders, newest first", sync_to_thread=True)
def list_orders(
    oms: NamedDependency[Oms],
    request: Asker,
    orders_state: Annotated[SaleState | None, QueryParameter(name="state")] = None,
    channel: FromQuery[str] = "",
    reference: FromQuery[str] = "",
    before: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)] = 50,
) -> CustomerOrderPage:
    """200; 400 for a `before` that is none; 401; 403. A key of one channel sees that channel's orders."""
    holder = key_holder(oms, bearer(request), Scope.ORDERS_READ, of=HELD)
    mine = holder.channel or plain(channel)
    with oms.sessions() as db:
        orders = order_page(
            db, state=orders_state, channel=mine, reference=plain(reference), before=_point(before), limit=limit
        )
    last = orders[-1] if len(orders) == limit else None
    return CustomerOrderPage(
        orders=orders,
        next=None if last is None else f"{last.placed_at.isoformat()} {last.number}",
        epoch=oms.epoch(),
        server_time=server_time(),
    )


def _point(before: str) -> tuple[datetime, str] | None:
    if not before:
        return None
    at, _, number = plain(before).partition(" ")
    try:
        found = datetime.fromisoformat(at)
        if found.tzinfo is None:
            raise ValueError
    except ValueError:
        raise Refusal(400, ErrorCode.INVALID, "before is the `next` of a page") from None
    return found, number


@get("/v1/customer-orders/{number:str}", summary="One customer order", sync_to_thread=True)
def one_order(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> CustomerOrderOut:
    """200; 401; 403; 404 unknown, or of another channel than the key's."""
    holder = key_holder(oms, bearer(request), Scope.ORDERS_READ, of=HELD)
    with oms.sessions() as db:
        for order in orders_of(db, [plain(number)]):
            if holder.channel in ("", order.channel):
                return order
    raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")


@post(
    "/v1/customer-orders/{number:str}/hold", status_code=200, summary="Keep a customer order back", sync_to_thread=True
)
def keep_back(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[HoldRequest]
) -> HoldReply:
    """200; 401; 403 when not a supervisor; 404 unknown."""
    asks = asking(oms, request, data.session, Scope.ORDERS_WRITE)

    def work(w: Work, sale: Sale) -> str | None:
        hold(w, sale, HoldCode.BY_HAND, None, because=plain(data.note)[:500])
        w.audit("customer_order.held", order=sale.order.number)
        return None

    return _on(oms, asks, number, work)


@post(
    "/v1/customer-orders/{number:str}/release-hold",
    status_code=200,
    summary="Let go of a hold, mended or not",
    sync_to_thread=True,
)
def let_go(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[ReleaseHoldRequest]
) -> HoldReply:
    """200, also when something is still wrong: then with the code; 401; 403 when not a supervisor; 404 unknown."""
    asks = asking(oms, request, data.session, Scope.ORDERS_WRITE)
    qty = None if data.qty is None else max(0, min(data.qty, 2**31))
    mend = Mend(
        address=None if data.address is None else address_of(data.address),
        email=plain(data.email),
        sku=plain(data.sku)[:100],
        units=max(0, min(data.units, 2**31)),
        qty=qty,
    )

    def work(w: Work, sale: Sale) -> str | None:
        wrong = release_hold(w, sale, plain(data.hold), plain(data.because), mend=mend, remember=data.remember)
        if wrong is None:
            w.audit("customer_order.hold_released", order=sale.order.number, hold=plain(data.hold)[:60])
        return wrong

    return _on(oms, asks, number, work)


def _on(oms: Oms, asks: Asking, number: str, act: Callable[[Work, Sale], str | None]) -> HoldReply:
    """Does it to one order; 404 for one that is not there, or is another channel's than the key's."""

    def work(w: Work) -> tuple[str | None, str, list[Any]] | None:
        sale = lock_sale(w, plain(number))
        if sale is None or asks.channel not in ("", sale.order.channel):
            return None
        wrong = act(w, sale)
        w.db.flush()
        return wrong, sale.order.state, [hold_word(one) for one in sale.holds if one.released_at is None]

    done = oms.works.run(oms.site, asks.actor, work)
    if done is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    wrong, state, holds = done
    return HoldReply(
        number=plain(number),
        done=wrong is None,
        reason=wrong or "",
        state=state,
        holds=holds,
        epoch=oms.epoch(),
        server_time=server_time(),
    )


ROUTES: list[HTTPRouteHandler] = [take, list_orders, one_order, keep_back, let_go]
