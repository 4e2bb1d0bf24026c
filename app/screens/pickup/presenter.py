"""Orders that customers fetch: turns the service's pictures into what the screen draws, and acts into service calls. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from app.core.facts import NotTaken
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_pickup import PickupStep, PickupView
from app.screens.frame import Action, Frame, Refusal, phrase
from app.screens.pickup.words import PickupWord
from app.screens.presenter import Stage
from app.screens.words import Vocabulary, Word
from app.screens.work import WorkPresenter
from app.services.pickup_ports import Pickup

_LEAVE = Action("leave", Word.PUT_DOWN, "F8")
_TO_LIST = Action("leave", Word.BACK, "F5", "back", main=True)
_CANCEL = Action("cancel", Word.BACK, "Esc", "back")
_NOT_TAKEN = Action("not_wanted", PickupWord.PICKUP_NOT_TAKEN, "F2")
_YES = Action("name_right", PickupWord.PICKUP_NAME_OK, "F5", "check", main=True)
_TYPE = Action("type_code", PickupWord.PICKUP_TYPE_CODE, "F3")
_STOP_TYPING = Action("stop_typing", Word.BACK, "Esc", "back")
_ALL = Action("all_here", PickupWord.PICKUP_EVERYTHING, "F5", "check", main=True)
_SIGNED = Action("signed", PickupWord.PICKUP_SIGNED, "F5", "check", main=True)
REASONS: Final = (
    Action(f"because:{NotTaken.REFUSED}", PickupWord.PICKUP_REFUSED, "F2"),
    Action(f"because:{NotTaken.NOT_COME}", PickupWord.PICKUP_NOT_COME, "F3"),
    Action(f"because:{NotTaken.DAMAGED}", PickupWord.PICKUP_DAMAGED, "F4"),
    _CANCEL,
)
_ASKS: Final = (PickupStep.WHY, PickupStep.SIGN)
_OVER: Final = (PickupStep.STANDS, PickupStep.GONE, PickupStep.BACK)
#: Letters of a signature that are carried to the service; more than it keeps.
_MOST_STROKES: Final = 9000


@dataclass(frozen=True, slots=True)
class PickupState:
    """What the screen draws. `page` is `list`, `work`, `name`, `type`, `sign`, `over` or `loading`; `strokes` the signature so far."""

    frame: Frame
    page: str
    view: PickupView | None
    strokes: str = ""


class PickupPresenter(WorkPresenter[PickupState]):
    """Where the person stands with an order that is fetched."""

    name = "pickup"
    service_reads_commands = False
    CARDS: ClassVar[dict[str, str]] = {"FH:YES": "name_right", "FH:ALL": "all_here", "FH:SIGNED": "signed"}

    def __init__(self, stage: Stage, pickup: Pickup) -> None:
        super().__init__(stage)
        self._pickup = pickup
        self.view: PickupView | None = None
        self._strokes = ""
        self._typing = False

    def refresh(self) -> None:
        """Asks where it stands."""
        self.ask(self._pickup.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """A customer's code, a piece, a shelf."""
        self.ask(lambda: self._pickup.on_scan(scan), self._took, scan)

    def forget(self) -> None:
        """Nobody's signature stays on the screen."""
        super().forget()
        self._strokes, self._typing = "", False

    def intent(self, name: str, argument: str) -> None:
        """A button, a card of the list, a code that was typed, a stroke of the pen."""
        step = self.view.step if self.view else PickupStep.LIST
        if name in ("leave", "back") and step is PickupStep.LIST:
            self.stage.go("home")
        elif name == "open":
            self._do(lambda: self._pickup.open(argument))
        elif name in ("type_code", "stop_typing"):
            self._typing = name == "type_code"
            self.show()
        elif name == "code":
            self._do(lambda: self._pickup.code(argument))
        elif name == "strokes":
            self._strokes = argument[:_MOST_STROKES]
            self.show()
        elif name == "signed" and step is PickupStep.SIGN:
            strokes = self._strokes
            self._do(lambda: self._pickup.sign(strokes))
        elif name == "because" and argument in list(NotTaken):
            self._do(lambda: self._pickup.because(argument))
        elif name in _CALLS:
            self._do(lambda: _CALLS[name](self._pickup))

    def state(self) -> PickupState:
        """The screen now."""
        view = self.view
        if view is None:
            return PickupState(self.frame(), "loading", None)
        return PickupState(self.frame(), self._page(view), view, self._strokes)

    def _page(self, view: PickupView) -> str:
        match view.step:
            case PickupStep.LIST:
                return "list"
            case PickupStep.NAME:
                return "type" if self._typing else "name"
            case PickupStep.SIGN:
                return "sign"
        return "over" if view.step in _OVER else "work"

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(PickupWord.DOOR_PICKUP), phrase(Word.LOADING), leave="leave")
        typing = self._typing and view.step is PickupStep.NAME
        listed = view.step is PickupStep.LIST
        return Frame(
            title=phrase(PickupWord.DOOR_PICKUP) if listed else phrase(PickupWord.PICKUP_TITLE, no=view.order),
            prompt=phrase(PickupWord.PICKUP_CODE_LINE) if typing else view.prompt,
            actions=(_STOP_TYPING,) if typing else _actions(view),
            choices=tuple(Action(f"open:{c.order}", PickupWord.PICKUP_TODO) for c in (*view.waiting, *view.todo)),
            refusal=Refusal(self.refusal) if self.refusal else None,
            help=(_help(view.step), Word.HELP_COMMANDS),
            leave="stop_typing" if typing else "cancel" if view.step in _ASKS else "leave",
        )

    def _do(self, call: Callable[[], Outcome[PickupView]]) -> None:
        self.refusal = None
        self.ask(call, self._took)

    def _took(self, outcome: Outcome[PickupView]) -> None:
        if outcome.view.step is not PickupStep.SIGN:
            self._strokes = ""
        if outcome.view.step is not PickupStep.NAME or self.refusal is not None:
            self._typing = False
        self.view = outcome.view
        self.show()


_CALLS: dict[str, Callable[[Pickup], Outcome[PickupView]]] = {
    "name_right": lambda pickup: pickup.name_right(),
    "all_here": lambda pickup: pickup.all_here(),
    "not_wanted": lambda pickup: pickup.not_wanted(),
    "undo": lambda pickup: pickup.undo(),
    "cancel": lambda pickup: pickup.cancel(),
    "leave": lambda pickup: pickup.leave(),
}


def _help(step: PickupStep) -> Vocabulary:
    if step is PickupStep.LIST:
        return PickupWord.HELP_PICKUP_LIST
    aside = step in (PickupStep.ASIDE, PickupStep.STANDS)
    return PickupWord.HELP_PICKUP_ASIDE if aside else PickupWord.HELP_PICKUP_OVER


def _actions(view: PickupView) -> tuple[Action, ...]:
    undo = Action("undo", Word.UNDO, "F6", "undo", enabled=view.can_undo)
    match view.step:
        case PickupStep.ASIDE:
            return (undo, _LEAVE)
        case PickupStep.STANDS:
            return (_TO_LIST, undo)
        case PickupStep.NAME:
            return (_YES, _TYPE, _NOT_TAKEN, _LEAVE)
        case PickupStep.PIECES:
            everything = () if view.pieces else (_ALL,)
            return (*everything, undo, _NOT_TAKEN, _LEAVE)
        case PickupStep.SIGN:
            return (_SIGNED, _NOT_TAKEN, _CANCEL)
        case PickupStep.WHY:
            return REASONS
        case PickupStep.GONE | PickupStep.BACK:
            return (_TO_LIST,)
    return (_LEAVE,)
