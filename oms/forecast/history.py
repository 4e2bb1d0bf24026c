"""Demand by day: made from orders and the ledger in one statement a site, and read as histories by week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from oms.forecast.foreseeing import Panel
from oms.forecast.known import Bools, Floats, Ints

#: How far a forecast looks back, and how far back orders may still change (and are read again).
WEEKS: Final = 156
AGAIN_DAYS: Final = 92
#: Days known of a week under which it is unknown. A shelf that has been empty for longer than so many days is one that nobody misses.
_LEAST_DAYS: Final = 3
_MOST_EMPTY: Final = 56

#: Asked is what was ordered of the site, whatever became of it but cancelling: its parts of customer orders on the day the customer
#: ordered, its own orders, and what no site has been given yet where the customer fetches it, most of the item is sent from, or most of
#: it lies.
_REFRESH: Final = text("""
    WITH zone AS (
        SELECT coalesce((SELECT time_zone FROM site_calendar WHERE site_id = :site), 'UTC') AS name
    ),
    sold AS MATERIALIZED (
        SELECT l.site_id, l.sku, coalesce(c.placed_at, o.placed_at) AS at, l.qty
        FROM sales_order o
        JOIN order_line l ON l.site_id = o.site_id AND l.order_no = o.number
        LEFT JOIN customer_order c ON c.number = o.customer_order
        WHERE o.state <> 'cancelled' AND o.transfer_to IS NULL AND coalesce(c.placed_at, o.placed_at) >= CAST(:first AS date) - 1
    ),
    waiting AS MATERIALIZED (
        SELECT l.sku, c.placed_at AS at, c.pick_up_site, l.qty - l.cancelled - l.assigned - l.shipped AS qty
        FROM customer_order c JOIN customer_order_line l ON l.order_no = c.number
        WHERE c.state <> 'cancelled' AND c.placed_at >= CAST(:first AS date) - 1
            AND l.qty > l.cancelled + l.assigned + l.shipped
    ),
    home AS (
        SELECT DISTINCT ON (item.sku) item.sku, item.site_id
        FROM item LEFT JOIN (SELECT site_id, sku, sum(qty) AS qty FROM sold GROUP BY 1, 2) most USING (site_id, sku)
        LEFT JOIN LATERAL (
            SELECT sum(qty) AS qty FROM stock_balance b
            WHERE b.site_id = item.site_id AND b.sku = item.sku AND b.account LIKE 'bin:%'
        ) AS there ON true
        WHERE item.sku IN (SELECT sku FROM waiting)
        ORDER BY item.sku, coalesce(most.qty, 0) DESC, coalesce(there.qty, 0) DESC, item.site_id
    ),
    asked AS (
        SELECT sku, at, qty FROM sold WHERE site_id = :site
        UNION ALL
        SELECT w.sku, w.at, w.qty FROM waiting w LEFT JOIN home USING (sku)
        WHERE coalesce(w.pick_up_site, home.site_id) = :site
    ),
    moved AS (
        SELECT sku, CAST(at AT TIME ZONE zone.name AS date) AS day,
            sum(CASE WHEN to_account LIKE 'bin:%' THEN qty ELSE 0 END) AS came,
            sum(CASE WHEN from_account LIKE 'bin:%' THEN qty ELSE 0 END) AS went,
            sum(CASE WHEN to_account = 'shipped' THEN qty ELSE 0 END) AS shipped
        FROM stock_move CROSS JOIN zone WHERE site_id = :site GROUP BY 1, 2
    ),
    shelf AS (
        SELECT sku, day, sum(came - went) OVER mine AS closing, lead(day) OVER mine AS next, lead(came) OVER mine AS next_came
        FROM moved WINDOW mine AS (PARTITION BY sku ORDER BY day)
    ),
    facts AS (
        SELECT sku, CAST(at AT TIME ZONE zone.name AS date) AS day, qty AS ordered, CAST(0 AS bigint) AS shipped, false AS empty
        FROM asked CROSS JOIN zone
        UNION ALL
        SELECT sku, day, 0, CAST(shipped AS bigint), false FROM moved WHERE shipped > 0
        UNION ALL
        SELECT sku, CAST(d AS date), 0, 0, true
        FROM shelf CROSS JOIN LATERAL generate_series(
            CAST(greatest(day + 1, CAST(:first AS date)) AS timestamp),
            CAST(least(
                day + :most_empty, CAST(:today AS date) - 1,
                CASE WHEN next IS NULL THEN CAST(:today AS date) - 1 WHEN next_came = 0 THEN next ELSE next - 1 END
            ) AS timestamp),
            interval '1 day'
        ) AS d
        WHERE closing <= 0
    )
    INSERT INTO demand_day (site_id, sku, day, ordered, shipped, empty)
    SELECT :site, facts.sku, facts.day, sum(ordered), sum(shipped), bool_or(empty)
    FROM facts JOIN item ON item.site_id = :site AND item.sku = facts.sku
    WHERE facts.day >= :first AND facts.day < :today
    GROUP BY facts.sku, facts.day
""").bindparams(bindparam("most_empty", value=_MOST_EMPTY))

_FORGET: Final = text("DELETE FROM demand_day WHERE site_id = :site AND day >= :first")
_TODAY: Final = text("""
    SELECT CAST(now() AT TIME ZONE coalesce((SELECT time_zone FROM site_calendar WHERE site_id = :site), 'UTC') AS date),
        EXISTS (SELECT FROM demand_day WHERE site_id = :site)
