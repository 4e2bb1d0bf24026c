"""Makes the packing work for what trips and sorts brought, and takes it back while nobody has begun. Called when the last goods of an
order have arrived."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from oms.inventory.queries import in_hand
from oms.inventory.rules import tote_account
from oms.orders.models import Order, OrderLine
from oms.packing.planning import replan
from oms.picking.actions import cancel, new_item, new_job
from oms.picking.again import grant_with
from oms.picking.models import Job, WorkItem
from oms.picking.rules import UNFINISHED
from oms.picking.scene import jobs_of_order
from sync.contract.codes import JobKind, JobState, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work


#: Units per (tote, lot).
_Places = dict[tuple[str, str], int]


def make_pack_job(w: "Work", picked: Job, picks: list[WorkItem], lines: Sequence[OrderLine]) -> None:
    """The pack job of one order for everything picked that no pack job has yet: an item per line, tote and lot, in line order. `picks`
    are the order's pick items, `picked` the job that brought the last of it."""
    like = {item.line_no: item for item in picks}
    todo = [(line, _where(w, line, like[line.line_no], picked.tote)) for line in lines if line.picked]
    if not any(places for _, places in todo):
        return
    job, mate = _waiting_for_it(w, picks[0].order_no)
    if job is None:
        job = new_job(w, picked, JobKind.PACK)
        job.tote, job.lane = _main_tote([places for _, places in todo], picked.tote), picked.lane
    for line, places in todo:
        for (tote, lot), qty in places.items():
            item = new_item(w, job, like[line.line_no], qty=qty, from_bin=tote, lot=lot, seq=line.line_no)
            item.expiry = like[line.line_no].expiry
            if mate is not None:
                grant_with(w, item, mate, uuid4().hex)
    w.touch("job", job.id)
    # What was not found is not packed either: known before the tote is at the bench.
    replan(w, w.db.get_one(Order, (w.site, lines[0].order_no)))


def _waiting_for_it(w: "Work", order_no: str) -> tuple[Job | None, WorkItem | None]:
    """The packing of the order that somebody has begun, and an item of it that they hold: what comes late joins it."""
    for scene in jobs_of_order(w, order_no):
        if scene.job.kind is JobKind.PACK and scene.job.state is JobState.ACTIVE:
            mates = [item for item in scene.items if item.holder is not None and item.holder == scene.job.holder]
            if mates:
                return scene.job, mates[0]
    return None, None


def _main_tote(places: list[_Places], picked: str | None) -> str | None:
    """The tote the trip ended with, when it has goods of the order, else the one with the most."""
    units: dict[str, int] = defaultdict(int)
    for some in places:
        for (tote, _), qty in some.items():
            units[tote] += qty
    if picked in units:
        return picked
    return max(sorted(units), key=units.__getitem__) or None


def _where(w: "Work", line: OrderLine, pick: WorkItem, tote: str | None) -> _Places:
    """Units of a line per (tote, lot) that are not in a pack job already. They add up to what was credited: what is not there any more, the
    packer will find short."""
    packing = _packing_already(w, line)
    # What came out of a parcel again is packed twice, by items of their own.
    lacks = line.picked - line.packed - sum(item.qty_req - item.qty_done for item in packing)
    reserved: _Places = defaultdict(int)
    for item in packing:
        if item.state in UNFINISHED:
            reserved[item.from_bin, item.lot] += item.qty_req - item.qty_done
    found: _Places = defaultdict(int)
    for held in in_hand(w.db, w.site, line.order_no):
        if held.line_no == line.line_no and held.account.startswith(tote_account("")) and lacks > 0:
            place = held.account.removeprefix(tote_account("")), held.lot
            units = min(lacks, held.qty - min(held.qty, reserved.pop(place, 0)))
            if units:
                found[place] += units
                lacks -= units
    if lacks > 0:
        found[tote or "", pick.lot] += lacks
    return found


def _packing_already(w: "Work", line: OrderLine) -> list[WorkItem]:
    return list(
        w.db.scalars(
            select(WorkItem).where(
                WorkItem.site_id == w.site,
                WorkItem.order_no == line.order_no,
                WorkItem.line_no == line.line_no,
                WorkItem.kind == JobKind.PACK,
                WorkItem.state != WorkState.CANCELLED,
            )
        )
    )


def withdraw_pack_job(w: "Work", order_no: str) -> None:
    """Packing that nobody has taken yet is called off: something of the order is being taken out of its place again."""
    for scene in jobs_of_order(w, order_no):
        if scene.job.kind is JobKind.PACK and scene.job.state is JobState.OPEN:
            cancel(w, scene, order_no)
