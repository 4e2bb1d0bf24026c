"""The end of a trip, by its method: a bulk tote is sorted, a passed tote goes to the next zone, parts meet at one lane; and an order whose
last goods have arrived is packed. Called by the ingest of the feed."""

from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.db.locks import lock_rows
from oms.feed.models import FloorException
from oms.feed.ports import Credit, FactContext
from oms.orders.models import Order, OrderLine
from oms.orders.progress import advance_if_can, hold_unpicked
from oms.orders.rules import ON_FLOOR
from oms.packing.actions import make_pack_job
from oms.packing.hot import end_packing
from oms.picking.actions import back_to_pool, finish
from oms.picking.again import HOT
from oms.picking.answers import STORED_LATE
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import divert, tote_found
from oms.picking.models import Job, JobSlot, WorkItem
from oms.picking.rules import AHEAD, JOB, UNFINISHED, holds
from oms.picking.scene import JobScene, of_job
from oms.picking.sorting import make_sort_jobs, sort_the_rest
from oms.transitions import moved
from sync.contract import facts
from sync.contract.codes import JobKind, JobState, Method, OrderState

if TYPE_CHECKING:
    from oms.db.work import Work


#: Only these end by being set down; a task ends with its item, a packing with its parcels.
_SET_DOWN = frozenset({JobKind.PICK, JobKind.SORT})


def dropped(w: "Work", fact: FactContext, body: facts.JobDrop) -> Credit:
    """The tote stands at the lane: the trip is over, what was not picked is anybody's work again, what was picked goes on its way."""
    scene = of_job(w, body.job)
    if scene is None:
        return divert(w, ExceptionKind.JOB_GONE, {"order": body.job}, fact, job=body.job)
    job = scene.job
    if job.kind not in _SET_DOWN or (job.state is JobState.DONE and job.holder == fact.device):
        return STORED_LATE
    verdict = holds(job.state, job.holder, fact.device)
    if not verdict.credited:
        kind = ExceptionKind.ORDER_CANCELLED if job.state is JobState.CANCELLED else ExceptionKind.JOB_GONE
        order_no = scene.orders[0].number if scene.orders else None
        return divert(w, kind, {"order": order_no or job.id}, fact, job=job.id, order_no=order_no)
    # With nothing in hand it ends at no lane, and fixes none for others.
    job.tote, job.lane = body.tote or job.tote, body.lane or job.lane
    _leave_the_rest(w, scene)
    _set_down_slots(w, job)
    finish(w, scene)
    tote_found(w, job.id)
    w.db.flush()
    _go_on(w, scene)
    return Credit(verdict.outcome)


def _leave_the_rest(w: "Work", scene: JobScene) -> None:
    """What was not done is work for others, each order by itself."""
    rest = [item for item in scene.items if item.state in UNFINISHED]
    if scene.job.kind is JobKind.SORT:
        sort_the_rest(w, scene.job, rest)
        return
    for _, items in groupby(sorted(rest, key=lambda item: item.order_no), key=lambda item: item.order_no):
        back_to_pool(w, scene.job, list(items))


def _set_down_slots(w: "Work", job: Job) -> None:
    """Everything that is still on the cart stands where the cart was unloaded."""
    for slot in w.db.scalars(select(JobSlot).where(JobSlot.job_id == job.id, JobSlot.lane.is_(None))):
        slot.lane = job.lane


def _go_on(w: "Work", scene: JobScene) -> None:
    job = scene.job
    if job.kind is JobKind.PICK and job.method is Method.WALL:
        make_sort_jobs(w, scene)
    elif job.method is Method.LEGS and _pass_on(w, job):
        return
    elif job.method is Method.ZONES:
        _meet_at_lane(w, job)
    w.db.flush()
    for order in scene.orders:
        settle_order(w, order, job)


