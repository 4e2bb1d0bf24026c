"""Looks for goods elsewhere when they were not where the books said. Called by shorts of picks and sorts."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from oms.catalog.models import Bin, Item
from oms.feed.models import Lease
from oms.inventory.queries import lock_shelves
from oms.inventory.rules import Take, allocate
from oms.orders.allocation import policy_of
from oms.picking.actions import epoch, new_item, new_job, reserve
from oms.picking.models import Job, WorkItem
from oms.picking.rules import AHEAD
from oms.picking.scene import Scene
from oms.walks.order import seq_on_the_way
from sync.contract.codes import JobKind, JobState, WorkState
from sync.contract.version import LEASE_TTL_S
from sync.contract.wire import Token

if TYPE_CHECKING:
    from oms.db.work import Work


#: What is fetched for an order that is being put together elsewhere is wanted before anything else.
HOT = 1


def reallocate(w: "Work", scene: Scene, lacks: int, claim_id: str) -> int:
    """Inserts work for up to `lacks` units of the short item's line from other bins, into the same trip where its way leads there; returns
    the units found. The item itself then lacks so many less."""
    takes = elsewhere(w, scene.item.sku, lacks, scene.item.from_bin)
    for take in takes:
        job = trip_to(w, scene.job, take.shelf.bin)
        made = fetch(w, job, scene.item, take)
        if job is scene.job and scene.item.holder is not None:
            grant_with(w, made, scene.item, claim_id)
    return _found(w, scene.item, takes)


def fetch_hot(w: "Work", scene: Scene, lacks: int, other: tuple[str, int] | None = None) -> int:
    """As `reallocate`, on a trip of its own that anybody may take at once. `other` (SKU, order line) is fetched in place of the item."""
    takes = elsewhere(w, other[0] if other else scene.item.sku, lacks, scene.item.from_bin)
    if takes:
        job = _hot_job(w, scene.job)
        job.lane = scene.job.lane if scene.job.kind is JobKind.PACK else None
        for take in takes:
            fetch(w, job, scene.item, take, other)
    return _found(w, scene.item, takes)


def elsewhere(w: "Work", sku: str, lacks: int, but: str = "") -> tuple[Take, ...]:
    """Up to `lacks` units of an item from where they should be taken, not out of the bin `but`."""
    policy = policy_of(w)
    there = lock_shelves(w.db, w.site, [sku], reserve=policy.needs_reserve).get(sku, [])
    shelves = [one for one in there if one.bin != but]
    fefo = select(Item.expiry_tracked).where(Item.site_id == w.site, Item.sku == sku)
    return allocate(shelves, lacks, w.now.date(), fefo=bool(w.db.scalar(fefo)), policy=policy).takes


def trip_to(w: "Work", job: Job, bin: str) -> Job:
    """The job itself while it is out; or, when it keeps to a zone, the later leg that comes by, or a hot one."""
    if job.state not in AHEAD:
        return _hot_job(w, job)
    zone = w.db.scalars(select(Bin.zone).where(Bin.site_id == w.site, Bin.code == bin)).one()
    if job.zone is None or job.zone == zone:
        return job
    later = select(Job).where(Job.trip == job.trip, Job.zone == zone, Job.leg > job.leg, Job.state == JobState.WAITING)
    return w.db.scalar(later.order_by(Job.leg).limit(1).with_for_update()) or _hot_job(w, job)


def _hot_job(w: "Work", like: Job) -> Job:
    job = new_job(w, like, JobKind.PICK)
    job.priority = HOT
    return job


def fetch(w: "Work", job: Job, like: WorkItem, take: Take, other: tuple[str, int] | None = None) -> WorkItem:
    """Work to take these goods for the order line of `like`, or for `other`: a line of the same order with another item."""
    shelf = take.shelf
    seq = seq_on_the_way(w, job.id, shelf.bin, shelf.seq)
    made = new_item(w, job, like, qty=take.qty, from_bin=shelf.bin, lot=shelf.lot, seq=seq)
    if other is not None:
        made.sku, made.line_no = other
    made.expiry, made.slot = shelf.expiry, like.slot if job.id == like.job_id else None
    made.empties = take.qty == shelf.free
    reserve(w, made)
    w.db.flush()
    w.touch("job", job.id)
    return made


def _found(w: "Work", item: WorkItem, takes: tuple[Take, ...]) -> int:
    found = sum(take.qty for take in takes)
    item.qty_req -= found
    w.touch("work", item.id)
    w.touch("job", item.job_id)
    return found


def grant_with(w: "Work", item: WorkItem, like: WorkItem, claim_id: str, token: Token | None = None) -> None:
    """Whoever holds `like` holds `item` too, as long, under `token` or a first one of its own."""
    if like.holder is None:
        raise ValueError("nobody holds it")
    item.tok_epoch, item.tok_n = token or (epoch(w), 1)
    item.holder, item.state = like.holder, WorkState.LEASED
    item.lease_until = like.lease_until or w.now + timedelta(seconds=LEASE_TTL_S)
    lease = Lease(
        id=uuid4().hex,
        site_id=w.site,
        item=item.id,
        job=item.job_id,
        device=like.holder,
        tok_epoch=item.tok_epoch,
        tok_n=item.tok_n,
        claim_id=claim_id,
        granted_at=w.now,
        until=item.lease_until,
    )
    w.db.add(lease)
    w.touch("work", item.id)
