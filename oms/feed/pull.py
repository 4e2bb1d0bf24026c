"""Pull: what changed since a cursor, from one snapshot. Called by the sync routes in a worker thread; the waiting is theirs."""

from dataclasses import dataclass
from typing import Final

from msgspec import Raw
from sqlalchemy import Connection, Engine, Row, select, text

from oms.catalog.models import Site
from oms.feed.cursor import Cursor, parse
from oms.feed.models import Change, Meta
from oms.feed.refusals import Refusal
from sync.contract import wire
from sync.contract.codes import ErrorCode
from sync.contract.wire import PullReply

LIMIT_MOST: Final = 2000

#: The same sum as `sync.contract.digest.of`, made where the rows are.
_DIGEST = text(
    r"""
    SELECT bit_xor(('x' || encode(substring(sha256(
        convert_to(ent, 'UTF8') || '\x00'::bytea || convert_to(ent_id, 'UTF8') || '\x00'::bytea
        || convert_to(ver::text, 'UTF8')) FROM 1 FOR 8), 'hex'))::bit(64))::text
    FROM change WHERE site_id = :site AND body IS NOT NULL
    """
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One pull: `cursor` as the device sent it, at most about `limit` changes, `digest` whether to add the check sum, `schema` the shape
    of rows it understands."""

    cursor: str
    limit: int
    digest: bool
    schema: int


def page(engine: Engine, site: str, ask: Ask) -> PullReply | None:
    """The next page after the cursor, or None when there is nothing new. Raises `Refusal`: 409 epoch (another time line), 410 floor
    (what lies between is forgotten), 426 upgrade. The site's version and its changes come from one snapshot, so that nothing is skipped."""
    snapshot = engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with snapshot as db, db.begin():
        epoch, least = db.execute(select(Meta.epoch, Meta.min_pull_schema)).one()
        if ask.schema < least:
            raise Refusal(426, ErrorCode.UPGRADE)
        head, floor = db.execute(select(Site.ver, Site.floor_ver).where(Site.id == site)).one()
        cursor = parse(ask.cursor, epoch)
        _check(cursor, epoch, head, floor)
        if cursor.ver == head and ask.cursor and not ask.digest:
            return None
        changes, through = _changes(db, site, cursor.ver, max(1, min(ask.limit, LIMIT_MOST)), head)
        more = through < head
        return PullReply(
            from_=ask.cursor,
            to=Cursor(epoch, through).text(),
            head=head,
            more=more,
            changes=changes,
            epoch=epoch,
            server_time="",
            digest=_digest(db, site) if ask.digest and not more else None,
            through=through,
        )


def _check(cursor: Cursor, epoch: int, head: int, floor: int) -> None:
    if cursor.epoch != epoch:
        raise Refusal(409, ErrorCode.EPOCH)
    if cursor.ver > head:
        # This server has forgotten what it once served; `opening` raises the alarm.
        raise Refusal(503, ErrorCode.BUSY, "the feed ends before this cursor", retry_after_s=10)
    if 0 < cursor.ver < floor:
        raise Refusal(410, ErrorCode.FLOOR)


def _changes(db: Connection, site: str, after: int, limit: int, head: int) -> tuple[list[wire.Change], int]:
    """Changes with a version above `after`, whole versions only, and the version they reach. One version larger than the limit is
    served whole."""
    columns = select(Change.ent, Change.ent_id, Change.ver, Change.body).where(Change.site_id == site)
    ordered = columns.order_by(Change.ver, Change.ent, Change.ent_id)
    rows = db.execute(ordered.where(Change.ver > after).limit(limit + 1)).all()
    if len(rows) <= limit:
        return [_change(row) for row in rows], head
    cut = rows[-1].ver
    whole = [row for row in rows if row.ver < cut]
    if not whole:
        whole = list(db.execute(ordered.where(Change.ver == cut)).all())
    return [_change(row) for row in whole], whole[-1].ver


def _change(row: Row[str, str, int, str | None]) -> wire.Change:
    if row.body is None:
        return wire.Change(e=row.ent, id=row.ent_id, v=row.ver)
    return wire.Change(e=row.ent, id=row.ent_id, v=row.ver, d=Raw(row.body.encode()))


def _digest(db: Connection, site: str) -> str:
    bits = db.execute(_DIGEST, {"site": site}).scalar_one()
    return f"{int(bits, 2) if bits else 0:016x}"
