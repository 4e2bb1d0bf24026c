"""What a pick is opened from: rows, facts and what was scanned; and what the rows say has changed since. Used by `services.pick`."""

from dataclasses import replace

from app.core.clock import Clock
from app.core.scan import ScanKind, ScanMeaning
from app.core.views import PickStep
from app.flows.pick_backs import catch_up, waiting
from app.flows.pick_events import AskSubstitute, Rights, Scanned
from app.flows.pick_state import CartSlot, PickState, Rules, start
from app.flows.route import Key, key
from app.flows.units import Line
from app.services.cards import held_jobs, lines_of
from app.services.overlay import Overlay
from app.services.ports import UnitOfWork
from app.services.scans import tote_jobs
from app.services.states import lease_over
from app.services.zone_view import to_receive
from sync.contract import facts
from sync.contract.codes import BinKind, JobKind, JobState, LeaseEnd, Method, Substitution, WorkState
from sync.contract.rows import BinRow, ItemRow, JobRow, OrderRow, SiteRow, WorkerRow, WorkRow

_LIVE = (JobState.OPEN, JobState.ACTIVE)
_TO_DO = (WorkState.OPEN, WorkState.LEASED)


def fresh(u: UnitOfWork, job: str) -> PickState | None:
    """The state of a job that was never open here, from rows and facts; None while its rows are missing."""
    row, lines = u.rows.get(JobRow, job), lines_of(u, job)
    if row is None or not lines:
        return None
    # What goes back is in the tote of whoever picked it; to who goes on, the line is only done.
    lines = tuple(replace(line, need=max(line.need, line.done)) for line in lines)
    row = Overlay.of(u, job).job(row)
    # A tote that somebody else began may be anywhere: it is in these hands only when it was scanned here. Any empty one will do.
    here = {
        fact.tote for fact in (logged.fact for logged in u.journal.unsettled(job)) if isinstance(fact, facts.ToteBind)
    }
    tote = row.tote if row.tote in here and not row.slots else None
    made = start(
        job, title(row), lines, tote, row.lane, rules_of(u, row), row.cart if row.slots else None, slots_of(row)
    )
    return parts(u, row, made)


def title(row: JobRow) -> str:
    """What a job is called: its order, or the first of several."""
    return row.orders[0] if row.orders else row.id


def rules_of(u: UnitOfWork, row: JobRow) -> Rules:
    """The site's policies for a job."""
    sites = u.rows.all(SiteRow)
    site = sites[0] if sites else SiteRow(id="", name="")
    return Rules(site.bin_scan_required, site.fefo, site.ask_empty, site.slot_proof, row.method, site.product_first)


def slots_of(row: JobRow) -> tuple[CartSlot, ...]:
    """The slots of a cluster's cart."""
    if row.kind is not JobKind.PICK:
        return ()
    return tuple(CartSlot(slot.n, slot.order, slot.tote) for slot in sorted(row.slots, key=lambda slot: slot.n))


def parts(u: UnitOfWork, row: JobRow, state: PickState) -> PickState:
    """The state with what the rows say of the lane and the other parts of the order."""
    lane = row.lane or state.lane
    bin = u.rows.get(BinRow, lane) if lane else None
    fixed = row.legs > 1 and row.parts_here > 0 and row.method == Method.ZONES and bool(row.lane)
    return replace(
        state,
        lane=lane,
        lane_seq=bin.seq if bin else None,
        fixed_lane=fixed,
        part=row.leg,
        legs=_legs(u, row),
        parts_here=row.parts_here,
    )


def _legs(u: UnitOfWork, row: JobRow) -> int:
    """How many legs or parts the trip has. A tote that is passed on and finds nothing more in any later zone has come to its last leg."""
    if row.method != Method.LEGS or row.leg >= row.legs or not row.orders:
        return row.legs
    trip = (job for job in u.rows.find(JobRow, "order", row.orders[0]) if job.trip == row.trip)
    later = [job for job in trip if job.leg > row.leg]
    if len(later) < row.legs - row.leg:
        # Not all of them are known here.
        return row.legs
    works = (work for job in later for work in u.rows.find(WorkRow, "job", job.id))
    return row.legs if any(work.state in _TO_DO for work in works) else row.leg


