"""`/r/{token}`: the customer's page to send something back, for people: what `/v1/return-links` is for programs. The token is the
credential; who has none learns nothing, and nobody may ask without end."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs

from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from oms.api.rate import Rates
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.documents import load
from oms.documents.papers import pdf
from oms.documents.return_labels import label_pdf
from oms.feed.refusals import Refusal
from oms.returns import asking, links, page, seen
from oms.returns.codes import CameBy, ReturnRefusal
from oms.returns.pictures import MOST_BYTES
from oms.returns.refused import Refused
from oms.shipping.page import language_of
from sync.contract.returns import ReturnReason

Asker = Request[Any, Any, Any]
_CUSTOMER: Final = Actor("customer")
_MOST_FORM: Final = 200_000
_MOST_FIELDS: Final = 650
_MOST_QTY: Final = 1_000_000
_REASONS: Final = {one.value: one for one in ReturnReason}


@get("/r/{token:str}", summary="The customer's page to send something back", media_type=MediaType.HTML)
async def show(
    oms: NamedDependency[Oms], request: Asker, token: FromPath[str], lang: FromQuery[str] = ""
) -> Response[str]:
    """200; 404 for a link that opens nothing (any more); 429. A page for people in any case."""
    return await asyncio.to_thread(_page, oms, request, token, lang, lambda _: None)


@post(
    "/r/{token:str}", status_code=200, summary="The customer asks for a return on their page", media_type=MediaType.HTML,
    request_max_body_size=_MOST_FORM,
)  # fmt: skip
async def ask(
    oms: NamedDependency[Oms], request: Asker, token: FromPath[str], lang: FromQuery[str] = ""
) -> Response[str]:
    """303 to the page; 200 with why not; 404; 413; 429. The body is the page's form: `qty-1`, `reason-1`, `note-1`."""
    wanted = _wanted(await request.body())

    def do(order: str) -> None:
        oms.works.run(oms.site, _CUSTOMER, lambda w: asking.ask(w, order, wanted, CameBy.LINK))

    return await asyncio.to_thread(_page, oms, request, token, lang, do, act=True)


@post(
    "/r/{token:str}/{number:str}/photo", status_code=200, summary="The customer's picture, from their page",
    media_type=MediaType.HTML, request_max_body_size=MOST_BYTES + _MOST_FORM,
)  # fmt: skip
async def photo(
    oms: NamedDependency[Oms], request: Asker, token: FromPath[str], number: FromPath[str], lang: FromQuery[str] = ""
) -> Response[str]:
    """303 to the page; 200 with why not; 404; 413; 429. The body is the page's form: `line` and the file `photo`."""
    try:
        form = await request.form()
    except (HTTPException, ValueError):
        form = None
    sent = form.get("photo") if form is not None else None
    body = await sent.read() if isinstance(sent, UploadFile) else b""
    line = _whole(str(form.get("line", "")) if form is not None else "")

    def do(order: str) -> None:
        if len(body) > MOST_BYTES:
            raise Refused(ReturnRefusal.BAD_PHOTO, most=MOST_BYTES)
        oms.works.run(oms.site, _CUSTOMER, lambda w: links.take_photo(w, _plain(number), line, body, order))

    return await asyncio.to_thread(_page, oms, request, token, lang, do, act=True)


@get(
    "/r/{token:str}/{number:str}/paper", summary="The paper of a customer's return", media_type="application/pdf",
    sync_to_thread=True,
)  # fmt: skip
def paper(
    oms: NamedDependency[Oms], request: Asker, token: FromPath[str], number: FromPath[str], lang: FromQuery[str] = ""
) -> Response[Any]:
    """200 with the PDF; 404 a page: the link opens nothing, or the return may not be sent; 429."""
    made: list[bytes] = []

    def do(order: str) -> None:
        with oms.sessions() as db:
            mine = _plain(number) in {one.number for one in links.returns_of(db, order)}
            found = load.return_paper(db, oms.site, _plain(number)) if mine else None
        if found is None:
            raise Refused(ReturnRefusal.UNKNOWN)
        made.append(pdf(found[0], lang if lang in ("en", "nl", "de", "da") else found[1]))

    return _file(_page(oms, request, token, lang, do), made)


