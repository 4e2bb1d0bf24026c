"""Single-order picking on this device: one flow step in one unit of work. Implements `api.Pick`; called on the store worker."""

from collections.abc import Callable, Sequence

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput, ScanKind, ScanMeaning
from app.core.storage import StorageTrouble
from app.core.views import PickStep, PickView
from app.flows import commands, pick
from app.flows.commands import Command
from app.flows.duplicates import DuplicateRule
from app.flows.pick_state import PickState, expect, start
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.step import Record, Step
from app.services.cards import held_jobs, lines_of
from app.services.overlay import Overlay
from app.services.pick_view import pick_view
from app.services.ports import KeptFlow, Store, UnitOfWork
from app.services.scans import Ears, RefusalMeter, tote_jobs
from app.services.states import decode, encode, job_gone, lease_over
from sync.contract.codes import BinKind, JobKind, JobState, ShortReason
from sync.contract.rows import BinRow, JobRow, SiteRow

KIND = JobKind.PICK.value
#: Version of the stored shape of `PickState`.
VERSION = 1
#: The word for "no job on screen".
IDLE = "idle"

_TOUCHED = frozenset({"job", "work", "order", "status"})

_BUTTONS: dict[Command, pick.Event] = {
    Command.SKIP: pick.Skip(),
    Command.UNDO: pick.Undo(),
    Command.OK: pick.Acknowledge(),
}

Answer = Outcome[PickView | None]
Events = Callable[[UnitOfWork, PickState], Sequence[pick.Event]]


