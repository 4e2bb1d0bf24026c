"""Orders of one customer that are packed into one parcel, and taken apart again. Called by the ingest of the feed, in savepoints.

Which may, and which do, says `sharing`.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.models import FloorException
from oms.feed.ports import Credit, FactContext
from oms.orders.models import Order
from oms.orders.progress import advance_if_can
from oms.packing.bench_models import ParcelJoin
from oms.packing.models import Parcel
from oms.packing.planning import replan
from oms.packing.sharing import guests, orders_in, together
from oms.picking.answers import STORED_LATE
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import divert, resolve
from oms.picking.rules import holds
from oms.picking.scene import JobScene, lock_orders, of_job
from sync.contract import facts
from sync.contract.codes import OrderState, ParcelState

if TYPE_CHECKING:
    from oms.db.work import Work


def joined(w: "Work", fact: FactContext, body: facts.PackJoin) -> Credit:
    """The goods of another order go into this parcel from now on; or not, and whoever packs is told to take them out."""
    parcel, found = _locked(w, body.parcel, body.order)
    host, guest = of_job(w, body.job), of_job(w, body.other)
    if parcel is None or host is None or guest is None:
        return divert(w, ExceptionKind.UNKNOWN_PARCEL, {"parcel": body.parcel}, fact, job=body.job)
    if any(order == body.order for order, _ in guests(w.db, [parcel.id])[parcel.id]):
        return STORED_LATE
    verdict = holds(host.job.state, host.job.holder, fact.device)
    why = _why_not(w, parcel, found, guest, fact.device)
    if why or not verdict.credited or body.order not in {order.number for order in guest.orders}:
        words: dict[str, str | int] = {"order": body.order, "reason": why or "not_here"}
        return divert(w, ExceptionKind.JOIN_REFUSED, words, fact, job=body.job, order_no=body.order)
    w.db.add(
        ParcelJoin(
            op_id=fact.op_id, site_id=w.site, parcel_id=parcel.id, order_no=body.order, job_id=body.other, at=w.now,
            device=fact.device, worker_id=fact.worker,
        )
    )  # fmt: skip
    w.db.flush()
    guest.job.station = host.job.station
    w.touch("job", guest.job.id)
    w.touch("parcel", parcel.id)
    advance_if_can(w, found[body.order], OrderState.PACKING)
    _plan_again(w, found[parcel.order_no])
    w.audit("pack.joined", order=parcel.order_no, parcel=parcel.id, joined=body.order)
    return Credit(verdict.outcome)


def parted(w: "Work", fact: FactContext, body: facts.PackPart) -> Credit:
    """They go apart; what had gone in has come out by facts of its own. Nobody need decide about it any more."""
    parcel, found = _locked(w, body.parcel, body.order)
    _settle(w, body.order)
    live = select(ParcelJoin).where(
        ParcelJoin.parcel_id == body.parcel, ParcelJoin.order_no == body.order, ParcelJoin.parted_at.is_(None)
    )
    one = w.db.scalar(live)
    if parcel is None or one is None or parcel.state is ParcelState.SHIPPED:
        return STORED_LATE
    one.parted_at = w.now
    w.db.flush()
    w.touch("parcel", parcel.id)
    for order in found.values():
        _plan_again(w, order)
    w.audit("pack.parted", order=parcel.order_no, parcel=parcel.id, parted=body.order)
    host = of_job(w, body.job)
    verdict = holds(host.job.state, host.job.holder, fact.device) if host else None
    return Credit(verdict.outcome) if verdict and verdict.credited else STORED_LATE


def _locked(w: "Work", parcel_id: str, guest: str) -> tuple[Parcel | None, dict[str, Order]]:
    """The parcel and all orders it is about, locked in the one order in which everybody locks."""
    known = w.db.get(Parcel, parcel_id)
    if known is None or known.site_id != w.site:
        return None, {}
    orders = lock_orders(w, {guest, *orders_in(w.db, known)})
    parcel = w.db.get_one(Parcel, parcel_id, with_for_update=True, populate_existing=True)
    return parcel, {order.number: order for order in orders}


def _why_not(w: "Work", parcel: Parcel, found: dict[str, Order], guest: JobScene, device: str) -> str:
    """Why an order does not go into the parcel after all; empty when it does."""
    host = found[parcel.order_no]
    other = next((found[order.number] for order in guest.orders if order.number in found), None)
    if other is None or other.number == host.number:
        return "not_here"
    if OrderState.CANCELLED in (host.state, other.state):
        return "cancelled"
    if OrderState.HELD in (host.state, other.state):
        return "on_hold"
    if parcel.state is not ParcelState.PLANNED or not holds(guest.job.state, guest.job.holder, device).credited:
        return "not_here"
    return "" if _same(host, other) else "other_address"


def _same(host: Order, other: Order) -> bool:
    mine = together(host)
    return bool(mine) and mine == together(other)


def _plan_again(w: "Work", order: Order) -> None:
    """What goes into its parcels has changed."""
    if order.state is OrderState.PACKING:
        replan(w, order)


def _settle(w: "Work", order_no: str) -> None:
    asked: Sequence[FloorException] = w.db.scalars(
        select(FloorException).where(
            FloorException.site_id == w.site,
            FloorException.order_no == order_no,
            FloorException.kind == ExceptionKind.JOIN_REFUSED,
            FloorException.state == OPEN,
        )
    ).all()
    for one in asked:
        resolve(w, one)


HANDLERS: dict[type[Any], Callable[..., Credit]] = {facts.PackJoin: joined, facts.PackPart: parted}
