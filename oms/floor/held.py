"""What devices have in their hands: jobs with an open claim, how far they are and how long the claim lasts. Asked by the board and by
the preview of taking work back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.feed.models import Lease
from oms.feed.rows import stamp
from oms.picking.models import Job, WorkItem
from oms.picking.rules import UNFINISHED
from sync.contract.board import HeldJob


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `orders` by number; `short` units of lines that are closed."""

    lines: int = 0
    lines_done: int = 0
    units: int = 0
    units_done: int = 0
    short: int = 0
    orders: tuple[str, ...] = ()


def now_of(db: Session) -> datetime:
    """The database's clock: the only one that decides."""
    now: datetime = db.scalars(select(func.clock_timestamp())).one()
    return now


def seconds(span_from: datetime, to: datetime) -> int:
    """Whole seconds from one moment to another; negative when the second is the earlier."""
    return int((to - span_from).total_seconds())


def items_of(db: Session, job_ids: Sequence[str]) -> dict[str, list[WorkItem]]:
    """The items of jobs in walk order."""
    found: dict[str, list[WorkItem]] = defaultdict(list)
    asked = select(WorkItem).where(WorkItem.job_id.in_(job_ids)).order_by(WorkItem.seq, WorkItem.id)
    for item in db.scalars(asked):
        found[item.job_id].append(item)
    return found


def progress_of(db: Session, job_ids: Sequence[str]) -> dict[str, Progress]:
    """How far each of these jobs is, added up by the database."""
    over = WorkItem.state.not_in(UNFINISHED)
    sums = (
        select(
            WorkItem.job_id,
            func.count(),
            func.count().filter(over),
            func.sum(WorkItem.qty_req),
            func.sum(WorkItem.qty_done),
            func.coalesce(func.sum(WorkItem.qty_req - WorkItem.qty_done).filter(over), 0),
            func.array_agg(func.distinct(WorkItem.order_no)).filter(WorkItem.order_no != ""),
        )
        .where(WorkItem.job_id.in_(job_ids))
        .group_by(WorkItem.job_id)
    )
    return {
        job: Progress(lines, done, int(units), int(units_done), int(short), tuple(sorted(orders or ())))
        for job, lines, done, units, units_done, short, orders in db.execute(sums)
    }


def held_jobs(
    db: Session, site: str, now: datetime, device: str | None = None, job: str | None = None
) -> dict[str, list[HeldJob]]:
    """What each device holds (or one device, or one job of it), the claim that ends first on top."""
    open_ = (
        select(
            Lease.device,
            Lease.job,
            func.min(Lease.until).label("until"),
            func.bool_or(Lease.handed_over.is_not(None)).label("given"),
        )
        .where(Lease.site_id == site, Lease.ended_at.is_(None))
        .group_by(Lease.device, Lease.job)
        .order_by(func.min(Lease.until), Lease.job)
    )
    if device is not None:
        open_ = open_.where(Lease.device == device)
    if job is not None:
        open_ = open_.where(Lease.job == job)
    claims = db.execute(open_).all()
    ids = [claim.job for claim in claims]
    done = progress_of(db, ids)
    jobs = {one.id: one for one in db.scalars(select(Job).where(Job.id.in_(ids)))}
    found: dict[str, list[HeldJob]] = defaultdict(list)
    for claim in claims:
        held = _held(jobs[claim.job], done[claim.job], seconds(now, claim.until), now)
        found[claim.device].append(replace(held, handed_over=claim.given))
    return found


def _held(job: Job, done: Progress, left_s: int, now: datetime) -> HeldJob:
    return HeldJob(
        job=job.id,
        kind=job.kind.value,
        orders=list(done.orders),
        lines=done.lines,
        lines_done=done.lines_done,
        units=done.units,
        units_done=done.units_done,
        left_s=left_s,
        begun=done.units_done > 0,
        tote=job.tote,
        cut_off=stamp(job.cut_off) if job.cut_off else None,
        due_s=seconds(now, job.cut_off) if job.cut_off else None,
    )
