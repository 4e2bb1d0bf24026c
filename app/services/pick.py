"""Picking on this device, by any method: one flow step in one unit of work. Implements `api.Pick`; called on the store worker."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.scan import ScanInput, ScanKind
from app.core.views import PickStep, PickView
from app.flows import commands, pick
from app.flows import pick_events as ev
from app.flows.commands import Command
from app.flows.duplicates import DuplicateRule
from app.flows.pick_prompt import expect
from app.flows.pick_state import PickState
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.step import Step
from app.services.cards import held_jobs
from app.services.pick_buttons import Answer, Buttons, Events, extra, pressed
from app.services.pick_open import adopt, caught_up, fresh, job_scanned, place, rights_of, scanned
from app.services.pick_view import pick_view
from app.services.ports import Centre, CentreAway, CentreRefused, Store, UnitOfWork
from app.services.scans import Ears
from app.services.work_flow import CLAIM_S, FlowService, may_work
from sync.contract.codes import JobKind
from sync.contract.rows import WorkerRow

#: Steps that a "back" closes without putting the job down.
_QUESTIONS = (PickStep.SHORT, PickStep.SUBSTITUTE, PickStep.CHECK, PickStep.REMOVE, PickStep.FULL)


class PickService(FlowService[PickState, ev.Event, PickView | None], Buttons):
    """Owns what a pick screen remembers between two scans and does not need after a restart: the last scan."""

    KIND = JobKind.PICK.value
    VERSION = 2
    IDLE = "idle"
    STATE = PickState

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        centre: Centre,
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        super().__init__(store, clock, centre, None)
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())

    def view(self) -> Answer:
        """See `api.Pick`. What the centre has changed meanwhile is kept and said once."""
        news = False

        def look(u: UnitOfWork) -> Answer:
            nonlocal news
            state = self._active(u)
            now = caught_up(u, state) if state else None
            news = now is not state
            return self._outcome(u, now) if now else self._idle(u)

        seen = self._read(look)
        return self._do(lambda _u, _state: ()) if news else seen

    def start_next(self) -> Answer:
        """See `api.Pick`."""

        def choose(u: UnitOfWork) -> str | None:
            active = u.flows.active(self.KIND)
            jobs = [job.id for job, _ in held_jobs(u, JobKind.PICK)]
            return active.job if active and active.job in jobs else jobs[0] if jobs else None

        none = say(Code.NO_WORK if self._centre.online() else Code.NO_WORK_OFFLINE)
        return self._open(choose, none)

    def start(self, job: str) -> Answer:
        """See `api.Pick`."""
        return self._open(lambda u: job if may_work(u, job) else None, say(Code.JOB_GONE, order=job))

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
        why = self._not_given(job)
        return self._read(lambda u: self._idle(u, why)) if why else self.start(job)

    # --- what the frame asks ---

    def _fresh(self, u: UnitOfWork, job: str) -> PickState | None:
        return fresh(u, job)

    def _current(self, u: UnitOfWork, state: PickState) -> PickState:
        # What the centre has changed is met by an act: there it is kept and said once.
        return state

    def _acted(self, u: UnitOfWork, state: PickState, events: Events) -> Step[PickState]:
        now = caught_up(u, state)
        if now is state:
            return self._steps(u, state, events)
        adopt(u, now, state)
        # What was scanned was meant for the line that is no longer in hand: it counts for nothing.
        step = Step(now) if place(now) != place(state) else self._steps(u, now, events)
        return replace(step, say=step.say or now.banner)

    def _stepped(self, u: UnitOfWork, state: PickState, event: ev.Event) -> Step[PickState]:
        return pick.step(state, event, rights_of(u, state, self._clock))

    def _seen(self, u: UnitOfWork, state: PickState | None) -> PickView | None:
        return pick_view(u, state) if state is not None else None

    def _word(self, state: PickState) -> tuple[str, str, bool]:
        return state.job, state.step.value, state.step is PickStep.DONE

    def _command(self, command: Command, argument: str, at: float) -> Answer:
        """A button's barcode. "Back" closes the question that is open, or puts the job down."""
        if command is Command.BACK and self.view().state not in _QUESTIONS:
            return self.leave()
        return self._do(lambda u, state: pressed(state, command, argument), at)

    # --- opening a job ---

    def _open(self, choose: Callable[[UnitOfWork], str | None], none: Message) -> Answer:
        return self._write(lambda u: self._opened(u, choose(u), none))

    def _start_scanned(self, u: UnitOfWork, scan: ScanInput) -> Answer:
        """An order, ticket, cart or tote scanned with nothing open starts its job, if this device holds it; if another does, it is named,
        and whoever asks may take the work over (`take_over`)."""
        meaning = self._ears.meaning(u, scan, Expect(frozenset({ScanKind.ORDER})))
        job = job_scanned(u, meaning)
        if job is not None and may_work(u, job.id):
            return self._opened(u, job.id, say(Code.NOT_NOW))
        if job is not None and job.holder not in (None, u.device_id()):
            worker = u.rows.get(WorkerRow, job.worker) if job.worker else None
            return self._idle(
                u, say(Code.OFFER_TAKE_OVER, name=worker.name if worker else job.holder or "", job=job.id)
            )
        unknown = meaning.kind is ScanKind.UNKNOWN and job is None
        return self._idle(u, say(Code.UNKNOWN_CODE, text=meaning.id) if unknown else say(Code.NOT_NOW))

    def _not_given(self, job: str) -> Message | None:
        """Asks the centre for a job that another device holds; None when it is ours now, else why not."""
        try:
            reply = self._centre.take_over(job, CLAIM_S)
        except CentreAway:
            return say(Code.NEEDS_CENTRE)
        except CentreRefused:
            return say(Code.NOT_ALLOWED)
        return None if reply.leases else say(Code.TAKEN_BY, name=reply.holder or "")
