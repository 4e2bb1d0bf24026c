"""Shipping: prices, carriers' labels for stations, manifests, how far parcels are, and what carriers tell by themselves."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from litestar import Litestar, Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from oms.api.auth import bearer
from oms.api.errors import server_time
from oms.api.orders_routes import who
from oms.bootstrap import Oms
from oms.catalog.sites import every_site
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.people.trust import authenticate
from oms.returns import buying
from oms.shipping import counter, links
from oms.shipping.asking import RateDesk
from oms.shipping.carriers import costs, events, labels, manifests, queries, wire
from oms.shipping.carriers.desk import EVERY_S, Desk
from oms.shipping.carriers.live import RateBook
from oms.shipping.carriers.open import Carriers, enrol
from oms.shipping.carriers.port import Odd
from sync.contract.codes import ErrorCode
from sync.contract.shipping import (
    CloseManifestRequest,
    DeliveriesReply,
    DeliveriesRequest,
    EventsReply,
    LabelActReply,
    LabelActRequest,
    LabelReply,
    LabelRequest,
    LabelsReply,
    LabelsRequest,
    ManifestsReply,
    ManifestsRequest,
    RatesReply,
    RatesRequest,
)

Asker = Request[Any, Any, Any]
_MOST_EVENTS = 256 * 1024
_MOST_G = 1_000_000_000
_MOST_MM = 100_000
#: Where no carrier is asked, only labels of one that was are to be found waiting.
_SELDOM_S = 30.0


@post(
    "/v1/shipping/rates", status_code=200, summary="What sending costs, and which service is best", sync_to_thread=True
)
def rates(
    oms: NamedDependency[Oms], carriers: NamedDependency[Carriers], request: Asker, data: JSONBody[RatesRequest]
) -> RatesReply:
    """200 with every service; 401; 403; 404 unknown order. Carriers that do not answer at once are priced by their tables."""
    actor = who(oms, request, data.session)
    sides = data.sides_mm or (1, 1, 1)
    if not (0 < data.grams <= _MOST_G and all(0 < side <= _MOST_MM for side in sides)):
        raise Refusal(400, ErrorCode.INVALID, "grams and sides_mm are more than nothing and less than a house")
    promised = _day(data.promised or "")
    asked = msgspec.structs.replace(data, **{n: _plain(getattr(data, n)) for n in ("order", "country", "postcode")})
    with oms.sessions() as db:
        to = counter.whither(db, oms.site, asked)
    if to is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    live = costs.live_offers(carriers.quick, to, counter.box_of(asked))
    with oms.sessions() as db:
        options, late = counter.prices(db, oms.site, asked, to, live, promised, datetime.now(UTC))
    kept = bool(data.keep and asked.order) and oms.works.run(
        oms.site, actor, lambda w: costs.keep_choice(w, asked.order, options)
    )
    return RatesReply(options=options, kept=kept, late=late, epoch=oms.epoch(), server_time=server_time())


@post(
    "/v1/shipping/label", status_code=200, summary="The carrier's label of a parcel, for a station", sync_to_thread=True
)
def label(oms: NamedDependency[Oms], request: Asker, data: JSONBody[LabelRequest]) -> LabelReply:
    """200 with the bytes, or with why there are none yet; 401; 404 unknown. The same bytes however often it is asked."""
    with oms.sessions() as db:
        authenticate(db, bearer(request))
        found = counter.label_of(db, oms.site, _plain(data.parcel))
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such parcel")
    return msgspec.structs.replace(found, epoch=oms.epoch(), server_time=server_time())


@post("/v1/shipping/labels", status_code=200, summary="Labels that are not there yet", sync_to_thread=True)
def list_labels(oms: NamedDependency[Oms], request: Asker, data: JSONBody[LabelsRequest]) -> LabelsReply:
    """200; 401; 403 when not a supervisor."""
    who(oms, request, data.session)
    with oms.sessions() as db:
        rows = queries.pending(db, oms.site, _plain(data.order))
    return LabelsReply(labels=rows, epoch=oms.epoch(), server_time=server_time())


@post("/v1/shipping/labels/act", status_code=200, summary="Void a label, or ask for it again", sync_to_thread=True)
def act(oms: NamedDependency[Oms], request: Asker, data: JSONBody[LabelActRequest]) -> LabelActReply:
    """200, also when refused: then with the reason; 401; 403."""
    actor = who(oms, request, data.session)
    parcel, why = _plain(data.parcel), _plain(data.reason)
    reason = oms.works.run(oms.site, actor, lambda w: labels.act(w, parcel, data.act, why))
    return LabelActReply(done=reason is None, reason=reason, epoch=oms.epoch(), server_time=server_time())


@post("/v1/shipping/manifests/close", status_code=200, summary="Hand parcels over to a carrier", sync_to_thread=True)
def close(oms: NamedDependency[Oms], request: Asker, data: JSONBody[CloseManifestRequest]) -> ManifestsReply:
    """200 with the manifest and its parcels, or with the reason why there is none; 401; 403."""
    actor = who(oms, request, data.session)
    day, carrier = _day(data.day), _plain(data.carrier)
    made = oms.works.run(oms.site, actor, lambda w: manifests.close(w, carrier, day))
    return _manifests(oms, None, made, None if made else "nothing_to_hand_over")


@post(
    "/v1/shipping/manifests",
    status_code=200,
    summary="Manifests of a day, or one with its parcels",
    sync_to_thread=True,
)
def list_manifests(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ManifestsRequest]) -> ManifestsReply:
    """200; 401; 403."""
    who(oms, request, data.session)
    return _manifests(oms, _day(data.day), _plain(data.id) or "", None)


def _manifests(oms: Oms, day: date | None, id: str | None, reason: str | None) -> ManifestsReply:
    """`id` None: none at all; '': all of the day."""
    with oms.sessions() as db:
        rows = [] if id is None else manifests.listed(db, oms.site, day, id)
    return ManifestsReply(manifests=rows, reason=reason, epoch=oms.epoch(), server_time=server_time())


@post("/v1/shipping/deliveries", status_code=200, summary="How far the parcels of an order are", sync_to_thread=True)
def deliveries(oms: NamedDependency[Oms], request: Asker, data: JSONBody[DeliveriesRequest]) -> DeliveriesReply:
    """200 with the path of the customer's page too; 401; 403; 404 unknown."""
    actor = who(oms, request, data.session)
    order = _plain(data.order)
    page = oms.works.run(oms.site, actor, lambda w: links.path_of(w, order))
    if page is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    with oms.sessions() as db:
        parcels = events.deliveries(db, oms.site, order)
    state = events.of_order(parcels)
    now = server_time()
    return DeliveriesReply(order=order, state=state, page=page, parcels=parcels, epoch=oms.epoch(), server_time=now)


