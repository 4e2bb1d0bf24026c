"""Taking work back from a device: first what it would mean, then, if it still stands so, the act. Called by the floor API.

Claims that run out by themselves leave the token alone, so that late work still counts. A reclaim is a decision: it raises the token of
every line that goes back, and whatever the device picked unheard becomes surplus with an instruction to put it back.
"""

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.db.locks import lock_rows
from oms.feed.models import Lease
from oms.floor.actions import take_back
from oms.floor.held import items_of, now_of
from oms.floor.people import device_line
from oms.floor.rules import version_of
from oms.inventory.models import StockMove
from oms.inventory.rules import bin_account, tote_account
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import need
from oms.picking.models import Job, WorkItem
from oms.picking.rules import UNFINISHED
from sync.contract.board import DeviceLine, NearCutOff, ReclaimPreview, ReclaimReason, ReclaimTote

if TYPE_CHECKING:
    from oms.db.work import Work


def preview(db: Session, site: str, device: str, job: str | None = None) -> ReclaimPreview | None:
    """What it means to take back all that `device` holds, or one `job` of it; None when there is no such device."""
    line = device_line(db, site, now_of(db), device, job)
    if line is None:
        return None
    items = [item for some in items_of(db, [one.job for one in line.jobs]).values() for item in some]
    back = [item for item in items if item.state in UNFINISHED]
    return ReclaimPreview(
        device=line.id,
        label=line.label,
        person=line.person,
        state=line.state,
        seen_s=line.seen_s,
        left_s=line.left_s,
        jobs=line.jobs,
        lines_back=len(back),
        lines_begun=sum(item.qty_done > 0 for item in back),
        units_picked=sum(item.qty_done for item in items),
        units_open=sum(item.qty_req - item.qty_done for item in back),
        waiting=line.waiting,
        totes=_totes(db, line, items),
        near=_near(line),
        version=version_of(line.state, line.jobs, [(item.id, item.tok_epoch, item.tok_n) for item in items]),
    )


def _totes(db: Session, line: DeviceLine, items: list[WorkItem]) -> list[ReclaimTote]:
    """What the device's jobs are known to have in totes, and where each tote was when its last unit went in."""
    moves = db.execute(
        select(StockMove.from_account, StockMove.to_account, StockMove.qty, StockMove.work_item)
        .where(StockMove.work_item.in_([item.id for item in items]))
        .order_by(StockMove.id)
    )
    order_of = {item.id: item.order_no for item in items}
    units: dict[str, int] = defaultdict(int)
    orders: dict[str, dict[str, None]] = defaultdict(dict)
    last_bin: dict[str, str] = {}
    for source, target, qty, item in moves:
        units[target] += qty
        units[source] -= qty
        orders[target][order_of[item or ""]] = None
        if source.startswith(bin_account("")):
            last_bin[target] = source.removeprefix(bin_account(""))
    mine = {tote_account(job.tote) for job in line.jobs if job.tote}
    filled = {account for account, qty in units.items() if qty > 0 and account.startswith(tote_account(""))}
    return [
        ReclaimTote(
            tote=tote.removeprefix(tote_account("")),
            units=max(0, units[tote]),
            orders=[order for order in orders[tote] if order],
            bin=last_bin.get(tote, ""),
        )
        for tote in sorted(mine | filled)
    ]


def _near(line: DeviceLine) -> list[NearCutOff]:
    """Orders whose truck leaves before the claim on them would end by itself."""
    return [
        NearCutOff(order=order, cut_off=job.cut_off, left_s=job.due_s)
        for job in line.jobs
        if job.cut_off is not None and job.due_s is not None and job.due_s < job.left_s
        for order in job.orders
    ]


def reclaim(
    w: "Work", device: str, version: str, reason: ReclaimReason, job: str | None = None
) -> tuple[bool, ReclaimPreview | None]:
    """Takes it back if it still stands as `version` said: (done, the preview as it stood under the locks)."""
    open_ = _lock(w, device, job)
    shown = preview(w.db, w.site, device, job)
    if shown is None or shown.version != version or not open_:
        return False, shown
    take_back(w, open_)
    _ask_for_totes(w, shown)
    w.audit(
        "floor.reclaimed",
        from_device=device,
        job=job,
        reason=reason.value,
        jobs=" ".join(one.job for one in shown.jobs),
        lines=shown.lines_back,
        begun=shown.lines_begun,
        units_picked=shown.units_picked,
        state=shown.state.value,
    )
    return True, shown


def _lock(w: "Work", device: str, job: str | None) -> list[Lease]:
    """Locks the device's jobs and their items; its open claims as they are then."""
    mine = select(Lease).where(Lease.site_id == w.site, Lease.device == device, Lease.ended_at.is_(None))
    if job is not None:
        mine = mine.where(Lease.job == job)
    jobs = lock_rows(w.db, Job, Job.id, {lease.job for lease in w.db.scalars(mine)})
    items = items_of(w.db, [one.id for one in jobs])
    lock_rows(w.db, WorkItem, WorkItem.id, [item.id for some in items.values() for item in some])
    return list(w.db.scalars(mine.order_by(Lease.id).execution_options(populate_existing=True)))


def _ask_for_totes(w: "Work", shown: ReclaimPreview) -> None:
    """Somebody has to find the totes in which goods are: whoever goes on with the work needs them."""
    for tote in shown.totes:
        if tote.units:
            job = next((one.job for one in shown.jobs if one.tote == tote.tote), None)
            words: dict[str, str | int] = {"tote": tote.tote, "n": tote.units, "device": shown.label, "bin": tote.bin}
            order = tote.orders[0] if tote.orders else None
            need(w, ExceptionKind.FIND_TOTE, words, job=job, order_no=order)
