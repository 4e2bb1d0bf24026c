"""Tasks on stock: turns the service's pictures into what the screen draws, and acts into service calls. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.core.facts import ShortReason
from app.core.messages import Code
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_work import TaskStep, TaskView
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.presenter import Stage
from app.screens.words import Word
from app.screens.work import WorkPresenter, named, notes_of
from app.services.api_work import Tasks

_NEXT = Action("next", Word.NEXT_TASK, "F5", "start", main=True)
_LEAVE = Action("leave", Word.PUT_DOWN, "F8")
_BACK = Action("cancel", Word.BACK, "Esc", "back")
_DONE = Action("finish", Word.COUNT_DONE, "F5", "check", main=True)
_EMPTY = Action("empty", Word.BIN_EMPTY, "F2", "empty")
_NUMBER = Action("number", Word.TYPE_NUMBER, "F4", "dialpad")
_MIXED_UP = Action("short", Word.MIXED_UP, "F2")

#: "Pick it later" is putting the task down.
_MAY_SAY = tuple(reason for reason in ShortReason if reason is not ShortReason.PICK_LATER)
REASONS: tuple[Action, ...] = tuple(
    Action(f"short:{reason}", Word(f"reason_{reason}"), str(n)) for n, reason in enumerate(_MAY_SAY, 1)
)
KINDS = {
    "count": Word.TASK_COUNT,
    "put_back": Word.TASK_PUT_BACK,
    "replenish": Word.TASK_REPLENISH,
    "put_away": Word.TASK_PUT_AWAY,
}
_COUNTS = (TaskStep.BIN, TaskStep.COUNT)


@dataclass(frozen=True, slots=True)
class TaskState:
    """What the task screen draws. `page` is `list`, `walk`, `count`, `number`, `short`, `done` or `loading`."""

    frame: Frame
    page: str
    view: TaskView | None
    notes: tuple[Phrase, ...] = ()


class TaskPresenter(WorkPresenter[TaskState]):
    """Where the person stands with a task."""

    name = "tasks"
    CARDS: ClassVar[dict[str, str]] = {
        "FH:NEXT": "next",
        "FH:EMPTY": "empty",
        "FH:DONE": "finish",
        "FH:NUMBER": "number",
    }

    def __init__(self, stage: Stage, tasks: Tasks) -> None:
        super().__init__(stage)
        self._tasks = tasks
        self.view: TaskView | None = None

    def refresh(self) -> None:
        """Asks where the task stands."""
        self.ask(self._tasks.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """A bin, an item, a lot."""
        self.ask(lambda: self._tasks.on_scan(scan), self._took, scan)

    def acknowledge(self) -> None:
        """The refusal has been read."""
        self.refusal = None
        self.ask(self._tasks.acknowledge, self._took)

    def intent(self, name: str, argument: str) -> None:
        """A button of this screen, or a number that was typed."""
        if name in ("leave", "back") and (self.view is None or self.view.step is TaskStep.LIST):
            self.stage.go("home")
        elif name == "start":
            self.ask(lambda: self._tasks.start(argument), self._took)
        elif name == "short" and argument:
            self.ask(lambda: self._tasks.short(ShortReason(argument)), self._took)
        elif name == "typed" and argument.isdecimal() and len(argument) <= 9:
            self.ask(lambda: self._tasks.number(int(argument)), self._took)
        elif name in _CALLS:
            self.refusal = None
            self.ask(lambda: _CALLS[name](self._tasks), self._took)

    def state(self) -> TaskState:
        """The screen now."""
        view = self.view
        if view is None:
            return TaskState(self.frame(), "loading", None)
        page = dict.fromkeys((TaskStep.FROM, TaskStep.ITEM, TaskStep.TO), "walk") | dict.fromkeys(_COUNTS, "count")
        return TaskState(self.frame(), page.get(view.step, view.step.value), view, notes_of(view.item))

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(Word.DOOR_TASKS), phrase(Word.LOADING), leave="leave")
        asks = view.step in (TaskStep.SHORT, TaskStep.NUMBER)
        kind = KINDS.get(view.kind)
        return Frame(
            title=phrase(kind or Word.DOOR_TASKS),
            subtitle=phrase(Word.SECOND_COUNT) if view.round > 1 else None,
            prompt=view.prompt,
            progress=1000 * (view.done + view.hand) // view.need if view.need else None,
            actions=_actions(view),
            choices=REASONS
            if view.step is TaskStep.SHORT
            else tuple(Action(f"start:{task.job}", KINDS.get(task.kind, Word.DOOR_TASKS)) for task in view.tasks),
            refusal=self._refusal(view),
            help=(Word.HELP_COUNT if view.step in _COUNTS else Word.HELP_TASK, Word.HELP_COMMANDS),
            leave="cancel" if asks else "leave",
        )

    def _refusal(self, view: TaskView) -> Refusal | None:
        if self.refusal is None:
            return None
        message = named(self.refusal, (view.item, view.scanned))
        exits = (_MIXED_UP,) if self.refusal.code is Code.WRONG_ITEM and view.can_short else ()
        if self.refusal.code is Code.WRONG_ITEM and view.scanned and view.item:
            return Refusal(message, exits, view.scanned, view.item, view.need - view.done - view.hand)
        return Refusal(message, exits)

    def _took(self, outcome: Outcome[TaskView]) -> None:
        self.view = outcome.view
        self.show()


_CALLS = {
    "next": lambda tasks: tasks.start_next(),
    "short": lambda tasks: tasks.ask_short(),
    "number": lambda tasks: tasks.ask_number(),
    "empty": lambda tasks: tasks.empty(),
    "finish": lambda tasks: tasks.finish(),
    "cancel": lambda tasks: tasks.cancel(),
    "undo": lambda tasks: tasks.undo(),
    "leave": lambda tasks: tasks.leave(),
}


def _actions(view: TaskView) -> tuple[Action, ...]:
    undo = Action("undo", Word.UNDO, "F6", "undo", enabled=view.can_undo)
    match view.step:
        case TaskStep.LIST:
            next_ = Action(_NEXT.intent, _NEXT.word, _NEXT.key, _NEXT.icon, bool(view.tasks), main=True)
            return (next_, undo, _LEAVE) if view.can_undo else (next_, _LEAVE)
        case TaskStep.DONE:
            return (_NEXT, undo, _LEAVE) if view.can_undo else (_NEXT, _LEAVE)
        case TaskStep.SHORT | TaskStep.NUMBER:
            return (_BACK,)
        case TaskStep.BIN:
            return (_LEAVE,)
        case TaskStep.COUNT:
            first = _EMPTY if view.can_empty else _DONE
            return (first, _NUMBER, undo, _LEAVE)
    short = Action("short", Word.SHORT, "F2", enabled=view.can_short)
    number = Action(
        _NUMBER.intent, _NUMBER.word, _NUMBER.key, _NUMBER.icon, view.step is TaskStep.ITEM and view.hand > 0
    )
    return (short, number, undo, _LEAVE)
