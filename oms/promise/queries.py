"""What a basket can be promised: per line the day it arrives, and why not sooner. Called by the API and by whoever captures orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.promise.availability import Free, available
from oms.promise.dates import Because, Calendar, promise
from oms.promise.models import SiteCalendar
from oms.shipping.carriers.costs import tables_of
from oms.shipping.carriers.tables import zone_of

#: Days on the road where nobody says otherwise.
_TRANSIT: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many units of an item."""

    sku: str
    qty: int


@dataclass(frozen=True, slots=True)
class Promised:
    """From which site, of which receipt (None: from the shelf), by when, and why not sooner; all None where nothing is known to come."""

    sku: str
    qty: int
    site: str | None = None
    receipt: str | None = None
    ships: date | None = None
    arrives: date | None = None
    because: Because | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """Where it goes, as far as that is known: a country (ISO 3166-1 alpha-2; empty: not known) and a postcode."""

    country: str = ""
    postcode: str = ""


_NOWHERE = Destination()


def calendars(db: Session) -> dict[str, Calendar]:
    """Per site when it works; sites that nobody said anything of are absent."""
    return {row.site_id: _calendar(row) for row in db.scalars(select(SiteCalendar))}


def calendar_of(db: Session, site: str) -> Calendar | None:
    """When a site works; None: nobody said."""
    row = db.get(SiteCalendar, site)
    return None if row is None else _calendar(row)


def _calendar(row: SiteCalendar) -> Calendar:
    return Calendar(
        row.time_zone,
        frozenset(int(one) for one in row.weekdays),
        row.holidays,
        frozenset(date.fromisoformat(one) for one in row.days_off),
        time.fromisoformat(row.cut_off),
        row.handling_days,
    )


def transit(db: Session, site: str, to: Destination, day: date, default: int = _TRANSIT) -> int:
    """Days on the road from a site by the quickest service whose table of that day has a zone there; `default` where none has."""
    if not to.country:
        return default
    zones = (zone_of(table.zones, to.country, to.postcode) for table in tables_of(db, site, day))
    return min((zone.days for zone in zones if zone is not None), default=default)


def promise_basket(
    db: Session,
    wanted: Sequence[Wanted],
    ordered: datetime,
    *,
    channel: str = "",
    transit_days: int = _TRANSIT,
    to: Destination = _NOWHERE,
) -> list[Promised]:
    """The earliest promise for each line, each whole from one site. Lines of one item share what there is. `transit_days` count where the
    destination is not known or no service has it in its table."""
    free = available(db, {one.sku for one in wanted}, channel=channel)
    known = calendars(db)
    sites = {site for cells in free.values() for site in cells}
    road = {site: transit(db, site, to, ordered.date(), transit_days) for site in sites}
    spent: dict[tuple[str, str, str | None], int] = {}
    found = []
    for one in wanted:
        best = Promised(one.sku, one.qty)
        for site, cell in sorted(free.get(one.sku, {}).items()):
            there = _there(one, site, cell, spent)
            if there is None:
                continue
            receipt, day = there
            days = promise(known.get(site, Calendar()), ordered, there=day, transit_days=road[site])
            if best.arrives is None or days.arrives < best.arrives:
                best = Promised(one.sku, one.qty, site, receipt, days.ships, days.arrives, days.because)
        if best.site is not None:
            spent[one.sku, best.site, best.receipt] = spent.get((one.sku, best.site, best.receipt), 0) + one.qty
        found.append(best)
    return found


def _there(
    one: Wanted, site: str, cell: Free, spent: dict[tuple[str, str, str | None], int]
) -> tuple[str | None, date | None] | None:
    """(receipt, its day) from which the line can come whole, soonest first; (None, None): from the shelf."""
    if cell.now - spent.get((one.sku, site, None), 0) >= one.qty:
        return None, None
    for coming in cell.coming:
        if coming.units - spent.get((one.sku, site, coming.receipt), 0) >= one.qty:
            return coming.receipt, coming.day
    return None
