"""Which orders may share the parcel in hand, and what becomes of those that do, from rows, rights and flow states. Used by `services.pack`
and its views."""

from collections.abc import Iterator

from app.core.scan import ScanKind, ScanMeaning
from app.core.views import JoinCard, PackStep
from app.flows import pack_events as events
from app.flows.pack_join import alone, left_behind
from app.flows.pack_state import BEFORE_LABEL, Guest, PackState
from app.services.cards import lines_of
from app.services.overlay import Overlay
from app.services.pack_papers import KIND, VERSION
from app.services.ports import UnitOfWork
from app.services.states import decode, encode, job_gone
from sync.contract.codes import BinKind, JobKind, JobState, OrderState, ParcelState
from sync.contract.rows import BinRow, JobRow, OrderRow, ParcelRow

_LIVE = (JobState.OPEN, JobState.ACTIVE)
_NEVER = (ParcelState.SHIPPED, ParcelState.VOID)


def offers(u: UnitOfWork, state: PackState) -> tuple[JoinCard, ...]:
    """Orders of the same customer that stand packed for nobody yet, at the bench or in the lane, by number."""
    if state.step not in BEFORE_LABEL:
        return ()
    row = u.rows.get(OrderRow, state.order)
    if row is None or not row.together:
        return ()
    found = []
    for order in u.rows.find(OrderRow, "together", row.together):
        job = _packing(u, order.id)
        if order.id in state.orders or job is None or not job.tote or _why_not(u, job):
            continue
        found.append(JoinCard(order.id, job.id, job.tote, job.units, job.lane or "", job.id in u.leases.jobs()))
    return tuple(found)


def event_of(u: UnitOfWork, state: PackState, meaning: ScanMeaning) -> events.Join | None:
    """What the scan of another order's tote is: it goes along, or may not where one is asked for; None when it is no such scan."""
    if not _is_tote(u, meaning) or meaning.also or state.step not in BEFORE_LABEL:
        return None
    offered = next((card for card in offers(u, state) if card.tote == meaning.id), None)
    job = _packing(u, offered.order) if offered else _at(u, state, meaning.id)
    if offered is not None and job is not None and offered.held:
        return _joined(u, offered.order, job)
    if job is None or meaning.id in state.totes or not (state.joining or state.guests):
        return None
    return events.Join(job.orders[0], reason=_reason(u, state, job))


def to_claim(u: UnitOfWork, state: PackState, meaning: ScanMeaning) -> JoinCard | None:
    """An offered order whose tote was scanned and that this station has no right to yet; None when there is nothing to ask for."""
    if not _is_tote(u, meaning):
        return None
    return next((card for card in offers(u, state) if card.tote == meaning.id and not card.held), None)


def lost(u: UnitOfWork, state: PackState) -> str:
    """The order in the parcel that was called off, or given to another bench; empty when none was."""
    for guest in reversed(state.guests):
        if job_gone(u, guest.job, guest.items[0] if guest.items else None):
            return guest.order
    return ""


def keep_others(u: UnitOfWork, before: PackState, event: events.Event, after: PackState) -> None:
    """Writes down how those orders stand that are not in the parcel any more, because it left or they were taken apart."""
    for guest in before.guests:
        if guest in after.guests and after.step is not PackStep.DONE:
            continue
        apart = isinstance(event, events.Part)
        now = alone(before, guest) if apart else left_behind(before, guest)
        over = now.step is PackStep.DONE or (not apart and not now.open)
        _put(u, now, over=over or job_gone(u, guest.job, guest.items[0] if guest.items else None))


def _put(u: UnitOfWork, state: PackState, *, over: bool) -> None:
    """Keeps a packing that is not on the bench, and leaves there what is."""
    active = u.flows.active(KIND)
    u.flows.keep(state.job, KIND, VERSION, encode(state))
    if over:
        u.flows.finish(state.job)
    if active is None:
        u.flows.put_down(KIND)
    else:
        u.flows.activate(active.job, KIND)


def host_of(u: UnitOfWork, job: JobRow | None) -> JobRow | None:
    """The packing whose parcel a packing shares; itself when it shares none."""
    if job is None:
        return None
    for state in _unfinished(u):
        if any(guest.job == job.id for guest in state.guests):
            return u.rows.get(JobRow, state.job) or job
    return _host_elsewhere(u, job) or job


