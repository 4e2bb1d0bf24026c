"""What packers report about goods and weights. Each handler books the goods where they physically went and has all its effects in the
unit of work it is given. Called by the ingest of the feed, in savepoints."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory.rules import COUNT_ADJUST, parcel_account, surplus_account, tote_account
from oms.orders.models import Order, OrderLine
from oms.orders.progress import advance_if_can, hold_unpicked, left_account
from oms.packing.holds import settle_holds
from oms.packing.models import Parcel, Weighing
from oms.packing.planning import replan
from oms.packing.sharing import orders_in
from oms.picking.actions import adopt, close_short, count, finish, judge, line_of, positive
from oms.picking.answers import STORED_LATE, credited
from oms.picking.codes import CountReason, ExceptionKind
from oms.picking.exceptions import count_bin, divert, forget_put_backs, need, put_back_words, resolve, waits_in
from oms.picking.models import WorkItem
from oms.picking.rules import UNFINISHED, holds
from oms.picking.scene import Scene, lock_orders, of_item, of_job
from oms.shipping.actions import plan_ahead, units_to_pack
from oms.shipping.carriers import labels
from sync.contract import facts
from sync.contract.codes import JobKind, OrderState, Outcome, ParcelState

if TYPE_CHECKING:
    from oms.db.work import Work


def opened(w: "Work", fact: FactContext, body: facts.PackOpen) -> Credit:
    """The tote is open at a station. From anybody but the holder it is kept as said, with no effect."""
    scene = of_job(w, body.job)
    if scene is None:
        return STORED_LATE
    verdict = holds(scene.job.state, scene.job.holder, fact.device)
    if not verdict.credited:
        return STORED_LATE
    scene.job.station = body.station
    scene.job.worker_id = fact.worker or scene.job.worker_id
    w.touch("job", scene.job.id)
    settle_holds(w, scene.job.id)
    for order in scene.orders:
        advance_if_can(w, order, OrderState.PACKING)
        plan_ahead(w, order, units_to_pack(scene, order.number))
        replan(w, order)
    return Credit(verdict.outcome)


def packed(w: "Work", fact: FactContext, body: facts.PackConfirm) -> Credit:
    """Units went from the tote into the parcel; or, when they count for nobody, into the person's hands, to go back into the tote."""
    scene = of_item(w, fact.item)
    verdict = judge(w, fact, scene, JobKind.PACK, body.sku, positive(body.qty))
    lot = body.lot or (scene.item.lot if scene else "")
    tote = tote_account(body.tote)
    if scene is None or not verdict.credited or not _takes_goods(w, body.parcel, scene):
        surplus = surplus_account(fact.device)
        w.move(fact.op_id, 0, body.sku, lot, tote, surplus, body.qty, scene.item.id if scene else None)
        words = put_back_words(body.qty, body.sku, lot, surplus, tote)
        order_no = scene.order.number if scene else None
        return divert(w, ExceptionKind.PUT_BACK, words, fact, job=body.job, order_no=order_no)
    if verdict.adopt:
        adopt(w, fact, scene)
    w.move(fact.op_id, 0, body.sku, lot, tote, parcel_account(body.parcel), body.qty, scene.item.id)
    count(w, scene, body.qty)
    if scene.order.state is OrderState.PICKED:
        advance_if_can(w, scene.order, OrderState.PACKING)
    return credited(verdict)


def unpacked(w: "Work", fact: FactContext, body: facts.PackUndo) -> Credit:
    """Units came out of the parcel again and lie in the tote; or out of the hands that held them as surplus."""
    scene = of_item(w, fact.item)
    verdict = judge(w, fact, scene, JobKind.PACK, body.sku, -positive(body.qty))
    lot = body.lot or (scene.item.lot if scene else "")
    item = scene.item.id if scene else None
    parcel, surplus, tote = w.db.get(Parcel, body.parcel), surplus_account(fact.device), tote_account(body.tote)
    # Out of a parcel that has left, as the books have it, nothing can come but what never went.
    inside = parcel_account(body.parcel)
    if parcel is not None and parcel.state is ParcelState.SHIPPED:
        inside = left_account(w.db.get_one(Order, (w.site, parcel.order_no)))
    beside = scene is not None and not _takes_goods(w, body.parcel, scene) and waits_in(w, surplus, fact.item)
    if scene is None or not verdict.credited or beside:
        source = surplus if waits_in(w, surplus, fact.item) else inside
        w.move(fact.op_id, 0, body.sku, lot, source, tote, body.qty, item)
        forget_put_backs(w, source, body.sku, lot, body.qty, fact.item)
        order_no = scene.order.number if scene else None
        resolve(w, need(w, ExceptionKind.UNDONE, {"n": body.qty}, fact, job=body.job, order_no=order_no))
        return Credit(Outcome.DIVERTED)
    if verdict.adopt:
        adopt(w, fact, scene)
    w.move(fact.op_id, 0, body.sku, lot, inside, tote, body.qty, item)
    count(w, scene, -body.qty)
    return credited(verdict)


