"""The put wall on this device: one flow step in one unit of work. Implements `api_work.Wall`; called on the store worker."""

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput, ScanKind, ScanMeaning
from app.core.storage import StorageTrouble
from app.core.views_work import WallStep, WallView
from app.flows import commands, wall
from app.flows import wall_events as ev
from app.flows.commands import Command
from app.flows.duplicates import DuplicateRule
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.step import Step
from app.flows.units import Unit
from app.flows.wall_rule import Seat, Sort, wants
from app.flows.wall_state import WallState, caught_up, expect, start
from app.services.cards import line_of
from app.services.overlay import Overlay
from app.services.ports import Centre, Store, UnitOfWork
from app.services.scans import Ears, tote_jobs
from app.services.states import job_gone, lease_over
from app.services.wall_slots import free_places, places_given, wall_bins
from app.services.wall_view import SORTS, waiting_view, wall_view
from app.services.work_flow import FlowService, open_jobs
from sync.contract.codes import JobKind, JobState, WorkState
from sync.contract.facts import PutExtra
from sync.contract.rows import BinRow, ItemRow, JobRow, OrderRow, WorkRow

_BUTTONS: dict[Command, ev.Event] = {Command.UNDO: ev.Undo(), Command.OK: ev.Acknowledge(), Command.BACK: ev.Cancel()}
_QUESTIONS = (WallStep.SLOT, WallStep.EXTRA, WallStep.MISSING)

Answer = Outcome[WallView]


class WallService(FlowService[WallState, ev.Event, WallView]):
    """Owns what the wall's screen remembers between two scans and does not need after a restart: the last scans, and the slots of the
    walls, read once a tote."""

    KIND = JobKind.SORT.value
    IDLE = WallStep.WAITING.value
    STATE = WallState

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        centre: Centre,
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        super().__init__(store, clock, centre, WallView(WallStep.WAITING, say(Code.SCAN_BULK_TOTE), ()))
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())
        self._walls: list[BinRow] = []

    def start_next(self) -> Answer:
        """See `api_work.Wall`."""
        return self._start_first(lambda u: [row.id for row, _ in open_jobs(u, SORTS)])

    def start(self, job: str) -> Answer:
        """See `api_work.Wall`. A sort nobody holds is asked for."""
        try:
            with self._store.look() as u:
                row = u.rows.get(JobRow, job)
        except StorageTrouble:
            return self._stuck()
        tote = row.tote or job if row else job
        opened = say(Code.SORT_OPENED, tote=tote, n=row.units if row else 0)
        return self._start(job, say(Code.TOTE_UNKNOWN_HERE, tote=tote), opened)

    def on_scan(self, scan: ScanInput) -> Answer:
        """See `api_work.Wall`."""
        if self._ears.is_echo(scan):
            return self.view()
        command = commands.read(scan.text)
        if command is not None:
            return self._command(*command, scan.at)
        try:
            with self._store.look() as u:
                active = self._active(u)
                wanted = expect(active) if active else Expect(frozenset({ScanKind.TOTE}))
                meaning = self._ears.meaning(u, scan, wanted)
                job = None if active and active.step is not WallStep.DONE else _sort_of(u, meaning)
        except StorageTrouble:
            return self._stuck()
        if job is not None:
            return self.start(job)
        if active is None:
            why = _not_a_sort(meaning)
            return self._write(lambda u: self._idle(u, why))
        return self._do(lambda u, state: (self._scanned(u, state, meaning),), scan.at)

    def confirm(self) -> Answer:
        """See `api_work.Wall`."""
        return self._do(lambda u, state: (ev.Confirm(),))

    def missing(self) -> Answer:
        """See `api_work.Wall`."""
        return self._do(lambda u, state: (ev.AskMissing(),))

    def really_missing(self) -> Answer:
        """See `api_work.Wall`."""
        return self._do(lambda u, state: (ev.ReallyMissing(),))

    def cancel(self) -> Answer:
        """See `api_work.Wall`."""
        return self._do(lambda u, state: (ev.Cancel(),))

    def close(self) -> Answer:
        """See `api_work.Wall`."""
        return self._do(lambda u, state: (ev.Close(),))

    def undo(self) -> Answer:
        """See `api_work.Wall`."""
        return self._do(lambda u, state: (ev.Undo(),))

    def acknowledge(self) -> Answer:
        """See `api_work.Wall`."""
        return self._do(lambda u, state: (ev.Acknowledge(),))

    def _command(self, command: Command, argument: str, at: float) -> Answer:
        """A button's barcode: SHORT asks what is missing, and answers that question; BACK leaves a question, or the sort."""
        if command is Command.BACK and self.view().state not in _QUESTIONS:
            return self.leave()
        if command is Command.SHORT:
            return self._do(lambda u, state: (_short(state),), at)
        if command not in _BUTTONS:
            return self._do(lambda u, state: (), at)
        return self._do(lambda u, state: (_BUTTONS[command],), at)

    def _scanned(self, u: UnitOfWork, state: WallState, meaning: ScanMeaning) -> ev.Scanned:
        if meaning.kind is ScanKind.TOTE:
            return ev.Scanned(meaning, used_by=_tote_user(u, meaning.id, state.job))
        return ev.Scanned(meaning, free_places(u, state, self._walls) if _wants_slot(state, meaning) else ())

    # --- what the frame asks ---

    def _fresh(self, u: UnitOfWork, job: str) -> WallState | None:
        row, sorts = u.rows.get(JobRow, job), _sorts(u, job)
        if row is None or row.tote is None or not sorts:
            return None
        self._walls = wall_bins(u)
        extras = [logged.fact for logged in u.journal.unsettled(job, "put.extra")]
        extra = sum(fact.qty for fact in extras if isinstance(fact, PutExtra))
        return start(job, row.tote, sorts, _seats(u, row), extra, row.lane or "")

    def _current(self, u: UnitOfWork, state: WallState) -> WallState:
        row, sorts = u.rows.get(JobRow, state.job), _sorts(u, state.job)
        if not self._walls:
            self._walls = wall_bins(u)
        return caught_up(state, sorts, _seats(u, row)) if row and sorts else state

    def _stepped(self, u: UnitOfWork, state: WallState, event: ev.Event) -> Step[WallState]:
        at_hand = state.sort or next((sort for sort in state.sorts if sort.open), None)
        item = at_hand.line.item if at_hand else None
        return wall.step(state, event, ev.Rights(lease_over(u, item, self._clock), job_gone(u, state.job, item)))

    def _seen(self, u: UnitOfWork, state: WallState | None) -> WallView:
        return wall_view(u, state) if state else waiting_view(u)

    def _word(self, state: WallState) -> tuple[str, str, bool]:
        return state.job, state.step.value, state.step is WallStep.DONE


