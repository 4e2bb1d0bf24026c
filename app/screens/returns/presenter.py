"""Goods that come back: turns the service's pictures into what the screen draws, and acts into service calls. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.core.facts import Disposition, Grade, ReturnReason
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_returns import ReturnStep, ReturnView
from app.screens.frame import Action, Frame, Refusal, phrase
from app.screens.presenter import Stage
from app.screens.returns.words import ReturnWord
from app.screens.words import Vocabulary, Word
from app.screens.work import WorkPresenter
from app.services.returns_ports import Returns

_LEAVE = Action("leave", Word.PUT_DOWN, "F8")
_TO_BOX = Action("leave", Word.BACK, "F5", "back", main=True)
_NO_LABEL = Action("no_label", ReturnWord.RETURN_NO_LABEL, "F2")
_EMPTY = Action("empty", ReturnWord.RETURN_EMPTY, "F5", "check", main=True)
_ASIDE = Action("put_aside", ReturnWord.RETURN_PUT_ASIDE, "F5", "check", main=True)
GRADES: Final = {
    Grade.A: ReturnWord.RETURN_GRADE_A,
    Grade.B: ReturnWord.RETURN_GRADE_B,
    Grade.C: ReturnWord.RETURN_GRADE_C,
    Grade.DAMAGED: ReturnWord.RETURN_GRADE_DAMAGED,
    Grade.WRONG_ITEM: ReturnWord.RETURN_GRADE_WRONG_ITEM,
}
WAYS: Final = {
    Disposition.RESTOCK: ReturnWord.RETURN_RESTOCK,
    Disposition.QUARANTINE: ReturnWord.RETURN_QUARANTINE,
    Disposition.REPAIR: ReturnWord.RETURN_REPAIR,
    Disposition.SCRAP: ReturnWord.RETURN_SCRAP,
    Disposition.TO_SUPPLIER: ReturnWord.RETURN_TO_SUPPLIER,
}
REASONS: Final = {
    ReturnReason.CHANGED_MIND: ReturnWord.WHY_CHANGED_MIND,
    ReturnReason.DOES_NOT_FIT: ReturnWord.WHY_DOES_NOT_FIT,
    ReturnReason.NOT_AS_DESCRIBED: ReturnWord.WHY_NOT_AS_DESCRIBED,
    ReturnReason.DAMAGED: ReturnWord.WHY_DAMAGED,
    ReturnReason.DEFECTIVE: ReturnWord.WHY_DEFECTIVE,
    ReturnReason.WRONG_ITEM: ReturnWord.WHY_WRONG_ITEM,
    ReturnReason.MISSING_PARTS: ReturnWord.WHY_MISSING_PARTS,
    ReturnReason.TOO_LATE: ReturnWord.WHY_TOO_LATE,
    ReturnReason.OTHER: ReturnWord.WHY_OTHER,
}
_KEYS: Final = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class ReturnsState:
    """What the screen draws. `page` is `box`, `item`, `hand`, `over` or `loading`."""

    frame: Frame
    page: str
    view: ReturnView | None


class ReturnsPresenter(WorkPresenter[ReturnsState]):
    """Where the person stands with a box that came back."""

    name = "returns"
    service_reads_commands = False

    def __init__(self, stage: Stage, returns: Returns) -> None:
        super().__init__(stage)
        self._returns = returns
        self.view: ReturnView | None = None

    def refresh(self) -> None:
        """Asks where it stands."""
        self.ask(self._returns.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """What stands on a box, an item, a place."""
        self.ask(lambda: self._returns.on_scan(scan), self._took, scan)

    def intent(self, name: str, argument: str) -> None:
        """A button."""
        begun = self.view is not None and self.view.step is not ReturnStep.BOX
        if name in ("leave", "back") and not begun:
            self.stage.go("home")
        elif name == "grade" and argument in list(Grade):
            self._do(lambda: self._returns.grade(argument))
        elif name == "way" and argument in list(Disposition):
            self._do(lambda: self._returns.way(argument))
        elif name in _CALLS:
            self._do(lambda: _CALLS[name](self._returns))

    def state(self) -> ReturnsState:
        """The screen now."""
        view = self.view
        return ReturnsState(self.frame(), _PAGES[view.step] if view is not None else "loading", view)

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(ReturnWord.DOOR_RETURNS), phrase(Word.LOADING), leave="leave")
        return Frame(
            title=phrase(ReturnWord.RETURN_BOX, text=view.found) if view.found else phrase(ReturnWord.DOOR_RETURNS),
            prompt=view.prompt,
            actions=_actions(view),
            choices=_choices(view),
            refusal=Refusal(self.refusal) if self.refusal else None,
            help=(_help(view.step), Word.HELP_COMMANDS),
            leave="leave",
        )

    def _do(self, call: Callable[[], Outcome[ReturnView]]) -> None:
        self.refusal = None
        self.ask(call, self._took)

    def _took(self, outcome: Outcome[ReturnView]) -> None:
        self.view = outcome.view
        self.show()


_PAGES: dict[ReturnStep, str] = {
    ReturnStep.BOX: "box",
    ReturnStep.ITEM: "item",
    ReturnStep.GRADE: "hand",
    ReturnStep.PLACE: "hand",
    ReturnStep.OVER: "over",
}
_CALLS: dict[str, Callable[[Returns], Outcome[ReturnView]]] = {
    "no_label": lambda returns: returns.no_label(),
    "put_aside": lambda returns: returns.put_aside(),
    "empty": lambda returns: returns.empty(),
    "undo": lambda returns: returns.undo(),
    "leave": lambda returns: returns.leave(),
}


def _help(step: ReturnStep) -> Vocabulary:
    if step in (ReturnStep.BOX, ReturnStep.OVER):
        return ReturnWord.HELP_RETURNS_BOX
    return ReturnWord.HELP_RETURNS_PLACE if step is ReturnStep.PLACE else ReturnWord.HELP_RETURNS_ITEM


def _actions(view: ReturnView) -> tuple[Action, ...]:
    undo = Action("undo", Word.UNDO, "F6", "undo", enabled=view.can_undo)
    match view.step:
        case ReturnStep.BOX:
            return (_NO_LABEL, _LEAVE)
        case ReturnStep.ITEM:
            return (_EMPTY, undo, _LEAVE)
        case ReturnStep.GRADE:
            return (undo, *_under_more(view))
        case ReturnStep.PLACE:
            return (*(() if view.way is Disposition.RESTOCK else (_ASIDE,)), undo, *_under_more(view))
    return (_TO_BOX,)


def _under_more(view: ReturnView) -> tuple[Action, ...]:
    """With the largest letters not all cards have room."""
    return tuple(Action(one.intent, one.word) for one in _choices(view))


def _choices(view: ReturnView) -> tuple[Action, ...]:
    """What the screen itself shows as cards."""
    match view.step:
        case ReturnStep.GRADE:
            return tuple(
                Action(f"grade:{one}", word, key) for key, (one, word) in zip(_KEYS, GRADES.items(), strict=True)
            )
        case ReturnStep.PLACE:
            return tuple(Action(f"way:{one}", word, key) for key, (one, word) in zip(_KEYS, WAYS.items(), strict=True))
    return ()
