"""What people who work here are told by mail: stock that runs low, waves that may miss their truck, mails that came back."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.documents.formats import LANGUAGES, moment
from oms.notify.codes import STAFF_KINDS, STOCK_KINDS, MailKind, MailRefusal, Refused
from oms.notify.models import StaffMail, StockAlert
from oms.notify.putting import put
from oms.notify.quiet import BadQuiet, parsed
from oms.notify.sending import is_address
from oms.notify.settings import MailSettings
from oms.notify.writing import Letter, one_line, say
from oms.promise.queries import calendar_of
from oms.purchasing.alerts import alerts
from oms.waves.models import Wave
from oms.waves.rules import RUNNING

if TYPE_CHECKING:
    from oms.db.work import Work

#: A wave is late when it is not done so long before the earliest truck of its orders.
LATE_AHEAD: Final = timedelta(minutes=30)
#: A wave whose truck is gone for so long is no news.
_LATE_UNTIL: Final = timedelta(hours=12)
_MOST_LINES: Final = 50
Lines = Sequence[tuple[str, Mapping[str, Any]]]


def keep(w: "Work", address: str, language: str, kinds: Collection[str], quiet: str) -> str:
    """Somebody is told `kinds` of this site from now on, and nothing else; the id. Raises `Refused`."""
    if not is_address(address):
        raise Refused(MailRefusal.BAD_ADDRESS)
    if language not in LANGUAGES:
        raise Refused(MailRefusal.UNKNOWN_LANGUAGE)
    if not kinds or set(kinds) - {kind.value for kind in STAFF_KINDS}:
        raise Refused(MailRefusal.UNKNOWN_KIND)
    try:
        # Which zone it is in is the site's to say.
        known = parsed(quiet.strip().replace(" ", "_"))
    except BadQuiet:
        raise Refused(MailRefusal.BAD_QUIET_HOURS) from None
    there = w.db.scalars(
        select(StaffMail).where(StaffMail.site_id == w.site, StaffMail.address == address)
    ).one_or_none()
    if there is None:
        there = StaffMail(
            id=uuid.uuid4().hex, site_id=w.site, address=address, language=language, kinds=[]
        )  # fmt: skip
        w.db.add(there)
    there.language, there.kinds, there.quiet = language, sorted(set(kinds)), known.hours if known else ""
    w.audit("mail.staff_kept", staff=there.id, kinds=",".join(there.kinds))
    return there.id


def remove(w: "Work", id: str) -> bool:
    """They are told nothing more; False when nobody has this id."""
    gone = delete(StaffMail).where(StaffMail.site_id == w.site, StaffMail.id == id).returning(StaffMail.id)
    if not w.db.execute(gone).all():
        return False
    w.audit("mail.staff_removed", staff=id)
    return True


@dataclass(frozen=True, slots=True)
class StaffSeen:
    """Somebody who is told."""

    id: str
    site: str
    address: str
    language: str
    kinds: list[str]
    quiet: str


def kept(db: Session, site: str) -> list[StaffSeen]:
    """Everybody who is told of a site, by address."""
    mine = select(StaffMail).where(StaffMail.site_id == site).order_by(StaffMail.address)
    return [StaffSeen(one.id, one.site_id, one.address, one.language, one.kinds, one.quiet) for one in db.scalars(mine)]


def tell(w: "Work", kind: MailKind, once: str, lines: Lines, settings: MailSettings, *, site: str | None = None) -> int:
    """A mail to everybody who is told such things (of `site`, or of any); how many. Each once for what `once` names."""
    if not settings.host:
        return 0
    receivers = (
        select(StaffMail).where(StaffMail.kinds.contains([kind.value])).order_by(StaffMail.address, StaffMail.site_id)
    )
    if site is not None:
        receivers = receivers.where(StaffMail.site_id == site)
    by_address = {one.address: one for one in w.db.scalars(receivers)}
    told = 0
    for one in by_address.values():
        said = [say(one.language, sentence, **words) for sentence, words in lines[:_MOST_LINES]]
        letter = Letter(
            kind=kind, language=one.language, shop=settings.shop or "Floorhand", order="", place=_name(w, site or one.site_id), lines=said
        )  # fmt: skip
        quiet = f"{one.quiet} {_zone(w, one.site_id)}" if one.quiet else ""
        told += put(w, letter, settings, once=f"{once}:{one.address}", to=one.address, quiet=quiet)
    return told


def look(w: "Work", settings: MailSettings) -> int:
    """What cannot wait of this site; how many mails. 0 also when another server is at it."""
    return late_waves(w, settings) + stock_alerts(w, settings, [MailKind.LOW_STOCK]) if _may_tell(w) else 0


def look_back(w: "Work", settings: MailSettings) -> int:
    """What months of this site say, once a day: goods that lie, that come back; how many mails. 0 also when another server is at it."""
    return stock_alerts(w, settings, [MailKind.DEAD_STOCK, MailKind.HIGH_RETURNS]) if _may_tell(w) else 0


def _may_tell(w: "Work") -> bool:
    """There is somebody to tell, and nobody else is at it."""
    mine = w.db.scalar(
        text("SELECT pg_try_advisory_xact_lock(hashtext('staff mail'), hashtext(:site))"), {"site": w.site}
    )
    told = select(StaffMail.id).where(StaffMail.site_id == w.site).limit(1)
    return bool(mine) and w.db.scalars(told).first() is not None


def late_waves(w: "Work", settings: MailSettings) -> int:
    """Tells of waves of this site that run and may miss their truck, each once; how many mails."""
    late = select(Wave).where(
        Wave.site_id == w.site, Wave.state.in_(RUNNING), Wave.cut_off < w.now + LATE_AHEAD, Wave.cut_off > w.now - _LATE_UNTIL
    )  # fmt: skip
    told = 0
    zone = ZoneInfo(_zone(w, w.site))
    for wave in w.db.scalars(late.order_by(Wave.cut_off, Wave.id)).all():
        at = wave.cut_off.astimezone(zone) if wave.cut_off else w.now
        words = {"wave": one_line(wave.name), "at": moment(at, "en")[-5:]}
        told += tell(w, MailKind.LATE_WAVE, f"late_wave:{wave.id}", [("late_wave_line", words)], settings, site=w.site)
    return told


def stock_alerts(w: "Work", settings: MailSettings, kinds: Sequence[MailKind] = STOCK_KINDS) -> int:
    """Tells of items of this site that somebody should look at since the last look: little of them, nobody wants them, they come back; how
    many mails."""
    found = alerts(w.db, w.site, w.now, kinds)
    told = 0
    for kind in kinds:
        now = {one.sku: one for one in found if one.kind is kind}
        mine = (StockAlert.site_id == w.site, StockAlert.kind == kind)
        known = set(w.db.scalars(select(StockAlert.sku).where(*mine)))
        if well := known - set(now):
            w.db.execute(delete(StockAlert).where(*mine, StockAlert.sku.in_(well)))
        fresh = [now[sku] for sku in sorted(set(now) - known)]
        if not fresh:
            continue
        w.db.add_all(StockAlert(site_id=w.site, kind=kind, sku=one.sku, since=w.now) for one in fresh)
        lines = [(f"{kind}_line", {"sku": one_line(one.sku), "have": one.have, "want": one.want}) for one in fresh]
        told += tell(w, kind, f"{kind}:{w.site}:{w.now.isoformat()}", lines, settings, site=w.site)
    return told


def _name(w: "Work", site: str) -> str:
    there = w.db.get(Site, site)
    return there.name if there is not None else site


def _zone(w: "Work", site: str) -> str:
    calendar = calendar_of(w.db, site)
    return calendar.time_zone if calendar is not None else "UTC"
