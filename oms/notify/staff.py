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
from oms.forecast.models import ItemForecast
from oms.notify.codes import STAFF_KINDS, MailKind, MailRefusal, Refused
from oms.notify.models import LowStock, StaffMail
from oms.notify.putting import put
from oms.notify.quiet import BadQuiet, parsed
from oms.notify.sending import is_address
from oms.notify.settings import MailSettings
from oms.notify.writing import Letter, one_line, say
from oms.promise.availability import available
from oms.promise.queries import calendar_of
from oms.waves.models import Wave
from oms.waves.rules import RUNNING

if TYPE_CHECKING:
    from oms.db.work import Work

#: A wave is late when it is not done so long before the earliest truck of its orders.
LATE_AHEAD: Final = timedelta(minutes=30)
#: A wave whose truck is gone for so long is no news.
_LATE_UNTIL: Final = timedelta(hours=12)
_MOST_LINES: Final = 50
_PAGE: Final = 1000
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
    """All that there is to tell of this site; how many mails. 0 also when another server is at it."""
    mine = w.db.scalar(
        text("SELECT pg_try_advisory_xact_lock(hashtext('staff mail'), hashtext(:site))"), {"site": w.site}
    )
    if not mine or w.db.scalars(select(StaffMail.id).where(StaffMail.site_id == w.site).limit(1)).first() is None:
        return 0
    return late_waves(w, settings) + low_stock(w, settings)


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


def low_stock(w: "Work", settings: MailSettings) -> int:
    """Tells of items of this site that fell below their reorder point since the last look; how many mails. What is on its way counts."""
    low = _low(w)
    known = set(w.db.scalars(select(LowStock.sku).where(LowStock.site_id == w.site)))
    over = known - set(low)
    if over:
        w.db.execute(delete(LowStock).where(LowStock.site_id == w.site, LowStock.sku.in_(over)))
    fresh = sorted(set(low) - known)
    if not fresh:
        return 0
    w.db.add_all(LowStock(site_id=w.site, sku=sku, since=w.now) for sku in fresh)
    lines = [("low_stock_line", {"sku": one_line(sku), "have": low[sku][0], "want": low[sku][1]}) for sku in fresh]
    return tell(w, MailKind.LOW_STOCK, f"low_stock:{w.site}:{w.now.isoformat()}", lines, settings, site=w.site)


def _low(w: "Work") -> dict[str, tuple[int, int]]:
    """SKU -> (units there or on the way, its reorder point) of what is below."""
    found: dict[str, tuple[int, int]] = {}
    after = ""
    while True:
        page = select(ItemForecast.sku, ItemForecast.reorder_point).where(
            ItemForecast.site_id == w.site, ItemForecast.sku > after, ItemForecast.reorder_point > 0
        )  # fmt: skip
        wanted = {row.sku: row.reorder_point for row in w.db.execute(page.order_by(ItemForecast.sku).limit(_PAGE))}
        if not wanted:
            return found
        there = available(w.db, list(wanted))
        for sku, want in wanted.items():
            cell = there.get(sku, {}).get(w.site)
            have = cell.now + sum(one.units for one in cell.coming) if cell else 0
            if have <= want:
                found[sku] = (max(0, have), want)
        after = max(wanted)


def _name(w: "Work", site: str) -> str:
    there = w.db.get(Site, site)
    return there.name if there is not None else site


def _zone(w: "Work", site: str) -> str:
    calendar = calendar_of(w.db, site)
    return calendar.time_zone if calendar is not None else "UTC"