""")

_SKUS: Final = bindparam("skus", type_=ARRAY(Text))
#: By week before `day`, 0 the last one: units asked, days on which nobody could ask.
_BY_WEEK: Final = text("""
    SELECT sku, (CAST(:day AS date) - 1 - day) / 7 AS week, CAST(sum(ordered) AS bigint), count(*) FILTER (WHERE empty AND ordered = 0)
    FROM demand_day
    WHERE site_id = :site AND sku = ANY(:skus) AND day < :day AND day >= CAST(:day AS date) - 7 * CAST(:weeks AS int)
    GROUP BY 1, 2
""").bindparams(_SKUS)
#: Since when there is an item at a site: the first time that anything of it moved, or that anybody asked.
_SINCE: Final = text("""
    SELECT sku, min(day) FROM (
        SELECT sku, CAST(min(at) AS date) AS day FROM stock_move WHERE site_id = :site AND sku = ANY(:skus) GROUP BY sku
        UNION ALL
        SELECT sku, min(day) FROM demand_day WHERE site_id = :site AND sku = ANY(:skus) GROUP BY sku
    ) AS known GROUP BY sku
""").bindparams(_SKUS)
_PROMOTED: Final = text("""
    SELECT sku, first, last FROM promotion
    WHERE site_id = :site AND (sku = '' OR sku = ANY(:skus)) AND last >= CAST(:day AS date) - 7 * CAST(:weeks AS int)
""").bindparams(_SKUS)
_WEEKDAYS: Final = text("""
    SELECT CAST(extract(isodow FROM day) AS int), sum(ordered) FROM demand_day
    WHERE site_id = :site AND day < :day AND day >= CAST(:day AS date) - 364 GROUP BY 1
""")


@dataclass(frozen=True, slots=True)
class Weeks:
    """Histories of `skus` by week up to the day before `day`."""

    skus: tuple[str, ...]
    day: date
    panel: Panel


def refresh(db: Session, site: str) -> date:
    """Brings demand by day up to yesterday; answers today, both in the site's time. Doing it again changes nothing."""
    row = db.execute(_TODAY, {"site": site}).one()
    today: date = row[0]
    any_: bool = row[1]
    first = today - timedelta(days=AGAIN_DAYS if any_ else 7 * WEEKS)
    # The books of years are read: longer than anything that somebody waits for.
    db.execute(text("SET LOCAL statement_timeout = 0"))
    db.execute(_FORGET, {"site": site, "first": first})
    db.execute(_REFRESH, {"site": site, "first": first, "today": today})
    return today


def weeks(db: Session, site: str, skus: Sequence[str], day: date, horizon: int) -> Weeks:
    """Histories, the places in the year, and promotions behind and before."""
    asked = {"site": site, "skus": list(skus), "day": day, "weeks": WEEKS}
    row = {sku: n for n, sku in enumerate(skus)}
    units, blind = np.zeros((len(skus), WEEKS)), np.zeros((len(skus), WEEKS))
    for sku, week, ordered, days in db.execute(_BY_WEEK, asked):
        units[row[sku], WEEKS - 1 - week], blind[row[sku], WEEKS - 1 - week] = ordered, days
    demand = np.where(7 - blind >= _LEAST_DAYS, units * 7 / np.maximum(7 - blind, 1), np.nan)
    since: dict[str, date] = {one[0]: one[1] for one in db.execute(_SINCE, asked)}
    for sku, n in row.items():
        whole = (day - since[sku]).days // 7 if sku in since else 0
        demand[n, : WEEKS - min(WEEKS, max(0, whole))] = np.nan
    bins = _months(day, -WEEKS, WEEKS)
    promoted = _promoted(db, asked, row, horizon)
    used = int(min(WEEKS, max(1, (~np.isnan(demand)).sum(axis=1).max(initial=1), _oldest(demand))))
    panel = Panel(
        demand[:, -used:], bins[-used:], _months(day, 0, horizon),
        None if promoted is None else promoted[:, WEEKS - used : WEEKS],
        None if promoted is None else promoted[:, WEEKS:],
    )  # fmt: skip
    return Weeks(tuple(skus), day, panel)


def weekdays(db: Session, site: str, day: date) -> list[float]:
    """Monday to Sunday: what share of a week's demand comes on the day, times 7; a year of all items together."""
    asked: dict[int, int] = {one[0]: one[1] for one in db.execute(_WEEKDAYS, {"site": site, "day": day})}
    units = np.array([float(asked.get(one, 0)) for one in range(1, 8)])
    return [round(float(one), 4) for one in (units + 1) / (units + 1).mean()]


def _oldest(demand: Floats) -> int:
    """Weeks since anything is known."""
    known = (~np.isnan(demand)).any(axis=0)
    return int(demand.shape[1] - known.argmax()) if known.any() else 1


def _months(day: date, first: int, many: int) -> Ints:
    """0 to 11: the month of the middle of each of `many` weeks from `first` on, week 0 beginning on `day`."""
    middles = (day + timedelta(days=7 * week + 3) for week in range(first, first + many))
    return np.array([one.month - 1 for one in middles], dtype=np.int64)


def _promoted(db: Session, asked: dict[str, object], row: dict[str, int], horizon: int) -> Bools | None:
    """[items, weeks behind and before]: weeks of which more than half of the days are promoted; None: none is."""
    found = db.execute(_PROMOTED, asked).all()
    if not found:
        return None
    day = asked["day"]
    assert isinstance(day, date)
    marked = np.zeros((len(row), WEEKS + horizon), dtype=np.int64)
    for sku, first, last in found:
        rows = list(row.values()) if sku == "" else [row[sku]]
        for week in range(WEEKS + horizon):
            begin = day + timedelta(days=7 * (week - WEEKS))
            days = (min(last, begin + timedelta(days=6)) - max(first, begin)).days + 1
            marked[rows, week] += max(0, days)
    promoted = marked >= 4
    return promoted if promoted.any() else None
