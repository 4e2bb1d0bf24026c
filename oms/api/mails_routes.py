"""Mails for who looks after them (scopes `mails:*`): what became of each, previews, own sentences, who of the staff is told what, mails
that came back; and the customer's page to hear no more, whose link is the credential."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from oms.api.auth import bearer, key_holder
from oms.api.examples import operation
from oms.api.rate import Rates
from oms.bootstrap import Oms
from oms.channels.sealing import Sealer
from oms.db.work import Actor, Work
from oms.documents.formats import LANGUAGES
from oms.feed.refusals import Refusal
from oms.notify import bounces, desk, leaving, previewing, staff, stops
from oms.notify.codes import MailKind, MailRefusal, MailState, Refused, StopWhy
from oms.notify.desk import MailSeen, TextSeen
from oms.notify.staff import StaffSeen
from oms.notify.writing import Written
from oms.people.keys import Scope
from oms.shipping import page
from oms.telling import Telling
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
T = TypeVar("T")
MAX_MAILS: Final = 500
_MOST_BOUNCE: Final = 1024 * 1024
_UNKNOWN: Final = frozenset(
    {MailRefusal.UNKNOWN_MAIL, MailRefusal.UNKNOWN_ORDER, MailRefusal.UNKNOWN_STAFF, MailRefusal.NOT_STOPPED}
)
_NOT_NOW: Final = frozenset({MailRefusal.NOT_GIVEN_UP, MailRefusal.ERASED, MailRefusal.NOTHING_TO_TELL})


class AgainRequest(Struct, frozen=True, kw_only=True):
    """`to` is another address; '' the one it had."""

    to: str = ""


class PreviewRequest(Struct, frozen=True, kw_only=True):
    """With `order` as it would get it, in its own `language` unless another is named; without, made-up facts on `channel`."""

    kind: MailKind
    language: str = ""
    channel: str = ""
    order: str = ""


class Preview(Struct, frozen=True, kw_only=True):
    """What would be sent: both bodies of the mail."""

    subject: str
    text: str
    html: str


class BouncesReply(Struct, frozen=True, kw_only=True):
    """`known`: how many mails of ours it is about; `failed`: those that will never get there."""

    known: int
    failed: int


class StaffRequest(Struct, frozen=True, kw_only=True):
    """Tells `address` of `kinds` (`low_stock`, `dead_stock`, `high_returns`, `late_wave`, `bounced`), but not in the
    `quiet` hours (`21:00-07:00`, the site's time)."""

    address: str
    kinds: list[str]
    language: str = "en"
    quiet: str = ""


class StaffKept(Struct, frozen=True, kw_only=True):
    """Its id."""

    id: str


class TextRequest(Struct, frozen=True, kw_only=True):
    """A sentence of mails (`GET /v1/mails/texts`) in the shop's own words, on one channel or ('') all; `text` '' takes it back."""

    sentence: str
    language: str
    text: str
    channel: str = ""


class AllowRequest(Struct, frozen=True, kw_only=True):
    """An address that mails came back from, and that is right all the same."""

    address: str


@get("/v1/mails", summary="What became of mails", sync_to_thread=True)
def list_mails(
    oms: NamedDependency[Oms],
    request: Asker,
    order: FromQuery[str] = "",
    state_: Annotated[MailState | None, QueryParameter(name="state")] = None,
    kind: FromQuery[MailKind | None] = None,
    before: FromQuery[datetime | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_MAILS)] = 100,
) -> list[MailSeen]:
    """200, newest first. `before` (a `created_at`) goes on; `state` `dead` are those that were given up."""
    key_holder(oms, bearer(request), Scope.MAILS_READ)
    if before is not None and before.tzinfo is None:
        raise Refusal(400, ErrorCode.INVALID, "before needs a time zone")
    with oms.sessions() as db:
        return desk.mails(db, desk.Wanted(state_, kind, _plain(order), before, limit))


