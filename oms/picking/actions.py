"""What facts and cancels do to jobs and work items, for picking and packing alike. The rows are locked by `oms.picking.scene`."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import delete, select, update

from oms.catalog.models import Site
from oms.feed.models import Lease, Meta
from oms.feed.ports import FactContext
from oms.orders.models import OrderLine, Reservation
from oms.picking.models import Job, JobSlot, WorkItem
from oms.picking.rules import AHEAD, JOB, UNFINISHED, WORK, ItemState, Verdict, Why, carry, counted, credit, diverted
from oms.picking.rules import LIVE as LIVE_JOB
from oms.picking.scene import JobScene, TaskScene
from oms.transitions import moved
from sync.contract.codes import JobKind, JobState, LeaseEnd, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work


class Malformed(ValueError):
    """A fact that contradicts itself; it is parked, never guessed at."""


def positive(qty: int) -> int:
    """`qty`, which must be at least one."""
    if qty < 1:
        raise Malformed(f"quantity {qty}")
    return qty


def epoch(w: "Work") -> int:
    """The time line this server lives in."""
    return w.db.scalars(select(Meta.epoch)).one()


def judge(w: "Work", fact: FactContext, scene: TaskScene | None, kind: JobKind, sku: str, qty: int) -> Verdict:
    """How a fact that changes an item's count by `qty` counts (see `rules.credit`)."""
    if scene is None:
        return diverted(Why.UNKNOWN)
    if scene.item.kind is not kind or scene.item.sku != sku:
        return diverted(Why.WRONG_ITEM)
    return credit(_state(w, scene), fact.token, fact.device, qty)


def judge_carry(w: "Work", fact: FactContext, scene: TaskScene | None, sku: str) -> Verdict:
    """How a fact counts that moved picked goods of an item from one container to another (see `rules.carry`)."""
    if scene is None:
        return diverted(Why.UNKNOWN)
    if scene.item.sku != sku:
        return diverted(Why.WRONG_ITEM)
    return carry(_state(w, scene), fact.token, fact.device)


def _state(w: "Work", scene: TaskScene) -> ItemState:
    item = scene.item
    return ItemState(
        state=item.state,
        token=(item.tok_epoch, item.tok_n),
        holder=item.holder,
        qty_req=item.qty_req,
        qty_done=item.qty_done,
        epoch=epoch(w),
        lease_over=item.lease_until is not None and item.lease_until <= w.now,
        job_live=scene.job.state in LIVE_JOB,
    )


def adopt(w: "Work", fact: FactContext, scene: TaskScene) -> None:
    """The item takes the grant that only the fact's device remembers, as if this server had just given it."""
    item = scene.item
    if fact.token is None:
        raise Malformed("nothing to adopt")
    item.tok_epoch, item.tok_n = fact.token
    item.holder = fact.device
    item.lease_until = w.now + timedelta(seconds=w.db.scalars(select(Site.lease_s).where(Site.id == w.site)).one())
    if item.state is WorkState.OPEN:
        item.state = WorkState.LEASED
    end_leases(w, [item.id], LeaseEnd.REGRANTED)
    lease = Lease(
        id=uuid4().hex,
        site_id=w.site,
        item=item.id,
        job=item.job_id,
        device=fact.device,
        tok_epoch=item.tok_epoch,
        tok_n=item.tok_n,
        claim_id=fact.op_id,
        granted_at=w.now,
        until=item.lease_until,
        worker_id=fact.worker,
    )
    w.db.add(lease)
    scene.job.state = moved(JOB, scene.job.state, JobState.ACTIVE)
    scene.job.holder, scene.job.worker_id = fact.device, fact.worker
    w.touch("job", scene.job.id)
    w.touch("work", item.id)


def count(w: "Work", scene: TaskScene, qty: int) -> None:
    """Credits `qty` units (negative: an undo) to the item, its order line and its reservation."""
    item = scene.item
    item.qty_done += qty
    recount(w, item)
    if item.kind is JobKind.PICK:
        line_of(w, item).picked += qty
    elif item.kind is JobKind.PACK:
        line_of(w, item).packed += qty
    if item.line_no is not None:
        w.touch("order", item.order_no)


