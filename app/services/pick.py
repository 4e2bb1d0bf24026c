"""Picking on this device, by any method: one flow step in one unit of work. Implements `api.Pick`; called on the store worker."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput, ScanKind
from app.core.storage import StorageTrouble
from app.core.views import PickStep, PickView
from app.flows import commands, pick
from app.flows import pick_events as ev
from app.flows.commands import Command
from app.flows.duplicates import DuplicateRule
from app.flows.pick_prompt import expect
from app.flows.pick_state import PickState
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.step import Record, Step
from app.services.cards import held_jobs
from app.services.pick_buttons import Answer, Buttons, Events, extra, pressed
from app.services.pick_open import adopt, caught_up, fresh, job_scanned, place, rights_of, scanned
from app.services.pick_view import pick_view
from app.services.ports import Centre, CentreAway, CentreRefused, KeptFlow, Store, UnitOfWork
from app.services.scans import Ears, RefusalMeter
from app.services.states import decode, encode
from sync.contract.codes import JobKind
from sync.contract.rows import WorkerRow

KIND = JobKind.PICK.value
#: Version of the stored shape of `PickState`.
VERSION = 2
#: The word for "no job on screen".
IDLE = "idle"

_TOUCHED = frozenset({"job", "work", "order", "status"})

#: How long a person waits for work that somebody else has.
CLAIM_S = 3.0
#: Steps that a "back" closes without putting the job down.
_QUESTIONS = (PickStep.SHORT, PickStep.SUBSTITUTE, PickStep.CHECK, PickStep.REMOVE, PickStep.FULL)


class PickService(Buttons):
    """Owns what a pick screen remembers between two scans and does not need after a restart: the last scan, the last view."""

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        online: Callable[[], bool],
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
        centre: Centre | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._online = online
        self._centre = centre
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())
        self._meter = RefusalMeter()
        self._shown: PickView | None = None

    def view(self) -> Answer:
        """See `api.Pick`. What the centre has changed meanwhile is kept and said once."""
        news = False

        def look(u: UnitOfWork) -> Answer:
            nonlocal news
            state = self._active(u)
            now = caught_up(u, state) if state else None
            news = now is not state
            return _outcome(u, now) if now else _idle()

        seen = self._read(look)
        return self._do(lambda _u, _state: ()) if news else seen

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
        if (command := commands.read(scan.text)) is not None:
            return self._command(*command, scan.at)
        if (button := commands.read_pick(scan.text)) is not None:
            return self._do(lambda u, state: extra(u, state, *button), scan.at)
        today = datetime.fromtimestamp(self._clock.wall_ms() / 1000, UTC).date().isoformat()

        def heard(u: UnitOfWork, state: PickState) -> Sequence[ev.Event]:
            return (scanned(u, state, self._ears.meaning(u, scan, expect(state)), today),)

        return self._do(heard, scan.at, idle=lambda u: self._start_scanned(u, scan))

    def take_over(self, job: str) -> Answer:
        """See `api.Pick`. Waits for the network."""
        return self._take_over(job)

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
                before = self._active(u)
                if before is None:
                    outcome = idle(u)
                else:
                    state = caught_up(u, before)
                    adopt(u, state, before)
                    # What was scanned was meant for the line that is no longer in hand: it counts for nothing.
                    led_away = state is not before and place(state) != place(before)
                    step = Step(state) if led_away else self._step(u, state, events)
                    recorded = self._keep(u, step, at)
                    news = state.banner if state is not before else None
                    outcome = _outcome(u, step.state, step.say or news, recorded)
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
            then = pick.step(now, event, rights_of(u, now, self._clock))
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
        if command is Command.BACK and self.view().state not in _QUESTIONS:
            return self.leave()
        return self._do(lambda u, state: pressed(state, command, argument), at)

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
        """An order, ticket, cart or tote scanned with nothing open starts its job, if this device holds it; if another does, it is named,
        and whoever asks may take the work over (`take_over`)."""
        meaning = self._ears.meaning(u, scan, Expect(frozenset({ScanKind.ORDER})))
        job = job_scanned(u, meaning)
        if job is not None and any(mine.id == job.id for mine, _ in held_jobs(u, JobKind.PICK)):
            return self._opened(u, job.id, say(Code.NOT_NOW))
        if job is not None and job.holder not in (None, u.device_id()):
            worker = u.rows.get(WorkerRow, job.worker) if job.worker else None
            return _idle(say(Code.OFFER_TAKE_OVER, name=worker.name if worker else job.holder or "", job=job.id))
        unknown = meaning.kind is ScanKind.UNKNOWN and job is None
        return _idle(say(Code.UNKNOWN_CODE, text=meaning.id) if unknown else say(Code.NOT_NOW))

    def _take_over(self, job: str) -> Answer:
        if self._centre is None:
            return _idle(say(Code.NEEDS_CENTRE))
        try:
            reply = self._centre.take_over(job, CLAIM_S)
        except CentreAway:
            return _idle(say(Code.NEEDS_CENTRE))
        except CentreRefused:
            return _idle(say(Code.NOT_ALLOWED))
        if not reply.leases:
            return _idle(say(Code.TAKEN_BY, name=reply.holder or ""))
        return self.start(job)

    def _active(self, u: UnitOfWork) -> PickState | None:
        kept = u.flows.active(KIND)
        return self._restored(u, kept) if kept else None

    def _state_of(self, u: UnitOfWork, job: str) -> PickState | None:
        kept = u.flows.of(job)
        return self._restored(u, kept) if kept else fresh(u, job)

    def _restored(self, u: UnitOfWork, kept: KeptFlow) -> PickState | None:
        return decode(kept, PickState, VERSION) or fresh(u, kept.job)


def _outcome(u: UnitOfWork, state: PickState, message: Message | None = None, recorded: bool = False) -> Answer:
    return Outcome(state.step, pick_view(u, state), message, Changes(_TOUCHED if recorded else frozenset()))


def _idle(message: Message | None = None) -> Answer:
    return Outcome(IDLE, None, message)


def _may_work(u: UnitOfWork, job: str) -> bool:
    return any(row.id == job for row, _ in held_jobs(u, JobKind.PICK))
