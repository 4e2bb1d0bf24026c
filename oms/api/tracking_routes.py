"""`GET /t/{token}`: the customer's page. The token is the credential; who has none learns nothing, and nobody may ask without end."""

from datetime import UTC, datetime
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from oms.api.rate import Rates
from oms.bootstrap import Oms
from oms.feed.refusals import Refusal
from oms.shipping import page
from oms.shipping.links import journey

Asker = Request[Any, Any, Any]


@get("/t/{token:str}", summary="The customer's page of an order", media_type=MediaType.HTML, sync_to_thread=True)
def follow(oms: NamedDependency[Oms], request: Asker, token: FromPath[str], lang: FromQuery[str] = "") -> Response[str]:
    """200; 404 for a link that opens nothing (any more); 429. A page for people in any case."""
    language = page.language_of(lang, request.headers.get("accept-language", ""))
    rates: Rates = request.app.state.rates
    try:
        rates.pages.spend(request.client.host if request.client else "")
    except Refusal as refusal:
        again = {"Retry-After": str(refusal.retry_after_s)}
        return _answer(429, page.render_nothing(language, "busy"), again)
    with oms.sessions() as db:
        found = journey(db, token, datetime.now(UTC))
    if found is None:
        return _answer(404, page.render_nothing(language, "unknown"), {})
    return _answer(200, page.render(found, language), {})


def _answer(status: int, html: str, more: dict[str, str]) -> Response[str]:
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=page.headers() | more)


ROUTES: list[HTTPRouteHandler] = [follow]