def _sorts(u: UnitOfWork, job: str) -> tuple[Sort, ...]:
    """The lines of a sort with what was put before, cancelled ones too: their goods are in the tote all the same."""
    overlay = Overlay.of(u, job)
    rows = sorted(map(overlay.work, u.rows.find(WorkRow, "job", job)), key=lambda row: (row.seq, row.sku, row.id))
    row = u.rows.get(JobRow, job)
    slots = {slot.order: slot.n for slot in row.slots} if row else {}
    known = set(slots.values())
    items = u.rows.some(ItemRow, {row.sku for row in rows})
    numbered = [(row, row.slot if row.slot is not None else slots.get(row.order)) for row in rows]
    return tuple(
        Sort(line_of(row, items.get(row.sku)), slot, gone=row.state is WorkState.CANCELLED)
        for row, slot in numbered
        if row.kind is JobKind.SORT and slot is not None and slot in known
    )


def _seats(u: UnitOfWork, row: JobRow) -> tuple[Seat, ...]:
    """The orders of a sort: as urgent as their orders are now."""
    seats = []
    orders, given = u.rows.some(OrderRow, {slot.order for slot in row.slots}), places_given(u, row.id)
    for slot in row.slots:
        order = orders.get(slot.order)
        priority, cut_off = (order.priority, order.cut_off) if order else (row.priority, row.cut_off)
        seats.append(Seat(slot.n, slot.order, priority, cut_off, slot.place or given.get(slot.n)))
    return tuple(seats)


def _sort_of(u: UnitOfWork, meaning: ScanMeaning) -> str | None:
    """The live sort of a scanned tote."""
    if meaning.kind is not ScanKind.TOTE:
        return None
    rows = u.rows.find(JobRow, "tote", meaning.id)
    return next((row.id for row in rows if row.kind is JobKind.SORT and row.state in _LIVE), None)


_LIVE = (JobState.OPEN, JobState.ACTIVE)


def _not_a_sort(meaning: ScanMeaning) -> Message:
    if meaning.kind is ScanKind.TOTE:
        return say(Code.TOTE_UNKNOWN_HERE, tote=meaning.id)
    return say(Code.NOT_A_TOTE, text=meaning.fields.text)


def _wants_slot(state: WallState, meaning: ScanMeaning) -> bool:
    """Whether this scan may open a new slot: looking for one costs time that every other scan should not wait for."""
    sku = state.asks.unit.sku if state.asks else meaning.id
    unseated = {seat.n for seat in state.seats if seat.place is None}
    return any(sort.slot in unseated and wants(sort, Unit(sku, 1, "")) for sort in state.sorts)


def _tote_user(u: UnitOfWork, tote: str, job: str) -> str | None:
    """The order of a live job that has this tote. An exception tote belongs to none, and is no slot of a wall either."""
    if u.rows.get(BinRow, tote) is not None:
        return tote
    for id in tote_jobs(u, tote):
        row = u.rows.get(JobRow, id)
        if row is not None and id != job and row.state in _LIVE:
            return row.orders[0] if row.orders else row.id
    return None


def _short(state: WallState) -> ev.Event:
    return ev.ReallyMissing() if state.step is WallStep.MISSING else ev.AskMissing()