def caught_up(u: UnitOfWork, state: PickState) -> PickState:
    """The state with what the feed has brought since it was last looked at."""
    row = u.rows.get(JobRow, state.job)
    if row is None:
        return state
    if _legs(u, row) != state.legs or row.parts_here != state.parts_here or (row.lane or state.lane) != state.lane:
        state = parts(u, row, state)
    rows = u.rows.find(WorkRow, "job", state.job)
    gone = frozenset(work.id for work in rows if work.state is WorkState.CANCELLED)
    known = {line.item for line in state.lines}
    slots = frozenset(slot.n for slot in row.slots)
    fewer = any(slot.n not in slots and not slot.gone for slot in state.slots)
    changed = any(work.id not in known or _differs(state, work) for work in rows)
    if gone or fewer or changed or row.state is JobState.CANCELLED:
        return catch_up(state, lines_of(u, state.job), gone, row.state is JobState.CANCELLED, slots)
    return state


def _differs(state: PickState, work: WorkRow) -> bool:
    wanted = work.qty_req - work.put_back + waiting(state, work.id)
    return any(line.item == work.id and not line.back and line.need != wanted for line in state.lines)


def adopt(u: UnitOfWork, state: PickState, before: PickState) -> None:
    """Takes the rights to lines that the centre has put into a job this device holds."""
    known = {line.item for line in before.lines}
    for line in state.lines:
        row = u.rows.get(WorkRow, line.item) if line.item not in known else None
        if row is not None and row.holder == u.device_id():
            u.leases.adopt(row.id, row.job, row.token)


# --- scans ---


def scanned(u: UnitOfWork, state: PickState, meaning: ScanMeaning, today: str) -> Scanned:
    """A scan with what the rows know of the thing: who else uses the tote or cart, whether goods may be set down in the bin."""
    if meaning.kind is ScanKind.TOTE:
        return Scanned(meaning, tote_user(u, meaning.id, state.job), today=today, only=_passed_on(u, state.job))
    if meaning.kind is ScanKind.CART:
        return Scanned(meaning, cart_user(u, meaning.id, state.job), today=today)
    if meaning.kind is ScanKind.BIN:
        return Scanned(meaning, lane=_takes_totes(u, state, meaning.id), today=today)
    return Scanned(meaning, today=today)


def _passed_on(u: UnitOfWork, job: str) -> str | None:
    """The tote that waits at a hand-over point for this leg to receive it."""
    row = u.rows.get(JobRow, job)
    return row.tote if row is not None and to_receive(u, row) else None


def _takes_totes(u: UnitOfWork, state: PickState, bin: str) -> bool:
    """Whether a tote may be set down there: at a lane; one that is passed on, at a hand-over point, and at a lane when no later zone has
    anything for it."""
    row, job = u.rows.get(BinRow, bin), u.rows.get(JobRow, state.job)
    if row is None:
        return False
    if row.kind is BinKind.HAND_OVER:
        return job is not None and job.method == Method.LEGS and job.leg < job.legs
    onward = job is not None and job.method == Method.LEGS and job.leg < _legs(u, job)
    return row.kind is BinKind.LANE and not onward


def tote_user(u: UnitOfWork, tote: str, job: str) -> str | None:
    """The order of another job that still has this tote: being picked, waiting at a lane, or at a bench."""
    trip = (u.rows.get(JobRow, job) or _NO_JOB).trip
    for id in tote_jobs(u, tote):
        row = u.rows.get(JobRow, id)
        if id == job or row is None or (trip is not None and row.trip == trip):
            continue
        other = Overlay.of(u, id).job(row)
        # Dropped here, and the centre has not made the pack job yet: the goods are still in it.
        picked_here = other.kind is JobKind.PICK and other.state is JobState.DONE and row.state is not JobState.DONE
        if other.state in _LIVE or picked_here:
            return title(other)
    return None