class PickService:
    """Owns what a pick screen remembers between two scans and does not need after a restart: the last scan, the last view."""

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        online: Callable[[], bool],
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._online = online
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())
        self._meter = RefusalMeter()
        self._shown: PickView | None = None

    def view(self) -> Answer:
        """See `api.Pick`."""

        def look(u: UnitOfWork) -> Answer:
            state = self._active(u)
            return _outcome(u, state) if state else _idle()

        return self._read(look)

    def start_next(self) -> Answer:
        """See `api.Pick`."""

        def choose(u: UnitOfWork) -> str | None:
            active = u.flows.active(KIND)
            jobs = [job.id for job, _ in held_jobs(u, JobKind.PICK)]
            return active.job if active and active.job in jobs else jobs[0] if jobs else None

        none = say(Code.NO_WORK if self._online() else Code.NO_WORK_OFFLINE)
        return self._open(choose, none)

    def start(self, job: str) -> Answer:
        """See `api.Pick`."""
        return self._open(lambda u: job if _may_work(u, job) else None, say(Code.JOB_GONE, order=job))

    def on_scan(self, scan: ScanInput) -> Answer:
        """See `api.Pick`."""
        if self._ears.is_echo(scan):
            return self.view()
        command = commands.read(scan.text)
        if command is not None:
            return self._command(*command, scan.at)

        def heard(u: UnitOfWork, state: PickState) -> Sequence[pick.Event]:
            return (_scanned(u, state, self._ears.meaning(u, scan, expect(state))),)

        return self._do(heard, scan.at, idle=lambda u: self._start_scanned(u, scan))

    def ask_short(self) -> Answer:
        """See `api.Pick`."""
        return self._do(lambda u, state: (pick.AskShort(),))

    def short(self, reason: ShortReason) -> Answer:
        """See `api.Pick`."""
        return self._do(lambda u, state: (pick.GiveReason(reason),))

    def cancel_short(self) -> Answer:
        """See `api.Pick`."""
        return self._do(lambda u, state: (pick.CancelShort(),))

    def skip(self) -> Answer:
        """See `api.Pick`."""
        return self._do(lambda u, state: (pick.Skip(),))

    def undo(self) -> Answer:
        """See `api.Pick`."""
        return self._do(lambda u, state: (pick.Undo(),))

    def acknowledge(self) -> Answer:
        """See `api.Pick`."""
        return self._do(lambda u, state: (pick.Acknowledge(),))

    def leave(self) -> Answer:
        """See `api.Pick`."""
        try:
            with self._store.unit() as u:
                u.flows.put_down(KIND)
        except StorageTrouble:
            return self._stuck()
        self._shown = None
        return Outcome(IDLE, None, None, Changes(frozenset({"job"})))

    # --- one step in one unit of work ---

    def _do(
        self,
        events: Events,
        at: float | None = None,
        idle: Callable[[UnitOfWork], Answer] = lambda _u: _idle(say(Code.NOT_NOW)),
    ) -> Answer:
        try:
            with self._store.unit() as u:
                state = self._active(u)
                if state is None:
                    outcome = idle(u)
                else:
                    step = self._step(u, state, events)
                    recorded = self._keep(u, step, at)
                    outcome = _outcome(u, step.state, step.say, recorded)
        except StorageTrouble:
            return self._without_disk(events)
        # Only what is on the disk has been shown.
        self._shown = outcome.view
        return outcome

    def _step(self, u: UnitOfWork, state: PickState, events: Events) -> Step[PickState]:
        """All events of one act; the first refusal ends it."""
        step = Step(state)
        for event in events(u, state):
            now = step.state
            line = now.line.item if now.line else None
            rights = pick.Rights(lease_over(u, line, self._clock), job_gone(u, now.job, line))
            then = pick.step(now, event, rights)
            step = Step(then.state, (*step.effects, *then.effects), then.say or step.say, then.refused)
            if then.refused:
                break
        return step

    def _keep(self, u: UnitOfWork, step: Step[PickState], at: float | None) -> bool:
        """Writes facts and state; returns whether any fact changed what is counted."""
        state = step.state
        facts = [effect for effect in step.effects if isinstance(effect, Record)]
        if step.refused and not self._meter.allows(self._clock.mono() if at is None else at):
            facts = []
        for record in facts:
            u.record(record.fact, record.item)
        u.flows.keep(state.job, KIND, VERSION, encode(state))
        if state.step is PickStep.DONE:
            u.flows.finish(state.job)
        return bool(facts) and not step.refused

    def _without_disk(self, events: Events) -> Answer:
        """Nothing can be written. A refusal is still told; anything else did not happen, and makes no good sound."""

        def look(u: UnitOfWork) -> Answer:
            state = self._active(u)
            if state is None:
                return _idle(say(Code.STORAGE_FULL))
            step = self._step(u, state, events)
            if step.refused:
                return _outcome(u, step.state, step.say)
            return _outcome(u, state, say(Code.STORAGE_FULL))

        return self._read(look)

    def _read(self, look: Callable[[UnitOfWork], Answer]) -> Answer:
        try:
            with self._store.look() as u:
                outcome = look(u)
        except StorageTrouble:
            return self._stuck()
        self._shown = outcome.view
        return outcome

    def _stuck(self) -> Answer:
        return Outcome(self._shown.step if self._shown else IDLE, self._shown, say(Code.STORAGE_FULL))

    def _command(self, command: Command, argument: str, at: float) -> Answer:
        """A button's barcode. "Back" closes the question that is open, or puts the job down."""
        if command is Command.BACK and self.view().state != PickStep.SHORT:
            return self.leave()
        return self._do(lambda u, state: _pressed(state, command, argument), at)

    # --- opening a job ---

    def _open(self, choose: Callable[[UnitOfWork], str | None], none: Message) -> Answer:
        try:
            with self._store.unit() as u:
                outcome = self._opened(u, choose(u), none)
        except StorageTrouble:
            return self._stuck()
        self._shown = outcome.view
        return outcome

    def _opened(self, u: UnitOfWork, job: str | None, none: Message) -> Answer:
        """Brings a job to the screen as it stands; without one, or while its rows are missing, nothing is, and `none` says why."""
        state = self._state_of(u, job) if job else None
        if state is None:
            u.flows.put_down(KIND)
            return _idle(none)
        u.flows.keep(state.job, KIND, VERSION, encode(state))
        u.flows.activate(state.job, KIND)
        return _outcome(u, state)

    def _start_scanned(self, u: UnitOfWork, scan: ScanInput) -> Answer:
        """An order or tote scanned with nothing open starts its job, if this device holds it."""
        meaning = self._ears.meaning(u, scan, Expect(frozenset({ScanKind.ORDER})))
        unknown = meaning.kind is ScanKind.UNKNOWN
        job = next((job.id for job, _ in held_jobs(u, JobKind.PICK) if _is_of(job, meaning)), None)
        return self._opened(u, job, say(Code.UNKNOWN_CODE, text=meaning.id) if unknown else say(Code.NOT_NOW))

    def _active(self, u: UnitOfWork) -> PickState | None:
        kept = u.flows.active(KIND)
        return self._restored(u, kept) if kept else None

    def _state_of(self, u: UnitOfWork, job: str) -> PickState | None:
        kept = u.flows.of(job)
        return self._restored(u, kept) if kept else _fresh(u, job)

    def _restored(self, u: UnitOfWork, kept: KeptFlow) -> PickState | None:
        return decode(kept, PickState, VERSION) or _fresh(u, kept.job)