def forget(w: "Work", scene: TaskScene, qty: int) -> None:
    """`qty` units that the office had taken off the order line already are out of their tote: the item is not asked for them any more."""
    item = scene.item
    item.qty_done -= qty
    item.qty_req -= qty
    recount(w, item)
    w.touch("job", item.job_id)


def recount(w: "Work", item: WorkItem) -> None:
    """State and reservation of an item somebody holds follow from what is asked of it and what is done."""
    item.state = moved(WORK, item.state, counted(item.state, item.qty_req, item.qty_done))
    reserve_the_rest(w, item)
    w.touch("work", item.id)


def reserve_the_rest(w: "Work", item: WorkItem) -> None:
    """What an item keeps in its bin is what it still lacks."""
    w.db.execute(
        update(Reservation)
        .where(Reservation.work_item == item.id)
        .values(qty=item.qty_req - item.qty_done)
        .execution_options(synchronize_session=False)
    )


def line_of(w: "Work", item: WorkItem) -> OrderLine:
    """The order line an item works for."""
    return w.db.get_one(OrderLine, (w.site, item.order_no, item.line_no))


def close_short(w: "Work", item: WorkItem) -> int:
    """Nothing more is done for this item; returns the units it lacks. What it had reserved is free."""
    item.state = moved(WORK, item.state, WorkState.SHORT)
    free_reservations(w, [item.id])
    w.touch("work", item.id)
    return item.qty_req - item.qty_done


def free_reservations(w: "Work", item_ids: Iterable[str]) -> None:
    """The items keep no stock any more."""
    w.db.execute(
        delete(Reservation)
        .where(Reservation.work_item.in_(list(item_ids)))
        .execution_options(synchronize_session=False)
    )


def back_to_pool(w: "Work", job: Job, items: list[WorkItem]) -> Job:
    """What `items` lack becomes a new pick job that anybody may take; the stock stays reserved for it."""
    again = new_job(w, job, JobKind.PICK)
    w.touch("job", job.id)
    for item in items:
        lacks = close_short(w, item)
        rest = new_item(w, again, item, qty=lacks, from_bin=item.from_bin, lot=item.lot, seq=item.seq)
        rest.expiry = item.expiry
        item.qty_req = item.qty_done
        reserve(w, rest)
    return again


def touch_trip(w: "Work", job: Job) -> None:
    """What one job of a trip lacks, the others show."""
    if job.trip is not None:
        for other in w.db.scalars(select(Job.id).where(Job.trip == job.trip)):
            w.touch("job", other)


def touch_packing(w: "Work", order_no: str) -> None:
    """What an order still waits for, its packing shows."""
    packing = select(Job.id).join(WorkItem, WorkItem.job_id == Job.id)
    mine = packing.where(WorkItem.site_id == w.site, WorkItem.order_no == order_no, Job.kind == JobKind.PACK)
    for job in w.db.scalars(mine.where(Job.state.in_(LIVE_JOB)).distinct()):
        w.touch("job", job)


def reserve(w: "Work", item: WorkItem) -> None:
    """What `item` lacks in its bin belongs to it and to nobody else."""
    w.db.add(
        Reservation(
            work_item=item.id,
            site_id=w.site,
            order_no=item.order_no,
            line_no=item.line_no,
            bin=item.from_bin,
            sku=item.sku,
            qty=item.qty_req - item.qty_done,
            lot=item.lot,
        )
    )


def new_job(w: "Work", like: Job, kind: JobKind) -> Job:
    """An open job, on its own, with the urgency and the wave of another."""
    made = Job(
        id=uuid4().hex,
        site_id=w.site,
        kind=kind,
        state=JobState.OPEN,
        created_at=w.now,
        priority=like.priority,
        cut_off=like.cut_off,
        wave_id=like.wave_id,
    )
    w.db.add(made)
    w.db.flush()
    w.touch("job", made.id)
    return made