def _host_elsewhere(u: UnitOfWork, job: JobRow) -> JobRow | None:
    """The packing here whose parcel another bench has put this one in; None when there is none."""
    row = u.rows.get(OrderRow, job.orders[0]) if job.orders else None
    if row is None or not row.together:
        return None
    for order in u.rows.find(OrderRow, "together", row.together):
        for parcel in u.rows.find(ParcelRow, "order", order.id):
            now = Overlay.of(u).parcel(parcel)
            if now.state is ParcelState.PLANNED and (row.id, job.id) in now.joined:
                host = _packing(u, order.id)
                if host is not None and host.id in u.leases.jobs():
                    return host
    return None


def shared(u: UnitOfWork) -> frozenset[str]:
    """Packings that are done with another one: they are not in the queue."""
    return frozenset(guest.job for state in _unfinished(u) for guest in state.guests)


def guests_of(u: UnitOfWork, parcel: ParcelRow) -> tuple[Guest, ...]:
    """The other orders in a parcel, as rows and facts have it: for a bench that does not know any more."""
    found = []
    for order, id in Overlay.of(u).parcel(parcel).joined:
        job = u.rows.get(JobRow, id)
        if job is not None and job.state in _LIVE:
            found.append(_guest(u, order, job))
    return tuple(found)


def _guest(u: UnitOfWork, order: str, job: JobRow) -> Guest:
    own = _own(u, order)
    return Guest(
        order, job.id, job.tote or "", tuple(job.more_totes), own.id if own else "", own.sscc if own else "",
        tuple(line.item for line in lines_of(u, job.id)),
    )  # fmt: skip


def _joined(u: UnitOfWork, order: str, job: JobRow) -> events.Join:
    guest = _guest(u, order, job)
    return events.Join(
        order, guest.job, guest.tote, guest.others, guest.parcel, guest.sscc, lines_of(u, job.id)
    )  # fmt: skip


def _own(u: UnitOfWork, order: str) -> ParcelRow | None:
    """The parcel an order would have had alone."""
    rows = [row for row in u.rows.find(ParcelRow, "order", order) if row.state not in _NEVER]
    return min(rows, key=lambda row: row.number, default=None)


def _packing(u: UnitOfWork, order: str) -> JobRow | None:
    """The packing of an order that is not over."""
    for row in u.rows.find(JobRow, "order", order):
        if row.kind is JobKind.PACK and row.orders == [order] and not u.flows.is_finished(row.id):
            job = Overlay.of(u, row.id).job(row)
            if job.state in _LIVE:
                return job
    return None


def _at(u: UnitOfWork, state: PackState, tote: str) -> JobRow | None:
    """The packing of another order in this tote."""
    rows = (row for row in u.rows.find(JobRow, "tote", tote) if row.kind is JobKind.PACK and row.orders)
    return next((row for row in rows if row.orders[0] not in state.orders and row.state in _LIVE), None)


def _why_not(u: UnitOfWork, job: JobRow) -> str:
    """Why a packing cannot be joined as it stands: another's, begun, waiting for goods, put aside."""
    if job.holder not in (None, u.device_id()):
        return "not_here"
    if job.awaited:
        return "begun"
    kept = u.flows.of(job.id)
    own = decode(kept, PackState, VERSION) if kept else None
    if own is not None and own.step in (PackStep.ASIDE, PackStep.HOLD):
        return "on_hold"
    begun = own is not None and (own.packed or own.guests or own.step not in BEFORE_LABEL)
    return "begun" if begun or job.id in shared(u) else ""


def _reason(u: UnitOfWork, state: PackState, job: JobRow) -> str:
    """Why the order of this packing does not go along, for who stands there with its tote."""
    host, other = u.rows.get(OrderRow, state.order), u.rows.get(OrderRow, job.orders[0])
    if host is None or other is None:
        return "not_here"
    if other.state is OrderState.HELD:
        return "on_hold"
    if (host.customer, host.ship_to, host.country) != (other.customer, other.ship_to, other.country):
        return "other_address"
    if host.together != other.together or not host.together:
        return "other_service"
    return _why_not(u, job) or "not_here"


def _is_tote(u: UnitOfWork, meaning: ScanMeaning) -> bool:
    if meaning.kind is ScanKind.BIN:
        slot = u.rows.get(BinRow, meaning.id)
        return slot is not None and slot.kind is BinKind.WALL
    return meaning.kind is ScanKind.TOTE


def _unfinished(u: UnitOfWork) -> Iterator[PackState]:
    for kept in u.flows.unfinished(KIND):
        state = decode(kept, PackState, VERSION)
        if state is not None:
            yield state
