"""When goods leave and arrive: a site's working days, its cut-off in its own time, the carrier's days. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

import holidays

#: Nobody waits longer for a working day; a calendar that has none in it is wrong.
_MOST: int = 366


class Because(StrEnum):
    """Why a day is not sooner; a message code."""

    IN_STOCK = "promise_in_stock"
    AFTER_CUT_OFF = "promise_after_cut_off"
    CLOSED = "promise_closed"
    EXPECTED = "promise_expected"


class NoWorkingDay(ValueError):
    """A calendar on which nobody ever works."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A site's working days. `weekdays` are 1 (Monday) to 7; `public` is a country, with a part of it after `-`, or empty."""

    time_zone: str = "UTC"
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    public: str = ""
    off: frozenset[date] = field(default_factory=frozenset)
    cut_off: time = time(15)
    handling_days: int = 0

    def works(self, day: date) -> bool:
        """Whether goods leave on this day."""
        return (
            day.isoweekday() in self.weekdays
            and day not in self.off
            and day not in public_holidays(self.public, day.year)
        )

    def working(self, day: date, days: int = 0) -> date:
        """The `days`th working day from `day` on; 0 is the first."""
        for _ in range(_MOST + 7 * days):
            if self.works(day):
                if days == 0:
                    return day
                days -= 1
            day += timedelta(days=1)
        raise NoWorkingDay(f"no working day within a year of {day}")

    def truck(self, ordered: datetime) -> datetime:
        """The cut-off (in UTC) that an order of this moment has to make."""
        day = promise(self, ordered).ships
        return datetime.combine(day, self.cut_off, ZoneInfo(self.time_zone)).astimezone(UTC)

    def in_time(self, moment: datetime) -> bool:
        """Whether an order of this moment still makes the day's truck."""
        return moment.astimezone(ZoneInfo(self.time_zone)).time() < self.cut_off


@dataclass(frozen=True, slots=True)
class Promise:
    """Leaves on `ships`, is with the customer on `arrives`, and why not sooner."""

    ships: date
    arrives: date
    because: Because


def promise(
    calendar: Calendar,
    ordered: datetime,
    *,
    there: date | None = None,
    transit_days: int = 1,
    delivered: Calendar | None = None,
) -> Promise:
    """The first day on which an order of the moment `ordered` leaves and arrives. `there`: the goods come only then. `transit_days` are
    days on which `delivered` (every day but Sunday, if nobody says) brings parcels."""
    today = ordered.astimezone(ZoneInfo(calendar.time_zone)).date()
    because, first = Because.IN_STOCK, today
    if not calendar.in_time(ordered):
        because, first = Because.AFTER_CUT_OFF, today + timedelta(days=1)
    if not calendar.works(today):
        because, first = Because.CLOSED, today
    if there is not None and there > first:
        because, first = Because.EXPECTED, there
    ships = calendar.working(calendar.working(first), calendar.handling_days)
    if because is Because.IN_STOCK and ships != today and not calendar.handling_days:
        because = Because.CLOSED
    brings = delivered or Calendar(weekdays=frozenset({1, 2, 3, 4, 5, 6}))
    return Promise(ships, brings.working(ships + timedelta(days=1), max(0, transit_days - 1)), because)


@cache
def public_holidays(place: str, year: int) -> Collection[date]:
    """The public holidays of a country (ISO 3166-1 alpha-2) or a part of it (`DE-BY`); none for a place nobody knows."""
    country, _, part = place.partition("-")
    if not country:
        return frozenset()
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        return frozenset()
