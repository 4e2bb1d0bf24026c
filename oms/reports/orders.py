"""What became of orders, reckoned by the database: placed and open ones, those that left, what came back, what is in stock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from oms.reports.asking import Asked
from oms.reports.codes import AGES
from sync.contract.reports import Age

_SITES: Final = bindparam("sites", type_=ARRAY(Text))
_PART: Final = "CAST(date_trunc(:every, {at} AT TIME ZONE :zone) AS date)"
#: What an order of a site's own is called as a customer's.
_DIRECT: Final = """CASE state WHEN 'held' THEN 'held' WHEN 'open' THEN 'sourced' WHEN 'shipped' THEN 'shipped'
    WHEN 'cancelled' THEN 'cancelled' ELSE 'in_work' END"""
#: Of one site are the orders that it has a part of, and those fetched there. Orders that came to a site directly are its own.
_HERE: Final = """(:any_site OR c.pick_up_site = ANY(:sites)
    OR EXISTS (SELECT FROM sales_order p WHERE p.customer_order = c.number AND p.site_id = ANY(:sites)))"""
_CHANNEL: Final = "(:channel = '' OR channel = :channel)"

_PLACED: Final = text(f"""
    SELECT part, state, channel, count(*) AS orders FROM (
        SELECT {_PART.format(at="c.placed_at")} AS part, c.state, c.channel
        FROM customer_order c WHERE c.placed_at >= :since AND c.placed_at < :until AND {_HERE}
        UNION ALL
        SELECT {_PART.format(at="o.placed_at")}, {_DIRECT}, o.channel
        FROM sales_order o
        WHERE o.customer_order IS NULL AND o.transfer_to IS NULL AND o.site_id = ANY(:sites)
            AND o.placed_at >= :since AND o.placed_at < :until
    ) AS placed WHERE {_CHANNEL} GROUP BY 1, 2, 3
""").bindparams(_SITES)  # noqa: S608
_OPEN: Final = text(f"""
    SELECT least(4, width_bucket(extract(epoch FROM now() - placed_at) / 3600, CAST(:ages AS float8[]))) AS age,
        count(*) AS orders, max(extract(epoch FROM now() - placed_at)) / 3600 AS oldest
    FROM (
        SELECT c.placed_at, c.channel FROM customer_order c
        WHERE c.state NOT IN ('shipped', 'returned', 'cancelled') AND {_HERE}
        UNION ALL
        SELECT o.placed_at, o.channel FROM sales_order o
        WHERE o.customer_order IS NULL AND o.transfer_to IS NULL AND o.site_id = ANY(:sites)
            AND o.state IN ('held', 'open', 'released', 'picking', 'picked', 'packing', 'label_pending')
    ) AS open WHERE {_CHANNEL} GROUP BY 1
""").bindparams(_SITES)  # noqa: S608
_LEFT: Final = text(f"""
    WITH gone AS (
        SELECT {_PART.format(at="o.shipped_at")} AS part, u.qty, u.packed, coalesce(c.channel, o.channel) AS channel,
            extract(epoch FROM done.at - coalesce(c.placed_at, o.placed_at)) / 3600 AS hours,
            CASE WHEN o.cut_off IS NOT NULL THEN done.at <= o.cut_off
                WHEN o.promised IS NOT NULL THEN CAST(done.at AT TIME ZONE :zone AS date) <= o.promised END AS on_time
        FROM sales_order o
        LEFT JOIN customer_order c ON c.number = o.customer_order
        CROSS JOIN LATERAL (SELECT CASE WHEN o.pick_up THEN coalesce(o.ready_at, o.shipped_at) ELSE o.shipped_at END AS at) AS done
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(l.qty), 0) AS qty, coalesce(sum(l.packed), 0) AS packed FROM order_line l
            WHERE l.site_id = o.site_id AND l.order_no = o.number
        ) AS u
        WHERE o.state = 'shipped' AND o.transfer_to IS NULL AND o.site_id = ANY(:sites) AND o.shipped_at >= :since AND o.shipped_at < :until
    )
    SELECT part, count(*) AS parts, sum(qty) AS asked, sum(packed) AS went, count(on_time) AS due,
        count(*) FILTER (WHERE on_time) AS on_time,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) AS half, percentile_cont(0.9) WITHIN GROUP (ORDER BY hours) AS most
    FROM gone WHERE {_CHANNEL} GROUP BY GROUPING SETS ((part), ())
