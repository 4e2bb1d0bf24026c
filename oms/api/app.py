"""The HTTP application: all routes, one way to fail, OpenAPI under `/schema`. The server command and tests run it.

Handlers get by name: `oms` (the composed OMS at the asker's site) and `stopping` (an event that is set when the server is asked to end,
so that a long poll answers at once), `addresses`, `carriers` and `sealer`. Work on the database runs in threads, as many as the pool has
connections.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.metadata import version

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from oms.api import (
    admin_routes,
    audit_routes,
    bench_routes,
    books_routes,
    buying_desk_routes,
    channels_routes,
    customer_orders_life_routes,
    customer_orders_routes,
    customers_routes,
    documents_routes,
    floor_routes,
    forecast_routes,
    health_routes,
    hooks_routes,
    import_routes,
    jobs_routes,
    mails_routes,
    money_routes,
    order_entry_routes,
    orders_routes,
    plans_routes,
    promise_routes,
    purchasing_routes,
    quotes_routes,
    records_routes,
    reports_routes,
    return_links_routes,
    return_page_routes,
    returns_desk_routes,
    returns_routes,
    shipping_routes,
    sourcing_routes,
    sync_routes,
    tracking_routes,
    transfers_routes,
    trust_routes,
    waves_routes,
    work_routes,
    workbench_routes,
)
from oms.api.errors import answer_error
from oms.api.examples import WithExamples
from oms.api.observe import observe
from oms.api.rate import Rates, limited
from oms.api.scoping import scoped
from oms.bootstrap import Oms
from oms.channels.sealing import Sealer
from oms.db.engine import POOL_SIZE
from oms.money.provider import Providers
from oms.shipping.carriers.open import Carriers
from oms.telling import Telling

#: Enough for any request but an import, which sets its own.
_MAX_BODY = 1024 * 1024


def make_app(
    oms: Oms,
    stopping: asyncio.Event,
    addresses: Sequence[str] = (),
    carriers: Carriers | None = None,
    sealer: Sealer | None = None,
    telling: Telling | None = None,
    resource_minutes: float = 0,
    providers: Providers | None = None,
    workers: int = 0,
) -> Litestar:
    """The application around an open OMS. `addresses` (`host:port`) are where devices find it; `carriers` and payment `providers` are
    closed at its end; without a `sealer` no secret can be kept; `telling` is how other programs and customers hear of events; unreleased
    orders are looked at jointly every `resource_minutes` (0: never); so many `workers` do the background work."""
    told, keeps = telling or Telling(), sealer or Sealer(None)
    asked, paid = carriers or Carriers(), providers or Providers()

    @asynccontextmanager
    async def threads(app: Litestar) -> AsyncIterator[None]:
        with ThreadPoolExecutor(POOL_SIZE, "oms") as pool:
            asyncio.get_running_loop().set_default_executor(pool)
            app.state.epoch = await asyncio.to_thread(oms.epoch)
            yield

    rates = Rates()
    return Litestar(
        route_handlers=_routes(),
        dependencies={
            "oms": Provide(scoped(oms)),
            "stopping": Provide(lambda: stopping, sync_to_thread=False),
            "addresses": Provide(lambda: list(addresses), sync_to_thread=False),
            "carriers": Provide(lambda: asked, sync_to_thread=False),
            "telling": Provide(lambda: told, sync_to_thread=False),
            "sealer": Provide(lambda: keeps, sync_to_thread=False),
            "providers": Provide(lambda: paid, sync_to_thread=False),
        },
        state=State(
            {
                "oms": oms,
                "stopping": stopping,
                "epoch": 0,
                "rates": rates,
                "carriers": asked,
                "telling": told,
                "sealer": keeps,
                "resource_minutes": resource_minutes,
                "providers": paid,
                "workers": workers,
            }
        ),
        exception_handlers={Exception: answer_error},
        middleware=[observe, limited(rates)],
        compression_config=CompressionConfig(backend="gzip", minimum_size=1024, gzip_compress_level=4),
        lifespan=[
            threads,
            sync_routes.ringing,
            waves_routes.keeping,
            plans_routes.planning,
            shipping_routes.asking,
            hooks_routes.telling_others,
            customer_orders_life_routes.going_on,
            jobs_routes.working,
            money_routes.paying,
            books_routes.posting,
            purchasing_routes.sending,
        ],
        openapi_config=_openapi(),
        # The process set its log up already; Litestar would put its own in place of it.
        logging_config=None,
        request_max_body_size=_MAX_BODY,
    )


def _routes() -> Sequence[HTTPRouteHandler]:
    rooms = (
        admin_routes, audit_routes, bench_routes, books_routes, buying_desk_routes, channels_routes, customer_orders_life_routes,
        customer_orders_routes, customers_routes, documents_routes, floor_routes, forecast_routes, health_routes, hooks_routes,
        import_routes, jobs_routes, mails_routes, money_routes, order_entry_routes, orders_routes, plans_routes, promise_routes,
        purchasing_routes, quotes_routes, records_routes, reports_routes, return_links_routes, return_page_routes,
        returns_desk_routes, returns_routes, shipping_routes, sourcing_routes, sync_routes, tracking_routes,
        transfers_routes, trust_routes, waves_routes, work_routes, workbench_routes,
    )  # fmt: skip
    return [route for room in rooms for route in room.ROUTES]


def _openapi() -> OpenAPIConfig:
    keys = SecurityScheme(type="http", scheme="bearer", description="An API key, or the token of a paired device")
    return OpenAPIConfig(
        title="Floorhand OMS",
        version=version("floorhand"),
        path="/schema",
        render_plugins=[WithExamples(path="/openapi.json")],
        components=Components(security_schemes={"bearer": keys}),
        security=[{"bearer": []}],
    )
