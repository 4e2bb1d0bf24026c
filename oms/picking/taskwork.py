"""Tasks on stock, as work that anybody may take: to count, to put back, to fill a pick face, to put away. Made by exceptions, by facts and
by supervisors."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import ColumnElement, select

from oms.catalog.models import Bin
from oms.db.locks import lock_rows
from oms.feed.models import Lease
from oms.picking.actions import end_leases, epoch, free_reservations
from oms.picking.codes import ExceptionKind
from oms.picking.models import Job, WorkItem
from oms.picking.rules import JOB, UNFINISHED, WORK
from oms.transitions import moved
from sync.contract.codes import TASKS, JobKind, JobState, LeaseEnd, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work


#: So many tasks are freed in one unit of work.
_AT_ONCE = 200


def make_task(
    w: "Work",
    kind: JobKind,
    sku: str,
    qty: int,
    from_: str,
    *,
    to: str | None = None,
    lot: str = "",
    priority: int = 3,
) -> WorkItem:
    """A job of one item. `from_` is a bin (count, replenish) or an account (put back, put away); `to` the bin it goes to, where fixed."""
    job = Job(id=uuid4().hex, site_id=w.site, kind=kind, state=JobState.OPEN, created_at=w.now, priority=priority)
    w.db.add(job)
    w.db.flush()
    code = to if to is not None else from_.partition(":")[2] or from_
    item = WorkItem(
        id=uuid4().hex,
        site_id=w.site,
        job_id=job.id,
        kind=kind,
        state=WorkState.OPEN,
        order_no="",
        line_no=None,
        sku=sku,
        qty_req=qty,
        from_bin=from_,
        to_place=to,
        lot=lot,
        seq=w.db.scalar(select(Bin.seq).where(Bin.site_id == w.site, Bin.code == code)) or 0,
        priority=priority,
    )
    w.db.add(item)
    w.db.flush()
    w.touch("job", job.id)
    w.touch("work", item.id)
    return item


def asked_for(w: "Work", kind: JobKind, from_: str, sku: str, lot: str | None = None) -> list[WorkItem]:
    """Tasks of a kind for an item at a place that nobody has finished."""
    return list(w.db.scalars(select(WorkItem).where(*_open(w, kind, from_, sku, lot)).order_by(WorkItem.id)))


def _open(w: "Work", kind: JobKind, from_: str, sku: str, lot: str | None) -> list[ColumnElement[bool]]:
    same = [
        WorkItem.site_id == w.site,
        WorkItem.kind == kind,
        WorkItem.from_bin == from_,
        WorkItem.sku == sku,
        WorkItem.state.in_(UNFINISHED),
    ]
    return same if lot is None else [*same, WorkItem.lot == lot]


def ask_count(w: "Work", bin: str, sku: str, lot: str = "", priority: int = 3) -> WorkItem | None:
    """Somebody counts an item in a bin, without being told what the books say. One request at a time is enough: None then."""
    if asked_for(w, JobKind.COUNT, bin, sku):
        return None
    return make_task(w, JobKind.COUNT, sku, 0, bin, lot=lot, priority=priority)


def ask_put_back(w: "Work", words: dict[str, Any]) -> None:
    """Goods that nobody holds an instruction for any more, or never did, are for anybody to put back."""
    to = str(words["to_account"])
    if to.startswith("bin:") and not asked_for(w, JobKind.PUT_BACK, words["from_account"], words["sku"], words["lot"]):
        goods = words["sku"], int(words["qty"]), words["from_account"]
        make_task(w, JobKind.PUT_BACK, *goods, to=to.removeprefix("bin:"), lot=words["lot"])


def settled(w: "Work", kind: str, words: dict[str, Any]) -> None:
    """What an exception asked for is done: nobody need do its task any more."""
    if kind == ExceptionKind.COUNT_BIN:
        call_off(w, asked_for(w, JobKind.COUNT, words["bin"], words["sku"]))
    elif kind == ExceptionKind.PUT_BACK:
        call_off(w, asked_for(w, JobKind.PUT_BACK, words["from_account"], words["sku"], words["lot"]))


def call_off(w: "Work", items: list[WorkItem]) -> None:
    """These tasks, and their jobs with them, are nobody's work any more."""
    for job in lock_rows(w.db, Job, Job.id, {item.job_id for item in items}):
        job.state = moved(JOB, job.state, JobState.CANCELLED)
        job.done_at = w.now
        w.touch("job", job.id)
    for item in lock_rows(w.db, WorkItem, WorkItem.id, [item.id for item in items]):
        item.state = moved(WORK, item.state, WorkState.CANCELLED)
        item.tok_epoch, item.tok_n = max(item.tok_epoch, epoch(w)), item.tok_n + 1
        item.holder = item.lease_until = None
        w.touch("work", item.id)
    ids = [item.id for item in items]
    free_reservations(w, ids)
    end_leases(w, ids, LeaseEnd.CANCELLED)


def free_lapsed(w: "Work") -> None:
    """Tasks whose device has not been heard of until its lease was over are anybody's again; work for orders is given out all the same,
    but a task is chosen from a list of free ones. What that device did meanwhile still counts while nobody else has taken the task."""
    lapsed = (
        select(Lease)
        .join(Job, Job.id == Lease.job)
        .where(Lease.site_id == w.site, Lease.ended_at.is_(None), Lease.until < w.now, Job.kind.in_(TASKS))
    )
    found = w.db.scalars(lapsed.order_by(Lease.id).limit(_AT_ONCE)).all()
    jobs = {job.id: job for job in lock_rows(w.db, Job, Job.id, {lease.job for lease in found})}
    items = {item.id: item for item in lock_rows(w.db, WorkItem, WorkItem.id, {lease.item for lease in found})}
    # Read again under the locks: a device may just have been heard of.
    still = lapsed.where(Lease.id.in_([lease.id for lease in found])).execution_options(populate_existing=True)
    for lease in w.db.scalars(still).all():
        job, item = jobs[lease.job], items[lease.item]
        end_leases(w, [item.id], LeaseEnd.RECLAIMED)
        if item.state is WorkState.LEASED:
            # Its holder stays on the item: a late fact says who did it.
            item.state = moved(WORK, item.state, WorkState.OPEN)
        if job.state is JobState.ACTIVE:
            job.state, job.holder = moved(JOB, job.state, JobState.OPEN), None
        w.touch("work", item.id)
        w.touch("job", job.id)
        w.audit("task.freed", job=job.id, device=lease.device)


def close(w: "Work", job: Job, item: WorkItem) -> None:
    """The one item of a task is closed, so its job is done."""
    job.state = moved(JOB, job.state, JobState.DONE)
    job.done_at = w.now
    free_reservations(w, [item.id])
    end_leases(w, [item.id], LeaseEnd.DONE)
    w.touch("job", job.id)
    w.touch("work", item.id)
