"""Reports, for programs (API key with scope `reports:read` or `reports:write`) and supervisors (device token and session); everybody's own
figures for whoever is signed in; who gets reports by mail."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct
from sqlalchemy.orm import Session

from oms.api.auth import HELD, Asking, asking, bearer, key_holder, program_or_supervisor
from oms.api.errors import server_time
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.catalog.sites import all_sites
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.people.permissions import worker_with_role
from oms.people.trust import authenticate
from oms.reports import mailing, people
from oms.reports.asking import Asked, BadReport, asked
from oms.reports.codes import ReportRefusal
from oms.reports.mailing import MailRow
from oms.reports.orders import channels
from oms.reports.papers import as_pdf
from oms.reports.report import make, reading
from oms.reports.sheets import as_csv
from oms.reports.words import meanings
from sync.contract.codes import ErrorCode, Role
from sync.contract.reports import (
    Every,
    Figure,
    LookReport,
    MineReply,
    MyReport,
    Report,
    ReportPaper,
    ReportReply,
    ShowMe,
    ShownReply,
    Unit,
)

Asker = Request[Any, Any, Any]
T = TypeVar("T")
Day = Annotated[date | None, QueryParameter()]
_TYPES: Final = {"pdf": "application/pdf", "csv": "text/csv"}


class File(StrEnum):
    """What a report is handed out as."""

    PDF = "pdf"
    CSV = "csv"


class KeepMail(Struct, frozen=True, kw_only=True):
    """Who gets the report of each `every` that is over; `site` and `channel` '' are all."""

    address: str
    every: Every
    language: str = "en"
    site: str = ""
    channel: str = ""
    session: str = ""


class FigureMeaning(Struct, frozen=True, kw_only=True):
    """A figure, what it means, and what it can be looked at by beside period and site."""

    figure: Figure
    name: str
    means: str
    unit: Unit
    by: list[str]


class MailKept(Struct, frozen=True, kw_only=True):
    """The id of who gets it, empty where it was not kept for `reason` (a code)."""

    id: str = ""
    reason: str | None = None
    server_time: str


@get("/v1/reports/figures", summary="What figures mean", sync_to_thread=True)
def figures(oms: NamedDependency[Oms], request: Asker, language: FromQuery[str] = "en") -> list[FigureMeaning]:
    """200; 400 a language we do not have; 401; 403."""
    key_holder(oms, bearer(request), Scope.REPORTS_READ, of=HELD)
    try:
        known = meanings(language)
    except KeyError:
        raise _refusal(BadReport(ReportRefusal.UNKNOWN_LANGUAGE, language=language)) from None
    return [
        FigureMeaning(figure=one.figure, name=one.name, means=one.means, unit=one.unit, by=list(one.by))
        for one in known
    ]


@get("/v1/reports", summary="Figures of a period", sync_to_thread=True)
def read(
    oms: NamedDependency[Oms], request: Asker, since: Day = None, through: Day = None,
    every: Annotated[Every, QueryParameter()] = Every.DAY, site: FromQuery[str] = "", channel: FromQuery[str] = "",
    language: FromQuery[str] = "en",
) -> ReportReply:  # fmt: skip
    """200; 400 a period that is none, or too long; 401; 403; 404 no such site."""
    wanted = LookReport(since=since, through=through, every=every, site=site, channel=channel, language=language)
    return _look(oms, asking(oms, request, "", Scope.REPORTS_READ), wanted)


@get("/v1/reports/files/{file:str}", summary="A report as a file: pdf, csv", sync_to_thread=True)
def read_file(
    oms: NamedDependency[Oms], request: Asker, file: FromPath[str], since: Day = None, through: Day = None,
    every: Annotated[Every, QueryParameter()] = Every.DAY, site: FromQuery[str] = "", channel: FromQuery[str] = "",
    language: FromQuery[str] = "en",
) -> Response[bytes]:  # fmt: skip
    """200; 400; 401; 403; 404 no such site or kind of file."""
    wanted = LookReport(since=since, through=through, every=every, site=site, channel=channel, language=language)
    name, body = _file(oms, asking(oms, request, "", Scope.REPORTS_READ), wanted, file)
    return Response(body, media_type=_TYPES[file], headers={"Content-Disposition": f'attachment; filename="{name}"'})


@post(
    "/v1/reports/look", status_code=200, summary="Figures of a period, for screens", sync_to_thread=True,
    operation_class=operation({"since": "2026-12-01", "through": "2026-12-07", "every": "day"}),
)  # fmt: skip
def look(oms: NamedDependency[Oms], request: Asker, data: JSONBody[LookReport]) -> ReportReply:
    """As `GET /v1/reports`."""
    return _look(oms, asking(oms, request, data.session, Scope.REPORTS_READ), data)


@post(
    "/v1/reports/look/{file:str}", status_code=200, summary="A report as a file, for screens", sync_to_thread=True,
    operation_class=operation({"since": "2026-12-01", "through": "2026-12-07", "every": "day", "language": "nl"}),
)  # fmt: skip
def look_file(
    oms: NamedDependency[Oms], request: Asker, file: FromPath[str], data: JSONBody[LookReport]
) -> ReportPaper:
    """As `GET /v1/reports/files/{file}`, within JSON."""
    name, body = _file(oms, asking(oms, request, data.session, Scope.REPORTS_READ), data, file)
    return ReportPaper(name=name, body=body, server_time=server_time())


@post(
    "/v1/reports/mine", status_code=200, summary="One's own figures", sync_to_thread=True,
    operation_class=operation({"session": "5f3b7e0c", "since": "2026-12-01", "through": "2026-12-07"}),
)  # fmt: skip
def mine(oms: NamedDependency[Oms], request: Asker, data: JSONBody[MyReport]) -> MineReply:
    """200; 400; 401; 403 nobody is signed in."""
    me = _signed_in(oms, request, data.session)

    def tell(db: Session) -> MineReply:
        def of(worker: str) -> Asked:
            return asked(
                db, oms.site, data.since, data.through, data.every, site="" if worker else oms.site, worker=worker,
                language=_plain(data.language), days=data.days, ago=data.ago,
            )  # fmt: skip

        shown = people.is_shown(db, me)
        seen = people.ranking(db, of(""), me) if shown else []
        return MineReply(report=make(db, of(me)), shown=shown, people=seen, server_time=server_time())

    return _told(oms, tell)


@post(
    "/v1/reports/ranking", status_code=200, summary="Whether one wants to be seen beside others", sync_to_thread=True,
    operation_class=operation({"session": "5f3b7e0c", "shown": True}),
)  # fmt: skip
def show_me(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ShowMe]) -> ShownReply:
    """200; 401; 403 nobody is signed in."""
    me = _signed_in(oms, request, data.session)
    oms.works.run(oms.site, Actor("device", worker=me), lambda w: people.show(w, me, shown=data.shown))
    return ShownReply(shown=data.shown, server_time=server_time())


@get("/v1/reports/mails", summary="Who gets reports by mail", sync_to_thread=True)
def list_mails(oms: NamedDependency[Oms], request: Asker) -> list[MailRow]:
    """200; 401; 403."""
    key_holder(oms, bearer(request), Scope.REPORTS_READ)
    with oms.sessions() as db:
        return mailing.kept(db, oms.site)


@post(
    "/v1/reports/mails", status_code=200, summary="Send somebody reports by mail", sync_to_thread=True,
    operation_class=operation({"address": "floor@shop.example", "every": "day", "language": "nl"}),
)  # fmt: skip
def keep_mail(oms: NamedDependency[Oms], request: Asker, data: JSONBody[KeepMail]) -> MailKept:
    """200, with a reason where it was not kept; 401; 403."""
    actor = program_or_supervisor(oms, request, data.session, Scope.REPORTS_WRITE)
    wanted = [_plain(one) for one in (data.address, data.language, data.site, data.channel)]
    try:
        id = oms.works.run(oms.site, actor, lambda w: mailing.keep(w, data.every, *wanted))
    except mailing.NotKept as no:
        return MailKept(reason=no.code, server_time=server_time())
    return MailKept(id=id, server_time=server_time())


@post("/v1/reports/mails/{id:str}/remove", status_code=204, summary="Send them no more reports", sync_to_thread=True)
def remove_mail(oms: NamedDependency[Oms], request: Asker, id: FromPath[str]) -> None:
    """204; 401; 403; 404."""
    actor = program_or_supervisor(oms, request, "", Scope.REPORTS_WRITE)
    if not oms.works.run(oms.site, actor, lambda w: mailing.remove(w, _plain(id))):
        raise Refusal(404, ErrorCode.NOT_FOUND, "nobody gets reports under this id")


def _look(oms: Oms, who: Asking, wanted: LookReport) -> ReportReply:
    def tell(db: Session) -> ReportReply:
        what = _asked(db, oms, who, wanted)
        known = [who.channel] if who.channel else channels(db)
        seen = people.ranking(db, what) if not what.channel else []
        return ReportReply(
            report=make(db, what), sites=all_sites(db), channels=known, people=seen, server_time=server_time()
        )

    return _told(oms, tell)


def _file(oms: Oms, who: Asking, wanted: LookReport, file: str) -> tuple[str, bytes]:
    if file not in _TYPES:
        raise Refusal(404, ErrorCode.NOT_FOUND, f"there is no such file; there are {', '.join(_TYPES)}")

    def tell(db: Session) -> tuple[Report, bytes]:
        report = make(db, _asked(db, oms, who, wanted))
        return report, as_csv(report) if file == File.CSV else as_pdf(db, report, oms.site)

    report, body = _told(oms, tell)
    return f"report-{report.since}-{report.through}.{file}", body


def _asked(db: Session, oms: Oms, who: Asking, wanted: LookReport) -> Asked:
    channel = _plain(wanted.channel)
    if who.channel and channel not in ("", who.channel):
        raise Refusal(403, ErrorCode.FORBIDDEN, f"this key is for channel {who.channel} only")
    return asked(
        db, oms.site, wanted.since, wanted.through, wanted.every, site=_plain(wanted.site), channel=who.channel or channel,
        days=wanted.days, ago=wanted.ago,
        language=_plain(wanted.language),
    )  # fmt: skip


def _told(oms: Oms, tell: Callable[[Session], T]) -> T:
    try:
        with reading(oms.sessions) as db:
            return tell(db)
    except BadReport as no:
        raise _refusal(no) from None


def _refusal(no: BadReport) -> Refusal:
    said = {
        ReportRefusal.BAD_PERIOD: "a period goes from a day to the same or a later one, between 2000 and 2199",
        ReportRefusal.TOO_LONG: "that is too long: at most 400 days, in at most 100 parts",
        ReportRefusal.UNKNOWN_LANGUAGE: "there is en, nl, de, da",
        ReportRefusal.UNKNOWN_SITE: "no such site",
    }[no.code]
    if no.code is ReportRefusal.UNKNOWN_SITE:
        return Refusal(404, ErrorCode.NOT_FOUND, said)
    return Refusal(400, ErrorCode.INVALID, said)


def _signed_in(oms: Oms, request: Asker, session: str) -> str:
    """The id of whoever is signed in on the device that asks; 401 or 403."""
    with oms.sessions() as db:
        device = authenticate(db, bearer(request))
        worker = worker_with_role(db, _plain(session), device.id, list(Role))
    if worker is None:
        raise Refusal(403, ErrorCode.FORBIDDEN, "somebody must be signed in on this device")
    return worker


def _plain(text: str) -> str:
    return text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [
    figures, read, read_file, look, look_file, mine, show_me, list_mails, keep_mail, remove_mail,
]  # fmt: skip
