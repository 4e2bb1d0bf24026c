"""Tasks on stock on this device: counting, putting back, filling up, putting away. Implements `api_work.Tasks`; called on the store
worker."""

from collections.abc import Sequence
from dataclasses import replace

from app.core.clock import Clock
from app.core.messages import Code, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput, ScanKind, ScanMeaning
from app.core.storage import StorageTrouble
from app.core.views_work import TaskStep, TaskView
from app.flows import commands, task
from app.flows import task_events as ev
from app.flows.commands import Command
from app.flows.duplicates import DuplicateRule
from app.flows.resolve import Expect, Patterns, ScanReader
from app.flows.scanning import not_this
from app.flows.step import Record, Step
from app.flows.task_state import CountState, MoveState, TaskState, Wanted, begin_move, expect, source_of
from app.services.cards import line_of
from app.services.overlay import Overlay
from app.services.ports import Centre, Store, UnitOfWork
from app.services.scans import Ears
from app.services.states import job_gone, lease_over
from app.services.task_view import list_view, task_view
from app.services.work_flow import FlowService, open_jobs
from sync.contract.codes import TASKS, BinKind, JobKind, ShortReason, WorkState
from sync.contract.rows import BinRow, ItemRow, JobRow, WorkRow

#: Under which name the states of tasks are kept.
KIND = "task"

_QUESTIONS = (TaskStep.SHORT, TaskStep.NUMBER)
_STOCK = (BinKind.PICK, BinKind.RESERVE)
_TO_COME = (WorkState.OPEN, WorkState.LEASED)
_BUTTONS: dict[Command, ev.Event] = {Command.OK: ev.Acknowledge(), Command.BACK: ev.Cancel()}

Answer = Outcome[TaskView]


class TaskService(FlowService[TaskState, ev.Event, TaskView]):
    """Owns what the task screen remembers between two scans and does not need after a restart."""

    KIND = KIND
    IDLE = TaskStep.LIST.value
    STATE = TaskState

    def __init__(
        self,
        store: Store,
        reader: ScanReader,
        clock: Clock,
        centre: Centre,
        patterns: Patterns | None = None,
        duplicates: DuplicateRule | None = None,
    ) -> None:
        super().__init__(store, clock, centre, TaskView(TaskStep.LIST, say(Code.CHOOSE_TASK)))
        #: The task that was finished last: what was brought for it can be taken back until the next is opened.
        self._last: TaskState | None = None
        self._ears = Ears(reader, patterns or Patterns(), duplicates or DuplicateRule())

    def start_next(self) -> Answer:
        """See `api_work.Tasks`."""
        self._last = None
        return self._start_first(lambda u: [row.id for row, _ in open_jobs(u, TASKS)])

    def start(self, job: str) -> Answer:
        """See `api_work.Tasks`. A task nobody holds is asked for."""
        self._last = None
        return self._start(job, say(Code.TASK_GONE))

    def on_scan(self, scan: ScanInput) -> Answer:
        """See `api_work.Tasks`."""
        if self._ears.is_echo(scan):
            return self.view()
        command = commands.read(scan.text)
        if command is not None:
            return self._command(*command, scan.at)
        try:
            with self._store.look() as u:
                active = self._active(u)
                meaning = self._ears.meaning(u, scan, expect(active.now) if active else Expect())
                job = _task_at(u, meaning) if active is None or active.now.step is TaskStep.DONE else None
        except StorageTrouble:
            return self._stuck()
        if job is not None:
            return self._start_at(job, scan, meaning)
        if active is None:
            return self._write(lambda u: self._idle(u, not_this(meaning)))
        return self._do(lambda u, state: (_scanned(u, meaning),), scan.at)

    def ask_short(self) -> Answer:
        """See `api_work.Tasks`."""
        return self._do(lambda u, state: (ev.AskShort(),))

    def short(self, reason: ShortReason) -> Answer:
        """See `api_work.Tasks`."""
        return self._do(lambda u, state: (ev.GiveReason(reason),))

    def ask_number(self) -> Answer:
        """See `api_work.Tasks`."""
        return self._do(lambda u, state: (ev.AskNumber(),))

    def number(self, count: int) -> Answer:
        """See `api_work.Tasks`."""
        return self._do(lambda u, state: (ev.Number(count),))

    def empty(self) -> Answer:
        """See `api_work.Tasks`."""
        return self._do(lambda u, state: (ev.Empty(),))

    def finish(self) -> Answer:
        """See `api_work.Tasks`."""
        return self._do(lambda u, state: (ev.Finish(),))

    def cancel(self) -> Answer:
        """See `api_work.Tasks`."""
        return self._do(lambda u, state: (ev.Cancel(),))

    def undo(self) -> Answer:
        """See `api_work.Tasks`."""
        return self._do(lambda u, state: (ev.Undo(),), idle=self._undo_last)

    def _undo_last(self, u: UnitOfWork) -> Answer:
        """The task is finished, and what was brought last is taken back."""
        if self._last is None or not u.flows.is_finished(self._last.now.job):
            return self._idle(u, say(Code.NOTHING_TO_UNDO))
        step = self._stepped(u, self._last, ev.Undo())
        for effect in step.effects:
            if isinstance(effect, Record):
                u.record(effect.fact, effect.item)
        if not step.refused:
            self._last = None
        return self._idle(u, step.say, Changes(frozenset({"job", "work"})))

    def _keep(self, u: UnitOfWork, step: Step[TaskState], at: float | None) -> bool:
        """Remembers what was finished."""
        now = step.state.now
        self._last = step.state if isinstance(now, MoveState) and now.step is TaskStep.DONE else None
        return super()._keep(u, step, at)

    def acknowledge(self) -> Answer:
        """See `api_work.Tasks`."""
        return self._do(lambda u, state: (ev.Acknowledge(),))

    def _start_at(self, job: str, scan: ScanInput, meaning: ScanMeaning) -> Answer:
        """A task opened by the label it begins at: that label counts as its first scan."""
        opened = self.start(job)
        if opened.view.step in (TaskStep.FROM, TaskStep.BIN) and opened.view.place == meaning.id:
            return self._do(lambda u, state: (_scanned(u, meaning),), scan.at)
        return opened

    def _command(self, command: Command, argument: str, at: float) -> Answer:
        """A button's barcode. BACK closes the question that is open, or puts the task down."""
        if command is Command.BACK and self.view().state not in _QUESTIONS:
            return self.leave()
        if command is Command.UNDO:
            return self.undo()
        return self._do(lambda u, state: _pressed(state, command, argument), at)

    # --- what the frame asks ---

    def _fresh(self, u: UnitOfWork, job: str) -> TaskState | None:
        row = u.rows.get(JobRow, job)
        overlay = Overlay.of(u, job)
        works = [w for w in map(overlay.work, u.rows.find(WorkRow, "job", job)) if w.state in _TO_COME]
        if row is None or row.kind not in TASKS or not works:
            return None
        if row.kind is JobKind.COUNT:
            bin = works[0].from_bin
            wanted = tuple(_wanted(u, work) for work in works if work.from_bin == bin)
            return TaskState(row.kind.value, count=CountState(job, bin, wanted))
        return TaskState(
            row.kind.value,
            move=begin_move(job, line_of(works[0], u.rows.get(ItemRow, works[0].sku)), works[0].to_place),
        )

    def _current(self, u: UnitOfWork, state: TaskState) -> TaskState:
        return state

    def _stepped(self, u: UnitOfWork, state: TaskState, event: ev.Event) -> Step[TaskState]:
        now = state.now
        item = now.wanted[0].item if isinstance(now, CountState) else now.line.item
        work = u.rows.get(WorkRow, item)
        gone = job_gone(u, now.job, item) or (work is not None and work.state is WorkState.CANCELLED)
        return task.step(state, event, ev.Rights(lease_over(u, item, self._clock), gone))

    def _seen(self, u: UnitOfWork, state: TaskState | None) -> TaskView:
        if state is not None:
            return task_view(u, state)
        last = self._last.move if self._last else None
        return replace(list_view(u), can_undo=last is not None and bool(last.brought))

    def _word(self, state: TaskState) -> tuple[str, str, bool]:
        now = state.now
        return now.job, now.step.value, now.step is TaskStep.DONE