def _outcome(u: UnitOfWork, state: PickState, message: Message | None = None, recorded: bool = False) -> Answer:
    return Outcome(state.step, pick_view(u, state), message, Changes(_TOUCHED if recorded else frozenset()))


def _idle(message: Message | None = None) -> Answer:
    return Outcome(IDLE, None, message)


def _is_of(job: JobRow, meaning: ScanMeaning) -> bool:
    if meaning.kind is ScanKind.ORDER:
        return meaning.id in job.orders
    return meaning.kind is ScanKind.TOTE and meaning.id == job.tote


def _may_work(u: UnitOfWork, job: str) -> bool:
    return any(row.id == job for row, _ in held_jobs(u, JobKind.PICK))


def _fresh(u: UnitOfWork, job: str) -> PickState | None:
    """The state of a job that was never open here, from rows and facts; None while its rows are missing."""
    row, lines = u.rows.get(JobRow, job), lines_of(u, job)
    if row is None or not lines:
        return None
    row = Overlay.of(u, job).job(row)
    sites = u.rows.all(SiteRow)
    required = sites[0].bin_scan_required if sites else True
    return start(job, row.orders[0] if row.orders else job, lines, row.tote, row.lane, required)


def _scanned(u: UnitOfWork, state: PickState, meaning: ScanMeaning) -> pick.Scanned:
    if meaning.kind is ScanKind.TOTE:
        return pick.Scanned(meaning, used_by=_tote_user(u, meaning.id, state.job))
    if meaning.kind is ScanKind.BIN:
        bin = u.rows.get(BinRow, meaning.id)
        return pick.Scanned(meaning, lane=bin is not None and bin.kind is BinKind.LANE)
    return pick.Scanned(meaning)


def _tote_user(u: UnitOfWork, tote: str, job: str) -> str | None:
    """The order of another job that still has this tote: being picked, waiting at a lane, or at a bench."""
    for id in tote_jobs(u, tote):
        row = u.rows.get(JobRow, id)
        if id == job or row is None:
            continue
        other = Overlay.of(u, id).job(row)
        # Dropped here, and the centre has not made the pack job yet: the goods are still in it.
        picked_here = other.kind is JobKind.PICK and other.state is JobState.DONE and row.state is not JobState.DONE
        if other.state in (JobState.OPEN, JobState.ACTIVE) or picked_here:
            return other.orders[0] if other.orders else other.id
    return None


def _pressed(state: PickState, command: Command, argument: str) -> Sequence[pick.Event]:
    """The button a command barcode stands for."""
    if command is Command.SHORT:
        asked = () if state.step is PickStep.SHORT else (pick.AskShort(),)
        reason = next((reason for reason in ShortReason if reason.value == argument), None)
        return (*asked, pick.GiveReason(reason)) if reason else asked
    if command is Command.BACK:
        return (pick.CancelShort(),)
    return (_BUTTONS[command],)
