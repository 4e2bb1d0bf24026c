"""Single-order picking: turns the service's pictures of the pick into what the screen draws, and acts into service calls. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.facts import ShortReason
from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import ItemCard, PickStep, PickView
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word
from app.services.api import Pick

_SHORT = Action("short", Word.SHORT, "F2")
_SKIP = Action("skip", Word.SKIP, "F3")
_UNDO = Action("undo", Word.UNDO, "F6", "undo")
_NEXT = Action("next", Word.NEXT_WORK, "F5", main=True)
_LEAVE = Action("leave", Word.PUT_DOWN, "F8")
_MIXED_UP = Action("short", Word.MIXED_UP, "F2")

REASONS: tuple[Action, ...] = tuple(
    Action(f"short:{reason}", Word(f"reason_{reason}"), str(n)) for n, reason in enumerate(ShortReason, 1)
)

#: The two likeliest ways out of a refusal.
_EXITS: dict[Code, tuple[Action, ...]] = {
    Code.WRONG_ITEM: (_MIXED_UP, _SKIP),
    Code.UNKNOWN_CODE: (_MIXED_UP, _SKIP),
    Code.WRONG_LOT: (_MIXED_UP, _SKIP),
    Code.WRONG_BIN: (_SHORT, _SKIP),
    Code.SCAN_BIN_FIRST: (_SHORT, _SKIP),
    Code.TOO_MANY: (_UNDO,),
}

_HELP: dict[PickStep, tuple[Word, ...]] = {
    PickStep.TOTE: (Word.HELP_TOTE,),
    PickStep.BIN: (Word.HELP_BIN,),
    PickStep.ITEM: (Word.HELP_ITEM,),
    PickStep.DROP: (Word.HELP_LANE,),
}


@dataclass(frozen=True, slots=True)
class PickState:
    """What the pick screen draws. `page` is `walk` (bin, item, counts), `tote`, `short`, `drop`, `done` or `loading`."""

    frame: Frame
    page: str
    view: PickView | None
    notes: tuple[Phrase, ...] = ()


class PickPresenter(Presenter[PickState]):
    """Where the picker stands."""

    name = "pick"
    service_reads_commands = True

    def __init__(self, stage: Stage, pick: Pick) -> None:
        super().__init__(stage)
        self._pick = pick
        self.view: PickView | None = None

    def refresh(self) -> None:
        """Asks where the pick stands."""
        self.ask(self._pick.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """Everything that is scanned goes to the service: it knows what it means."""
        self.ask(lambda: self._pick.on_scan(scan), self._took, scan)

    def intent(self, name: str, argument: str) -> None:
        """Short, skip, undo, next, leave."""
        if name == "short" and argument:
            reason = ShortReason(argument)
            self.ask(lambda: self._pick.short(reason), self._took)
        elif name == "start":
            self.ask(lambda: self._pick.start(argument), self._took)
        elif (call := _CALLS.get(name)) is not None:
            self.ask(lambda: call(self._pick), self._took)

    def acknowledge(self) -> None:
        """Tells the service too, so that it no longer compares."""
        self.refusal = None
        self.ask(self._pick.acknowledge, self._took)

    def state(self) -> PickState:
        """The screen now."""
        view = self.view
        if view is None:
            return PickState(self.frame(), "loading", None)
        page = {PickStep.BIN: "walk", PickStep.ITEM: "walk"}.get(view.step, str(view.step))
        return PickState(self.frame(), page, view, _notes(view.item))

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(Word.DOOR_PICK), phrase(Word.LOADING), leave="leave")
        return Frame(
            title=phrase(Word.ORDER_NO, no=view.order),
            subtitle=phrase(Word.SINGLE),
            prompt=view.prompt,
            progress=1000 * view.lines_done // max(1, view.lines),
            actions=_actions(view),
            choices=REASONS if view.step is PickStep.SHORT else (),
            refusal=_refusal(self.refusal, view),
            help=(*_HELP.get(view.step, ()), Word.HELP_COMMANDS),
            leave="cancel_short" if view.step is PickStep.SHORT else "leave",
        )

    def _took(self, outcome: Outcome[PickView | None]) -> None:
        self.view = outcome.view
        if outcome.view is None:
            self.refusal = None
            if self.in_front:
                self.stage.go("home")
            return
        self.show()


_CALLS = {
    "short": lambda pick: pick.ask_short(),
    "cancel_short": lambda pick: pick.cancel_short(),
    "skip": lambda pick: pick.skip(),
    "undo": lambda pick: pick.undo(),
    "next": lambda pick: pick.start_next(),
    "leave": lambda pick: pick.leave(),
}


def _actions(view: PickView) -> tuple[Action, ...]:
    if view.step is PickStep.DONE:
        return (_NEXT, _LEAVE)
    if view.step is PickStep.SHORT:
        return (Action("cancel_short", Word.BACK, "Esc", "back"),)
    return (
        Action(_SHORT.intent, _SHORT.word, _SHORT.key, enabled=view.can_short),
        Action(_SKIP.intent, _SKIP.word, _SKIP.key, enabled=view.can_skip),
        Action(_UNDO.intent, _UNDO.word, _UNDO.key, _UNDO.icon, enabled=view.can_undo),
        _LEAVE,
    )


def _refusal(message: Message | None, view: PickView) -> Refusal | None:
    if message is None:
        return None
    allowed = {"short": view.can_short, "skip": view.can_skip, "undo": view.can_undo}
    exits = tuple(a for a in _EXITS.get(message.code, ()) if allowed.get(a.intent, True))
    if message.code is Code.WRONG_ITEM and view.scanned and view.item:
        message = say(message.code, scanned=_called(view.scanned), needed=_called(view.item))
        return Refusal(message, exits, view.scanned, view.item, view.take - view.in_hand)
    return Refusal(message, exits)


def _called(item: ItemCard) -> str:
    """An item as people tell it from its look-alikes: name and the end of its barcode."""
    return f"{item.name} (…{item.code[-4:]})" if item.code else item.name


def _notes(item: ItemCard | None) -> tuple[Phrase, ...]:
    if item is None:
        return ()
    notes = []
    if item.expiry:
        notes.append(phrase(Word.EXPIRES, date=item.expiry))
    if item.lot:
        notes.append(phrase(Word.LOT_NO, lot=item.lot))
    if item.fragile:
        notes.append(phrase(Word.FRAGILE))
    return tuple(notes)
