"""Pull: what changed since a cursor, from one snapshot. Called by the sync routes in a worker thread; the waiting is theirs."""

from dataclasses import dataclass, replace
from typing import Final

from msgspec import Raw
from sqlalchemy import Connection, Engine, Row, Select, TextClause, func, select, text

from oms.catalog.models import Site
from oms.feed import shapes
from oms.feed.cursor import Cursor, parse
from oms.feed.models import Change, Meta
from oms.feed.refusals import Refusal
from sync.contract import wire
from sync.contract.codes import ErrorCode
from sync.contract.version import hidden_from
from sync.contract.wire import PullReply

LIMIT_MOST: Final = 2000

#: The same sums as `sync.contract.digest.of` and `of_bodies`, made where the rows are.
_SUM: Final = r"""
    SELECT bit_xor(('x' || encode(substring(sha256(
        convert_to(ent, 'UTF8') || '\x00'::bytea || convert_to(ent_id, 'UTF8') || '\x00'::bytea
        || convert_to(ver::text, 'UTF8'){content}) FROM 1 FOR 8), 'hex'))::bit(64))::text
    FROM change WHERE site_id = :site AND body IS NOT NULL AND NOT ent = ANY(:hidden)
    """
_DIGEST: Final = text(_SUM.format(content=""))
_CONTENT: Final = text(_SUM.format(content=r" || '\x00'::bytea || convert_to(body, 'UTF8')"))


@dataclass(frozen=True, slots=True)
class Ask:
    """One pull: `cursor` as the device sent it, at most about `limit` changes, `digest` whether to add the check sum, `schema` the shape
    of rows it understands, `content` whether the check sum over what is in the rows is asked for, too."""

    cursor: str
    limit: int
    digest: bool
    schema: int
    content: bool = False


def page(engine: Engine, site: str, ask: Ask) -> PullReply | None:
    """The next page after the cursor, or None when there is nothing new. Raises `Refusal`: 409 epoch (another time line), 410 floor
    (what lies between is forgotten) or schema (the rows there are of another shape), 426 upgrade. The site's version and its changes come
    from one snapshot, so that nothing is skipped."""
    snapshot = engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with snapshot as db, db.begin():
        here = Meta.epoch, Meta.min_pull_schema, Meta.upgrade_by, func.clock_timestamp(), Site.ver, Site.floor_ver
        epoch, least, by, now, head, floor = db.execute(
            select(*here).select_from(Meta).join(Site, Site.id == site)
        ).one()
        shapes.check_app(ask.schema, least, by, now)
        cursor = _cursor(ask, epoch, head, floor)
        wants_sum = ask.digest or ask.content
        if cursor.ver == head and ask.cursor and not wants_sum:
            return None
        changes, through = _changes(db, _known(site, ask), cursor.ver, max(1, min(ask.limit, LIMIT_MOST)), head)
        more = through < head
        return PullReply(
            from_=ask.cursor,
            to=replace(cursor, ver=through, base=cursor.base if through < cursor.base else 0).text(),
            head=head,
            more=more,
            changes=changes,
            epoch=epoch,
            server_time="",
            digest=_sum(db, site, ask, of=_DIGEST) if ask.digest and not more else None,
            through=through,
            content=_sum(db, site, ask, of=_CONTENT) if ask.content and not more else None,
        )


def _cursor(ask: Ask, epoch: int, head: int, floor: int) -> Cursor:
    """The place to go on from; for one who has nothing, the start."""
    if not ask.cursor:
        return Cursor(epoch, 0, base=head, schema=shapes.spoken(ask.schema))
    cursor = parse(ask.cursor, epoch)
    if cursor.epoch != epoch:
        raise Refusal(409, ErrorCode.EPOCH, epoch=epoch)
    if cursor.ver > head:
        # This server has forgotten what it once served; `opening` raises the alarm.
        raise Refusal(503, ErrorCode.BUSY, "the feed ends before this cursor", retry_after_s=10)
    check_floor(cursor, floor)
    shapes.check_cursor(cursor, ask.schema)
    return cursor


def check_floor(cursor: Cursor, floor: int) -> None:
    """Raises `Refusal` 410 when things were deleted since that this cursor's rows may still show, and nobody remembers which."""
    if cursor.ver > 0 and cursor.knows_deletions < floor:
        raise Refusal(410, ErrorCode.FLOOR)


def _known(site: str, ask: Ask) -> Select[str, str, int, str | None]:
    """The changes of a site that the asker's app can read."""
    changes = select(Change.ent, Change.ent_id, Change.ver, Change.body).where(Change.site_id == site)
    hidden = hidden_from(ask.schema)
    return changes.where(Change.ent.not_in(hidden)) if hidden else changes


def _changes(
    db: Connection, known: Select[str, str, int, str | None], after: int, limit: int, head: int
) -> tuple[list[wire.Change], int]:
    """Changes with a version above `after`, whole versions only, and the version they reach. One version larger than the limit is
    served whole."""
    ordered = known.order_by(Change.ver, Change.ent, Change.ent_id)
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


def _sum(db: Connection, site: str, ask: Ask, of: TextClause) -> str:
    bits = db.execute(of, {"site": site, "hidden": hidden_from(ask.schema)}).scalar_one()
    return f"{int(bits, 2) if bits else 0:016x}"
