"""Goods that come in: turns the service's pictures into what the screen draws, and acts into service calls. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_receive import ReceiveStep, ReceiveView
from app.screens.frame import Action, Frame, Refusal, phrase
from app.screens.presenter import Stage
from app.screens.receive.words import ReceiveWord
from app.screens.words import Word
from app.screens.work import WorkPresenter
from app.services.receive_ports import Receive

_LEAVE = Action("leave", Word.PUT_DOWN, "F8")
_TO_LIST = Action("leave", Word.BACK, "F5", "back", main=True)
_CANCEL = Action("cancel", Word.BACK, "Esc", "back")
_BLIND = Action("blind", ReceiveWord.RECEIVE_BLIND, "F3")
_NUMBER = Action("ask_number", Word.TYPE_NUMBER, "F4", "dialpad")
_DAMAGED = Action("broken", ReceiveWord.RECEIVE_DAMAGED, "F2")
_FINISH = Action("finish", ReceiveWord.RECEIVE_FINISH, "F5", "check", main=True)
_LABELS = Action("labels", ReceiveWord.RECEIVE_PRINT, "F7", "printer")
_NO_LABEL = Action("no_label", ReceiveWord.RECEIVE_SKIP_LABEL, "F3")
#: Steps at which something is typed.
ASKS: Final = (ReceiveStep.NUMBER, ReceiveStep.LOT, ReceiveStep.DAY, ReceiveStep.SERIAL, ReceiveStep.LABELS)


@dataclass(frozen=True, slots=True)
class ReceiveState:
    """What the screen draws. `page` is `list`, `work`, `number`, `type`, `labels`, `over` or `loading`."""

    frame: Frame
    page: str
    view: ReceiveView | None


class ReceivePresenter(WorkPresenter[ReceiveState]):
    """Where the person stands with a delivery."""

    name = "receive"
    service_reads_commands = False
    CARDS: ClassVar[dict[str, str]] = {"FH:DAMAGED": "broken", "FH:ALL": "finish", "FH:LABEL": "labels"}

    def __init__(self, stage: Stage, receive: Receive) -> None:
        super().__init__(stage)
        self._receive = receive
        self.view: ReceiveView | None = None

    def refresh(self) -> None:
        """Asks where it stands."""
        self.ask(self._receive.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """An order's paper, an item, a place."""
        self.ask(lambda: self._receive.on_scan(scan), self._took, scan)

    def intent(self, name: str, argument: str) -> None:
        """A button, a card of the list, something that was typed."""
        step = self.view.step if self.view else ReceiveStep.LIST
        if name in ("leave", "back") and step is ReceiveStep.LIST:
            self.stage.go("home")
        elif name in ("open", "blind"):
            self._do(lambda: self._receive.open(argument if name == "open" else ""))
        elif name == "typed":
            self._do(lambda: self._receive.typed(argument))
        elif name in _CALLS:
            self._do(lambda: _CALLS[name](self._receive))

    def state(self) -> ReceiveState:
        """The screen now."""
        view = self.view
        return ReceiveState(self.frame(), _page(view) if view else "loading", view)

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(ReceiveWord.DOOR_RECEIVE), phrase(Word.LOADING), leave="leave")
        named = phrase(ReceiveWord.RECEIVE_TITLE, no=view.named) if view.named else phrase(ReceiveWord.RECEIVE_BLIND)
        return Frame(
            title=named if view.order else phrase(ReceiveWord.DOOR_RECEIVE),
            prompt=view.prompt,
            actions=_actions(view),
            choices=tuple(Action(f"open:{card.order}", ReceiveWord.RECEIVE_EXPECTED) for card in view.expected),
            refusal=Refusal(self.refusal) if self.refusal else None,
            help=(ReceiveWord.HELP_RECEIVE, ReceiveWord.HELP_RECEIVE_LABELS, Word.HELP_COMMANDS),
            leave="cancel" if view.step in ASKS else "leave",
        )

    def _do(self, call: Callable[[], Outcome[ReceiveView]]) -> None:
        self.refusal = None
        self.ask(call, self._took)

    def _took(self, outcome: Outcome[ReceiveView]) -> None:
        self.view = outcome.view
        self.show()


_CALLS: dict[str, Callable[[Receive], Outcome[ReceiveView]]] = {
    "ask_number": lambda receive: receive.ask_number(),
    "broken": lambda receive: receive.broken(),
    "undo": lambda receive: receive.undo(),
    "labels": lambda receive: receive.labels(),
    "one_label": lambda receive: receive.one_label(),
    "no_label": lambda receive: receive.no_label(),
    "cancel": lambda receive: receive.cancel(),
    "finish": lambda receive: receive.finish(),
    "leave": lambda receive: receive.leave(),
}


def _page(view: ReceiveView) -> str:
    match view.step:
        case ReceiveStep.LIST:
            return "list"
        case ReceiveStep.NUMBER | ReceiveStep.DAY:
            return "number"
        case ReceiveStep.LABELS:
            return "labels"
        case ReceiveStep.LOT | ReceiveStep.SERIAL:
            return "type"
        case ReceiveStep.DONE:
            return "over"
    return "work"


def _actions(view: ReceiveView) -> tuple[Action, ...]:
    match view.step:
        case ReceiveStep.LIST:
            return (_BLIND, _LEAVE)
        case ReceiveStep.GOODS:
            undo = Action("undo", Word.UNDO, "F6", "undo", enabled=view.can_undo)
            if view.hand:
                return (_DAMAGED, _NUMBER, undo, _LEAVE)
            return (_FINISH, *_labels(view), undo, _LEAVE)
        case ReceiveStep.LABELS:
            n = view.label.qty if view.label else 1
            one = Action("one_label", ReceiveWord.RECEIVE_ONE_LABEL, "F5", "printer", main=True, n=n)
            return (one, _NO_LABEL, _CANCEL) if view.more_labels else (one, _CANCEL)
        case ReceiveStep.DONE:
            return (_TO_LIST, *_labels(view))
    return (_CANCEL,)


def _labels(view: ReceiveView) -> tuple[Action, ...]:
    return (_LABELS,) if view.can_label else ()
