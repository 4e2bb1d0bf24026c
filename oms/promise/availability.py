"""What may be sold: per item and site, now and by day. One statement, however many items.

free = on the shelves (or reported) - reserved by the floor - kept for customers and baskets - safety stock - what other channels own.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from oms.picking.codes import ExceptionKind
from oms.picking.rules import DOUBTS_BIN

#: Everything that is known of some items. Sites are joined in where an index begins with one.
#:
#: Bins whose goods are sold: what people pick from, and what refills it. Left out as a release leaves them out: bins in which somebody did
#: not find what should be there and nobody has counted since, and lots that have expired.
_ALL = text("""
    WITH asked AS MATERIALIZED (SELECT unnest(CAST(:skus AS text[])) AS sku),
    doubted AS MATERIALIZED (
        SELECT e.site_id, e.params->>'bin' AS bin, e.params->>'sku' AS sku
        FROM site JOIN floor_exception e ON e.site_id = site.id
        WHERE e.state = 'open' AND e.kind = :count_bin AND e.params->>'reason' = ANY(:doubts)
    )
    SELECT 'hand' AS what, b.sku, b.site_id, '' AS word, CAST(NULL AS date) AS day, sum(b.qty)::bigint AS units
    FROM asked JOIN stock_balance b ON b.sku = asked.sku AND b.account LIKE 'bin:%'
    JOIN bin ON bin.site_id = b.site_id AND bin.code = substr(b.account, 5) AND bin.kind IN ('pick', 'reserve')
    LEFT JOIN lot ON lot.site_id = b.site_id AND lot.sku = b.sku AND lot.lot = b.lot
    WHERE (lot.expiry IS NULL OR lot.expiry > current_date)
        AND NOT EXISTS (
            SELECT 1 FROM doubted WHERE doubted.site_id = b.site_id AND doubted.bin = bin.code AND doubted.sku = b.sku
        )
    GROUP BY b.sku, b.site_id
    UNION ALL
    SELECT 'hand', r.sku, r.site_id, '', NULL, r.qty FROM asked JOIN reported_stock r ON r.sku = asked.sku
    UNION ALL
    SELECT 'reserved', r.sku, r.site_id, '', NULL, sum(r.qty)::bigint
    FROM asked CROSS JOIN site JOIN reservation r ON r.site_id = site.id AND r.sku = asked.sku GROUP BY r.sku, r.site_id
    UNION ALL
    SELECT CASE WHEN k.receipt IS NULL THEN 'kept' ELSE 'promised' END, k.sku, k.site_id,
        coalesce(k.receipt, k.channel), NULL, sum(k.qty)::bigint
    FROM asked JOIN kept k ON k.sku = asked.sku WHERE k.until IS NULL OR k.until > clock_timestamp()
    GROUP BY 1, k.sku, k.site_id, 4
    UNION ALL
    SELECT 'safety', c.sku, c.site_id, '', NULL, c.safety
    FROM asked JOIN stock_cell c ON c.sku = asked.sku WHERE c.safety > 0
    UNION ALL
    SELECT 'share', s.sku, s.site_id, s.channel, NULL, s.units
    FROM asked JOIN channel_share s ON s.sku = asked.sku WHERE s.units > 0 AND s.channel <> :channel
    UNION ALL
    SELECT 'expected', e.sku, e.site_id, e.id, e.day + e.spread_days::int, e.qty - e.received
    FROM asked JOIN expected_receipt e ON e.sku = asked.sku AND e.state = 'expected' AND e.qty > e.received
""")


@dataclass(frozen=True, slots=True)
class Coming:
    """So many units of a receipt that nobody is promised, there by `day`."""

    receipt: str
    day: date
    units: int


class _Said(NamedTuple):
    """One row of `_ALL`."""

    what: str
    sku: str
    site_id: str
    #: A receipt, or a channel.
    word: str
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
        "channel": channel,
    }  # fmt: skip
    if not asked["skus"]:
        return {}
    found: Cells = defaultdict(Free)
    late: dict[str, list[_Said]] = {"share": [], "expected": []}
    sold: dict[tuple[str, str, str], int] = {}
    promised: dict[str, int] = {}
    # Ten thousand items at several sites are many rows: nothing is made of one that is only added up.
    for row in db.execute(_ALL, asked).all():
        what, sku, site, word, _, units = row
        if what == "hand":
            found[sku, site].on_hand += units
        elif what == "reserved":
            found[sku, site].reserved = units
        elif what == "kept":
            found[sku, site].kept += units
            sold[sku, site, word] = units
        elif what == "safety":
            found[sku, site].safety = units
        elif what == "promised":
            promised[word] = units
        else:
            late[what].append(_Said(*row))
    for said in late["share"]:
        found[said.sku, said.site_id].elsewhere += max(0, said.units - sold.get((said.sku, said.site_id, said.word), 0))
    _add_coming(found, late["expected"], promised, until)
    return dict(found)


def _add_coming(found: Cells, rows: Collection[_Said], promised: Mapping[str, int], until: date | None) -> None:
    coming: dict[tuple[str, str], list[Coming]] = defaultdict(list)
    for row in rows:
        units = row.units - promised.get(row.word, 0)
        if units > 0 and (until is None or row.day <= until):
            coming[row.sku, row.site_id].append(Coming(row.word, row.day, units))
    for cell, some in coming.items():
        found[cell].coming = tuple(sorted(some, key=lambda one: (one.day, one.receipt)))
