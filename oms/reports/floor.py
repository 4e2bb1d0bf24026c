"""What people on floors did, reckoned by the database from the facts their devices reported, on the clocks of those devices."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from oms.reports.asking import Asked
from oms.reports.codes import BREAK_MIN, WRONG_SCANS

_SITES: Final = bindparam("sites", type_=ARRAY(Text))
_CODES: Final = bindparam("codes", type_=ARRAY(Text))
#: Whoever does one of these is picking.
PICKING: Final = (
    "tote.bind", "cart.bind", "pick.at_bin", "pick.confirm", "pick.undo", "pick.short", "pick.unshort", "pick.skip",
    "pick.substitute", "substitute.undo", "tote.drop", "job.drop",
)  # fmt: skip
#: Facts that say how many pieces are missing, and that they are there after all.
MISSING: Final = ("pick.short", "put.short", "pack.short")
FOUND: Final = "pick.unshort"
_KINDS: Final = bindparam("kinds", type_=ARRAY(Text))
_FACTS: Final = """o.kind = ANY(:kinds) AND o.outcome <> 'parked' AND o.site_id = ANY(:sites)
    AND o.received_at >= :since AND o.received_at < :until AND (:worker = '' OR o.worker_id = :worker)"""

#: The clock since a device was started never goes back; between two of its starts nobody knows.
_PICKED: Final = text(f"""
    WITH facts AS (
        SELECT CAST(date_trunc(:every, o.received_at AT TIME ZONE :zone) AS date) AS part, o.kind, o.worker_id,
            CAST(o.body ->> 'qty' AS bigint) AS qty,
            o.mono_ms - lag(o.mono_ms) OVER (
                PARTITION BY o.first_device, o.boot, o.worker_id ORDER BY o.mono_ms, o.op_id COLLATE "C"
            ) AS gap
        FROM op o WHERE {_FACTS}
    )
    SELECT part, worker_id,
        coalesce(sum(CASE WHEN kind IN ('pick.confirm', 'pick.substitute') THEN qty
            WHEN kind IN ('pick.undo', 'substitute.undo') THEN -qty END), 0) AS pieces,
        count(*) FILTER (WHERE kind IN ('pick.confirm', 'pick.substitute')) AS rights,
        coalesce(sum(gap) FILTER (WHERE gap <= :break_ms), 0) AS ms
    FROM facts GROUP BY 1, 2
""").bindparams(_SITES, _KINDS)  # noqa: S608
_WRONG: Final = text(f"""
    SELECT CAST(date_trunc(:every, o.received_at AT TIME ZONE :zone) AS date) AS part, o.worker_id, count(*) AS wrongs
    FROM op o JOIN job j ON j.id = o.body ->> 'job' AND j.kind = 'pick'
    WHERE {_FACTS} AND o.body ->> 'code' = ANY(:codes) GROUP BY 1, 2
""").bindparams(_SITES, _KINDS, _CODES)  # noqa: S608
_SHORT: Final = text(f"""
    SELECT CAST(date_trunc(:every, o.received_at AT TIME ZONE :zone) AS date) AS part,
        sum(CASE o.kind WHEN 'pick.unshort' THEN -CAST(o.body ->> 'qty' AS bigint) ELSE CAST(o.body ->> 'missing' AS bigint) END) AS pieces,
        count(*) FILTER (WHERE o.kind <> 'pick.unshort') AS reports
    FROM op o
    LEFT JOIN work_item i ON :channel <> '' AND i.id = o.item
    LEFT JOIN sales_order s ON s.site_id = i.site_id AND s.number = i.order_no
    LEFT JOIN customer_order c ON c.number = s.customer_order
    WHERE {_FACTS} AND (:channel = '' OR coalesce(c.channel, s.channel) = :channel) GROUP BY 1
""").bindparams(_SITES, _KINDS)  # noqa: S608


@dataclass(frozen=True, slots=True)
class Picked:
    """Pieces picked, less those put back; scans that were right and that were refused; hours of picking."""

    pieces: int = 0
    rights: int = 0
    wrongs: int = 0
    hours: float = 0.0

    @property
    def per_hour(self) -> float | None:
        """Pieces an hour; None: nobody picked for long enough to say."""
        return self.pieces / self.hours if self.hours > 0 else None

    @property
    def accuracy(self) -> float | None:
        """The share of scans that were right; None: there were none."""
        scans = self.rights + self.wrongs
        return self.rights / scans if scans else None

    def __add__(self, other: "Picked") -> "Picked":
        return Picked(
            self.pieces + other.pieces, self.rights + other.rights, self.wrongs + other.wrongs, self.hours + other.hours
        )


def picked(db: Session, what: Asked) -> dict[tuple[date, str], Picked]:
    """By part of the period and worker ('' for facts without one)."""
    words = what.words
    rows = db.execute(_PICKED, {**words, "kinds": list(PICKING), "break_ms": BREAK_MIN * 60_000})
    found = {
        (row.part, row.worker_id or ""): Picked(int(row.pieces), row.rights, 0, int(row.ms) / 3_600_000) for row in rows
    }
    for row in db.execute(_WRONG, {**words, "kinds": ["scan.refused"], "codes": list(WRONG_SCANS)}):
        key = (row.part, row.worker_id or "")
        found[key] = found.get(key, Picked()) + Picked(wrongs=row.wrongs)
    return found


def shorts(db: Session, what: Asked) -> dict[date, tuple[int, int]]:
    """By part of the period: pieces that are missing, and reports of such."""
    kinds: dict[str, Any] = {"kinds": [*MISSING, FOUND]}
    return {row.part: (int(row.pieces), row.reports) for row in db.execute(_SHORT, what.words | kinds)}
