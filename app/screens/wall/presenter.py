"""The put wall: turns the service's pictures into what the screen draws, and acts into service calls. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.core.messages import Code
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_work import MissingCard, SlotCard, SlotState, WallStep, WallView, Whereabouts
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.presenter import Stage
from app.screens.words import Word
from app.screens.work import WorkPresenter, named, notes_of
from app.services.api_work import Wall

_NEXT = Action("next", Word.NEXT_WORK, "F5", "start", main=True)
_LEAVE = Action("leave", Word.PUT_DOWN, "F8")
_PUT = Action("put", Word.IT_IS_IN, "F4", "check")
_CANCEL = Action("cancel", Word.BACK_IN_TOTE, "F3", "undo")
_MISSING = Action("missing", Word.MISSING, "F2", "short")
_REALLY = Action("really_missing", Word.REALLY_MISSING, "F2", main=True)
_BACK = Action("cancel", Word.BACK, "Esc", "back")
_CLOSE = Action("close", Word.TOTE_EMPTY, "F4", "check")

_EXITS: dict[Code, tuple[Action, ...]] = {
    Code.WRONG_SLOT: (_CANCEL,),
    Code.SLOT_FIRST: (_CANCEL,),
    Code.SUMS_OPEN: (_MISSING,),
}

_WHERE = {
    Whereabouts.TOTE: Word.WHERE_TOTE,
    Whereabouts.BIN: Word.WHERE_BIN,
    Whereabouts.LOST: Word.WHERE_LOST,
}
#: In which order slots are listed: what somebody can do something about comes first.
_FIRST = (SlotState.PACK, SlotState.WAITING, SlotState.CANCELLED, SlotState.FILLING, SlotState.FREE)


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One slot in the list: its number (colour and shape), label, order, how full it is, and what it waits for."""

    n: int
    place: Phrase | None
    label: str
    order: str
    put: int
    units: int
    state: SlotState
    mark: Phrase | None
    waits: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class WallState:
    """What the wall screen draws. `page` is a `WallStep`, or `loading`."""

    frame: Frame
    page: str
    view: WallView | None
    slots: tuple[SlotLine, ...] = ()
    missing: tuple[Phrase, ...] = ()
    notes: tuple[Phrase, ...] = ()


class WallPresenter(WorkPresenter[WallState]):
    """Where the sorter stands."""

    name = "wall"
    CARDS: ClassVar[dict[str, str]] = {"FH:NEXT": "next", "FH:PUT": "put", "FH:EMPTY": "close"}

    def __init__(self, stage: Stage, wall: Wall) -> None:
        super().__init__(stage)
        self._wall = wall
        self.view: WallView | None = None

    def refresh(self) -> None:
        """Asks where the sort stands."""
        self.ask(self._wall.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """A tote, a unit, a slot."""
        self.ask(lambda: self._wall.on_scan(scan), self._took, scan)

    def acknowledge(self) -> None:
        """The refusal has been read."""
        self.refusal = None
        self.ask(self._wall.acknowledge, self._took)

    def intent(self, name: str, argument: str) -> None:
        """A button of this screen."""
        if name in ("leave", "back") and (self.view is None or self.view.step is WallStep.WAITING):
            self.stage.go("home")
        elif name == "start":
            self.ask(lambda: self._wall.start(argument), self._took)
        elif name in _CALLS:
            self.refusal = None
            self.ask(lambda: _CALLS[name](self._wall), self._took)

    def state(self) -> WallState:
        """The screen now."""
        view = self.view
        if view is None:
            return WallState(self.frame(), "loading", None)
        slots = sorted(view.slots, key=lambda slot: (_FIRST.index(slot.state), slot.n))
        return WallState(
            self.frame(),
            view.step.value,
            view,
            tuple(_slot_line(slot) for slot in slots),
            tuple(phrase(Word.TASK_MOVES, n=card.qty, item=card.item.name) for card in view.missing),
            notes_of(view.item),
        )

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(Word.DOOR_WALL), phrase(Word.LOADING), leave="leave")
        asks = view.step in (WallStep.EXTRA, WallStep.MISSING, WallStep.SLOT)
        return Frame(
            title=phrase(Word.DOOR_WALL),
            subtitle=phrase(Word.TOTE_NO, tote=view.tote) if view.tote else None,
            prompt=view.prompt,
            progress=1000 * (view.units - view.left) // view.units if view.units else None,
            actions=_actions(view),
            choices=tuple(Action(f"start:{job.id}", Word.TOTE) for job in view.queue),
            refusal=self._refusal(view),
            help=(Word.HELP_WALL, Word.HELP_COMMANDS),
            leave="cancel" if asks else "leave",
        )

    def _refusal(self, view: WallView) -> Refusal | None:
        if self.refusal is None:
            return None
        allowed = {action.intent for action in _actions(view) if action.enabled}
        exits = tuple(action for action in _EXITS.get(self.refusal.code, ()) if action.intent in allowed)
        return Refusal(named(self.refusal, (view.item, view.scanned)), exits)

    def _took(self, outcome: Outcome[WallView]) -> None:
        self.view = outcome.view
        self.show()


_CALLS = {
    "next": lambda wall: wall.start_next(),
    "put": lambda wall: wall.confirm(),
    "missing": lambda wall: wall.missing(),
    "really_missing": lambda wall: wall.really_missing(),
    "cancel": lambda wall: wall.cancel(),
    "close": lambda wall: wall.close(),
    "undo": lambda wall: wall.undo(),
    "leave": lambda wall: wall.leave(),
}


def _actions(view: WallView) -> tuple[Action, ...]:
    undo = Action("undo", Word.UNDO, "F6", "undo", enabled=view.can_undo)
    match view.step:
        case WallStep.WAITING:
            return (Action(_NEXT.intent, _NEXT.word, _NEXT.key, _NEXT.icon, bool(view.queue), main=True), _LEAVE)
        case WallStep.SLOT:
            return (_PUT, _CANCEL, undo)
        case WallStep.EXTRA:
            return (_CANCEL,)
        case WallStep.MISSING:
            return (_REALLY, _BACK)
        case WallStep.CLOSE:
            return (_CLOSE, undo, _LEAVE)
        case WallStep.DONE:
            return (_NEXT, _LEAVE)
    return (_MISSING, undo, _LEAVE)


def _slot_line(slot: SlotCard) -> SlotLine:
    return SlotLine(
        n=slot.n,
        place=phrase(Word.SLOT_FREE) if slot.place is None else None,
        label=slot.place or "",
        order=slot.order,
        put=slot.put,
        units=slot.units,
        state=slot.state,
        mark=_mark(slot),
        waits=tuple(_where(card) for card in slot.missing) if slot.state is SlotState.WAITING else (),
    )


def _mark(slot: SlotCard) -> Phrase | None:
    """The word that stands at a slot that is not simply being filled."""
    match slot.state:
        case SlotState.PACK:
            return phrase(Word.SLOT_PACK)
        case SlotState.WAITING:
            return phrase(Word.SLOT_MISSING, n=sum(card.qty for card in slot.missing))
        case SlotState.CANCELLED:
            return phrase(Word.SLOT_CANCELLED)
    return None


def _where(card: MissingCard) -> Phrase:
    return phrase(_WHERE[card.where], item=card.item.name, n=card.qty, place=card.place)
