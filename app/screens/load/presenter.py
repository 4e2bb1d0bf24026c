"""Pallets and trucks: turns the service's pictures into what the screen draws, and acts into service calls. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from app.core.messages import Code
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_load import ListState, LoadStep, LoadView
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.load.words import LoadWord
from app.screens.presenter import Stage
from app.screens.words import Vocabulary, Word
from app.screens.work import WorkPresenter
from app.services.load_ports import Load

_LEAVE = Action("leave", Word.PUT_DOWN, "F8")
_TO_LIST = Action("leave", LoadWord.TO_LIST, "F5", main=True)
_BACK = Action("cancel", Word.BACK, "Esc", "back")
_NEW = Action("new_pallet", LoadWord.NEW_PALLET, "F4", "printer")
_LISTS = Action("lists", LoadWord.LISTS_SHORT, "F7", "orders")
_ANYWAY = Action("load_anyway", LoadWord.LOAD_ANYWAY, "F4")
_AGAIN = Action("print_again", LoadWord.PRINT_AGAIN, "F4", "printer")
_REOPEN = Action("reopen", LoadWord.OPEN_PALLET_AGAIN, "F2")
_PAPER = Action("paper", LoadWord.CONTENT_LIST, "F3")
_SIGNED_PAPER = Action("paper", LoadWord.HAND_OVER_LIST, "F3")
#: Why a list that was printed is wanted once more.
REASONS = (
    Action("again:lost", LoadWord.LIST_LOST, "F2"),
    Action("again:spoilt", LoadWord.LIST_SPOILT, "F3"),
    Action("again:copy", LoadWord.LIST_COPY, "F4"),
    Action("not_again", Word.BACK, "Esc", "back"),
)
#: Lists that were printed before.
PRINTED = (ListState.PRINTED, ListState.UNSURE)
_STAYS = Action("leave_behind", LoadWord.STAY_HERE, "F5", main=True)
_NONE = Action("none", LoadWord.NONE_OF_IT, "F5", main=True)
_HANDED = Action("handed", LoadWord.HANDED, "F5", "check", main=True)
_ANEW = Action("sign_again", LoadWord.SIGN_AGAIN, "F2")

_PALLET = (LoadStep.LABEL, LoadStep.BUILD, LoadStep.OFF, LoadStep.WRAPPED)
_TYPED = {LoadStep.DRIVER: LoadWord.DRIVER_NAME, LoadStep.PLATE: LoadWord.PLATE_NO, LoadStep.SEAL: LoadWord.SEAL_NO}
_PAGES = dict.fromkeys((LoadStep.BUILD, LoadStep.OFF, LoadStep.FILL, LoadStep.OUT), "work") | dict.fromkeys(
    _TYPED, "type"
)
_ASKS = (LoadStep.OFF, LoadStep.OUT, LoadStep.LEAVE, *_TYPED, LoadStep.SIGN)
#: Letters of a signature that are carried to the service; more than it keeps.
_MOST_STROKES = 9000


@dataclass(frozen=True, slots=True)
class LoadState:
    """What the screen draws. `page` is `list`, `label`, `work`, `wrapped`, `leave`, `type`, `sign`, `gone` or `loading`; `typed` what is
    typed; `strokes` the signature so far."""

    frame: Frame
    page: str
    view: LoadView | None
    typed: Vocabulary | None = None
    strokes: str = ""


class LoadPresenter(WorkPresenter[LoadState]):
    """Where the person stands with a pallet or a truck."""

    name = "load"
    service_reads_commands = False
    CARDS: ClassVar[dict[str, str]] = {
        "FH:WRAP": "close",
        "FH:DONE": "close",
        "FH:OFF": "take_off",
        "FH:LABEL": "new_pallet",
        "FH:STAY": "leave_behind",
        "FH:NONE": "none",
        "FH:HANDED": "handed",
    }

    def __init__(self, stage: Stage, load: Load) -> None:
        super().__init__(stage)
        self._load = load
        self.view: LoadView | None = None
        self._strokes = ""
        self._asks_why = False

    def refresh(self) -> None:
        """Asks where it stands."""
        self.ask(self._load.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """A parcel, a pallet, a door."""
        self.ask(lambda: self._load.on_scan(scan), self._took, scan)

    def forget(self) -> None:
        """Nobody's signature stays on the screen."""
        super().forget()
        self._strokes = ""

    def intent(self, name: str, argument: str) -> None:
        """A button of this screen, a card of the list, a name that was typed, a stroke of the pen."""
        step = self.view.step if self.view else LoadStep.LIST
        if name in ("leave", "back") and step is LoadStep.LIST:
            self.stage.go("home")
        elif name == "open":
            self._do(lambda: self._load.open(argument))
        elif name == "truck":
            self._do(lambda: self._load.truck(argument))
        elif name == "lists":
            self.stage.go("manifests")
        elif name == "typed" or name == "none":
            self._do(lambda: self._load.typed(argument))
        elif name == "strokes":
            self._strokes = argument[:_MOST_STROKES]
            self.show()
        elif name == "sign_again":
            self._strokes = ""
            self.show()
        elif name == "paper" and self.view and self.view.paper in PRINTED:
            self._asks_why = True
            self.show()
        elif name == "not_again":
            self._asks_why = False
            self.show()
        elif name == "again" and self._asks_why:
            self._asks_why = False
            self._wait("paper", argument)
        elif name == "handed" and step is LoadStep.SIGN:
            strokes = self._strokes
            self._do(lambda: self._load.hand_over(strokes))
        elif name in _WAITS:
            self._wait(name)
        elif name in _CALLS:
            self._do(lambda: _CALLS[name](self._load))

    def state(self) -> LoadState:
        """The screen now."""
        view = self.view
        if view is None:
            return LoadState(self.frame(), "loading", None)
        page = _PAGES.get(view.step, view.step.value)
        return LoadState(self.frame(), page, view, _TYPED.get(view.step), self._strokes)

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(LoadWord.DOOR_LOAD), phrase(Word.LOADING), leave="leave")
        cards = (
            *(Action(f"open:{card.pallet}", LoadWord.PALLETS_HEADING) for card in view.pallets),
            *(Action(f"truck:{card.carrier}", LoadWord.TRUCKS_HEADING) for card in view.trucks),
        )
        return Frame(
            title=_title(view),
            subtitle=phrase(LoadWord.AT_DOOR_NO, place=view.lane) if view.lane else None,
            prompt=phrase(LoadWord.WHY_LIST_AGAIN) if self._asks_why else view.prompt,
            actions=REASONS if self._asks_why else _actions(view),
            choices=cards,
            refusal=self._refusal(),
            busy=phrase(Word.ONE_MOMENT) if self.busy else None,
            help=(_help(view.step), Word.HELP_COMMANDS),
            leave="not_again" if self._asks_why else "cancel" if view.step in _ASKS else "leave",
        )

    def _refusal(self) -> Refusal | None:
        if self.refusal is None:
            return None
        may = self.view is not None and self.view.may_close
        exits = (_ANYWAY, _LISTS) if may and self.refusal.code is Code.NOT_MANIFESTED else ()
        return Refusal(self.refusal, exits)

    def _do(self, call: Callable[[], Outcome[LoadView]]) -> None:
        self.refusal = None
        self.ask(call, self._took)

    def _wait(self, name: str, argument: str = "") -> None:
        """Asks the centre or the printer, beside the scans."""
        view = self.view

        def done(outcome: Outcome[LoadView]) -> None:
            self.busy = False
            self.hear(outcome.message)
            self._took(outcome)

        self.refusal, self.busy = None, True
        self.show()
        about = argument or (view.id if view and name == "print_again" else "")
        self.stage.network.submit(lambda: _WAITS[name](self._load, about), done)

    def _took(self, outcome: Outcome[LoadView]) -> None:
        if outcome.view.step is not LoadStep.SIGN:
            self._strokes = ""
        if outcome.view.paper not in PRINTED:
            self._asks_why = False
        self.view = outcome.view
        self.show()


