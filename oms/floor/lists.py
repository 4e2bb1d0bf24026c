"""The long lists of the board: live jobs and open exceptions, whole (in pages) or what changed since a feed version. Asked by the board."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from oms.feed.models import Change, FloorException
from oms.feed.rows import stamp
from oms.floor.held import Progress, now_of, progress_of
from oms.floor.models import Decision, KeptJob
from oms.floor.people import signed_in
from oms.floor.rules import PICKABLE, acts_for, is_short
from oms.orders.models import Order
from oms.people.models import Device, Worker
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import LEDGER_WORDS
from oms.picking.models import Job, WorkItem
from oms.picking.rules import AHEAD
from sync.contract.board import ExceptionLine, JobLine, WaitsFor
from sync.contract.codes import JobKind, JobState, Method, WorkState

#: Rows of one page: what a desk reads in a millisecond or two.
PAGE = 1000
#: Orders named on a job's row.
_NAMED = 5


def live_jobs(db: Session, site: str, after: str) -> list[str]:
    """A page of ids of jobs somebody does, can do or will be able to do, in order of id."""
    page = select(Job.id).where(Job.site_id == site, Job.state.in_(AHEAD), Job.id > after).order_by(Job.id).limit(PAGE)
    return list(db.scalars(page))


def changed_jobs(db: Session, site: str, since: int) -> list[str]:
    """Up to a page and one of jobs that changed, themselves or in their items."""
    mine = (Change.site_id == site, Change.ver > since)
    own = select(Change.ent_id.label("id")).where(*mine, Change.ent == "job")
    through = select(WorkItem.job_id).join(Change, Change.ent_id == WorkItem.id).where(*mine, Change.ent == "work")
    return list(db.scalars(union(own, through).limit(PAGE + 1)))


def job_lines(db: Session, site: str, ids: Sequence[str]) -> list[JobLine]:
    """The rows of those jobs that are not over."""
    jobs = db.scalars(select(Job).where(Job.id.in_(ids), Job.site_id == site, Job.state.in_(AHEAD))).all()
    done = progress_of(db, [job.id for job in jobs])
    kept = dict(
        db.execute(
            select(KeptJob.job_id, KeptJob.device_id).where(
                KeptJob.job_id.in_(ids), KeptJob.until > func.clock_timestamp()
            )
        ).all()
    )
    labels = _labels(db, {job.holder for job in jobs if job.holder} | set(kept.values()))
    people = {device: one.name for device, one in signed_in(db, site, now_of(db)).items()}
    lines = [_job_line(job, done.get(job.id, Progress()), labels, people, kept.get(job.id, "")) for job in jobs]
    return [replace(line, waits_for=_waits_for(job)) for line, job in zip(lines, jobs, strict=True)]


def _waits_for(job: Job) -> WaitsFor | None:
    if job.state is not JobState.WAITING:
        return None
    if job.method is Method.LEGS and job.leg > 1 and job.tote is None:
        return WaitsFor.TOTE
    return WaitsFor.GOODS if job.kind is JobKind.SORT or job.wave_id is None else WaitsFor.WAVE


def _job_line(job: Job, done: Progress, labels: dict[str, str], people: dict[str, str], kept_for: str) -> JobLine:
    return JobLine(
        id=job.id,
        kind=job.kind.value,
        method=str(job.method),
        state=job.state.value,
        priority=job.priority,
        orders=list(done.orders)[:_NAMED],
        order_count=len(done.orders),
        lines=done.lines,
        lines_done=done.lines_done,
        units=done.units,
        units_done=done.units_done,
        short=done.short,
        cut_off=stamp(job.cut_off) if job.cut_off else None,
        tote=job.tote,
        device=labels.get(job.holder or "", ""),
        device_id=job.holder or "",
        person=people.get(job.holder or "", ""),
        kept_for=labels.get(kept_for, ""),
        kept_for_id=kept_for,
    )


def _labels(db: Session, devices: set[str]) -> dict[str, str]:
    return dict(db.execute(select(Device.id, Device.label).where(Device.id.in_(devices))).all())


def _names(db: Session, workers: set[str]) -> dict[str, str]:
    return dict(db.execute(select(Worker.id, Worker.name).where(Worker.id.in_(workers))).all())


def open_exceptions(db: Session, site: str, after: str) -> list[str]:
    """A page of ids of open exceptions, in order of id."""
    page = select(FloorException.id).where(
        FloorException.site_id == site, FloorException.state == OPEN, FloorException.id > after
    )
    return list(db.scalars(page.order_by(FloorException.id).limit(PAGE)))


def changed_exceptions(db: Session, site: str, since: int) -> list[str]:
    """Up to a page and one of exceptions that changed."""
    mine = select(Change.ent_id).where(Change.site_id == site, Change.ver > since, Change.ent == "exception")
    return list(db.scalars(mine.limit(PAGE + 1)))


def exception_lines(db: Session, site: str, ids: Sequence[str]) -> list[ExceptionLine]:
    """The rows of those exceptions that are open."""
    found = db.execute(_with_order(site).where(FloorException.id.in_(ids), FloorException.state == OPEN)).all()
    lacks = _missing(db, [one.FloorException.item for one in found if one.FloorException.item])
    names = _names(db, {one.FloorException.worker_id for one in found if one.FloorException.worker_id})
    labels = _labels(db, {one.FloorException.device for one in found if one.FloorException.device})
    return [_exception_line(one, lacks, names, labels) for one in found]


def _with_order(site: str) -> Any:
    """Exceptions with what is decided about them and how their order stands."""
    return (
        select(FloorException, Decision.what, Order.state, Order.cut_off)
        .outerjoin(Decision, Decision.exception_id == FloorException.id)
        .outerjoin(Order, (Order.site_id == FloorException.site_id) & (Order.number == FloorException.order_no))
        .where(FloorException.site_id == site)
    )


def _missing(db: Session, items: Sequence[str]) -> dict[str, int]:
    """Units that items closed short lack."""
    short = select(WorkItem.id, WorkItem.qty_req - WorkItem.qty_done).where(
        WorkItem.id.in_(items), WorkItem.state == WorkState.SHORT
    )
    return dict(db.execute(short).all())


def _exception_line(
    found: Any,
    lacks: dict[str, int],
    names: dict[str, str],
    labels: dict[str, str],
) -> ExceptionLine:
    one: FloorException = found[0]
    decision, state, cut_off = found[1:]
    short = is_short(one.kind, one.params, one.order_no)
    missing = lacks.get(one.item or "", 0) if short else 0
    can_add = state in PICKABLE
    return ExceptionLine(
        id=one.id,
        kind=one.kind,
        action=one.action,
        params={name: word for name, word in one.params.items() if name not in LEDGER_WORDS},
        created_at=stamp(one.created_at),
        acts=acts_for(
            asked=one.kind == ExceptionKind.SUBSTITUTE_ASKED,
            short=short,
            decision=decision or "",
            missing=missing,
            can_add=can_add,
        ),
        order=one.order_no or "",
        cut_off=stamp(cut_off) if cut_off else None,
        missing=missing,
        person=names.get(one.worker_id or "", ""),
        device=labels.get(one.device or "", ""),
        decision=decision or "",
    )
