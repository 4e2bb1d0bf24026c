"""Orders that customers fetch in the store, as the floor reports them: set aside, handed over, not taken. Each handler has all its effects
in the unit of work it is given. Called by the ingest of the feed, in savepoints."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory.queries import contents
from oms.inventory.rules import SHIPPED, parcel_account, tote_account
from oms.orders.actions import cancel
from oms.orders.models import Order, OrderLine
from oms.orders.progress import advance, advance_if_can
from oms.packing.models import Parcel
from oms.packing.planning import settle
from oms.packing.sharing import parcels_for
from oms.picking.actions import count, finish
from oms.picking.answers import STORED_LATE
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import divert, forget_put_backs
from oms.picking.models import WorkItem
from oms.picking.rules import LIVE, UNFINISHED, WORK
from oms.picking.scene import JobScene, Scene, jobs_of_order, lock_orders
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.follow import follow
from oms.sales.pickup_models import PickUp
from oms.sales.ports import PORTS
from oms.sales.scene import lock_sale, settle_state
from oms.shipping.rules import PARCEL
from oms.transitions import moved
from sync.contract import facts
from sync.contract.codes import JobKind, NotTaken, OrderState, ParcelState, WorkState
from sync.contract.pickup import code_digest, plain_code

if TYPE_CHECKING:
    from oms.db.work import Work

#: Letters and digits that nobody mixes up, aloud or on paper; ten of them.
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LONG: Final = 10
_NAME, _PIECES, _STROKES, _TEXT = 200, 50, 8000, 200
#: States in which the goods of an order are together and have not left.
_TOGETHER: Final = frozenset({OrderState.PICKED, OrderState.PACKING, OrderState.LABEL_PENDING})


def ready(w: "Work", fact: FactContext, body: facts.PickupReady) -> Credit:
    """The goods stand on their shelf, out of the tote's hands: what no bench has packed is in its parcel now. The customer is told."""
    order = _order(w, body.order)
    if order is None or not order.pick_up or order.state not in _TOGETHER:
        return _not_so(w, fact, body.order, order)
    _gather(w, fact, order)
    found = _found(w, order)
    again = found.shelf and order.ready_at is not None
    found.shelf = _short(body.shelf)
    found.pieces = [_short(piece) for piece in body.pieces[:_PIECES]]
    found.device, found.worker_id = fact.device, fact.worker
    found.not_taken = found.not_taken_at = None
    order.ready_at = order.ready_at or w.now
    advance_if_can(w, order, OrderState.LABEL_PENDING)
    w.touch("order", order.number)
    follow(w, order)
    if not again and order.customer_order is not None:
        note(
            w, order.customer_order, EventKind.READY, site=w.site, key=f"ready:{fact.op_id}", part=order.number,
            shelf=found.shelf, pieces=len(found.pieces),
        )  # fmt: skip
    return APPLIED


def unready(w: "Work", fact: FactContext, body: facts.PickupUnready) -> Credit:
    """It does not stand there: it is somewhere between bench and shelf again."""
    order = _order(w, body.order)
    if order is None or order.ready_at is None or order.state not in _TOGETHER:
        return STORED_LATE
    order.ready_at = None
    found = _found(w, order)
    found.shelf, found.pieces = "", []
    w.touch("order", order.number)
    follow(w, order)
    return APPLIED


def handed_over(w: "Work", fact: FactContext, body: facts.PickupHandOver) -> Credit:
    """The customer has it: all of it is out of the house. It has gone whoever says so, ready or not."""
    order = _order(w, body.order)
    if order is None or order.state is OrderState.CANCELLED:
        return _not_so(w, fact, body.order, order)
    if order.state is OrderState.SHIPPED:
        return STORED_LATE
    if order.state not in _TOGETHER:
        return _not_so(w, fact, body.order, order)
    _gather(w, fact, order)
    found = _found(w, order)
    found.by_code = secrets.compare_digest(code_digest(order.number, body.code), digest_of(found))
    found.handed_at, found.handed_to = w.now, body.name[:_NAME]
    found.signature = body.signature[:_STROKES]
    found.device, found.worker_id = fact.device, fact.worker
    _leave(w, fact, order)
    order.ready_at, order.shipped_at = order.ready_at or w.now, w.now
    advance(w, order, OrderState.SHIPPED)
    w.audit("pickup.handed_over", order=order.number, by_code=found.by_code, signed=bool(found.signature))
    if order.customer_order is not None:
        note(
            w, order.customer_order, EventKind.PICKED_UP, site=w.site, key=f"picked_up:{order.site_id}:{order.number}",
            part=order.number, by_code=found.by_code,
        )  # fmt: skip
    return APPLIED


