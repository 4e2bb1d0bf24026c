"""Reports by mail: who gets them, and putting what is due into the outbox, each period once. The queue of background work has it done."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from oms.catalog.models import Site
from oms.db.work import Actor, Works
from oms.documents.formats import LANGUAGES, day
from oms.notify.codes import MailKind
from oms.notify.putting import put
from oms.notify.sending import is_address
from oms.notify.settings import MailSettings
from oms.notify.writing import Letter, say
from oms.reports.asking import asked, part_of, zone_of
from oms.reports.codes import MailNotKept
from oms.reports.models import ReportMail
from oms.reports.orders import now
from oms.reports.papers import as_pdf, shown
from oms.reports.report import make, reading
from oms.reports.words import told
from sync.contract.reports import Every, Report

if TYPE_CHECKING:
    from oms.db.work import Work

#: So many people at a site get reports.
MOST: Final = 100
#: The hour of the day, where the report is about, at which yesterday's facts are in.
_HOUR: Final = 5


class NotKept(ValueError):
    """Nobody gets a report by it; `code` says why."""

    def __init__(self, code: MailNotKept) -> None:
        super().__init__(code)
        self.code = code


class MailRow(Struct, frozen=True, kw_only=True):
    """Somebody who gets the report of each `every` that is over; `through` is the last day that was told of."""

    id: str
    address: str
    language: str
    every: Every
    site: str
    channel: str
    through: date | None


def keep(w: "Work", every: Every, address: str, language: str, site: str = "", channel: str = "") -> str:
    """They get the report of each day, week or month from the next that ends; the id. Raises `NotKept`."""
    if not is_address(address):
        raise NotKept(MailNotKept.BAD_ADDRESS)
    if language not in LANGUAGES:
        raise NotKept(MailNotKept.UNKNOWN_LANGUAGE)
    if site and w.db.get(Site, site) is None:
        raise NotKept(MailNotKept.UNKNOWN_SITE)
    mine = (ReportMail.site_id == w.site, ReportMail.address == address, ReportMail.every == every)
    about = (ReportMail.site == site, ReportMail.channel == channel)
    there = w.db.scalars(select(ReportMail).where(*mine, *about)).one_or_none()
    if there is None:
        if w.db.scalar(select(func.count()).where(ReportMail.site_id == w.site)) == MOST:
            raise NotKept(MailNotKept.TOO_MANY)
        there = ReportMail(
            id=uuid.uuid4().hex, site_id=w.site, address=address, language=language, every=every, site=site, channel=channel,
            through=over(w.db, site or w.site, every),
        )  # fmt: skip
        w.db.add(there)
    there.language = language
    w.audit("report.mail_kept", report=there.id, every=every.value)
    return there.id


def remove(w: "Work", id: str) -> bool:
    """They get no more; False when nobody has this id."""
    gone = delete(ReportMail).where(ReportMail.site_id == w.site, ReportMail.id == id).returning(ReportMail.id)
    if not w.db.execute(gone).all():
        return False
    w.audit("report.mail_removed", report=id)
    return True


def kept(db: Session, site: str) -> list[MailRow]:
    """Everybody who gets reports of a site's own making, by address."""
    mine = select(ReportMail).where(ReportMail.site_id == site)
    return [_row(one) for one in db.scalars(mine.order_by(ReportMail.address, ReportMail.every, ReportMail.id))]


def over(db: Session, site: str, every: Every) -> date:
    """The last day of the last period that is over at a site; a day is not over before the small hours of the next."""
    today = (now(db).astimezone(zone_of(db, site)) - timedelta(hours=_HOUR)).date()
    return part_of(today, every) - timedelta(days=1)


def send_due(
    works: Works, sessions: sessionmaker[Session], sites: Sequence[str], settings: MailSettings, actor: Actor
) -> int:
    """Puts all reports that are due into the outbox; how many."""
    done = 0
    for site in sites:
        with sessions() as db:
            waiting = [
                one for one in kept(db, site) if (one.through or date.min) < over(db, one.site or site, one.every)
            ]
        for one in waiting:
            done += _send(works, sessions, site, one, settings, actor)
    return done


def _send(
    works: Works, sessions: sessionmaker[Session], site: str, to: MailRow, settings: MailSettings, actor: Actor
) -> int:
    with reading(sessions) as db:
        last = over(db, to.site or site, to.every)
        # A day by itself has no parts; a week and a month go by days.
        what = asked(
            db, site, part_of(last, to.every), last, Every.DAY, site=to.site, channel=to.channel, language=to.language
        )
        report = make(db, what)
        paper = as_pdf(db, report, site)
    letter = _letter(report, settings)

    def do(w: "Work") -> int:
        there = w.db.get(ReportMail, to.id, with_for_update=True)
        if there is None or (there.through or date.min) >= last:
            return 0
        there.through = last
        name = f"report-{report.since}-{report.through}.pdf"
        return put(w, letter, settings, once=f"report:{to.id}:{last}", to=to.address, file=paper, file_name=name)

    return works.run(site, actor, do)


def _letter(report: Report, settings: MailSettings) -> Letter:
    language = report.language
    first, last = (day(date.fromisoformat(one), language) for one in (report.since, report.through))
    place = report.site or told("paper", "all_sites", language)
    lines = [
        say(language, "report_line", figure=row.name, value=shown(row.value, row.unit, language))
        for row in report.figures
    ]
    return Letter(
        kind=MailKind.REPORT, language=language, shop=settings.shop or "Floorhand", order="",
        place=f"{place}, {first}" if first == last else f"{place}, {first} – {last}", lines=lines,
    )  # fmt: skip


def _row(one: ReportMail) -> MailRow:
    return MailRow(
        id=one.id, address=one.address, language=one.language, every=one.every, site=one.site, channel=one.channel,
        through=one.through,
    )  # fmt: skip
