"""What may be sold: per item and site, now and by day. One statement each for shelves, reservations and what is kept, however many items.

free = on the shelves (or reported) - reserved by the floor - kept for customers and baskets - safety stock - what other channels own.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from oms.picking.codes import ExceptionKind
from oms.picking.rules import DOUBTS_BIN

#: Bins whose goods are sold: what people pick from, and what refills it. Left out as a release leaves them out: bins in which somebody did
#: not find what should be there and nobody has counted since, and lots that have expired.
_ON_HAND = text("""
    WITH doubted AS MATERIALIZED (
        SELECT site_id, params->>'bin' AS bin, params->>'sku' AS sku FROM floor_exception
        WHERE state = 'open' AND kind = :count_bin AND params->>'reason' = ANY(:doubts)
    )
    SELECT b.sku, b.site_id, sum(b.qty)::bigint AS units
    FROM stock_balance b JOIN bin ON bin.site_id = b.site_id AND b.account = 'bin:' || bin.code
    LEFT JOIN lot ON lot.site_id = b.site_id AND lot.sku = b.sku AND lot.lot = b.lot
    WHERE b.sku = ANY(:skus) AND b.account LIKE 'bin:%' AND bin.kind IN ('pick', 'reserve')
        AND (lot.expiry IS NULL OR lot.expiry > current_date)
        AND NOT EXISTS (
            SELECT 1 FROM doubted WHERE doubted.site_id = b.site_id AND doubted.bin = bin.code AND doubted.sku = b.sku
        )
    GROUP BY b.sku, b.site_id
    UNION ALL
    SELECT sku, site_id, qty FROM reported_stock WHERE sku = ANY(:skus)
""")
_RESERVED = text("""
    SELECT sku, site_id, sum(qty)::bigint AS units FROM reservation WHERE sku = ANY(:skus) GROUP BY sku, site_id
""")
_KEPT = text("""
    SELECT sku, site_id, channel, receipt, sum(qty)::bigint AS units FROM kept
    WHERE sku = ANY(:skus) AND (until IS NULL OR until > clock_timestamp()) GROUP BY sku, site_id, channel, receipt
""")
_SAFETY = text("SELECT sku, site_id, safety AS units FROM stock_cell WHERE sku = ANY(:skus) AND safety > 0")
_SHARES = text("SELECT sku, site_id, channel, units FROM channel_share WHERE sku = ANY(:skus) AND units > 0")
_EXPECTED = text("""
    SELECT id, sku, site_id, day + spread_days::int AS day, qty - received AS units FROM expected_receipt
    WHERE sku = ANY(:skus) AND state = 'expected' AND qty > received
    ORDER BY day + spread_days::int, id
""")


@dataclass(frozen=True, slots=True)
class Coming:
    """So many units of a receipt that nobody is promised, there by `day`."""

    receipt: str
    day: date
    units: int


@dataclass(slots=True)
class Free:
    """One item at one site, in units. `coming` is in order of day."""

    on_hand: int = 0
    reserved: int = 0
    kept: int = 0
    safety: int = 0
    #: Only for other channels than the one that asks.
    elsewhere: int = 0
    coming: tuple[Coming, ...] = ()

    @property
    def now(self) -> int:
        """What may be sold now; below zero where less is there than was promised."""
        return self.on_hand - self.reserved - self.kept - self.safety - self.elsewhere

    def by(self, day: date) -> int:
        """What may be sold to leave on `day` or later."""
        return self.now + sum(one.units for one in self.coming if one.day <= day)


#: (sku, site) of what anybody knows something about.
Cells = dict[tuple[str, str], Free]


def available(
    db: Session, skus: Collection[str], *, channel: str = "", until: date | None = None
) -> dict[str, dict[str, Free]]:
    """Per SKU and site what may be sold on `channel`; sites that know nothing of an item are absent, and so are items that no site knows.
    `until` leaves out what comes later."""
    found: dict[str, dict[str, Free]] = {}
    for (sku, site), free in cells(db, skus, channel=channel, until=until).items():
        found.setdefault(sku, {})[site] = free
    return found


def cells(db: Session, skus: Collection[str], *, channel: str = "", until: date | None = None) -> Cells:
    """As `available`, flat."""
    asked: Mapping[str, Any] = {
        "skus": sorted(set(skus)), "count_bin": ExceptionKind.COUNT_BIN, "doubts": [one.value for one in DOUBTS_BIN],
    }  # fmt: skip
    if not asked["skus"]:
        return {}
    found: Cells = defaultdict(Free)
    for row in db.execute(_ON_HAND, asked):
        found[row.sku, row.site_id].on_hand += row.units
    for row in db.execute(_RESERVED, asked):
        found[row.sku, row.site_id].reserved = row.units
    promised: dict[str, int] = defaultdict(int)
    sold: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in db.execute(_KEPT, asked):
        if row.receipt is None:
            found[row.sku, row.site_id].kept += row.units
            sold[row.sku, row.site_id, row.channel] += row.units
        else:
            promised[row.receipt] += row.units
    for row in db.execute(_SAFETY, asked):
        found[row.sku, row.site_id].safety = row.units
    for row in db.execute(_SHARES, asked):
        if row.channel != channel:
            left = row.units - sold[row.sku, row.site_id, row.channel]
            found[row.sku, row.site_id].elsewhere += max(0, left)
    _add_coming(found, db.execute(_EXPECTED, asked).all(), promised, until)
    return dict(found)


def _add_coming(found: Cells, rows: Collection[Row[Any]], promised: Mapping[str, int], until: date | None) -> None:
    coming: dict[tuple[str, str], list[Coming]] = defaultdict(list)
    for row in rows:
        units = row.units - promised.get(row.id, 0)
        if units > 0 and (until is None or row.day <= until):
            coming[row.sku, row.site_id].append(Coming(row.id, row.day, units))
    for cell, some in coming.items():
        found[cell].coming = tuple(some)