_CALLS: dict[str, Callable[[Load], Outcome[LoadView]]] = {
    "take_off": lambda load: load.take_off(),
    "close": lambda load: load.close(),
    "reopen": lambda load: load.reopen(),
    "leave_behind": lambda load: load.leave_behind(),
    "undo": lambda load: load.undo(),
    "load_anyway": lambda load: load.load_anyway(),
    "cancel": lambda load: load.cancel(),
    "leave": lambda load: load.leave(),
}
_WAITS: dict[str, Callable[[Load, str], Outcome[LoadView]]] = {
    "new_pallet": lambda load, _id: load.new_pallet(),
    "print_again": lambda load, id: load.print_again(id),
    "paper": lambda load, why: load.paper(why),
}


def _title(view: LoadView) -> Phrase:
    if view.step is LoadStep.LIST:
        return phrase(LoadWord.DOOR_LOAD)
    if view.step in _PALLET:
        return phrase(LoadWord.PALLET_NO, no=tail(view.id))
    return phrase(LoadWord.TRUCK_OF, carrier=view.carrier)


def tail(sscc: str) -> str:
    """The end of an SSCC, which people read aloud."""
    return f"…{sscc[-6:]}"


def _help(step: LoadStep) -> Vocabulary:
    if step is LoadStep.LIST:
        return LoadWord.HELP_LOAD
    return LoadWord.HELP_PALLET if step in _PALLET else LoadWord.HELP_TRUCK


def _actions(view: LoadView) -> tuple[Action, ...]:
    undo = Action("undo", Word.UNDO, "F6", "undo", enabled=view.can_undo)
    some = view.count > 0
    match view.step:
        case LoadStep.LIST:
            return (_NEW, *((_LISTS,) if view.may_close else ()), _LEAVE)
        case LoadStep.LABEL:
            return (_AGAIN, _LEAVE)
        case LoadStep.BUILD:
            wrap = Action("close", LoadWord.WRAP, "F5", "check", some, main=True)
            return (wrap, Action("take_off", LoadWord.TAKE_OFF, "F2", enabled=some), undo, _LEAVE)
        case LoadStep.WRAPPED:
            return (_TO_LIST, _REOPEN, _PAPER, _AGAIN)
        case LoadStep.FILL:
            full = Action("close", LoadWord.TRUCK_FULL, "F5", "check", some, main=True)
            return (full, Action("take_off", LoadWord.TAKE_OUT_TRUCK, "F2", enabled=some), undo, _LEAVE)
        case LoadStep.LEAVE:
            return (_STAYS, _BACK)
        case LoadStep.PLATE | LoadStep.SEAL:
            return (_NONE, _BACK)
        case LoadStep.SIGN:
            return (_HANDED, _ANEW, _BACK)
        case LoadStep.GONE:
            return (_TO_LIST, _SIGNED_PAPER)
    return (_BACK,)
