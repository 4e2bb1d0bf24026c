"""Handing work from device to device: the pictures in a loop, those still missing, and the code that ends it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.handover import HandOverView, Picture, Symbol
from app.core.messages import Code
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.screens.frame import Action, Frame, Refusal, phrase
from app.screens.handover.loop import Loop
from app.screens.handover.port import HandOver
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word

_GIVE = Action("give", Word.GIVE_WORK, "F5", "hand", main=True)
_AGAIN = Action("again", Word.SHOW_AGAIN, "F6", "undo")
_TAKE = Action("take", Word.TAKE_OVER, "F4")
_NEXT = Action("next", Word.PICTURE_NEXT, "F5", "arrow", main=True)
_HOLD = Action("hold", Word.HOLD_PICTURE, "F2", "lock")
_RUN = Action("hold", Word.RUN_PICTURES, "F2", "start")
_SLOWER = Action("slower", Word.SLOWER, "F3", "short")
_FASTER = Action("faster", Word.FASTER, "F4", "plus")
_BEFORE = Action("before", Word.PICTURE_BEFORE, "F6", "back")
_STOP = Action("stop", Word.STOP_SHOWING, "Esc", "cross")
_AFRESH = Action("take", Word.START_AGAIN, "F6", "undo")
_LEAVE = Action("leave", Word.BACK, "Esc", "back")
_WORK_ON = Action("work", Word.WORK_ON, "F5", "start", main=True)
_DONE = Action("leave", Word.BACK, "F5", "back", main=True)

#: Cards for what is pressed while pictures run.
_CARDS = {"FH:SLOWER": "slower", "FH:FASTER": "faster", "FH:HOLD": "hold", "FH:STOP": "stop"}


@dataclass(frozen=True, slots=True)
class HandOverState:
    """What the hand-over screen draws. `symbol` is the picture that stands (empty while it is being made), `loop` which one that is."""

    frame: Frame
    view: HandOverView | None
    loop: Loop
    symbol: Symbol = ()


class HandOverPresenter(Presenter[HandOverState]):
    """Giving and taking. Keeps the pictures made so far, for as long as they are shown."""

    name = "handover"

    def __init__(self, stage: Stage, service: HandOver) -> None:
        super().__init__(stage)
        self._service = service
        self.view: HandOverView | None = None
        self._loop = Loop()
        self._pictures: dict[int, Symbol] = {}
        self._asked: set[int] = set()
        self._entering = False

    def enter(self) -> None:
        """What was finished before is put away."""
        self._entering = True
        super().enter()

    def leave(self) -> None:
        """Nothing is shown that nobody sees."""
        super().leave()
        self.stage.store.submit(self._service.stop, lambda _outcome: None)

    def refresh(self) -> None:
        """Asks where this device stands."""
        ask = self._service.enter if self._entering else self._service.view
        self._entering = False
        self.ask(ask, self._took)

    def scan(self, scan: ScanInput) -> None:
        """A picture, a code, or a card for a button."""
        if (act := _CARDS.get(scan.text.upper())) is not None:
            self.on_intent(act)
            self.stage.answered(scan, None)
            return
        self.ask(lambda: self._service.on_scan(scan), self._took, scan)

    def intent(self, name: str, argument: str) -> None:
        """Give, take, and what can be done with pictures that run."""
        if name in ("leave", "work"):
            self._go(name)
        elif (call := _CALLS.get(name)) is not None:
            self.ask(lambda: call(self._service), self._took)
        elif (turn := _TURNS.get(name)) is not None and self._page == "show":
            self._loop = turn(self._loop)
            self._picture_needed()
            self.show()

    def forget(self) -> None:
        """The next person begins anew."""
        super().forget()
        self.view, self._pictures, self._asked = None, {}, set()

    def state(self) -> HandOverState:
        """The screen now."""
        return HandOverState(self.frame(), self.view, self._loop, self._pictures.get(self._loop.at, ()))

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(Word.HAND_OVER), phrase(Word.LOADING), leave="leave")
        progress = {
            "take": 1000 * view.have // max(1, view.count),
            "show": 1000 * (self._loop.at + 1) // max(1, view.count),
        }
        exits = (_AFRESH,) if self.refusal is not None and self.refusal.code is Code.HAND_OVER_FOREIGN else ()
        return Frame(
            title=phrase(Word.HAND_OVER),
            prompt=view.prompt,
            progress=progress.get(view.page),
            actions=self._actions(view),
            refusal=Refusal(self.refusal, exits) if self.refusal else None,
            help=(Word.HELP_HAND_OVER, Word.HELP_COMMANDS),
            leave="stop" if view.page == "show" else "leave",
        )

    @property
    def _page(self) -> str:
        return self.view.page if self.view else ""

    def _actions(self, view: HandOverView) -> tuple[Action, ...]:
        match view.page:
            case "show":
                return (_NEXT, _HOLD if self._loop.running else _RUN, _SLOWER, _FASTER, _BEFORE, _STOP)
            case "take":
                return (_AFRESH, _LEAVE)
            case "taken":
                return (_WORK_ON, _LEAVE)
            case "given":
                return (_DONE,)
            case _:
                give = (_GIVE,) if view.jobs or view.waiting else ()
                return (*give, _TAKE, *((_AGAIN,) if view.unconfirmed else ()), _LEAVE)

    def _go(self, name: str) -> None:
        """Away from here: back to where the person came from, or to the work that was taken over."""
        self.stage.store.submit(self._service.leave, lambda _outcome: None)
        self.stage.go("pick" if name == "work" else "back")

    def _took(self, outcome: Outcome[HandOverView]) -> None:
        before, self.view = self.view, outcome.view
        if before is None or before.whole != outcome.view.whole:
            self._loop, self._pictures, self._asked = Loop(outcome.view.count, pace=self._loop.pace), {}, set()
        self._picture_needed()
        self.show()

    def _picture_needed(self) -> None:
        """Has the picture that stands made, and the one after it."""
        if self._page != "show":
            return
        whole = self.view.whole if self.view else ""

        def made(picture: Picture | None) -> None:
            if picture is not None and self.view is not None and self.view.whole == whole:
                self._pictures[picture.number] = picture.symbol
                if picture.number == self._loop.at:
                    self.show()

        for number in (self._loop.at, self._loop.turned(1).at):
            if number not in self._asked:
                self._asked.add(number)
                self.stage.store.submit(lambda number=number: self._service.picture(number), made)  # type: ignore[misc]


_CALLS = {
    "give": lambda service: service.give(),
    "again": lambda service: service.again(),
    "take": lambda service: service.take(),
    "stop": lambda service: service.stop(),
}
_TURNS = {
    "tick": lambda loop: loop.turned(1),
    "next": lambda loop: loop.turned(1),
    "before": lambda loop: loop.turned(-1),
    "slower": lambda loop: loop.paced(1),
    "faster": lambda loop: loop.paced(-1),
    "hold": lambda loop: loop.held(),
}
