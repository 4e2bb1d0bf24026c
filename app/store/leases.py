"""The rights to work that this device holds, and the fencing tokens its facts travel with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, select, update
from sqlalchemy.dialects.sqlite import insert

from app.store.journal import recorded
from app.store.meta import MetaBook
from app.store.tables import flow, lease
from sync.client.ports import HeldLease
from sync.contract.codes import LeaseEnd
from sync.contract.wire import Lease, Token

#: Facts that finish a job for the device that recorded them.
FINISHING = ("job.drop", "parcel.ship")
#: Begins the names of rights that came with a row.
ADOPTED = "adopted/"
#: Where the jobs taken over from other devices are kept, in `meta`.
TAKEN_JOBS = "taken_jobs"

# Built once: it runs with every scan.
_NEWEST = (
    select(lease)
    .where(lease.c.item == bindparam("work"))
    # Of two names for one right, the centre's: that one is renewed; and of two of those the one that was not replaced by the other.
    .order_by(
        lease.c.tok_epoch.desc(),
        lease.c.tok_n.desc(),
        lease.c.lease_id.like(f"{ADOPTED}%"),
        lease.c.ended.is_not(None),
        lease.c.granted_mono.desc(),
    )
    .limit(1)
)

_OTHER = lease.alias("other")
_SAME = and_(_OTHER.c.item == lease.c.item, _OTHER.c.lease_id != lease.c.lease_id)
_UNNAMED = select(
    exists().where(
        lease.c.lease_id > ADOPTED,
        lease.c.lease_id < f"{ADOPTED}\uffff",
        lease.c.ended.is_(None),
        ~exists().where(_SAME),
        ~recorded(lease.c.job, FINISHING),
    )
)
_NAMED = lease.c.lease_id.not_like(f"{ADOPTED}%")
_ON_SCREEN = exists().where(flow.c.job == lease.c.job, flow.c.active == 1)
_HELD = (
    select(lease, _ON_SCREEN.label("opened")).where(lease.c.ended.is_(None), _NAMED).order_by(lease.c.job, lease.c.item)
)
_MAY = (
    select(lease.c.job)
    .where(lease.c.ended.is_(None) | (lease.c.ended == LeaseEnd.DONE), _NAMED)
    .distinct()
    .subquery("may")
)
_JOBS = (
    # A refused scan moves nothing: who only looked has not begun.
    select(_MAY.c.job, recorded(_MAY.c.job, but=("scan.refused",)).label("begun"))
    .where(~recorded(_MAY.c.job, FINISHING))
    .order_by(_MAY.c.job)
)


@dataclass(frozen=True, slots=True)
class NewestLease:
    """The newest right to a work item, also when the centre has ended it: facts made under it still travel with its token."""

    token: Token
    ttl_s: int
    granted_mono: float
    boot_id: str
    ended: str | None


class LeaseBook:
    """Owns the `lease` table."""

    def __init__(self, connection: Connection, meta: MetaBook) -> None:
        self._db = connection
        self._meta = meta

    def held(self) -> list[HeldLease]:
        """Leases of jobs that are not finished here, in order of job and item."""
        begun = self.jobs()
        return [
            HeldLease(
                r.lease_id,
                r.item,
                r.job,
                (r.tok_epoch, r.tok_n),
                r.ttl_s,
                r.granted_mono,
                r.boot,
                begun[r.job],
                bool(r.opened),
            )
            for r in self._db.execute(_HELD)
            if r.job in begun
        ]

    def jobs(self) -> dict[str, bool]:
        """The jobs that may be worked here and are not finished here, each with whether it was begun. A lease that ended because its
        line is done takes nothing away: the tote is still to be set down."""
        # Who took it over from another device has begun: goods are in the tote.
        taken = frozenset(self._meta.get(TAKEN_JOBS, list[str]) or ())
        return {r.job: bool(r.begun) or r.job in taken for r in self._db.execute(_JOBS)}

    def unnamed(self) -> bool:
        """Whether there is an adopted right to unfinished work that the centre has given no name yet."""
        return bool(self._db.execute(_UNNAMED).scalar())

    def right(self, item: str) -> NewestLease | None:
        """The newest lease this device ever had for a work item."""
        r = self._db.execute(_NEWEST, {"work": item}).first()
        if r is not None and r.lease_id.startswith(ADOPTED):
            return self._with_the_others(r)
        return None if r is None else NewestLease((r.tok_epoch, r.tok_n), r.ttl_s, r.granted_mono, r.boot, r.ended)

    def _with_the_others(self, r: Any) -> NewestLease:
        """An adopted right: as old as the newest of its job, and over when that was taken away."""
        newest = select(lease).where(lease.c.job == r.job, _NAMED).order_by(lease.c.granted_mono.desc()).limit(1)
        like = self._db.execute(newest).first() or r
        ended = r.ended if like.ended == LeaseEnd.DONE else like.ended
        return NewestLease((r.tok_epoch, r.tok_n), like.ttl_s, like.granted_mono, like.boot, ended)

    def store(self, leases: Sequence[Lease], granted_mono: float, boot_id: str) -> None:
        """Adds leases, or renews those held."""
        if not leases:
            return
        new = insert(lease)
        renewed = {
            name: getattr(new.excluded, name)
            for name in ("tok_epoch", "tok_n", "ttl_s", "granted_mono", "boot", "ended")
        }
        values = [
            {
                "lease_id": le.lease_id, "item": le.item, "job": le.job, "tok_epoch": le.token[0], "tok_n": le.token[1],
                "ttl_s": le.ttl_s, "granted_mono": granted_mono, "boot": boot_id, "ended": None,
            }
            for le in leases
        ]  # fmt: skip
        # What this device handed over stays so, even if the centre has not heard of it yet.
        open_ = lease.c.ended.is_distinct_from(LeaseEnd.HANDED_OVER)
        self._db.execute(new.on_conflict_do_update(index_elements=["lease_id"], set_=renewed, where=open_), values)

    def adopt(self, item: str, job: str, token: Token) -> None:
        """The right to a work item that the centre has put into a job held here: it lasts as long as the rights to the job's others, and
        has no name of its own here before the next open."""
        others = select(lease).where(lease.c.job == job, lease.c.ended.is_(None)).order_by(lease.c.granted_mono.desc())
        like = self._db.execute(others.limit(1)).first()
        if like is None or self.right(item) is not None:
            return
        values = dict(like._mapping)
        values |= {"lease_id": f"{ADOPTED}{item}", "item": item, "tok_epoch": token[0], "tok_n": token[1]}
        self._db.execute(insert(lease).values(values))

    def lose(self, job: str) -> None:
        """The job was done for nobody: whatever right there was to it here, the centre has given to somebody else."""
        self._db.execute(
            update(lease).where(lease.c.job == job, lease.c.ended.is_(None)).values(ended=LeaseEnd.REGRANTED)
        )

    def drop(self, lease_ids: Sequence[str], reason: str) -> None:
        """Marks leases as ended."""
        self._db.execute(update(lease).where(lease.c.lease_id.in_(list(lease_ids))).values(ended=reason))