def _takes_goods(w: "Work", parcel_id: str, scene: Scene) -> bool:
    """Whether the parcel is one of the order's, or shared by it, and still in the house."""
    parcel = w.db.get(Parcel, parcel_id)
    if parcel is None or parcel.state in (ParcelState.SHIPPED, ParcelState.VOID):
        return False
    return parcel.order_no == scene.order.number or scene.order.number in orders_in(w.db, parcel)


def went_short(w: "Work", fact: FactContext, body: facts.PackShort) -> Credit:
    """Units were not in the tote: the order goes without them, and the bin they were picked from is counted."""
    scene = of_item(w, fact.item)
    positive(body.missing)
    verdict = judge(w, fact, scene, JobKind.PACK, body.sku, 0)
    if scene is None or not verdict.credited:
        order_no = scene.order.number if scene else body.job
        return divert(w, ExceptionKind.JOB_GONE, {"order": order_no}, fact, job=body.job)
    if verdict.adopt:
        adopt(w, fact, scene)
    item = scene.item
    lacks = close_short(w, item)
    line_of(w, item).short += lacks
    w.move(fact.op_id, 0, item.sku, item.lot, tote_account(body.tote), COUNT_ADJUST, lacks, item.id)
    w.touch("order", scene.order.number)
    w.audit("pack.short", order=scene.order.number, sku=item.sku, missing=lacks, released_by=body.released_by)
    for bin in picked_from(w, item):
        count_bin(w, bin, item.sku, CountReason.SHORT_IN_TOTE, job=body.job, order_no=scene.order.number)
    replan(w, scene.order)
    _end_if_nothing_to_send(w, scene)
    return credited(verdict)


def picked_from(w: "Work", item: WorkItem) -> list[str]:
    """The bins that the units of a pack item should have come from."""
    return list(
        w.db.scalars(
            select(WorkItem.from_bin)
            .distinct()
            .where(
                WorkItem.site_id == w.site,
                WorkItem.order_no == item.order_no,
                WorkItem.line_no == item.line_no,
                WorkItem.kind == JobKind.PICK,
                WorkItem.qty_done > 0,
            )
            .order_by(WorkItem.from_bin)
        )
    )


def _end_if_nothing_to_send(w: "Work", scene: Scene) -> None:
    """The tote was empty: the job is over and the order waits for a supervisor."""
    whole = of_job(w, scene.job.id)
    if whole is None or any(item.state in UNFINISHED or item.qty_done for item in whole.items):
        return
    if still_fetched(w, scene.order.number):
        return
    finish(w, whole)
    sent = select(OrderLine.packed).where(OrderLine.site_id == w.site, OrderLine.order_no == scene.order.number)
    if not any(w.db.scalars(sent)):
        hold_unpicked(w, scene.order)


def still_fetched(w: "Work", order_no: str) -> bool:
    """Whether somebody is out for goods of an order that is being packed."""
    out = select(WorkItem.id).where(
        WorkItem.site_id == w.site,
        WorkItem.order_no == order_no,
        WorkItem.kind == JobKind.PICK,
        WorkItem.state.in_(UNFINISHED),
    )
    return w.db.scalar(out.limit(1)) is not None


def weighed(w: "Work", fact: FactContext, body: facts.ParcelWeighed) -> Credit:
    """A stable weight. It is a measurement: kept whoever took it, and the parcel waits for its label from now on."""
    parcel = lock_parcel(w, body.parcel)
    if parcel is None:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": body.parcel}, fact, job=body.job)
    weighing = Weighing(
        op_id=fact.op_id,
        site_id=w.site,
        parcel_id=parcel.id,
        carton=body.carton,
        grams=positive(body.grams),
        expected_g=body.expected_g,
        tolerance_g=body.tolerance_g,
        within=body.within,
        at=w.now,
        scale=body.scale,
        device=fact.device,
        worker_id=fact.worker,
        released_by=body.released_by,
        reason=body.reason,
        supplies=body.supplies,
    )
    w.db.add(weighing)
    if not body.within:
        w.audit("weight.released", parcel=parcel.id, grams=body.grams, by=body.released_by, reason=body.reason)
    if parcel.state in (ParcelState.SHIPPED, ParcelState.VOID):
        return STORED_LATE
    parcel.carton, parcel.grams = body.carton, body.grams
    if parcel.state is ParcelState.PLANNED:
        parcel.state = ParcelState.LABEL_PENDING
    labels.want(w, parcel)
    w.touch("parcel", parcel.id)
    for order in lock_orders(w, orders_in(w.db, parcel)):
        advance_if_can(w, order, OrderState.LABEL_PENDING)
    return APPLIED


def lock_parcel(w: "Work", parcel_id: str) -> Parcel | None:
    """The parcel with its orders locked first; None when this server never knew it."""
    known = w.db.get(Parcel, parcel_id)
    if known is None or known.site_id != w.site:
        return None
    lock_orders(w, orders_in(w.db, known))
    return w.db.get_one(Parcel, parcel_id, with_for_update=True, populate_existing=True)


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.PackOpen: opened,
    facts.PackConfirm: packed,
    facts.PackUndo: unpacked,
    facts.PackShort: went_short,
    facts.ParcelWeighed: weighed,
}