def _pass_on(w: "Work", job: Job) -> bool:
    """The tote waits for the next zone that has something to do; False when there is none."""
    later = select(Job.id).where(Job.trip == job.trip, Job.leg > job.leg, Job.state == JobState.WAITING)
    for leg in sorted(lock_rows(w.db, Job, Job.id, w.db.scalars(later)), key=lambda one: one.leg):
        todo = select(WorkItem.id).where(WorkItem.job_id == leg.id, WorkItem.state.in_(UNFINISHED))
        w.touch("job", leg.id)
        if w.db.scalar(todo.limit(1)) is not None:
            leg.state = moved(JOB, leg.state, JobState.OPEN)
            if job.tote is not None:
                leg.tote, leg.found_at, leg.passed_at = job.tote, job.lane, w.now
            return True
        leg.state = moved(JOB, leg.state, JobState.DONE)
        leg.done_at = w.now
    return False


def _meet_at_lane(w: "Work", job: Job) -> None:
    """The first part fixes the lane; those still out become very urgent."""
    parts = select(Job.id).where(Job.trip == job.trip, Job.id != job.id)
    for part in lock_rows(w.db, Job, Job.id, w.db.scalars(parts)):
        if part.state in AHEAD:
            part.lane = part.lane or job.lane
            part.priority = HOT
        w.touch("job", part.id)


def settle_order(w: "Work", order: Order, job: Job) -> None:
    """Goes on with the order when everything of it has arrived: it is packed, or, with nothing picked, a supervisor decides. `job` is the
    one that ended."""
    if order.state not in ON_FLOOR:
        return
    w.db.flush()
    works = select(WorkItem).where(
        WorkItem.site_id == w.site, WorkItem.order_no == order.number, WorkItem.kind.in_((JobKind.PICK, JobKind.SORT))
    )
    items = list(w.db.scalars(works))
    if not _all_arrived(w, order.number, items):
        return
    lines = w.db.scalars(
        select(OrderLine)
        .where(OrderLine.site_id == w.site, OrderLine.order_no == order.number)
        .order_by(OrderLine.line_no)
    ).all()
    if any(line.picked for line in lines):
        advance_if_can(w, order, OrderState.PICKED)
        make_pack_job(w, job, [item for item in items if item.kind is JobKind.PICK], lines)
        end_packing(w, order)
    elif not end_packing(w, order):
        hold_unpicked(w, order)


def _all_arrived(w: "Work", order_no: str, items: list[WorkItem]) -> bool:
    """Whether no trip and no sort still has goods of the order that are not set down. A shared trip that has none of its goods does not
    hold it up: the order was pulled out of it."""
    open_ = {item.job_id for item in items if item.state in UNFINISHED}
    if open_ or _customer_is_asked(w, order_no):
        return False
    jobs = w.db.scalars(select(Job).where(Job.id.in_({item.job_id for item in items}), Job.state.in_(AHEAD))).all()
    down = set(w.db.scalars(select(JobSlot.job_id).where(JobSlot.order_no == order_no, JobSlot.lane.is_not(None))))
    carried = {item.job_id for item in items if item.qty_done}
    down |= {job.id for job in jobs if job.method in (Method.CLUSTER, Method.WALL) and job.id not in carried}
    # A sorted order stands in its place as soon as its last unit does; a leg that waits has nothing to do for it.
    return all(job.kind is JobKind.SORT or job.state is JobState.WAITING or job.id in down for job in jobs)


def _customer_is_asked(w: "Work", order_no: str) -> bool:
    """Whether something of the order waits for a customer's word."""
    question = select(FloorException.id).where(
        FloorException.site_id == w.site,
        FloorException.order_no == order_no,
        FloorException.kind == ExceptionKind.SUBSTITUTE_ASKED,
        FloorException.state == OPEN,
    )
    return w.db.scalar(question.limit(1)) is not None


HANDLERS: dict[type[Any], Callable[..., Credit]] = {facts.JobDrop: dropped}
