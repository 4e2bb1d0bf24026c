"""Which slots of a put wall are free, as far as this device knows. Used by `services.wall`."""

from collections import Counter

from app.flows.wall_rule import Place
from app.flows.wall_state import WallState
from app.services.ports import UnitOfWork
from sync.contract.codes import BinKind, JobKind, JobState, OrderState
from sync.contract.facts import PutConfirm
from sync.contract.rows import BinRow, JobRow, OrderRow, Slot

_ENDED = (OrderState.SHIPPED, OrderState.CANCELLED)


def place_of(u: UnitOfWork, job: str, n: int) -> str | None:
    """The slot that this device gave an order of a sort, while the rows do not say it yet."""
    puts = [logged.fact for logged in u.journal.unsettled(job, "put.confirm")]
    return next((put.tote for put in puts if isinstance(put, PutConfirm) and put.slot == n), None)


def free_places(u: UnitOfWork, state: WallState) -> tuple[Place, ...]:
    """The empty slots of the wall this tote is sorted into, in walking order."""
    bins = [bin for bin in u.rows.all(BinRow) if bin.kind is BinKind.WALL]
    taken = _taken(u) | {seat.place for seat in state.seats if seat.place}
    free = [bin for bin in bins if bin.id not in taken]
    wall = _wall(u, state, bins, free)
    return tuple(
        Place(bin.id, bin.x_mm, bin.y_mm, bin.seq)
        for bin in sorted(free, key=lambda b: (b.seq, b.id))
        if bin.zone == wall
    )


def _wall(u: UnitOfWork, state: WallState, bins: list[BinRow], free: list[BinRow]) -> str | None:
    """One tote is sorted into one wall: the one it was begun at, the one the centre names, else the one with most room."""
    zones = {bin.id: bin.zone for bin in bins}
    begun = next((zones[seat.place] for seat in state.seats if seat.place in zones), None)
    row = u.rows.get(JobRow, state.job)
    named = row.zone if row and row.zone in set(zones.values()) else None
    room = Counter(bin.zone for bin in free).most_common(1)
    return begun or named or (room[0][0] if room else None)


def _taken(u: UnitOfWork) -> set[str]:
    """Slots that orders of any sort lie in, until their order is packed and gone."""
    taken: set[str] = set()
    packed: set[tuple[str, str]] = set()
    slots: list[Slot] = []
    for row in u.rows.all(JobRow):
        if row.kind is JobKind.SORT:
            slots += [_placed(u, row, slot) for slot in row.slots]
        elif row.kind is JobKind.PACK and row.tote:
            if row.state in (JobState.OPEN, JobState.ACTIVE):
                taken.add(row.tote)
            else:
                packed |= {(order, row.tote) for order in row.orders}
    for slot in slots:
        order = u.rows.get(OrderRow, slot.order) if slot.place else None
        if slot.place and (slot.order, slot.place) not in packed and (order is None or order.state not in _ENDED):
            taken.add(slot.place)
    return taken


def _placed(u: UnitOfWork, row: JobRow, slot: Slot) -> Slot:
    if slot.place or row.state not in (JobState.OPEN, JobState.ACTIVE):
        return slot
    return Slot(n=slot.n, order=slot.order, tote=slot.tote, place=place_of(u, row.id, slot.n))
