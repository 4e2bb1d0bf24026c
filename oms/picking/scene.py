"""What a fact is about, read fresh and locked: always orders first, then jobs, then work items, each in id order. The order's lock keeps
everything of that order for one writer at a time; the claim of work locks jobs and items only."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from oms.db.locks import lock_rows
from oms.orders.models import Order
from oms.picking.models import Job, WorkItem

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskScene:
    """One work item with its job. A task has no order."""

    job: Job
    item: WorkItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(TaskScene):
    """One work item of an order with its job and order."""

    order: Order


@dataclass(frozen=True, slots=True)
class JobScene:
    """A job with all its work items, in walk order, and their orders."""

    job: Job
    items: list[WorkItem]
    orders: list[Order]


def of_item(w: "Work", item_id: str | None) -> Scene | None:
    """The scene of an item that works for an order; None when this server never knew it."""
    found = w.db.execute(
        select(WorkItem.order_no, WorkItem.job_id).where(
            WorkItem.id == item_id, WorkItem.site_id == w.site, WorkItem.line_no.is_not(None)
        )
    ).one_or_none()
    if item_id is None or found is None:
        return None
    [order] = lock_orders(w, [found.order_no])
    [job] = lock_rows(w.db, Job, Job.id, [found.job_id])
    [item] = lock_rows(w.db, WorkItem, WorkItem.id, [item_id])
    return Scene(order=order, job=job, item=item)


def of_task(w: "Work", item_id: str | None) -> TaskScene | None:
    """The scene of an item that belongs to no order; None when this server never knew it."""
    job_id = w.db.scalar(
        select(WorkItem.job_id).where(WorkItem.id == item_id, WorkItem.site_id == w.site, WorkItem.line_no.is_(None))
    )
    if item_id is None or job_id is None:
        return None
    [job] = lock_rows(w.db, Job, Job.id, [job_id])
    [item] = lock_rows(w.db, WorkItem, WorkItem.id, [item_id])
    return TaskScene(job=job, item=item)


def of_job(w: "Work", job_id: str) -> JobScene | None:
    """The job's scene; None when this server never knew it."""
    found = w.db.execute(
        select(WorkItem.id, WorkItem.order_no).where(WorkItem.job_id == job_id, WorkItem.site_id == w.site)
    ).all()
    if not found:
        return None
    orders = lock_orders(w, {row.order_no for row in found})
    [job] = lock_rows(w.db, Job, Job.id, [job_id])
    items = lock_rows(w.db, WorkItem, WorkItem.id, [row.id for row in found])
    return JobScene(job, sorted(items, key=lambda item: (item.seq, item.id)), orders)


def lock_orders(w: "Work", numbers: set[str] | list[str]) -> list[Order]:
    """The orders of this site with these numbers that exist."""
    return list(lock_rows(w.db, Order, Order.number, numbers, site=Order.site_id, site_id=w.site))


def jobs_of_order(w: "Work", order_no: str) -> list[JobScene]:
    """All jobs with work for an order whose row is locked already."""
    items = w.db.scalars(select(WorkItem).where(WorkItem.site_id == w.site, WorkItem.order_no == order_no)).all()
    scenes = []
    for job in lock_rows(w.db, Job, Job.id, {item.job_id for item in items}):
        of_one = lock_rows(w.db, WorkItem, WorkItem.id, [item.id for item in items if item.job_id == job.id])
        scenes.append(JobScene(job, list(of_one), lock_orders(w, [order_no])))
    return scenes
