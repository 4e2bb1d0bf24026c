"""What the services of picks, zones, the put wall and stock tasks share: one flow step in one unit of work, kept before anything is said.

`FlowService` is the frame; a subclass says what its state is made of, what an event does, and what people see.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar, Generic, TypeVar

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.storage import StorageTrouble
from app.flows.step import Record, Step
from app.services.ports import Centre, CentreAway, CentreRefused, KeptFlow, Store, UnitOfWork
from app.services.scans import RefusalMeter
from app.services.states import decode, encode
from sync.contract.codes import JobKind, JobState
from sync.contract.rows import JobRow
from sync.contract.wire import ClaimReply

S = TypeVar("S")
E = TypeVar("E")
V = TypeVar("V")

#: How long a person waits for work that this device does not hold.
CLAIM_S = 3.0
#: So many jobs are asked for one after the other before there is said to be none.
TRIES = 3
#: So many jobs of a kind are looked into for a list: the most urgent of them. A screen shows fewer.
MOST_JOBS = 300

_TOUCHED = frozenset({"job", "work", "order", "status"})

_LIVE = (JobState.OPEN, JobState.ACTIVE)


def may_work(u: UnitOfWork, job: str) -> bool:
    """Whether this device holds a job that is not finished."""
    row = u.rows.get(JobRow, job)
    return bool(row and row.state in _LIVE and job in u.leases.jobs() and not u.flows.is_finished(job))


def live_jobs(u: UnitOfWork, kinds: frozenset[JobKind], mine: Iterable[str], most: int = MOST_JOBS) -> list[JobRow]:
    """Live jobs of these kinds: those in `mine`, and of each kind the `most` most urgent."""
    found = {row.id: row for kind in sorted(kinds) for row in u.rows.ranked(JobRow, f"live {kind}", most)}
    held = (found.get(job) or u.rows.get(JobRow, job) for job in mine)
    found |= {row.id: row for row in held if row is not None and row.kind in kinds and row.state in _LIVE}
    return list(found.values())


def open_jobs(u: UnitOfWork, kinds: frozenset[JobKind]) -> list[tuple[JobRow, bool]]:
    """Jobs of these kinds that can be worked here or asked for, each with whether it was begun: begun ones first, then the most urgent;
    of equals, those this device holds."""
    mine = u.leases.jobs()
    rows = [
        row
        for row in live_jobs(u, kinds, mine)
        if (row.id in mine or row.holder in (None, u.device_id())) and not u.flows.is_finished(row.id)
    ]
    jobs = [(row, mine.get(row.id, False)) for row in rows]
    return sorted(jobs, key=lambda j: (not j[1], j[0].priority, j[0].cut_off or "9", j[0].id not in mine, j[0].id))


class FlowService(ABC, Generic[S, E, V]):
    """Owns the last view (shown again when the disk cannot be read) and the meter of refused scans."""

    #: Under which name the states are kept, the version of their shape, and the word for "nothing open".
    KIND: ClassVar[str]
    VERSION: ClassVar[int] = 1
    IDLE: ClassVar[str]
    STATE: type[S]

    def __init__(self, store: Store, clock: Clock, centre: Centre, empty: V) -> None:
        self._store = store
        self._clock = clock
        self._centre = centre
        self._meter = RefusalMeter()
        self._shown: Outcome[V] = Outcome(self.IDLE, empty)

    # --- what a subclass says ---

    @abstractmethod
    def _fresh(self, u: UnitOfWork, job: str) -> S | None:
        """The state of a job that was never open here, from rows and facts; None while its rows are missing."""

    @abstractmethod
    def _current(self, u: UnitOfWork, state: S) -> S:
        """A kept state with what the centre has changed since."""

    @abstractmethod
    def _stepped(self, u: UnitOfWork, state: S, event: E) -> Step[S]:
        """What an event does."""

    @abstractmethod
    def _seen(self, u: UnitOfWork, state: S | None) -> V:
        """What people see of it; of None: what waits."""

    @abstractmethod
    def _word(self, state: S) -> tuple[str, str, bool]:
        """Of a state: its job, the word for where it stands, and whether it is finished."""

    # --- what every flow can do ---

    def view(self) -> Outcome[V]:
        """What is open, exactly where it was left, or what waits."""
        return self._read(self._standing)

    def leave(self) -> Outcome[V]:
        """Puts the job down; it can be resumed here."""
        return self._write(lambda u: self._put_down(u))

    def _put_down(self, u: UnitOfWork) -> Outcome[V]:
        u.flows.put_down(self.KIND)
        return self._idle(u, changes=Changes(frozenset({"job"})))

    def _do(
        self,
        events: Callable[[UnitOfWork, S], Sequence[E]],
        at: float | None = None,
        idle: Callable[[UnitOfWork], Outcome[V]] | None = None,
    ) -> Outcome[V]:
        """All events of one act in one unit of work; with nothing open it is `idle`, or not the moment."""

        def act(u: UnitOfWork) -> Outcome[V]:
            state = self._active(u)
            if state is None:
                return idle(u) if idle else self._idle(u, say(Code.NOT_NOW))
            step = self._acted(u, state, events)
            recorded = self._keep(u, step, at)
            return self._outcome(u, step.state, step.say, recorded)

        return self._write(act, lambda: self._without_disk(events))

    def _acted(self, u: UnitOfWork, state: S, events: Callable[[UnitOfWork, S], Sequence[E]]) -> Step[S]:
        """What an act comes to, in the unit of work that keeps it."""
        return self._steps(u, state, events)

    def _steps(self, u: UnitOfWork, state: S, events: Callable[[UnitOfWork, S], Sequence[E]]) -> Step[S]:
        """The first refusal ends it."""
        step = Step(state)
        for event in events(u, state):
            then = self._stepped(u, step.state, event)
            step = Step(then.state, (*step.effects, *then.effects), then.say or step.say, then.refused)
            if then.refused:
                break
        return step

    def _keep(self, u: UnitOfWork, step: Step[S], at: float | None) -> bool:
        """Writes facts and state; returns whether any fact changed what is counted."""
        job, _, done = self._word(step.state)
        facts = [effect for effect in step.effects if isinstance(effect, Record)]
        if step.refused and not self._meter.allows(self._clock.mono() if at is None else at):
            facts = []
        for record in facts:
            u.record(record.fact, record.item)
        u.flows.keep(job, self.KIND, self.VERSION, encode(step.state))
        if done:
            u.flows.finish(job)
        return bool(facts) and not step.refused

    def _without_disk(self, events: Callable[[UnitOfWork, S], Sequence[E]]) -> Outcome[V]:
        """Nothing can be written. A refusal is still told; anything else did not happen, and makes no good sound."""

        def look(u: UnitOfWork) -> Outcome[V]:
            state = self._active(u)
            if state is None:
                return self._idle(u, say(Code.STORAGE_FULL))
            step = self._steps(u, state, events)
            if step.refused:
                return self._outcome(u, step.state, step.say)
            return self._outcome(u, state, say(Code.STORAGE_FULL))

        return self._read(look)

    def _opened(self, u: UnitOfWork, job: str | None, none: Message, told: Message | None = None) -> Outcome[V]:
        """Brings a job to the screen as it stands; without one, or while its rows are missing, nothing is, and `none` says why."""
        state = self._state_of(u, job) if job else None
        if state is None:
            u.flows.put_down(self.KIND)
            return self._idle(u, none)
        id = self._word(state)[0]
        u.flows.keep(id, self.KIND, self.VERSION, encode(state))
        u.flows.activate(id, self.KIND)
        return self._outcome(u, state, told)

    def _start(self, job: str, none: Message, told: Message | None = None) -> Outcome[V]:
        """Brings a job to the screen; one that this device does not hold is asked for first. `none` when that fails."""
        try:
            with self._store.look() as u:
                held = may_work(u, job)
        except StorageTrouble:
            return self._stuck()
        why = None if held else self._claimed(partial(self._centre.claim_job, job, CLAIM_S), none)
        if why is not None:
            return self._write(lambda u: self._idle(u, why))
        return self._write(lambda u: self._opened(u, job, none, told))

    def _start_first(self, find: Callable[[UnitOfWork], Sequence[str]]) -> Outcome[V]:
        """Brings the first of some jobs to the screen that is held here or that the centre gives; others may be faster for a few."""
        try:
            with self._store.look() as u:
                jobs = find(u)
        except StorageTrouble:
            return self._stuck()
        none = say(Code.NO_WORK if self._centre.online() else Code.NO_WORK_OFFLINE)
        outcome: Outcome[V] | None = None
        for job in jobs[:TRIES]:
            outcome = self._start(job, none)
            if outcome.state != self.IDLE:
                return outcome
        return outcome or self._write(lambda u: self._idle(u, none))

    def _claimed(self, ask: Callable[[], ClaimReply], unknown: Message) -> Message | None:
        """Asks the centre for a job; None when it is ours now, else why not. Waits for the network, holds no lock."""
        try:
            reply = ask()
        except (CentreAway, CentreRefused):
            return unknown
        if reply.leases:
            return None
        if reply.reason == "own_count":
            return say(Code.OWN_COUNT)
        if reply.reason == "stopped" and reply.holder:
            return say(Code.ZONE_STOPPED, zone=reply.holder)
        return say(Code.TAKEN_BY, name=reply.holder) if reply.reason == "taken" and reply.holder else unknown

    # --- states ---

    def _active(self, u: UnitOfWork) -> S | None:
        kept = u.flows.active(self.KIND)
        return self._restored(u, kept) if kept else None

    def _state_of(self, u: UnitOfWork, job: str) -> S | None:
        kept = u.flows.of(job)
        return self._restored(u, kept) if kept else self._fresh(u, job)

    def _restored(self, u: UnitOfWork, kept: KeptFlow) -> S | None:
        state = decode(kept, self.STATE, self.VERSION)
        return self._current(u, state) if state is not None else self._fresh(u, kept.job)

    # --- answers ---

    def _standing(self, u: UnitOfWork) -> Outcome[V]:
        state = self._active(u)
        return self._outcome(u, state) if state is not None else self._idle(u)

    def _outcome(self, u: UnitOfWork, state: S, message: Message | None = None, recorded: bool = False) -> Outcome[V]:
        word = self._word(state)[1]
        return Outcome(word, self._seen(u, state), message, Changes(_TOUCHED if recorded else frozenset()))

    def _idle(self, u: UnitOfWork, message: Message | None = None, changes: Changes | None = None) -> Outcome[V]:
        return Outcome(self.IDLE, self._seen(u, None), message, changes or Changes())

    def _write(
        self, act: Callable[[UnitOfWork], Outcome[V]], otherwise: Callable[[], Outcome[V]] | None = None
    ) -> Outcome[V]:
        try:
            with self._store.unit() as u:
                outcome = act(u)
        except StorageTrouble:
            return otherwise() if otherwise else self._stuck()
        # Only what is on the disk has been shown.
        self._shown = outcome
        return outcome

    def _read(self, look: Callable[[UnitOfWork], Outcome[V]]) -> Outcome[V]:
        try:
            with self._store.look() as u:
                outcome = look(u)
        except StorageTrouble:
            return self._stuck()
        self._shown = outcome
        return outcome

    def _stuck(self) -> Outcome[V]:
        return Outcome(self._shown.state, self._shown.view, say(Code.STORAGE_FULL))