""").bindparams(_SITES)  # noqa: S608
_BACK: Final = text(f"""
    SELECT {_PART.format(at="r.at")} AS part, sum(r.qty) AS pieces
    FROM return_receipt r JOIN customer_return c ON c.number = r.return_no
    WHERE r.undone_at IS NULL AND r.site_id = ANY(:sites) AND r.at >= :since AND r.at < :until AND {_CHANNEL}
    GROUP BY 1
""").bindparams(_SITES)  # noqa: S608
_STOCK: Final = text(
    "SELECT coalesce(sum(qty), 0) FROM stock_balance WHERE account LIKE 'bin:%' AND site_id = ANY(:sites)"
)
_MOVED: Final = text(f"""
    SELECT CASE WHEN at < :until THEN {_PART.format(at="at")} END AS part,
        sum(CASE WHEN to_account LIKE 'bin:%' THEN qty ELSE 0 END - CASE WHEN from_account LIKE 'bin:%' THEN qty ELSE 0 END) AS more
    FROM stock_move WHERE at >= :since AND site_id = ANY(:sites) GROUP BY 1
""").bindparams(_SITES)  # noqa: S608
_NEXT: Final = (
    "SELECT channel FROM customer_order WHERE reference IS NOT NULL AND channel > {} ORDER BY channel LIMIT 1"
)
_CHANNELS: Final = text(f"""
    WITH RECURSIVE one AS (
        ({_NEXT.format("''")}) UNION ALL SELECT ({_NEXT.format("one.channel")}) FROM one WHERE one.channel IS NOT NULL
    )
    SELECT channel FROM one WHERE channel IS NOT NULL LIMIT :most
""")  # noqa: S608
_MOST_CHANNELS: Final = 100


@dataclass(frozen=True, slots=True)
class Left:
    """What left: parts of orders, pieces that had to go and went, parts that had to be ready by a moment and were, hours that half and nine
    of ten took at most (None: nothing left)."""

    parts: int = 0
    asked: int = 0
    went: int = 0
    due: int = 0
    on_time: int = 0
    half: float | None = None
    most: float | None = None


def placed(db: Session, what: Asked) -> Mapping[tuple[date, str, str], int]:
    """Orders placed, by part of the period, state and channel."""
    return {(row.part, row.state, row.channel): row.orders for row in db.execute(_PLACED, what.words)}


def waiting(db: Session, what: Asked) -> tuple[dict[Age, int], float]:
    """Orders that are open now, by age; and the age of the oldest in hours."""
    ages = list(Age)
    rows = db.execute(_OPEN, {**what.words, "ages": [float(one) for one in AGES.values()]}).all()
    counted = {ages[int(row.age)]: int(row.orders) for row in rows}
    return {age: counted.get(age, 0) for age in ages}, max((float(row.oldest) for row in rows), default=0.0)


def left(db: Session, what: Asked) -> dict[date | None, Left]:
    """By part of the period, and under None in all of it."""
    return {row.part: _left(row) for row in db.execute(_LEFT, what.words)}


def came_back(db: Session, what: Asked) -> dict[date, int]:
    """Pieces by part of the period."""
    return {row.part: int(row.pieces) for row in db.execute(_BACK, what.words)}


def stock(db: Session, what: Asked) -> list[int]:
    """Pieces in bins at the beginning, and after each part of the period."""
    moved = {row.part: int(row.more) for row in db.execute(_MOVED, what.words)}
    parts = what.parts
    after = int(db.execute(_STOCK.bindparams(_SITES), {"sites": list(what.sites)}).scalar_one()) - moved.get(None, 0)
    found = [after]
    for part in reversed(parts):
        found.append(found[-1] - moved.get(part, 0))
    return found[::-1]


def channels(db: Session) -> list[str]:
    """Channels that orders ever came from, read one after another from the index of their references."""
    return list(db.scalars(_CHANNELS, {"most": _MOST_CHANNELS}))


def now(db: Session) -> datetime:
    """The database's clock, as all of this transaction sees it."""
    found: datetime = db.execute(text("SELECT now()")).scalar_one()
    return found


def _left(row: Any) -> Left:
    hours = [None if one is None else float(one) for one in (row.half, row.most)]
    return Left(row.parts, int(row.asked or 0), int(row.went or 0), row.due, row.on_time, hours[0], hours[1])