@post(
    "/v1/carriers/{carrier:str}/events",
    status_code=200,
    summary="A carrier tells of parcels",
    request_max_body_size=_MOST_EVENTS,
)
async def hear(
    oms: NamedDependency[Oms], carriers: NamedDependency[Carriers], request: Asker, carrier: FromPath[str]
) -> EventsReply:
    """200; 400 unreadable; 401 when it is not signed by the carrier, just now; 413. The same again changes nothing."""
    body = await request.body()
    signature = request.headers.get("webhook-signature", "")
    if not wire.signed(carriers.secret(carrier), signature, body, time.time()):
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, "send Webhook-Signature: t=SECONDS,v1=HMAC")
    try:
        said, odd = wire.read_events(body)
    except Odd as error:
        raise Refusal(400, ErrorCode.INVALID, error.code) from error
    actor = Actor(f"carrier:{carrier}")
    sites = await asyncio.to_thread(every_site(oms.sessions))
    each = [
        await asyncio.to_thread(oms.works.run, site, actor, lambda w: events.take(w, carrier, said)) for site in sites
    ]
    got = events.together(each, len(said))
    epoch = await asyncio.to_thread(oms.epoch)
    return EventsReply(
        taken=got.taken, known=got.known, strange=got.strange + odd, epoch=epoch, server_time=server_time()
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(400, ErrorCode.INVALID, "a day is YYYY-MM-DD") from None


def _plain(text: str) -> str:
    """What the database can look for."""
    return text.replace("\0", "").encode(errors="replace").decode()


@asynccontextmanager
async def asking(app: Litestar) -> AsyncIterator[None]:
    """Carriers are asked while the application runs."""
    oms: Oms = app.state.oms
    carriers: Carriers = app.state.carriers
    if carriers.accounts:
        server = Actor("server")
        for site in await asyncio.to_thread(every_site(oms.sessions)):
            await asyncio.to_thread(oms.works.run, site, server, lambda w: enrol(w, carriers.accounts))
    every_s = EVERY_S if carriers.accounts else _SELDOM_S
    desk = Desk(oms.works, every_site(oms.sessions), carriers.by_code, every_s, [buying])
    rating = RateDesk(oms.works, every_site(oms.sessions), RateBook(carriers.quick))
    desk.start()
    rating.start()
    try:
        yield
    finally:
        await asyncio.gather(asyncio.to_thread(desk.stop), asyncio.to_thread(rating.stop))
        carriers.close()


ROUTES: list[HTTPRouteHandler] = [
    rates, label, list_labels, act, close, list_manifests, deliveries, hear,
]  # fmt: skip
