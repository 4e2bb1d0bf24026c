"""Quiet hours: when somebody is not written to, in their own time. Pure."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

_ZONES: Final = Path(__file__).with_name("zones.toml")
#: A mail is not kept longer than that for the sake of a night.
_MOST: Final = timedelta(hours=24)


class BadQuiet(ValueError):
    """Not like `21:00-08:00`."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `since` until `until` o'clock, over midnight or not, in all of `zones` (IANA names)."""

    since: time
    until: time
    zones: tuple[str, ...] = ("UTC",)

    @property
    def text(self) -> str:
        """As it is kept with a mail; `parsed` reads it."""
        return f"{self.hours} {','.join(self.zones)}"

    @property
    def hours(self) -> str:
        """`21:00-08:00`."""
        return f"{self.since:%H:%M}-{self.until:%H:%M}"

    def over(self, now: datetime) -> datetime:
        """When it is next quiet nowhere: `now`, or when the last night ends. Where it is always night somewhere, the first zone counts."""
        moment = now
        for _ in range(2 * len(self.zones)):
            later = max((self._end(zone, moment) for zone in self.zones), default=moment)
            if later <= moment:
                break
            moment = later
        return moment if moment - now <= _MOST else self._end(self.zones[0], now)

    def _end(self, zone: str, now: datetime) -> datetime:
        here = now.astimezone(ZoneInfo(zone))
        clock = here.time().replace(tzinfo=None)
        over_night = self.since > self.until
        if not (clock >= self.since or clock < self.until if over_night else self.since <= clock < self.until):
            return now
        ends = datetime.combine(here.date(), self.until, here.tzinfo)
        if over_night and clock >= self.since:
            ends = datetime.combine(here.date() + timedelta(days=1), self.until, here.tzinfo)
        return max(now, ends.astimezone(now.tzinfo))


def parsed(text: str) -> Quiet | None:
    """`21:00-08:00`, with zones after a blank; None for ''. Raises `BadQuiet`."""
    if not text.strip():
        return None
    hours, _, zones = text.strip().partition(" ")
    since, _, until = hours.partition("-")
    try:
        made = Quiet(_clock(since), _clock(until), tuple(zones.split(",")) if zones else ("UTC",))
        for zone in made.zones:
            ZoneInfo(zone)
    except (ValueError, LookupError, OSError):
        raise BadQuiet(text) from None
    if made.since == made.until:
        raise BadQuiet(text)
    return made


def zones_of(country: str) -> tuple[str, ...]:
    """The time zones of a country (ISO 3166-1 alpha-2); none for one that nobody knows."""
    return _zones().get(country.upper(), ())


def _clock(text: str) -> time:
    found = time.fromisoformat(text)
    if len(text) != 5 or found.tzinfo is not None:
        raise ValueError(text)
    return found


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    return {country: tuple(zones) for country, zones in tomllib.loads(_ZONES.read_text(encoding="utf-8")).items()}