def _wanted(u: UnitOfWork, work: WorkRow) -> Wanted:
    item = u.rows.get(ItemRow, work.sku)
    lot, serial = (item.lot_tracked, item.serial_tracked) if item else (False, False)
    return Wanted(work.id, work.sku, work.lot, lot, serial, work.careful)


def _task_at(u: UnitOfWork, meaning: ScanMeaning) -> str | None:
    """The task that begins at the scanned place, or that is about the scanned item."""
    for row, _ in open_jobs(u, TASKS):
        for work in u.rows.find(WorkRow, "job", row.id):
            named = {source_of(work.from_bin).label, work.sku if meaning.kind is ScanKind.ITEM else None}
            if work.state in _TO_COME and meaning.id in named:
                return row.id
    return None


def _scanned(u: UnitOfWork, meaning: ScanMeaning) -> ev.Scanned:
    if meaning.kind is ScanKind.ITEM:
        item = u.rows.get(ItemRow, meaning.id)
        return ev.Scanned(meaning, lot=bool(item and item.lot_tracked), serial=bool(item and item.serial_tracked))
    bin = u.rows.get(BinRow, meaning.id) if meaning.kind is ScanKind.BIN else None
    return ev.Scanned(meaning, stock=bin is not None and bin.kind in _STOCK)


def _pressed(state: TaskState, command: Command, argument: str) -> Sequence[ev.Event]:
    """The button a command barcode stands for."""
    if command is Command.SHORT:
        asked = () if state.now.step is TaskStep.SHORT else (ev.AskShort(),)
        reason = next((reason for reason in task.REASONS if reason.value == argument), None)
        return (*asked, ev.GiveReason(reason)) if reason else asked
    return (_BUTTONS[command],) if command in _BUTTONS else ()