@get(
    "/r/{token:str}/{number:str}/label", summary="The label of a customer's return", media_type="application/pdf",
    sync_to_thread=True,
)  # fmt: skip
def label(
    oms: NamedDependency[Oms], request: Asker, token: FromPath[str], number: FromPath[str], lang: FromQuery[str] = ""
) -> Response[Any]:
    """200 with the PDF, or while it is not there yet with the page that says so; 404 a page: the link opens nothing, or the return is not
    of its order; 429."""
    made: list[bytes] = []

    def do(order: str) -> None:
        with oms.sessions() as db:
            if _plain(number) not in {one.number for one in links.returns_of(db, order)}:
                raise Refused(ReturnRefusal.UNKNOWN)
            found = label_pdf(db, _plain(number), lang)
        made.extend([found] if found is not None else [])

    return _file(_page(oms, request, token, lang, do), made)


def _file(answer: Response[str], made: list[bytes]) -> Response[Any]:
    """The PDF that was made, else the page."""
    if not made:
        return answer
    kept = {name: text for name, text in page.headers().items() if name != "Content-Security-Policy"}
    return Response(made[0], media_type="application/pdf", headers=kept)


def _page(
    oms: Oms, request: Asker, token: str, lang: str, do: Callable[[str], None], *, act: bool = False
) -> Response[str]:
    """Does it for the order that the token opens, and shows the page as it is then."""
    language = language_of(lang, request.headers.get("accept-language", ""))
    rates: Rates = request.app.state.rates
    try:
        rates.pages.spend(request.client.host if request.client else "")
    except Refusal as refusal:
        again = {"Retry-After": str(refusal.retry_after_s)}
        return _answer(429, page.render_nothing(language, "busy"), again)
    with oms.sessions() as db:
        order = links.order_of(db, token, datetime.now(UTC))
    if order is None:
        return _answer(404, page.render_nothing(language, "unknown"), {})
    try:
        do(order)
    except Refused as no:
        if no.code is ReturnRefusal.UNKNOWN:
            return _answer(404, page.render_nothing(language, "unknown"), {})
        return _answer(200, _html(oms, order, language, token, no), {})
    if act:
        # Who loads it again asks for nothing a second time.
        return _answer(303, "", {"Location": f"/r/{token}?lang={language}"})
    return _answer(200, _html(oms, order, language, token, None), {})


def _html(oms: Oms, order: str, language: str, token: str, no: Refused | None) -> str:
    found = oms.works.run(oms.site, _CUSTOMER, lambda w: seen.returnable(w, order))
    return page.render(found, language, token, no)


def _answer(status: int, html: str, more: dict[str, str]) -> Response[str]:
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=page.headers() | more)


def _wanted(body: bytes) -> list[asking.Wanted]:
    """What the form says; what it does not say right is not asked for."""
    try:
        told = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return []
    wanted = []
    for name, (text, *_) in told.items():
        line, qty = _whole(name.removeprefix("qty-")), _whole(text)
        if name.startswith("qty-") and line and qty:
            reason = _REASONS.get(told.get(f"reason-{line}", [""])[0], ReturnReason.OTHER)
            wanted.append(asking.Wanted(line, qty, reason, _plain(told.get(f"note-{line}", [""])[0])))
    return wanted


def _whole(text: str) -> int:
    """A count as it was typed; 0 for what is none."""
    plain = text.strip()
    return min(int(plain), _MOST_QTY) if plain.isascii() and plain.isdigit() and len(plain) < 10 else 0


def _plain(text: str) -> str:
    return text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [show, ask, photo, paper, label]
