"""Compares the feed with what it is made from, and writes anew what differs. Called by the housekeeping and by `floorhand server prune`.

It differs when a newer program makes rows of another shape, and when somebody changed the database by hand. Devices get what is
written anew as they get any change.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from oms.db.work import Actor, Work, Works
from oms.feed import rows
from oms.feed.models import Change, Meta
from sync.contract import version

_BATCH: Final = 500


def differing(sessions: sessionmaker[Session], site: str) -> Iterator[tuple[str, list[str]]]:
    """(entity, ids) of rows whose change is missing, or not what would be written today. In batches, each looked at in one moment."""
    for entity in rows.ENTITY_KEYS:
        with sessions() as db:
            ids = _ids(db, site, entity)
        for some in (ids[n : n + _BATCH] for n in range(0, len(ids), _BATCH)):
            # One snapshot: or a row changed between the two looks would seem to differ.
            with sessions() as db:
                db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                wrong = _wrong(db, site, entity, some)
            if wrong:
                yield entity, wrong


def _ids(db: Session, site: str, entity: str) -> list[str]:
    """All that are or were."""
    written = db.scalars(select(Change.ent_id).where(Change.site_id == site, Change.ent == entity))
    key, of_site = rows.ENTITY_KEYS[entity]
    return sorted({*written, *db.scalars(select(key).where(of_site == site))})


def _wrong(db: Session, site: str, entity: str, ids: Sequence[str]) -> list[str]:
    here = (Change.site_id == site, Change.ent == entity, Change.ent_id.in_(ids))
    written = dict(db.execute(select(Change.ent_id, Change.body).where(*here)).all())
    built = rows.build(db, site, entity, list(ids))
    made = {id: msgspec.json.encode(row).decode() for id, row in built.items()}
    return [id for id in ids if written.get(id) != made.get(id)]


def rebuild(
    sessions: sessionmaker[Session], works: Works, site: str, actor: Actor, enough: Callable[[], bool] = bool
) -> int:
    """Writes what differs anew, under new versions; how many rows. Then the whole feed is of today's shape, unless `enough` became true
    meanwhile (the server ends): the next one goes on."""
    count = 0
    for entity, ids in differing(sessions, site):
        if enough():
            return count
        works.run(site, actor, partial(_touch, entity, ids))
        count += len(ids)
    works.run(site, actor, partial(_checked, count))
    return count


def _touch(entity: str, ids: list[str], w: Work) -> None:
    for id in ids:
        w.touch(entity, id)


def _checked(count: int, w: Work) -> None:
    w.db.execute(update(Meta).values(feed_schema=version.PULL_SCHEMA, feed_checked_at=w.now))
    if count:
        w.audit("feed.rebuilt", rows=count)
