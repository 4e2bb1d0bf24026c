"""Which slots of a put wall are free, as far as this device knows. Used by `services.wall`."""

from collections import Counter

from app.flows.wall_rule import Place
from app.flows.wall_state import WallState
from app.services.ports import UnitOfWork
from sync.contract.codes import BinKind, JobKind, JobState, OrderState
from sync.contract.facts import PutConfirm
from sync.contract.rows import BinRow, JobRow, OrderRow

_ENDED = (OrderState.SHIPPED, OrderState.CANCELLED)
_LIVE = (JobState.OPEN, JobState.ACTIVE)


def places_given(u: UnitOfWork, job: str) -> dict[int, str]:
    """The slots that this device gave the orders of a sort, by their number, while the rows do not say it yet: the first of each counts."""
    puts = [logged.fact for logged in u.journal.unsettled(job, "put.confirm")]
    return {put.slot: put.tote for put in reversed(puts) if isinstance(put, PutConfirm) and put.slot is not None}


def free_places(u: UnitOfWork, state: WallState, bins: list[BinRow]) -> tuple[Place, ...]:
    """The empty slots of the wall this tote is sorted into, in walking order. `bins` are the slots of all walls."""
    here = {seat.place for seat in state.seats if seat.place} | _put_here(u)
    free = [bin for bin in bins if bin.id not in here and not _taken(u, bin.id)]
    wall = _wall(u, state, bins, free)
    return tuple(
        Place(bin.id, bin.x_mm, bin.y_mm, bin.seq)
        for bin in sorted(free, key=lambda b: (b.seq, b.id))
        if bin.zone == wall
    )


def wall_bins(u: UnitOfWork) -> list[BinRow]:
    """The slots of all walls."""
    return [bin for bin in u.rows.all(BinRow) if bin.kind is BinKind.WALL]


def _wall(u: UnitOfWork, state: WallState, bins: list[BinRow], free: list[BinRow]) -> str | None:
    """One tote is sorted into one wall: the one it was begun at, the one the centre names, else the one with most room."""
    zones = {bin.id: bin.zone for bin in bins}
    begun = next((zones[seat.place] for seat in state.seats if seat.place in zones), None)
    row = u.rows.get(JobRow, state.job)
    named = row.zone if row and row.zone in set(zones.values()) else None
    room = Counter(bin.zone for bin in free).most_common(1)
    return begun or named or (room[0][0] if room else None)


def _put_here(u: UnitOfWork) -> set[str]:
    """Slots that this device has put something into and the rows do not know of yet."""
    puts = [logged.fact for logged in u.journal.unsettled(None, "put.confirm")]
    return {put.tote for put in puts if isinstance(put, PutConfirm)}


def _taken(u: UnitOfWork, place: str) -> bool:
    """Whether an order of some sort lies in this slot, until it is packed and gone."""
    packs = [row for row in u.rows.find(JobRow, "tote", place) if row.kind is JobKind.PACK]
    if any(row.state in _LIVE for row in packs):
        return True
    packed = {order for row in packs for order in row.orders}
    orders = {slot.order for row in u.rows.find(JobRow, "place", place) for slot in row.slots if slot.place == place}
    rows = [u.rows.get(OrderRow, order) for order in orders - packed]
    return any(row is None or row.state not in _ENDED for row in rows)
