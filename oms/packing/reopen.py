"""A closed parcel is opened again before its carrier has it: the label is given back, the goods lie in a tote named after its SSCC, and are
packed anew. Called by the routes, in one unit of work."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import or_, select, update

from oms.inventory.models import StockMove
from oms.inventory.queries import InHand, contents, in_hand
from oms.inventory.rules import SHIPPED, parcel_account, tote_account
from oms.orders.models import Order, OrderLine
from oms.orders.progress import advance_if_can
from oms.orders.rules import REOPENED as ORDER_REOPENED
from oms.packing.models import Parcel, Weighing
from oms.packing.pallet_models import LoadUnit, PalletParcel
from oms.packing.planning import replan
from oms.packing.sharing import orders_in
from oms.picking.actions import finish, new_item, new_job
from oms.picking.models import Job, WorkItem
from oms.picking.rules import LIVE, UNFINISHED
from oms.picking.scene import JobScene, jobs_of_order, lock_orders
from oms.shipping.actions import plan_ahead
from oms.shipping.carriers import labels
from oms.shipping.carriers.models import Label, LabelState
from oms.shipping.rules import REOPENED as PARCEL_REOPENED
from oms.transitions import moved
from sync.contract.codes import JobKind, OrderState, ParcelState, ReopenReason
from sync.contract.shipping import LabelAct

if TYPE_CHECKING:
    from oms.db.work import Work


#: Orders that nothing is packed for any more: their goods are put back by whoever was told to.
_OVER = (OrderState.CANCELLED, OrderState.HELD)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants it: the worker, the device they stand at, and whether they may open what others packed."""

    worker: str
    device: str
    supervises: bool


@dataclass(frozen=True, slots=True)
class Reopened:
    """The goods are in `tote` with the pack job `job`; or the `reason` (a message code) why not."""

    tote: str | None = None
    job: str | None = None
    reason: str | None = None


def reopen(w: "Work", parcel: str, who: Asker, why: ReopenReason) -> Reopened:
    """Opens the parcel with this id or SSCC. Asked again, it answers as before."""
    found = _lock(w, parcel)
    if found is None:
        return Reopened(reason="parcel_unknown")
    orders, box = found
    jobs = [scene for order in orders for scene in jobs_of_order(w, order.number)]
    before = _job_of(w, box)
    if box.state is ParcelState.VOID and before is not None:
        return Reopened(box.sscc, before)
    inside = contents(w.db, w.site, parcel_account(box.id))
    if reason := _refused(w, orders[0], box, jobs, who):
        return Reopened(reason=reason)
    if box.state is ParcelState.SHIPPED:
        inside = _back_from_truck(w, box)
    if not inside:
        return Reopened(reason="parcel_empty")
    if _has_label(w, box.id):
        labels.act(w, box.id, LabelAct.VOID, why.value)
    if why is ReopenReason.WRONG_GOODS:
        # What was scanned into it is not what was weighed.
        w.db.execute(update(Weighing).where(Weighing.parcel_id == box.id).values(learned=True))
    box.state = moved(PARCEL_REOPENED, box.state, ParcelState.VOID)
    w.touch("parcel", box.id)
    again = [_pack_again(w, order, box) for order in orders if order.state not in _OVER]
    for order in orders:
        replan(w, order)
        w.audit("parcel.reopened", parcel=box.id, order=order.number, reason=why.value, sscc=box.sscc)
    return Reopened(box.sscc, again[0])


def _lock(w: "Work", parcel: str) -> tuple[list[Order], Parcel] | None:
    """The parcel, and its orders: first the one it was made for."""
    mine = select(Parcel).where(Parcel.site_id == w.site, or_(Parcel.id == parcel, Parcel.sscc == parcel))
    box = w.db.scalar(mine)
    if box is None:
        return None
    orders = sorted(lock_orders(w, orders_in(w.db, box)), key=lambda order: order.number != box.order_no)
    return orders, w.db.get_one(Parcel, box.id, with_for_update=True, populate_existing=True)


def _job_of(w: "Work", box: Parcel) -> str | None:
    """The packing that opening this parcel made: of several, that of its own order."""
    mine = select(Job.id).join(WorkItem, WorkItem.job_id == Job.id)
    mine = mine.where(Job.site_id == w.site, Job.kind == JobKind.PACK, Job.tote == box.sscc)
    return w.db.scalar(mine.order_by(WorkItem.order_no != box.order_no, Job.created_at, Job.id).limit(1))


