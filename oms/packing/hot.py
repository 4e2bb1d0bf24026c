"""Units that are missing at the bench, or no good, and are fetched at once: the packing waits for them, and goes on when they come. Called
by the ingest of the feed, and when the last goods of an order have arrived."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from oms.catalog.models import Item
from oms.feed.ports import Credit, FactContext
from oms.inventory.queries import contents
from oms.inventory.rules import COUNT_ADJUST, bin_account, parcel_account, tote_account
from oms.orders.models import Order, OrderLine
from oms.orders.progress import hold_unpicked
from oms.packing.facts import picked_from
from oms.packing.models import Parcel
from oms.packing.sharing import parcels_for
from oms.picking.actions import adopt, finish, judge, line_of, positive, recount, touch_packing
from oms.picking.again import fetch_hot
from oms.picking.answers import credited, order_no_of
from oms.picking.codes import CountReason, ExceptionKind
from oms.picking.exceptions import count_bin, divert
from oms.picking.rules import LIVE, UNFINISHED
from oms.picking.scene import Scene, jobs_of_order, of_item
from oms.picking.shorts import quarantine
from oms.shipping.facts import finish_order
from sync.contract import facts
from sync.contract.codes import JobKind, ParcelState, ShortReason, Substitution

if TYPE_CHECKING:
    from oms.db.work import Work


def hot(w: "Work", fact: FactContext, body: facts.PackHot) -> Credit:
    """As many of the missing units as the house has are fetched before anything else; what it has not, the packer still decides about."""
    scene = of_item(w, fact.item)
    positive(body.missing)
    verdict = judge(w, fact, scene, JobKind.PACK, body.sku, 0)
    forbidden = scene is not None and bool(body.other) and scene.order.substitution is Substitution.NEVER
    if scene is None or not verdict.credited or forbidden:
        order = order_no_of(scene) or body.job
        return divert(w, ExceptionKind.JOB_GONE, {"order": order}, fact, job=body.job, order_no=order_no_of(scene))
    if verdict.adopt:
        adopt(w, fact, scene)
    item = scene.item
    lacks = min(body.missing, item.qty_req - item.qty_done)
    found = _fetch_other(w, scene, lacks, body.other) if body.other else fetch_hot(w, scene, lacks)
    if found:
        _leave_tote(w, fact, scene, body, found)
    recount(w, item)
    w.touch("job", scene.job.id)
    w.touch("order", scene.order.number)
    number = scene.order.number
    w.audit("pack.hot", order=number, sku=item.sku, missing=body.missing, found=found, other=body.other)
    return credited(verdict)


def _leave_tote(w: "Work", fact: FactContext, scene: Scene, body: facts.PackHot, qty: int) -> None:
    """In the books the units are in the tote no more: broken ones go to quarantine, others were never there."""
    item, aside = scene.item, None
    if body.reason is ShortReason.DAMAGED:
        aside = quarantine(w)
    else:
        for bin in picked_from(w, item):
            count_bin(w, bin, item.sku, CountReason.SHORT_IN_TOTE, job=body.job, order_no=scene.order.number)
    gone = bin_account(aside) if aside else COUNT_ADJUST
    w.move(fact.op_id, 0, item.sku, item.lot, tote_account(body.tote), gone, qty, item.id)
    line = line_of(w, item)
    line.picked -= min(qty, line.picked)


def _fetch_other(w: "Work", scene: Scene, lacks: int, other: str) -> int:
    """Another item in place of the missing one: it gets a line of its own, and the line it stands for is short by as much."""
    item, number = scene.item, scene.order.number
    known = w.db.scalar(select(Item).where(Item.site_id == w.site, Item.sku == item.sku))
    if known is None or other not in known.substitutes:
        return 0
    lines = select(func.max(OrderLine.line_no)).where(OrderLine.site_id == w.site, OrderLine.order_no == number)
    made = OrderLine(
        site_id=w.site, order_no=number, line_no=w.db.scalars(lines).one() + 1, sku=other, qty=lacks,
        customer_line=line_of(w, item).customer_line,
    )  # fmt: skip
    w.db.add(made)
    w.db.flush()
    found = fetch_hot(w, scene, lacks, (other, made.line_no))
    if found:
        made.qty = found
        line_of(w, item).short += found
    else:
        w.db.delete(made)
    w.db.flush()
    return found


def end_packing(w: "Work", order: Order) -> bool:
    """What was waited for does not come: a packing that has nothing left to do, and nothing in an open parcel, is over. Returns whether it
    ended one."""
    w.db.flush()
    touch_packing(w, order.number)
    jobs = jobs_of_order(w, order.number)
    mine = [scene for scene in jobs if scene.job.kind is JobKind.PACK and scene.job.state in LIVE]
    busy = any(item.state in UNFINISHED for scene in jobs for item in scene.items if item.order_no == order.number)
    if not mine or busy or _parcel_open(w, order.number):
        return False
    left = w.db.scalar(
        parcels_for(w.site, order.number)
        .where(Parcel.state == ParcelState.SHIPPED)
        .order_by(Parcel.number.desc())
        .limit(1)
    )
    if left is not None:
        finish_order(w, order, left, jobs)
        return True
    for scene in mine:
        finish(w, scene)
    hold_unpicked(w, order)
    return True


def _parcel_open(w: "Work", order_no: str) -> bool:
    """Whether something of the order lies in a parcel that has not left."""
    parcels = parcels_for(w.site, order_no).where(Parcel.state != ParcelState.SHIPPED)
    return any(contents(w.db, w.site, parcel_account(parcel.id)) for parcel in w.db.scalars(parcels).all())


HANDLERS: dict[type[Any], Callable[..., Credit]] = {facts.PackHot: hot}
