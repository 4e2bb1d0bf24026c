"""Picking: turns the service's pictures of the pick into what the screen draws, and acts into service calls. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.facts import Method, ShortReason
from app.core.messages import Code
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import PickStep, PickView
from app.screens.frame import Action, Frame, Phrase, phrase
from app.screens.pick.acts import ANSWERS, REASONS, acts_of, help_of, is_question, refusal_of
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word
from app.screens.work import notes_of
from app.services.api import Pick, Weight

#: What is asked for by keypad, and the question.
_ASKS: dict[str, Word] = {
    "qty": Word.HOW_MANY,
    "fits": Word.HOW_MANY_FIT,
    "broken": Word.HOW_MANY_BROKEN,
    "note": Word.REASON_OTHER,
}
#: Steps that look alike.
_PAGES: dict[PickStep, str] = {
    PickStep.BIN: "walk",
    PickStep.ITEM: "walk",
    PickStep.BACK_BIN: "walk",
    PickStep.BACK_ITEM: "walk",
}


@dataclass(frozen=True, slots=True)
class PickState:
    """What the pick screen draws. `page` is `walk` (bin, item, counts), the name of another step, `number`, `note` or `loading`; `asks`
    heads what is typed, `figure` stands in the entry line before anybody types."""

    frame: Frame
    page: str
    view: PickView | None
    notes: tuple[Phrase, ...] = ()
    asks: Phrase | None = None
    figure: int | None = None


class PickPresenter(Presenter[PickState]):
    """Where the picker stands, and what is being typed."""

    name = "pick"
    service_reads_commands = True

    def __init__(self, stage: Stage, pick: Pick) -> None:
        super().__init__(stage)
        self._pick = pick
        self.view: PickView | None = None
        self._asks = ""
        self._live: Weight | None = None

    def refresh(self) -> None:
        """Asks where the pick stands. What was just finished stays on screen until the person goes on."""
        self.ask(self._pick.view, self._looked)

    def enter(self) -> None:
        """The screen comes to the front, with nothing of the last pick on it."""
        if self.view is not None and self.view.step is PickStep.DONE:
            self.view = None
        super().enter()

    def scan(self, scan: ScanInput) -> None:
        """Everything that is scanned goes to the service: it knows what it means. What was being typed is left."""
        self._asks = ""
        self.ask(lambda: self._pick.on_scan(scan), self._took, scan)

    def intent(self, name: str, argument: str) -> None:
        """A button, a key, or something typed."""
        if name == "ask" and argument in _ASKS:
            self._open(argument)
        elif name == "cancel_short" and self._asks:
            self._open("")
        elif name == "short" and argument == ShortReason.OTHER and not self._asks:
            self._open("note")
        elif name == "short" and argument == ShortReason.DAMAGED and self._missing() > 1:
            self._open("broken")
        elif (call := self._call(name, argument)) is not None:
            self._asks = ""
            self.ask(call, self._took)

    def on_weight(self, weight: Weight) -> None:
        """Keeps what lies on a scale, so that it can be counted."""
        before, self._live = self._lies(), weight
        if before != self._lies() and self.view is not None and self.view.can_weigh:
            self.show()

    def _lies(self) -> bool:
        """Whether a scale has something on it, at rest."""
        return self._live is not None and self._live.stable and self._live.grams > 0

    def acknowledge(self) -> None:
        """Tells the service too, so that it no longer compares."""
        self.refusal = None
        self.ask(self._pick.acknowledge, self._took)

    def state(self) -> PickState:
        """The screen now."""
        view = self.view
        if view is None:
            return PickState(self.frame(), "loading", None)
        if self._asks:
            page = "note" if self._asks == "note" else "number"
            figure = {"qty": self._missing(), "broken": self._missing(), "fits": 0}.get(self._asks)
            return PickState(self.frame(), page, view, (), phrase(_ASKS[self._asks]), figure)
        return PickState(self.frame(), _PAGES.get(view.step, str(view.step)), view, notes_of(view.item))

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(Word.DOOR_PICK), phrase(Word.LOADING), leave="leave")
        many = view.orders > 1
        return Frame(
            title=phrase(Word.N_ORDERS, n=view.orders) if many else phrase(Word.ORDER_NO, no=view.order),
            subtitle=_method(view),
            prompt=phrase(_ASKS[self._asks]) if self._asks else view.prompt,
            progress=1000 * view.lines_done // max(1, view.lines),
            actions=acts_of(view, self._asks, self._lies()),
            choices=self._choices(view),
            refusal=refusal_of(self.refusal, view),
            help=help_of(view),
            leave="cancel_short" if self._asks or is_question(view) else "leave",
        )

    def forget(self) -> None:
        """Nothing half typed stays for the next person."""
        super().forget()
        self._asks = ""

    def _choices(self, view: PickView) -> tuple[Action, ...]:
        if self._asks:
            return ()
        return {PickStep.SHORT: REASONS, PickStep.EMPTY: ANSWERS}.get(view.step, ())

    def _missing(self) -> int:
        return self.view.take - self.view.in_hand if self.view else 0

    def _open(self, asks: str) -> None:
        """A question the screen asks by itself: nothing is on record until it is answered."""
        self._asks = asks
        self.show()

    def _call(self, name: str, argument: str) -> Callable[[], Outcome[PickView | None]] | None:
        pick, number = self._pick, int(argument) if argument.isdigit() and len(argument) < 6 else None
        if name == "start":
            return lambda: pick.start(argument)
        if name == "short" and argument:
            reason = ShortReason(argument)
            return lambda: pick.short(reason)
        if name == "answer":
            return lambda: pick.answer(argument == "yes")
        if name == "note":
            return lambda: pick.short(ShortReason.OTHER, argument)
        if name == "number" and number is not None:
            return self._numbered(number)
        if name == "weigh" and (weight := self._live) is not None:
            return lambda: pick.from_scale(weight)
        simple = _CALLS.get(name)
        return (lambda: simple(pick)) if simple else None

    def _numbered(self, number: int) -> Callable[[], Outcome[PickView | None]] | None:
        """What the number on the keypad answers."""
        pick = self._pick
        if self._asks == "fits":
            return lambda: pick.full(number)
        if self._asks == "broken":
            # None of them broken is no reason: the question stays.
            return (lambda: pick.short(ShortReason.DAMAGED, "", number)) if number > 0 else None
        return lambda: pick.quantity(number)

    def _looked(self, outcome: Outcome[PickView | None]) -> None:
        finished = self.view is not None and self.view.step is PickStep.DONE
        if outcome.view is not None or not finished:
            self._took(outcome)

    def _took(self, outcome: Outcome[PickView | None]) -> None:
        self.view = outcome.view
        if outcome.view is None:
            self.refusal = self.refusal if self.refusal and self.refusal.code is Code.OFFER_TAKE_OVER else None
            if self.in_front:
                self.stage.go("home")
            return
        self.show()


_CALLS: dict[str, Callable[[Pick], Outcome[PickView | None]]] = {
    "short": lambda pick: pick.ask_short(),
    "cancel_short": lambda pick: pick.cancel_short(),
    "skip": lambda pick: pick.skip(),
    "undo": lambda pick: pick.undo(),
    "full": lambda pick: pick.full(),
    "unload": lambda pick: pick.unload(),
    "substitute": lambda pick: pick.substitute(),
    "call_goods": lambda pick: pick.call_goods(),
    "take_out": lambda pick: pick.take_out(),
    "walk": lambda pick: pick.walk(),
    "put": lambda pick: pick.put(),
    "rest_later": lambda pick: pick.rest_later(),
    "next": lambda pick: pick.start_next(),
    "leave": lambda pick: pick.leave(),
}


def _method(view: PickView) -> Phrase:
    """How the walk is arranged, in a word."""
    if view.slots:
        return phrase(Word.METHOD_CLUSTER)
    if view.method == Method.WALL:
        return phrase(Word.METHOD_WALL)
    return phrase(Word.METHOD_LEGS, n=view.part, of=view.legs) if view.legs > 1 else phrase(Word.SINGLE)
