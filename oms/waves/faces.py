"""Pick faces are filled before a wave is let go, and while waves run: from the reserve, as tasks for anybody. A chore of the keeper."""

from collections.abc import Collection, Mapping
from math import ceil
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from oms.forecast.models import ItemForecast
from oms.inventory.queries import see_shelves
from oms.inventory.rules import Shelf
from oms.orders.models import Order, OrderLine, Reservation
from oms.picking.models import Job, WorkItem
from oms.picking.rules import UNFINISHED
from oms.picking.tasks import replenish
from oms.purchasing.places import suggested_face
from oms.waves.models import Wave, WaveOrder
from oms.waves.rules import RUNNING
from sync.contract.codes import JobKind, OrderState, WaveState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Waves whose orders are still to be let go.
_AHEAD: Final = (WaveState.COLLECTING, WaveState.PLANNED, WaveState.FAILED)


def fill_faces(w: "Work") -> None:
    """Makes tasks for what lacks; what is on its way is not asked for twice."""
    wanted = _ahead(w)
    for sku, units in _of_running(w).items():
        wanted[sku] = wanted.get(sku, 0) + units
    for sku in _on_their_way(w) if wanted else ():
        wanted.pop(sku, None)
    if not wanted:
        return
    # Looked at and not locked: pickers do not wait for who looks every few seconds. What is fetched is locked (`replenish`).
    free = see_shelves(w.db, w.site, wanted)
    for sku in lacking(wanted, free):
        face = min(free.get(sku, []), key=lambda shelf: (shelf.free, shelf.seq, shelf.bin), default=None)
        bin = face.bin if face is not None else suggested_face(w, sku)
        if bin is not None:
            replenish(w, bin, sku)


def lacking(wanted: Mapping[str, int], free: Mapping[str, Collection[Shelf]]) -> list[str]:
    """Items of which less lies free in pick faces than is wanted of them."""
    return sorted(
        sku for sku, units in wanted.items() if sum(max(0, shelf.free) for shelf in free.get(sku, ())) < units
    )


def _on_their_way(w: "Work") -> list[str]:
    """Items that somebody has been asked to bring."""
    asked = select(WorkItem.sku).where(
        WorkItem.site_id == w.site, WorkItem.kind == JobKind.REPLENISH, WorkItem.state.in_(UNFINISHED)
    )
    return list(w.db.scalars(asked))


def _ahead(w: "Work") -> dict[str, int]:
    """Units by item that orders of waves to come want and have not reserved."""
    reserved = select(Reservation.work_item).where(
        Reservation.site_id == Order.site_id, Reservation.order_no == Order.number
    )
    mine = (
        select(OrderLine.sku, func.sum(OrderLine.qty))
        .join(Order, (Order.site_id == OrderLine.site_id) & (Order.number == OrderLine.order_no))
        .join(WaveOrder, (WaveOrder.site_id == Order.site_id) & (WaveOrder.order_no == Order.number))
        .join(Wave, Wave.id == WaveOrder.wave_id)
        .where(Wave.site_id == w.site, Wave.state.in_(_AHEAD), WaveOrder.left_at.is_(None))
        .where(Order.state == OrderState.OPEN, ~reserved.exists())
        .group_by(OrderLine.sku)
    )
    return {sku: int(units) for sku, units in w.db.execute(mine)}


def _of_running(w: "Work") -> dict[str, int]:
    """Of what running waves still take: as much as is asked for in a day, so that the next wave finds it."""
    taken = (
        select(WorkItem.sku)
        .join(Job, Job.id == WorkItem.job_id)
        .join(Wave, Wave.id == Job.wave_id)
        .where(Wave.site_id == w.site, Wave.state.in_(RUNNING), WorkItem.state.in_(UNFINISHED))
    )
    said = select(ItemForecast.sku, ItemForecast.level).where(
        ItemForecast.site_id == w.site, ItemForecast.sku.in_(taken)
    )
    return {sku: ceil(level / 7) for sku, level in w.db.execute(said) if level > 0}
