"""Tasks that supervisors ask for, and counts they decide about. Called by the API; text from outside is made harmless here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from oms.catalog.models import Bin, Item
from oms.feed.models import FloorException
from oms.inventory.counts import approve
from oms.inventory.queries import balance
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import resolve
from oms.picking.tasks import replenish
from oms.picking.taskwork import ask_count, make_task
from sync.contract.codes import TASKS, JobKind

if TYPE_CHECKING:
    from oms.db.work import Work

#: What goods may lie in that are put back or away.
_ACCOUNTS = ("bin:", "tote:", "surplus:")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task as somebody asks for it (see `oms.api.work_routes.TaskRequest`)."""

    kind: JobKind
    sku: str
    place: str
    qty: int
    to: str | None
    lot: str


def ask(w: "Work", asked: Wanted) -> tuple[str | None, str | None]:
    """(job, None), or (None, why not)."""
    if "\0" in "".join((asked.sku, asked.place, asked.to or "", asked.lot)):
        return None, "not_text"
    if asked.kind not in TASKS:
        return None, "not_a_task"
    if w.db.get(Item, (w.site, asked.sku)) is None:
        return None, "unknown_item"
    job, reason = _make(w, asked)
    if job is not None:
        w.audit("task.asked", kind=asked.kind.value, sku=asked.sku, place=asked.place, job=job)
    return job, reason


def _make(w: "Work", asked: Wanted) -> tuple[str | None, str | None]:
    if asked.kind is JobKind.COUNT:
        if not _bin(w, asked.place):
            return None, "unknown_bin"
        made = ask_count(w, asked.place, asked.sku, asked.lot)
        return (made.job_id, None) if made else (None, "asked_already")
    if asked.to is None or not _bin(w, asked.to):
        return None, "unknown_bin"
    if asked.kind is JobKind.REPLENISH:
        job = replenish(w, asked.to, asked.sku)
        return (job, None) if job else (None, "no_reserve")
    if not asked.place.startswith(_ACCOUNTS):
        return None, "unknown_place"
    there = balance(w.db, w.site, asked.place, asked.sku, asked.lot)
    if not 0 < asked.qty <= there:
        return None, "not_enough_stock"
    item = make_task(w, asked.kind, asked.sku, asked.qty, asked.place, to=asked.to, lot=asked.lot)
    return item.job_id, None


def _bin(w: "Work", code: str) -> bool:
    return w.db.get(Bin, (w.site, code)) is not None


def decide(w: "Work", exception_id: str, *, believe: bool) -> str | None:
    """Books the count that an exception is about, or has it done once more; a reason when there is nothing to decide."""
    asked = select(FloorException).where(
        FloorException.id == exception_id.replace("\0", ""),
        FloorException.site_id == w.site,
        FloorException.state == OPEN,
        FloorException.kind == ExceptionKind.RECOUNT_DIFFERS,
    )
    exception = w.db.scalar(asked.with_for_update())
    if exception is None:
        return "nothing_to_decide"
    if believe:
        approve(w, exception)
    else:
        resolve(w, exception)
        ask_count(w, str(exception.params["bin"]), str(exception.params["sku"]))
    w.audit("count.decided", exception=exception.id, believed=believe)
    return None