def refused(w: "Work", fact: FactContext, body: facts.PickupRefuse) -> Credit:
    """The customer did not take it, or never came: the site's order is off, its goods go back to where they were picked."""
    order = _order(w, body.order)
    if order is None or order.state not in _TOGETHER:
        return STORED_LATE
    found = _found(w, order)
    found.not_taken, found.not_taken_at, found.note = body.reason, w.now, body.note[:_TEXT]
    found.device, found.worker_id = fact.device, fact.worker
    order.ready_at = None
    done = cancel(w, order.number)
    _nobody_wants(w, order, body.reason)
    w.audit("pickup.not_taken", order=order.number, reason=body.reason.value, put_backs=len(done.put_backs))
    return APPLIED


def _nobody_wants(w: "Work", order: Order, reason: NotTaken) -> None:
    """What this site would have given is not sent from another instead: the customer's lines are off, too, and
    nothing is owed for them."""
    sale = lock_sale(w, order.customer_order) if order.customer_order is not None else None
    if sale is None:
        return
    mine = select(OrderLine).where(OrderLine.site_id == w.site, OrderLine.order_no == order.number)
    for one in w.db.scalars(mine):
        line = sale.line(one.customer_line) if one.customer_line is not None else None
        if line is not None:
            line.cancelled += min(line.open, one.qty)
    settle_state(w, sale)
    PORTS.reprice(w, sale)
    note(w, sale.order.number, EventKind.CANCELLED, site=w.site, part=order.number, reason=reason.value)


def digest_of(found: PickUp) -> str:
    """What devices are told of the code."""
    return code_digest(found.order_no, found.code)


def new_code() -> str:
    """A one-time code, nobody's guess."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LONG))


def same_code(one: str, other: str) -> bool:
    """Whether a typed code is the one meant."""
    return secrets.compare_digest(plain_code(one), plain_code(other))


def _short(text: str) -> str:
    return text[:_TEXT]


def _order(w: "Work", number: str) -> Order | None:
    return next(iter(lock_orders(w, [number])), None)


def _not_so(w: "Work", fact: FactContext, number: str, order: Order | None) -> Credit:
    """Told to whoever did it; one that has left or is called off is known already."""
    if order is not None and order.state is OrderState.SHIPPED:
        return STORED_LATE
    kind = ExceptionKind.JOB_GONE
    if order is not None and order.state is OrderState.CANCELLED:
        kind = ExceptionKind.ORDER_CANCELLED
    return divert(w, kind, {"order": _short(number)}, fact, order_no=order.number if order else None)


def _found(w: "Work", order: Order) -> PickUp:
    found = w.db.get(PickUp, (w.site, order.number))
    if found is None:
        found = PickUp(site_id=w.site, order_no=order.number, code=new_code())
        w.db.add(found)
        w.db.flush()
    return found


def _gather(w: "Work", fact: FactContext, order: Order) -> None:
    """What lies in totes of the order goes into its parcel, and its packing is over."""
    jobs = [one for one in jobs_of_order(w, order.number) if one.job.kind is JobKind.PACK]
    parcel = next((one for one in _parcels(w, order.number)), None)
    line = 0
    for scene in jobs:
        for item in scene.items:
            if parcel is not None and item.state in UNFINISHED and item.order_no == order.number:
                line += 1
                _into(w, fact, line, scene, item, parcel, order)
    for scene in jobs:
        if scene.job.state in LIVE and not any(item.state in UNFINISHED for item in scene.items):
            finish(w, scene)
    settle(w, order.number)


def _into(
    w: "Work", fact: FactContext, line: int, scene: JobScene, item: WorkItem, parcel: Parcel, order: Order
) -> None:
    qty = item.qty_req - item.qty_done
    w.move(fact.op_id, line, item.sku, item.lot, tote_account(item.from_bin), parcel_account(parcel.id), qty, item.id)
    if item.state is WorkState.OPEN:
        item.state = moved(WORK, item.state, WorkState.LEASED)
    count(w, Scene(order=order, job=scene.job, item=item), qty)
    item.holder = None


def _parcels(w: "Work", number: str) -> list[Parcel]:
    """Those of the order that are here, the first that may still take something in front."""
    gone = (ParcelState.VOID, ParcelState.SHIPPED)
    mine = parcels_for(w.site, number).where(Parcel.state.not_in(gone)).order_by(Parcel.number)
    return list(w.db.scalars(mine.with_for_update()))


def _leave(w: "Work", fact: FactContext, order: Order) -> None:
    """Books everything in the order's parcels out of the house; parcels with nothing in them never were."""
    line = 100
    for parcel in _parcels(w, order.number):
        account = parcel_account(parcel.id)
        inside = contents(w.db, w.site, account)
        for sku, lot, qty in inside:
            line += 1
            w.move(fact.op_id, line, sku, lot, account, SHIPPED, qty)
            forget_put_backs(w, account, sku, lot, qty, None)
        parcel.state = moved(PARCEL, parcel.state, ParcelState.SHIPPED if inside else ParcelState.VOID)
        parcel.shipped_at = w.now if inside else None
        w.touch("parcel", parcel.id)


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.PickupReady: ready,
    facts.PickupUnready: unready,
    facts.PickupHandOver: handed_over,
    facts.PickupRefuse: refused,
}
