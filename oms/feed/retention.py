"""What the feed may forget: deletions every device has heard of or has to fetch everything for, and answers to requests of long ago.

Called by the housekeeping and by `floorhand server prune`. Facts, movements and audit are never forgotten here: they are the books.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update

from oms.catalog.models import Site
from oms.db.work import Actor, Work, Works
from oms.feed.leases import REMEMBER_CLAIMS
from oms.feed.models import Change, Claim, FeedMark

#: Longer than a device is away on holiday, in repair or in a drawer. One that comes back later fetches all rows again.
KEEP_TOMBSTONES: Final = timedelta(days=60)
_MARK_EVERY: Final = timedelta(hours=1)
#: The counter of the site is locked meanwhile: nobody can write.
_BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Swept:
    """What was forgotten: tombstones and remembered answers. Cursors below `floor` start again."""

    tombstones: int
    claims: int
    floor: int


def mark(w: Work) -> None:
    """Notes at which version the feed stands now, so that its changes will have an age one day. Once an hour is enough."""
    last = w.db.scalar(select(func.max(FeedMark.at)).where(FeedMark.site_id == w.site))
    if last is not None and last > w.now - _MARK_EVERY:
        return
    ver = w.db.scalars(select(Site.ver).where(Site.id == w.site)).one()
    if w.db.get(FeedMark, (w.site, ver)) is None:
        w.db.add(FeedMark(site_id=w.site, ver=ver, at=w.now))


def sweep(works: Works, site: str, actor: Actor, keep: timedelta = KEEP_TOMBSTONES) -> Swept:
    """Forgets what is older than `keep`, a batch at a time."""
    tombstones = claims = 0
    while True:
        done = works.run(site, actor, lambda w: _batch(w, keep))
        tombstones, claims = tombstones + done.tombstones, claims + done.claims
        if done.tombstones < _BATCH and done.claims < _BATCH:
            return Swept(tombstones, claims, done.floor)


def _batch(w: Work, keep: timedelta) -> Swept:
    # As the last act of every writer: who holds the counter may touch the changes.
    floor = w.db.execute(select(Site.floor_ver).where(Site.id == w.site).with_for_update()).scalar_one()
    gone = _forget_tombstones(w, _horizon(w, w.now - keep))
    if gone:
        floor = max(floor, *gone)
        w.db.execute(update(Site).where(Site.id == w.site).values(floor_ver=floor))
    claims = _forget_claims(w, w.now - REMEMBER_CLAIMS)
    if gone or claims:
        w.audit("feed.pruned", tombstones=len(gone), claims=claims, floor=floor)
    return Swept(len(gone), claims, floor)


def _horizon(w: Work, before: datetime) -> int:
    """The version the feed had reached at `before`; marks older than that one are not needed any more."""
    mine = FeedMark.site_id == w.site
    ver = w.db.scalar(select(func.max(FeedMark.ver)).where(mine, FeedMark.at <= before)) or 0
    w.db.execute(delete(FeedMark).where(mine, FeedMark.ver < ver))
    return ver


def _forget_tombstones(w: Work, upto: int) -> list[int]:
    """Deletes the oldest tombstones with a version up to `upto`; their versions. Oldest first, so that the floor is exact at each step."""
    old = (
        select(Change.ent, Change.ent_id, Change.ver)
        .where(Change.site_id == w.site, Change.body.is_(None), Change.ver <= upto)
        .order_by(Change.ver)
        .limit(_BATCH)
        .cte("old")
    )
    here = (Change.site_id == w.site, Change.ent == old.c.ent, Change.ent_id == old.c.ent_id)
    gone = delete(Change).where(*here, Change.ver == old.c.ver).returning(Change.ver)
    return list(w.db.execute(gone.execution_options(synchronize_session=False)).scalars())


def _forget_claims(w: Work, before: datetime) -> int:
    old = select(Claim.claim_id).where(Claim.at < before).limit(_BATCH).with_for_update(skip_locked=True)
    gone = delete(Claim).where(Claim.claim_id.in_(old)).returning(Claim.claim_id)
    return len(w.db.execute(gone.execution_options(synchronize_session=False)).all())
