"""What a service costs and when it arrives, from the table its carrier gave us. Pure: weights in grams, lengths in millimetres."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from oms.shipping.carriers.port import Address, Box
from sync.contract.shipping import WhyNot

_CENT: Final = Decimal("0.01")
#: No service is so slow; ends the search for a day on which something leaves.
_MOST_DAYS: Final = 60


class Zone(Struct, frozen=True, kw_only=True):
    """Postcodes of a country (`*`: any) from `first` to `last`, compared over as many places as they have; both empty: the whole country.
    `days` are delivery days under way."""

    country: str
    zone: str
    first: str = ""
    last: str = ""
    days: int = 1


class Step(Struct, frozen=True, kw_only=True):
    """A price in a zone up to a weight. `per_kg` of the last one is added for each started kilogram above it; 0: nothing goes above it."""

    zone: str
    up_to_g: int
    price: Decimal
    per_kg: Decimal = Decimal(0)


class Surcharge(Struct, frozen=True, kw_only=True):
    """Added where all its conditions hold (0 or '' is no condition): an amount, or so many thousandths of the freight."""

    code: str
    amount: Decimal = Decimal(0)
    permille: int = 0
    zone: str = ""
    over_g: int = 0
    over_mm: int = 0
    over_girth_mm: int = 0


class Table(Struct, frozen=True, kw_only=True):
    """A service as its carrier sells it. `divisor`: cubic centimetres that count as a kilogram, 0 when size does not count. `cut_off` is
    `HH:MM` in `time_zone`; `leaves` and `arrives` are weekdays, 1 is Monday; on `closed` days nothing moves. Limits of 0 are none."""

    carrier: str
    service: str
    name: str = ""
    currency: str = "EUR"
    divisor: int = 0
    max_g: int = 0
    max_mm: int = 0
    max_girth_mm: int = 0
    cut_off: str = "17:00"
    time_zone: str = "UTC"
    leaves: str = "12345"
    arrives: str = "12345"
    closed: list[date] = []
    zones: list[Zone] = []
    steps: list[Step] = []
    surcharges: list[Surcharge] = []


@dataclass(frozen=True, slots=True)
class Quote:
    """What a table says: a price in its parts, and days; or why not. `by` is by how much a limit is missed."""

    why_not: WhyNot | None = None
    by: int = 0
    zone: str = ""
    billed_g: int = 0
    price: Decimal | None = None
    parts: list[tuple[str, Decimal]] = field(default_factory=list)
    leaves_on: date | None = None
    arrives_on: date | None = None


def quote(table: Table, to: Address, box: Box, now: datetime) -> Quote:
    """The price for one parcel handed over as soon as it can be. `now` is aware."""
    too_much = _over_limit(table, box)
    if too_much is not None:
        return too_much
    zone = zone_of(table.zones, to.country, to.postcode)
    if zone is None:
        return Quote(WhyNot.NO_ZONE)
    billed = billed_g(table, box)
    freight = _freight([step for step in table.steps if step.zone == zone.zone], billed)
    leaves = _leaves(table, now)
    if freight is None or leaves is None:
        return Quote(WhyNot.NO_PRICE, zone=zone.zone, billed_g=billed)
    parts = [("freight", freight)]
    parts += [(extra.code, _extra(extra, freight)) for extra in table.surcharges if _holds(extra, zone.zone, box)]
    price = sum((amount for _, amount in parts), Decimal(0))
    arrives = _later(leaves, zone.days, table.arrives, table.closed)
    return Quote(None, 0, zone.zone, billed, price, parts, leaves, arrives)


def billed_g(table: Table, box: Box) -> int:
    """The weight that is paid for: the real one, or what the size counts for when that is more."""
    if not table.divisor or box.sides_mm is None:
        return box.grams
    length, width, height = box.sides_mm
    # mm3 / 1000 = cm3; cm3 / divisor = kg; kg * 1000 = g.
    return max(box.grams, -(-length * width * height // table.divisor))


def zone_of(zones: list[Zone], country: str, postcode: str) -> Zone | None:
    """The zone of an address: the one that says most about the postcode, then the whole country, then `*`."""
    plain = "".join(c for c in postcode.upper() if c.isalnum())
    fits = [zone for zone in zones if zone.country in (country.upper(), "*") and _within(plain, zone)]
    return max(fits, key=lambda zone: (zone.country != "*", len(zone.first)), default=None)


def _within(plain: str, zone: Zone) -> bool:
    last = zone.last or zone.first
    return zone.first <= plain[: len(zone.first)] and plain[: len(last)] <= last


def girth_mm(sides: tuple[int, int, int]) -> int:
    """Longest side plus once around the others, as carriers measure."""
    short, middle, long = sorted(sides)
    return long + 2 * (short + middle)


def _over_limit(table: Table, box: Box) -> Quote | None:
    if table.max_g and box.grams > table.max_g:
        return Quote(WhyNot.TOO_HEAVY, box.grams - table.max_g)
    if box.sides_mm is None:
        return None
    for limit, size in ((table.max_mm, max(box.sides_mm)), (table.max_girth_mm, girth_mm(box.sides_mm))):
        if limit and size > limit:
            return Quote(WhyNot.TOO_LARGE, size - limit)
    return None


def _freight(steps: list[Step], billed: int) -> Decimal | None:
    rising = sorted(steps, key=lambda step: step.up_to_g)
    for step in rising:
        if billed <= step.up_to_g:
            return step.price
    if not rising or not rising[-1].per_kg:
        return None
    last = rising[-1]
    return last.price + last.per_kg * -(-(billed - last.up_to_g) // 1000)


def _holds(extra: Surcharge, zone: str, box: Box) -> bool:
    sides = box.sides_mm or (0, 0, 0)
    return (
        extra.zone in ("", zone)
        and (not extra.over_g or box.grams > extra.over_g)
        and (not extra.over_mm or max(sides) > extra.over_mm)
        and (not extra.over_girth_mm or girth_mm(sides) > extra.over_girth_mm)
    )


def _extra(extra: Surcharge, freight: Decimal) -> Decimal:
    return (extra.amount + freight * extra.permille / 1000).quantize(_CENT, ROUND_HALF_UP)


@cache
def zone_info(name: str) -> ZoneInfo:
    """A time zone by its name; raises `ValueError` for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"not a time zone: {name!r}") from None


def leaves_today(table: Table, now: datetime) -> datetime | None:
    """The cut-off of today that is still to come; None where it is over or the carrier does not come."""
    here = now.astimezone(zone_info(table.time_zone))
    if _leaves(table, now) != here.date():
        return None
    return datetime.combine(here.date(), time.fromisoformat(table.cut_off), here.tzinfo)


def _leaves(table: Table, now: datetime) -> date | None:
    """The day it is handed over: today before the cut-off, else the next day on which the carrier comes."""
    here = now.astimezone(zone_info(table.time_zone))
    late = here.time() > time.fromisoformat(table.cut_off)
    return _on_or_after(here.date() + timedelta(days=1 if late else 0), table.leaves, table.closed)


def _on_or_after(day: date, weekdays: str, closed: list[date]) -> date | None:
    for n in range(_MOST_DAYS):
        one = day + timedelta(days=n)
        if str(one.isoweekday()) in weekdays and one not in closed:
            return one
    return None


def _later(day: date, days: int, weekdays: str, closed: list[date]) -> date | None:
    """`days` delivery days after `day`."""
    then: date | None = day
    for _ in range(days):
        if then is not None:
            then = _on_or_after(then + timedelta(days=1), weekdays, closed)
    return then
