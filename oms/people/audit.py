"""The audit trail, read and proved. Called by the admin API and by `floorhand server verify|audit`.

Acts are in table `audit`, written by units of work and linked behind their commit (`link`, ADR 0026).
What devices report - every scan, count, release by a supervisor - is in table `op`,
which only grows too and is chained per device; both are read here as one list. Where a device acted without saying who held it
(it fetched work by itself), the person is whoever had signed in on it last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody did. `person` and `device` are ids, `name` and `label` what they are called; `words` is what else is known."""

    at: datetime
    what: str
    source: str
    person: str | None
    name: str | None
    device: str | None
    label: str | None
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts to list, newest first. `person` is an id, number or name, `device` an id or label; None: everybody's."""

    person: str | None = None
    device: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    what: str | None = None
    limit: int = 100
    #: What it is about: a number or id of an order, parcel, customer, bin ... as it stands in the words of the act.
    thing: str | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the trail of a site is not what was written: the number of the first row that does not fit, and what is wrong."""

    site: str
    seq: int
    why: str


_LIST: Final = text(
    """
    WITH person AS (SELECT id FROM worker WHERE site_id = :site AND :person IN (id, number, name)),
         thing AS (SELECT id FROM device WHERE site_id = :site AND :device IN (id, label)),
         act AS (
        SELECT at, what, source, worker_id, device, words, id AS n FROM audit
         WHERE site_id = :site AND (CAST(:device AS text) IS NULL OR device IN (SELECT id FROM thing))
           AND (CAST(:about AS text) IS NULL OR floorhand_things(words) @> ARRAY[CAST(:about AS text)])
        UNION ALL
        SELECT received_at, 'fact.' || kind, 'sync', worker_id, first_device,
               jsonb_build_object('op', op_id, 'outcome', outcome, 'body', body), 0 FROM op
         WHERE site_id = :site AND (CAST(:device AS text) IS NULL OR first_device IN (SELECT id FROM thing))
           AND (CAST(:about AS text) IS NULL OR op_id = :about OR item = :about
                OR floorhand_things(body) @> ARRAY[CAST(:about AS text)])
    ), named AS (
        SELECT act.*, coalesce(act.worker_id, before.worker_id) AS who FROM act
          LEFT JOIN LATERAL (
            SELECT session.worker_id FROM session
             WHERE session.device_id = act.device AND session.issued_at <= act.at AND act.source = 'sync'
             ORDER BY session.issued_at DESC LIMIT 1
          ) AS before ON act.worker_id IS NULL
         WHERE (CAST(:since AS timestamptz) IS NULL OR act.at >= :since)
           AND (CAST(:until AS timestamptz) IS NULL OR act.at < :until)
           AND (CAST(:what AS text) IS NULL OR starts_with(act.what, :what))
    )
    SELECT named.at, named.what, named.source, named.who AS person, worker.name, named.device, device.label, named.words
      FROM named LEFT JOIN worker ON worker.id = named.who LEFT JOIN device ON device.id = named.device
     WHERE CAST(:person AS text) IS NULL OR named.who IN (SELECT id FROM person)
     ORDER BY named.at DESC, named.n DESC LIMIT :limit
    """
)

#: The first break of each site's trail: site, number of the row, what is wrong with it.
BREAKS: Final = """
    WITH linked AS (
        SELECT a.site_id, a.seq, a.chain, lag(a.seq, 1, 0::bigint) OVER trail AS seq_before,
               floorhand_audit_link(lag(a.chain, 1, '') OVER trail, a) AS right_chain
          FROM audit a WHERE a.seq IS NOT NULL WINDOW trail AS (PARTITION BY a.site_id ORDER BY a.seq)
    ), broken AS (
        SELECT site_id, seq, CASE WHEN seq <> seq_before + 1 THEN 'rows before it are gone' ELSE 'it was changed' END AS why
          FROM linked WHERE seq <> seq_before + 1 OR chain <> right_chain
        UNION ALL
        SELECT h.site_id, h.seq, 'the end is gone' FROM audit_head h
         WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.site_id = h.site_id AND a.seq = h.seq AND a.chain = h.chain)
    )
    SELECT DISTINCT ON (site_id) site_id AS site, seq, why FROM broken ORDER BY site_id, seq
    """


_LINKED_AT_ONCE: Final = 1000
_LINK: Final = text(
    """
    SELECT coalesce(sum(floorhand_audit_extend(site_id, :most)), 0)::bigint
      FROM (SELECT DISTINCT site_id FROM audit WHERE seq IS NULL ORDER BY site_id) AS waiting
    """
)


def acts(db: Session, site: str, wanted: Wanted) -> list[Act]:
    """The newest acts that are wanted, at most `MOST`."""
    words = {
        "site": site,
        "person": wanted.person,
        "device": wanted.device,
        "since": wanted.since,
        "until": wanted.until,
        "what": wanted.what,
        "about": wanted.thing,
        "limit": max(1, min(wanted.limit, MOST)),
    }
    return [Act(**row) for row in db.execute(_LIST, words).mappings()]


def link(db: Session) -> int:
    """Links the acts that were committed since the last time, of all sites; how many. Acts of a site that somebody else links now are
    left to them."""
    return int(db.execute(_LINK, {"most": _LINKED_AT_ONCE}).scalar_one())


def unlinked(connection: Connection) -> int:
    """Acts that wait for their link."""
    return int(connection.execute(text("SELECT count(*) FROM audit WHERE seq IS NULL")).scalar_one())


def breaks(connection: Connection) -> list[Broken]:
    """The first break of each site's trail; empty when every row is there and as it was written. Reads the whole trail."""
    return [Broken(**row) for row in connection.execute(text(BREAKS)).mappings()]