@post(
    "/v1/mails/{id:str}/again", status_code=204, summary="Send a mail again that was given up", sync_to_thread=True,
    operation_class=operation({"to": "ada@example.com"}),
)  # fmt: skip
def again(oms: NamedDependency[Oms], request: Asker, id: FromPath[str], data: JSONBody[AgainRequest]) -> None:
    """204; 400 no address; 404; 409 it was not given up, or its text was erased."""
    _act(oms, _writer(oms, request), lambda w: desk.again(w, _plain(id), _plain(data.to).strip()))


@post(
    "/v1/mails/preview", status_code=200, summary="How a mail would read", sync_to_thread=True,
    operation_class=operation({"kind": "shipped", "language": "nl", "channel": "web"}),
)  # fmt: skip
def preview(
    oms: NamedDependency[Oms], telling: NamedDependency[Telling], request: Asker, data: JSONBody[PreviewRequest]
) -> Preview:
    """200; 400; 404 no such order; 409 nothing has happened to the order of which such a mail tells. Nothing is sent or kept."""
    key_holder(oms, bearer(request), Scope.MAILS_READ)
    if data.language and data.language not in LANGUAGES:
        raise Refusal(400, ErrorCode.INVALID, MailRefusal.UNKNOWN_LANGUAGE)

    def show(w: Work) -> Written:
        if data.order:
            return previewing.of_order(w, data.kind, _plain(data.order), data.language, telling.mail)
        return previewing.made_up(w, data.kind, data.language or "en", _plain(data.channel), telling.mail)

    found = _act(oms, Actor("preview"), show)
    return Preview(subject=found.subject, text=found.text, html=found.html)


@post(
    "/v1/mails/bounces", status_code=200, summary="A mail about a mail that came back", request_max_body_size=_MOST_BOUNCE,
)  # fmt: skip
async def came_back(oms: NamedDependency[Oms], telling: NamedDependency[Telling], request: Asker) -> BouncesReply:
    """200; 413. The body is the mail as it came (`message/rfc822`), a delivery status notification (RFC 3464). Others change nothing."""
    actor = await asyncio.to_thread(_writer, oms, request)
    raw = await request.body()
    known, failed = await asyncio.to_thread(
        oms.works.run, oms.site, actor, lambda w: bounces.take(w, raw, telling.mail)
    )
    return BouncesReply(known=known, failed=failed)


@post(
    "/v1/mails/allow", status_code=204, summary="Write to an address again that mails came back from", sync_to_thread=True,
    operation_class=operation({"address": "ada@example.com"}),
)  # fmt: skip
def allow(oms: NamedDependency[Oms], request: Asker, data: JSONBody[AllowRequest]) -> None:
    """204; 404 no mail came back from there. Who unsubscribed stays so."""

    def lift(w: Work) -> None:
        if not stops.lift(w, _plain(data.address)):
            raise Refused(MailRefusal.NOT_STOPPED)

    _act(oms, _writer(oms, request), lift)


@get("/v1/mails/staff", summary="Who of the staff is told what", sync_to_thread=True)
def list_staff(oms: NamedDependency[Oms], request: Asker) -> list[StaffSeen]:
    """200."""
    key_holder(oms, bearer(request), Scope.MAILS_READ)
    with oms.sessions() as db:
        return staff.kept(db, oms.site)


@post(
    "/v1/mails/staff", status_code=200, summary="Tell somebody of the staff", sync_to_thread=True,
    operation_class=operation({"address": "floor@example.com", "kinds": ["late_wave"], "language": "nl", "quiet": "21:00-06:00"}),
)  # fmt: skip
def keep_staff(oms: NamedDependency[Oms], request: Asker, data: JSONBody[StaffRequest]) -> StaffKept:
    """200; 400. The same address again is told just these."""
    actor = _writer(oms, request)
    address = _plain(data.address).strip()
    id = _act(oms, actor, lambda w: staff.keep(w, address, data.language, data.kinds, _plain(data.quiet)))
    return StaffKept(id=id)