def _refused(w: "Work", order: Order, box: Parcel, jobs: list[JobScene], who: Asker) -> str | None:
    """The message code of why the parcel stays closed; None when it may be opened."""
    if box.state is ParcelState.VOID or order.state in (OrderState.CANCELLED, OrderState.HELD):
        return "parcel_void"
    if box.state is ParcelState.PLANNED:
        return "parcel_still_open"
    if w.db.scalar(select(Label.id).where(Label.parcel_id == box.id, Label.manifest_id.is_not(None)).limit(1)):
        return "parcel_manifested"
    stands = select(PalletParcel.parcel_id).where(PalletParcel.parcel_id == box.id)
    loaded = select(LoadUnit.sscc).where(LoadUnit.sscc == box.sscc)
    if w.db.scalar(stands) is not None or w.db.scalar(loaded) is not None:
        return "parcel_on_pallet"
    if box.state is ParcelState.SHIPPED and order.transfer_to is not None:
        # It is the other site's to say what came of it.
        return "parcel_manifested"
    if not who.supervises and (box.state is ParcelState.SHIPPED or not _packs_it(jobs, who)):
        return "needs_supervisor"
    return None


def _packs_it(jobs: list[JobScene], who: Asker) -> bool:
    packing = (scene.job for scene in jobs if scene.job.kind is JobKind.PACK and scene.job.state in LIVE)
    return any(job.holder == who.device for job in packing)


def _has_label(w: "Work", parcel_id: str) -> bool:
    live = select(Label.id).where(Label.parcel_id == parcel_id, Label.state != LabelState.VOID)
    return w.db.scalar(live.limit(1)) is not None


def _back_from_truck(w: "Work", box: Parcel) -> list[tuple[str, str, int]]:
    """What had left the books with the parcel is in it again."""
    account, source = parcel_account(box.id), uuid4().hex
    left = [
        (move.sku, move.lot, move.qty)
        for move in w.db.scalars(
            select(StockMove)
            .where(StockMove.site_id == w.site, StockMove.from_account == account, StockMove.to_account == SHIPPED)
            .order_by(StockMove.id)
        )
    ]
    for line, (sku, lot, qty) in enumerate(left):
        w.move(source, line, sku, lot, SHIPPED, account, qty)
    w.db.flush()
    box.shipped_at = None
    return left


def _pack_again(w: "Work", order: Order, box: Parcel) -> str:
    """A packing of its own for what the order had in the parcel. One that has nothing else to do is over."""
    packing = [scene for scene in jobs_of_order(w, order.number) if scene.job.kind is JobKind.PACK]
    like = {item.line_no: item for scene in packing for item in scene.items if item.order_no == order.number}
    account, source = parcel_account(box.id), uuid4().hex
    held = [one for one in in_hand(w.db, w.site, order.number) if one.account == account]
    job = new_job(w, packing[-1].job, JobKind.PACK)
    job.tote, job.lane, job.priority = box.sscc, packing[-1].job.lane, 1
    for n, one in enumerate(held):
        item = _item(w, job, like[one.line_no], one, box.sscc)
        w.move(source, n, one.sku, one.lot, account, tote_account(box.sscc), one.qty, item.id)
        w.db.get_one(OrderLine, (w.site, order.number, one.line_no)).packed -= one.qty
    for scene in packing:
        if scene.job.state in LIVE and not any(item.state in UNFINISHED for item in scene.items):
            finish(w, scene)
    if order.state is OrderState.SHIPPED:
        order.state, order.shipped_at = moved(ORDER_REOPENED, order.state, OrderState.PACKING), None
    advance_if_can(w, order, OrderState.PACKING)
    w.touch("order", order.number)
    w.db.flush()
    plan_ahead(w, order, sum(one.qty for one in held))
    return job.id


def _item(w: "Work", job: Job, like: WorkItem, one: InHand, tote: str) -> WorkItem:
    made = new_item(w, job, like, qty=one.qty, from_bin=tote, lot=one.lot, seq=one.line_no)
    made.expiry = like.expiry
    return made
