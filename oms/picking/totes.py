"""Totes and carts on their way: bound to a job or to a slot of it, set down while the job goes on; and the zone somebody works in.
Called by the ingest of the feed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from oms.feed.ports import APPLIED, Credit, FactContext
from oms.orders.progress import advance_if_can
from oms.picking.answers import STORED_LATE
from oms.picking.drops import settle_order
from oms.picking.models import JobSlot, ZonePresence
from oms.picking.rules import holds
from oms.picking.scene import JobScene, of_job
from sync.contract import facts
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work


def tote_bound(w: "Work", fact: FactContext, body: facts.ToteBind) -> Credit:
    """The job, or one order's slot of it, has its tote; a tote that was passed on is received. From anybody but the holder it is kept
    as said, with no effect."""
    scene = _held(w, fact, body.job)
    if scene is None:
        return STORED_LATE
    job = scene.job
    slot = _slot(w, body)
    if slot is None and body.slot is not None:
        # Its order has left the cart meanwhile.
        return STORED_LATE
    if slot is not None:
        slot.tote, slot.lane = body.tote, None
    else:
        job.tote = body.tote
        job.found_at = job.passed_at = None
    _begun(w, fact, scene)
    return Credit(holds(job.state, job.holder, fact.device).outcome)


def cart_bound(w: "Work", fact: FactContext, body: facts.CartBind) -> Credit:
    """The job has its cart."""
    scene = _held(w, fact, body.job)
    if scene is None:
        return STORED_LATE
    scene.job.cart = body.cart
    _begun(w, fact, scene)
    return Credit(holds(scene.job.state, scene.job.holder, fact.device).outcome)


def tote_dropped(w: "Work", fact: FactContext, body: facts.ToteDrop) -> Credit:
    """One tote of the job stands at a lane. A full one is replaced; an order whose lines are all closed then can be packed."""
    scene = _held(w, fact, body.job)
    if scene is None:
        return STORED_LATE
    job = scene.job
    job.lane = body.lane or job.lane
    slots = [slot for slot in _slots(w, job.id) if slot.tote == body.tote]
    for slot in slots:
        slot.tote = None if body.full else slot.tote
        slot.lane = None if body.full else body.lane
    if not slots and body.full and job.tote == body.tote:
        job.tote = None
    w.touch("job", job.id)
    w.db.flush()
    dropped = {slot.order_no for slot in slots}
    for order in scene.orders:
        if order.number in dropped and not body.full:
            settle_order(w, order, job)
    return Credit(holds(job.state, job.holder, fact.device).outcome)


def zone_entered(w: "Work", fact: FactContext, body: facts.ZoneEnter) -> Credit:
    """Somebody works in this zone from now on, or in none."""
    if body.zone is None:
        w.db.execute(delete(ZonePresence).where(ZonePresence.device_id == fact.device))
        return APPLIED
    here = {"site_id": w.site, "zone": body.zone, "since": w.now, "worker_id": fact.worker}
    entered = insert(ZonePresence).values(device_id=fact.device, **here)
    w.db.execute(entered.on_conflict_do_update(index_elements=["device_id"], set_=here))
    return APPLIED


def _held(w: "Work", fact: FactContext, job_id: str) -> JobScene | None:
    """The job, when what this device says about it counts."""
    scene = of_job(w, job_id)
    if scene is None or not holds(scene.job.state, scene.job.holder, fact.device).credited:
        return None
    return scene


def _begun(w: "Work", fact: FactContext, scene: JobScene) -> None:
    scene.job.worker_id = fact.worker or scene.job.worker_id
    w.touch("job", scene.job.id)
    for order in scene.orders:
        advance_if_can(w, order, OrderState.PICKING)


def _slot(w: "Work", body: facts.ToteBind) -> JobSlot | None:
    """The slot a tote was bound to, by its number or its order."""
    for slot in _slots(w, body.job):
        if slot.n == body.slot or (body.slot is None and slot.order_no == body.order):
            return slot
    return None


def _slots(w: "Work", job_id: str) -> list[JobSlot]:
    return list(w.db.scalars(select(JobSlot).where(JobSlot.job_id == job_id).order_by(JobSlot.n)))


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.ToteBind: tote_bound,
    facts.CartBind: cart_bound,
    facts.ToteDrop: tote_dropped,
    facts.ZoneEnter: zone_entered,
}
