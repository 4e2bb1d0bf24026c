"""Sorting what was picked for several orders together: a job per bulk tote, with a slot of the put wall per order. Called when a trip is
dropped, and by the facts of the wall."""

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from oms.inventory.queries import InHand, in_hand
from oms.inventory.rules import tote_account
from oms.orders.rules import ON_FLOOR
from oms.picking.actions import close_short, new_item, new_job
from oms.picking.build import urgency
from oms.picking.models import Job, JobSlot, WorkItem
from oms.picking.rules import LIVE
from oms.picking.scene import JobScene
from sync.contract.codes import JobKind, Method

if TYPE_CHECKING:
    from oms.db.work import Work


def make_sort_jobs(w: "Work", scene: JobScene) -> None:
    """One sort per bulk tote of a trip that has just ended. Orders keep their slot number in all of them, the most urgent first."""
    like = {(item.order_no, item.line_no): item for item in scene.items}
    orders = [order for order in sorted(scene.orders, key=urgency) if order.state in ON_FLOOR]
    numbers = {order.number: n for n, order in enumerate(orders, 1)}
    totes: dict[str, list[tuple[str, InHand]]] = defaultdict(list)
    for order in orders:
        for held in in_hand(w.db, w.site, order.number, job=scene.job.id):
            if held.account.startswith(tote_account("")):
                totes[held.account.removeprefix(tote_account(""))].append((order.number, held))
    for tote, goods in sorted(totes.items()):
        job = _sort_job(w, scene.job, tote)
        for order_no in sorted({order_no for order_no, _ in goods}, key=numbers.__getitem__):
            w.db.add(JobSlot(job_id=job.id, n=numbers[order_no], site_id=w.site, order_no=order_no))
        for order_no, held in goods:
            pick = like[order_no, held.line_no]
            item = new_item(w, job, pick, qty=held.qty, from_bin=tote, lot=held.lot, seq=held.line_no)
            item.slot, item.expiry = numbers[order_no], pick.expiry


def _sort_job(w: "Work", picked: Job, tote: str | None) -> Job:
    job = new_job(w, picked, JobKind.SORT)
    job.method, job.tote, job.lane, job.trip = Method.WALL, tote, picked.lane, picked.trip or picked.id
    return job


def sort_the_rest(w: "Work", job: Job, items: list[WorkItem]) -> None:
    """What was not sorted, of a sort that is given up, waits in its tote for the next one. Orders keep their slots."""
    if not items:
        return
    again = _sort_job(w, job, job.tote)
    waiting = {item.order_no for item in items}
    for slot in w.db.scalars(select(JobSlot).where(JobSlot.job_id == job.id, JobSlot.order_no.in_(waiting))):
        w.db.add(JobSlot(job_id=again.id, n=slot.n, site_id=w.site, order_no=slot.order_no, place=slot.place))
    for item in items:
        rest = new_item(w, again, item, qty=close_short(w, item), from_bin=item.from_bin, lot=item.lot, seq=item.seq)
        rest.slot, rest.expiry, rest.to_place = item.slot, item.expiry, item.to_place


def choose_place(w: "Work", order_no: str, place: str) -> None:
    """The order's goods come together in this slot of the wall, whichever tote they are in."""
    sorts = list(
        w.db.scalars(
            select(JobSlot.job_id)
            .join(Job, Job.id == JobSlot.job_id)
            .where(
                Job.site_id == w.site,
                Job.kind == JobKind.SORT,
                Job.state.in_(LIVE),
                JobSlot.order_no == order_no,
                JobSlot.place.is_(None),
            )
        )
    )
    chosen = update(JobSlot).where(JobSlot.job_id.in_(sorts), JobSlot.order_no == order_no).values(place=place)
    w.db.execute(chosen)
    for job in sorts:
        w.touch("job", job)