def new_item(
    w: "Work", job: Job, like: WorkItem, *, qty: int, from_bin: str, lot: str, seq: int, id: str | None = None
) -> WorkItem:
    """An open item of `job` for the order line of `like`."""
    made = WorkItem(
        id=id or uuid4().hex,
        site_id=w.site,
        job_id=job.id,
        kind=job.kind,
        state=WorkState.OPEN,
        order_no=like.order_no,
        line_no=like.line_no,
        sku=like.sku,
        qty_req=qty,
        from_bin=from_bin,
        seq=seq,
        lot=lot,
        priority=job.priority,
    )
    w.db.add(made)
    w.db.flush()
    w.touch("work", made.id)
    return made


def end_leases(w: "Work", item_ids: Iterable[str], reason: LeaseEnd) -> None:
    """Nobody has a right to these items any more."""
    w.db.execute(
        update(Lease)
        .where(Lease.item.in_(list(item_ids)), Lease.ended_at.is_(None))
        .values(ended_at=w.now, end_reason=reason)
        .execution_options(synchronize_session=False)
    )


def finish(w: "Work", scene: JobScene) -> None:
    """The job is done, its leases end. All its items are closed by now; those that were full kept a reservation of 0 for an undo."""
    scene.job.state = moved(JOB, scene.job.state, JobState.DONE)
    scene.job.done_at = w.now
    ids = [item.id for item in scene.items]
    free_reservations(w, ids)
    end_leases(w, ids, LeaseEnd.DONE)
    w.touch("job", scene.job.id)


def end_if_empty(w: "Work", job_id: str) -> None:
    """A trip for which nothing is left, and nothing was done, is called off."""
    left = select(WorkItem.id).where(WorkItem.job_id == job_id, WorkItem.state != WorkState.CANCELLED)
    if w.db.scalar(left.limit(1)) is None:
        job = w.db.get_one(Job, job_id)
        job.state = moved(JOB, job.state, JobState.CANCELLED)
        job.done_at = w.now
        w.touch("job", job_id)


def cancel(w: "Work", scene: JobScene, order_no: str) -> None:
    """Takes an order's items out of a job. Their token grows, so that whatever was done meanwhile counts for nobody. A job that other
    orders share goes on without them."""
    now = epoch(w)
    mine = [item for item in scene.items if item.order_no == order_no]
    alone = _works_only_for(w, scene.job.id, order_no)
    # In a job that goes on, finished lines too: they are still to be sorted, and must not be.
    gone = [item for item in mine if item.state in UNFINISHED or (not alone and item.state is WorkState.DONE)]
    for item in gone:
        item.state = moved(WORK, item.state, WorkState.CANCELLED)
        item.tok_epoch, item.tok_n = max(item.tok_epoch, now), item.tok_n + 1
        item.holder = item.lease_until = None
        w.touch("work", item.id)
    ids = [item.id for item in mine]
    free_reservations(w, ids)
    end_leases(w, ids, LeaseEnd.CANCELLED)
    w.touch("job", scene.job.id)
    if not alone:
        free_slot(w, scene.job, order_no)
    if scene.job.state in AHEAD and alone:
        scene.job.state = moved(JOB, scene.job.state, JobState.CANCELLED)
        scene.job.done_at = w.now


def free_slot(w: "Work", job: Job, order_no: str) -> None:
    """An order that has left a cart with nothing of it picked leaves no slot behind: whoever pushes the cart is told to take its tote
    off."""
    picked = select(WorkItem.id).where(WorkItem.job_id == job.id, WorkItem.order_no == order_no, WorkItem.qty_done > 0)
    if job.kind is JobKind.PICK and w.db.scalar(picked.limit(1)) is None:
        w.db.execute(delete(JobSlot).where(JobSlot.job_id == job.id, JobSlot.order_no == order_no))
        w.touch("job", job.id)


def _works_only_for(w: "Work", job_id: str, order_no: str) -> bool:
    others = select(WorkItem.id).where(
        WorkItem.job_id == job_id, WorkItem.order_no != order_no, WorkItem.state != WorkState.CANCELLED
    )
    return w.db.scalar(others.limit(1)) is None