@post("/v1/mails/staff/{id:str}/remove", status_code=204, summary="Tell them no more", sync_to_thread=True)
def remove_staff(oms: NamedDependency[Oms], request: Asker, id: FromPath[str]) -> None:
    """204; 404."""

    def act(w: Work) -> None:
        if not staff.remove(w, _plain(id)):
            raise Refused(MailRefusal.UNKNOWN_STAFF)

    _act(oms, _writer(oms, request), act)


@get("/v1/mails/texts", summary="Sentences of mails in the shop's own words", sync_to_thread=True)
def list_texts(oms: NamedDependency[Oms], request: Asker) -> list[TextSeen]:
    """200."""
    key_holder(oms, bearer(request), Scope.MAILS_READ)
    with oms.sessions() as db:
        return desk.texts(db)


@post(
    "/v1/mails/texts", status_code=204, summary="Say a sentence of mails in your own words", sync_to_thread=True,
    operation_class=operation({"sentence": "shipped_subject", "language": "en", "text": "{order} is on its way to you", "channel": "web"}),
)  # fmt: skip
def keep_text(oms: NamedDependency[Oms], request: Asker, data: JSONBody[TextRequest]) -> None:
    """204; 400 an unknown sentence, a field it does not have, or more than one line."""
    _act(
        oms, _writer(oms, request),
        lambda w: desk.keep_text(w, _plain(data.channel), data.language, _plain(data.sentence), data.text),
    )  # fmt: skip


@get("/m/{token:str}", summary="The customer's page to hear no more", media_type=MediaType.HTML, sync_to_thread=False)
def leave(
    sealer: NamedDependency[Sealer], request: Asker, token: FromPath[str], lang: FromQuery[str] = ""
) -> Response[str]:
    """200 with a button; 404; 429. Looking changes nothing."""
    return _page(request, lang, lambda: "ask" if stops.digest_in(token, sealer) else "unknown")


@post(
    "/m/{token:str}", status_code=200, summary="Hear no more (RFC 8058)", media_type=MediaType.HTML, sync_to_thread=True
)
def left(
    oms: NamedDependency[Oms],
    sealer: NamedDependency[Sealer],
    request: Asker,
    token: FromPath[str],
    lang: FromQuery[str] = "",
) -> Response[str]:
    """200, also when it was so before; 404; 429. Mails about orders still come."""

    def do() -> str:
        digest = stops.digest_in(token, sealer)
        if digest is None:
            return "unknown"
        oms.works.run(oms.site, Actor("customer"), lambda w: stops.stop(w, digest, StopWhy.UNSUBSCRIBED))
        return "done"

    return _page(request, lang, do)


def _page(request: Asker, lang: str, do: Callable[[], str]) -> Response[str]:
    language = page.language_of(lang, request.headers.get("accept-language", ""))
    rates: Rates = request.app.state.rates
    more: dict[str, str] = {}
    try:
        rates.pages.spend(request.client.host if request.client else "")
        what = do()
    except Refusal as refusal:
        what, more = "busy", {"Retry-After": str(refusal.retry_after_s)}
    status = {"unknown": 404, "busy": 429}.get(what, 200)
    return Response(
        leaving.render(language, what), status_code=status, media_type=MediaType.HTML, headers=leaving.headers() | more
    )


def _writer(oms: Oms, request: Asker) -> Actor:
    return Actor(f"key:{key_holder(oms, bearer(request), Scope.MAILS_WRITE).name}")


def _act(oms: Oms, actor: Actor, act: Callable[[Work], T]) -> T:
    try:
        return oms.works.run(oms.site, actor, act)
    except Refused as refused:
        if refused.code in _UNKNOWN:
            raise Refusal(404, ErrorCode.NOT_FOUND, refused.code) from None
        if refused.code in _NOT_NOW:
            raise Refusal(409, ErrorCode.CONFLICT, refused.code) from None
        raise Refusal(400, ErrorCode.INVALID, refused.code) from None


def _plain(text: str) -> str:
    return text.replace("\0", "")[:200]


ROUTES: list[HTTPRouteHandler] = [
    list_mails, again, preview, came_back, allow, list_staff, keep_staff, remove_staff, list_texts, keep_text, leave, left,
]  # fmt: skip