def cart_user(u: UnitOfWork, cart: str, job: str) -> str | None:
    """The order of another live job that has this cart."""
    here = [f.fact for f in u.journal.unsettled(None, "cart.bind")]
    bound = {fact.job for fact in here if isinstance(fact, facts.CartBind) and fact.cart == cart}
    rows = [*u.rows.find(JobRow, "cart", cart), *(u.rows.get(JobRow, id) for id in sorted(bound))]
    for row in rows:
        if row is not None and row.id != job and Overlay.of(u, row.id).job(row).state in _LIVE:
            return title(row)
    return None


_NO_JOB = JobRow(id="", kind=JobKind.PICK, method="", state=JobState.DONE, priority=0, orders=[], lines=0, units=0)

#: Under what a job is found by a scan.
_NAMED_BY = {ScanKind.ORDER: "order", ScanKind.TOTE: "tote", ScanKind.CART: "cart"}


def job_scanned(u: UnitOfWork, meaning: ScanMeaning) -> JobRow | None:
    """The pick job, held here or not, that an order, ticket or tote belongs to; one held here first."""
    mine = [job for job, _ in held_jobs(u, JobKind.PICK)]
    named = u.rows.get(JobRow, meaning.fields.text)
    by = _NAMED_BY.get(meaning.kind)
    others = [*([named] if named else []), *(u.rows.find(JobRow, by, meaning.id) if by else [])]
    live = [row for row in others if row.kind is JobKind.PICK and row.state in _LIVE]
    return next((row for row in (*mine, *live) if _is_of(row, meaning)), None)


def _is_of(job: JobRow, meaning: ScanMeaning) -> bool:
    if meaning.kind is ScanKind.ORDER:
        return meaning.id in job.orders
    if meaning.kind is ScanKind.TOTE:
        return meaning.id == job.tote or any(slot.tote == meaning.id for slot in job.slots)
    return meaning.fields.text == job.id or (meaning.kind is ScanKind.CART and meaning.id == job.cart)


# --- rights, substitutes ---


def rights_of(u: UnitOfWork, state: PickState, clock: Clock) -> Rights:
    """Whether the line in hand may still be worked, and who has it if not. What goes back needs no right: behind units of other orders
    in hand it must not keep those from their slots."""
    back = state.line is not None and state.line.back
    ahead = state.lines[state.hand[0]] if back and state.hand else state.line
    line = ahead.item if ahead else None
    right = u.leases.right(line) if line else None
    gone = right is not None and (right.ended not in (None, LeaseEnd.DONE) or _fenced(u, line or "", right.token))
    row = u.rows.get(JobRow, state.job)
    taken = gone and row is not None and row.holder not in (None, u.device_id())
    worker = u.rows.get(WorkerRow, row.worker) if taken and row is not None and row.worker else None
    return Rights(lease_over(u, line, clock), gone, worker.name if worker else "")


def _fenced(u: UnitOfWork, item: str, token: tuple[int, int]) -> bool:
    """Whether the rows tell of a newer right to the item, and it is not this device's: the word of the centre may come later."""
    work = u.rows.get(WorkRow, item)
    return work is not None and work.token > token and work.holder != u.device_id()


def substitutes(u: UnitOfWork, state: PickState) -> AskSubstitute:
    """What may be taken instead of the line in hand, as its item and its customer say. A customer who wants to be asked is not asked by
    somebody at a shelf, but by the office."""
    line = state.line
    item = u.rows.get(ItemRow, line.sku) if line else None
    order = u.rows.get(OrderRow, line.order or state.order) if line else None
    others = [u.rows.get(ItemRow, sku) for sku in (item.substitutes if item else ())]
    lines = tuple(
        Line("", other.id, "", 0, lot_tracked=other.lot_tracked, serial_tracked=other.serial_tracked)
        for other in others
        if other is not None
    )
    said = order.substitution if order is not None else Substitution.NEVER
    return AskSubstitute(lines, said is Substitution.ALLOWED, said is Substitution.ASK)


def place(state: PickState) -> tuple[PickStep, Key | None]:
    """Which step of which stop is on screen."""
    return state.step, key(state.line) if state.line else None
