"""What a supervisor does to one job or order: raise its priority, keep it for somebody, pull it out. Each act is audited and says how it
is undone, where it can be. Called by the floor API, in one unit of work each; acts on exceptions are in `oms.floor.settling`.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from oms.db.locks import lock_rows
from oms.feed import leases
from oms.feed.models import Lease, Meta
from oms.floor.codes import BoardRefusal
from oms.floor.models import KeptJob
from oms.floor.rules import KEEP_FOR, PRIORITIES
from oms.people.models import Device, DeviceStatus
from oms.picking.actions import back_to_pool
from oms.picking.models import Job, WorkItem
from oms.picking.rules import LIVE, UNFINISHED
from oms.picking.scene import JobScene, jobs_of_order, lock_orders
from sync.contract.board import BoardAct, UndoAct
from sync.contract.codes import JobKind, LeaseEnd

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act: done, with what undoes it; or refused, and then nothing has changed."""

    refused: BoardRefusal | None = None
    words: dict[str, str | int] = field(default_factory=dict)
    undo: UndoAct | None = None


GONE = Done(BoardRefusal.GONE)


def take_back(w: "Work", claims: list[Lease]) -> None:
    """Ends claims for good: the items return to the pool under a higher token, so that nothing done under the old one counts."""
    leases.give_back(w, claims, LeaseEnd.RECLAIMED)
    raise_tokens(w, [claim.item for claim in claims])


def raise_tokens(w: "Work", item_ids: list[str]) -> None:
    """What was done under an older grant of these items counts for nobody any more, unless it is finished."""
    epoch = w.db.scalars(select(Meta.epoch)).one()
    for item in lock_rows(w.db, WorkItem, WorkItem.id, item_ids):
        if item.state in UNFINISHED:
            item.tok_epoch, item.tok_n = max(item.tok_epoch, epoch), item.tok_n + 1
            w.touch("work", item.id)


def prioritise(w: "Work", job_id: str, value: str, _reason: str) -> Done:
    """Gives a job another priority; 1 is the most urgent."""
    job = _live_job(w, job_id)
    if job is None:
        return GONE
    if not value.isascii() or not value.isdigit() or int(value) not in PRIORITIES:
        return Done(BoardRefusal.NOT_HERE)
    before, job.priority = job.priority, int(value)
    w.touch("job", job.id)
    w.audit("floor.prioritised", job=job.id, priority=job.priority, before=before)
    return Done(undo=UndoAct(act=BoardAct.PRIORITISE, id=job.id, value=str(before)))


def reassign(w: "Work", job_id: str, device_id: str, _reason: str) -> Done:
    """Releases a job nobody has begun and keeps it for a device for a while ('' for anybody)."""
    job = _live_job(w, job_id)
    if job is None or (device_id and not _may_work(w, device_id)):
        return GONE
    items = lock_rows(w.db, WorkItem, WorkItem.id, w.db.scalars(select(WorkItem.id).where(WorkItem.job_id == job_id)))
    claims = list(w.db.scalars(select(Lease).where(Lease.job == job_id, Lease.ended_at.is_(None)).order_by(Lease.id)))
    if claims and any(item.qty_done for item in items):
        return Done(BoardRefusal.BEGUN, {"order": next((item.order_no for item in items), "")})
    before = w.db.scalar(select(KeptJob.device_id).where(KeptJob.job_id == job_id)) or (claims and job.holder) or ""
    take_back(w, claims)
    _keep(w, job_id, device_id)
    w.touch("job", job.id)
    w.audit("floor.reassigned", job=job.id, to_device=device_id, before=before)
    return Done(undo=UndoAct(act=BoardAct.REASSIGN, id=job.id, value=before))


def _keep(w: "Work", job_id: str, device_id: str) -> None:
    w.db.execute(delete(KeptJob).where(KeptJob.job_id == job_id))
    if device_id:
        w.db.execute(insert(KeptJob).values(job_id=job_id, device_id=device_id, until=w.now + KEEP_FOR))


def _may_work(w: "Work", device_id: str) -> bool:
    active = (Device.id == device_id, Device.site_id == w.site, Device.status == DeviceStatus.ACTIVE)
    return w.db.scalar(select(Device.id).where(*active)) is not None


def _live_job(w: "Work", job_id: str) -> Job | None:
    job = next(iter(lock_rows(w.db, Job, Job.id, [job_id])), None)
    return job if job is not None and job.site_id == w.site and job.state in LIVE else None


def pull_out(w: "Work", order_no: str, _value: str, _reason: str) -> Done:
    """The order goes first and alone: what nobody has begun of it leaves the trips it shares with others for a trip of its own."""
    order = next(iter(lock_orders(w, [order_no])), None)
    if order is None:
        return GONE
    trips = [scene for scene in jobs_of_order(w, order_no) if _is_trip(scene)]
    if not trips:
        return GONE
    undo = None
    for scene in trips:
        if all(item.order_no == order_no for item in _all_items(w, scene)):
            undo = UndoAct(act=BoardAct.PRIORITISE, id=scene.job.id, value=str(scene.job.priority))
            scene.job.priority = min(PRIORITIES)
            w.touch("job", scene.job.id)
        else:
            _split_off(w, scene)
    order.priority = min(PRIORITIES)
    w.touch("order", order.number)
    w.audit("floor.pulled_out", order=order_no, trips=len(trips))
    return Done(undo=undo if len(trips) == 1 else None)


def _is_trip(scene: JobScene) -> bool:
    return (
        scene.job.kind is JobKind.PICK
        and scene.job.state in LIVE
        and any(item.state in UNFINISHED for item in scene.items)
    )


def _all_items(w: "Work", scene: JobScene) -> list[WorkItem]:
    """All items of the trip; the scene has only those of one order."""
    return list(w.db.scalars(select(WorkItem).where(WorkItem.job_id == scene.job.id)))


def _split_off(w: "Work", scene: JobScene) -> None:
    rest = [item for item in scene.items if item.state in UNFINISHED and not item.qty_done]
    if not rest:
        return
    ids = [item.id for item in rest]
    open_ = select(Lease).where(Lease.item.in_(ids), Lease.ended_at.is_(None)).order_by(Lease.id)
    claims = list(w.db.scalars(open_))
    holder = scene.job.holder
    take_back(w, claims)
    scene.job.holder = holder
    raise_tokens(w, [item for item in ids if item not in {claim.item for claim in claims}])
    again = back_to_pool(w, scene.job, rest)
    again.priority = min(PRIORITIES)
    w.touch("job", again.id)
