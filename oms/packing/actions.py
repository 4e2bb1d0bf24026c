"""Makes the packing work for what a pick trip brought. Called when the last pick job of an order is set down."""

from collections import defaultdict
from typing import TYPE_CHECKING

from oms.inventory.queries import in_hand
from oms.inventory.rules import tote_account
from oms.orders.models import OrderLine
from oms.picking.actions import new_item, new_job
from oms.picking.models import Job, WorkItem
from sync.contract.codes import JobKind

if TYPE_CHECKING:
    from oms.db.work import Work


def make_pack_job(w: "Work", picked: Job, picks: list[WorkItem], lines: list[OrderLine]) -> Job:
    """The pack job of one order: an item per line, tote and lot, in line order. `picks` are the order's pick items."""
    job = new_job(w, picked, JobKind.PACK)
    job.tote, job.lane = picked.tote, picked.lane
    like = {item.line_no: item for item in picks}
    for line in lines:
        if line.picked:
            for (tote, lot), qty in _where(w, line, like[line.line_no], picked.tote).items():
                item = new_item(w, job, like[line.line_no], qty=qty, from_bin=tote, lot=lot, seq=line.line_no)
                item.expiry = like[line.line_no].expiry
    return job


def _where(w: "Work", line: OrderLine, pick: WorkItem, tote: str | None) -> dict[tuple[str, str], int]:
    """Units of a line per (tote, lot). They add up to what was credited: what is not there any more, the packer will find short."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for held in in_hand(w.db, w.site, line.order_no):
        if held.line_no == line.line_no and held.account.startswith(tote_account("")):
            found[held.account.removeprefix(tote_account("")), held.lot] += held.qty
    lacks = line.picked - sum(found.values())
    if lacks > 0:
        found[tote or "", pick.lot] += lacks
    return found
