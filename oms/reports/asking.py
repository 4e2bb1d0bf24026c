"""What a report is asked about, checked: days that there are, a period that is not endless, a site that is known."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from oms.catalog.sites import all_sites
from oms.documents.formats import LANGUAGES
from oms.promise.queries import calendar_of
from oms.reports.codes import ReportRefusal
from sync.contract.reports import Every

#: A period is no longer, in days; and no more parts of it are told apart.
LONGEST: Final = 400
MOST_PARTS: Final = 100
#: So many days ago there was no report yet.
_FARTHEST: Final = 5000
_FIRST, _LAST = date(2000, 1, 1), date(2200, 1, 1)


class BadReport(ValueError):
    """There is no such report; `code` says why, with `words`."""

    def __init__(self, code: ReportRefusal, **words: str | int) -> None:
        super().__init__(code)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Asked:
    """A period of whole days in `zone`, parted by `every`; sites (`site` '' is all of them), a channel ('' any), a worker's id ('' all)."""

    since: date
    through: date
    every: Every
    zone: ZoneInfo
    sites: tuple[str, ...]
    site: str = ""
    channel: str = ""
    worker: str = ""
    language: str = "en"

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return _midnight(self.since, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment that is not in it."""
        return _midnight(self.through + timedelta(days=1), self.zone)

    @property
    def parts(self) -> list[date]:
        """The first day of each part, in order."""
        day, found = part_of(self.since, self.every), []
        while day <= self.through:
            found.append(day)
            day = _next(day, self.every)
        return found

    def bounds(self, part: date) -> tuple[datetime, datetime]:
        """First moment of a part and of what follows it, within the period."""
        return (
            max(self.start, _midnight(part, self.zone)),
            min(self.end, _midnight(_next(part, self.every), self.zone)),
        )

    @property
    def words(self) -> dict[str, Any]:
        """As statements have it."""
        return {
            "since": self.start, "until": self.end, "zone": self.zone.key, "every": self.every.value, "sites": list(self.sites),
            "channel": self.channel, "worker": self.worker, "any_site": not self.site,
        }  # fmt: skip


def part_of(day: date, every: Every) -> date:
    """The first day of the part that a day is in."""
    match every:
        case Every.DAY:
            return day
        case Every.WEEK:
            return day - timedelta(days=day.weekday())
        case Every.MONTH:
            return day.replace(day=1)


def asked(
    db: Session, home: str, since: date | None, through: date | None, every: Every = Every.DAY, *, site: str = "",
    channel: str = "", worker: str = "", language: str = "en", days: int = 1, ago: int = 0,
) -> Asked:  # fmt: skip
    """Checked. Where no day is said it is the last `days`, or those before the last `ago`; days of `site`, else of the site `home`.
    Raises `BadReport`."""
    if language not in LANGUAGES:
        raise BadReport(ReportRefusal.UNKNOWN_LANGUAGE, language=language)
    sites = all_sites(db)
    if site and site not in sites:
        raise BadReport(ReportRefusal.UNKNOWN_SITE, site=site)
    zone = zone_of(db, site or home)
    first, last = _days(since, through, days, ago, zone)
    if not _FIRST <= first <= last < _LAST:
        raise BadReport(ReportRefusal.BAD_PERIOD, since=first.isoformat(), through=last.isoformat())
    if (last - first).days >= LONGEST:
        raise BadReport(ReportRefusal.TOO_LONG, days=LONGEST)
    found = Asked(first, last, every, zone, (site,) if site else tuple(sites), site, channel, worker, language)
    if len(found.parts) > MOST_PARTS:
        raise BadReport(ReportRefusal.TOO_LONG, days=MOST_PARTS)
    return found


def _days(since: date | None, through: date | None, days: int, ago: int, zone: ZoneInfo) -> tuple[date, date]:
    if since is not None or through is not None:
        return since or through or _FIRST, through or since or _FIRST
    if days < 1 or not 0 <= ago <= _FARTHEST:
        raise BadReport(ReportRefusal.BAD_PERIOD, days=days, ago=ago)
    if days > LONGEST:
        raise BadReport(ReportRefusal.TOO_LONG, days=LONGEST)
    last = datetime.now(UTC).astimezone(zone).date() - timedelta(days=ago)
    return last - timedelta(days=days - 1), last


def zone_of(db: Session, site: str) -> ZoneInfo:
    """Where a site is; UTC where nobody said."""
    calendar = calendar_of(db, site)
    return ZoneInfo(calendar.time_zone if calendar is not None else "UTC")


def _next(day: date, every: Every) -> date:
    match every:
        case Every.DAY:
            return day + timedelta(days=1)
        case Every.WEEK:
            return day + timedelta(days=7)
        case Every.MONTH:
            return (day + timedelta(days=31)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
