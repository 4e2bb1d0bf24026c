"""Carriers' lists at the desk: what is ready, the question before a list is closed, what was closed today. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_load import CarrierDay, ListState, ManifestsView
from app.screens.frame import Action, Frame, Refusal, phrase
from app.screens.load.presenter import PRINTED, REASONS
from app.screens.load.words import LoadWord
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word
from app.services.load_ports import Manifests

_LEAVE = Action("leave", Word.BACK, "F8", "back")
_CLOSE = Action("sure", LoadWord.CLOSE_LIST, "F5", "check", main=True)
_BACK = Action("cancel", Word.BACK, "Esc", "back")


@dataclass(frozen=True, slots=True)
class ManifestsState:
    """What the screen draws; `asked` is the carrier whose list is to be closed."""

    frame: Frame
    view: ManifestsView | None
    asked: CarrierDay | None = None


class ManifestsPresenter(Presenter[ManifestsState]):
    """Owns the question that is open."""

    name = "manifests"

    def __init__(self, stage: Stage, manifests: Manifests) -> None:
        super().__init__(stage)
        self._manifests = manifests
        self.view: ManifestsView | None = None
        self._asked = ""
        self._again = ""

    def enter(self) -> None:
        """What was closed today is asked of the centre each time."""
        self._asked = self._again = ""
        super().enter()
        self._wait(self._manifests.fetch)

    def refresh(self) -> None:
        """What is ready, as this device knows it."""
        self.ask(self._manifests.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """Nothing is scanned here."""
        self.stage.answered(scan, None)

    def intent(self, name: str, argument: str) -> None:
        """A carrier, a list, the answer to the question."""
        if name == "close_list":
            self._asked = argument
            self.show()
        elif name == "cancel":
            self._asked = ""
            self.show()
        elif name in ("leave", "back"):
            self.stage.go("load")
        elif name == "sure" and self._asked:
            carrier, self._asked = self._asked, ""
            self._wait(lambda: self._manifests.close(carrier))
        elif name == "paper" and self._paper(argument) in PRINTED:
            self._again = argument
            self.show()
        elif name == "paper":
            self._wait(lambda: self._manifests.paper(argument))
        elif name == "not_again":
            self._again = ""
            self.show()
        elif name == "again" and self._again:
            id, self._again = self._again, ""
            self._wait(lambda: self._manifests.paper(id, argument))

    def state(self) -> ManifestsState:
        """The screen now."""
        return ManifestsState(self.frame(), self.view, self._day())

    def frame(self) -> Frame:
        """What stands around it."""
        view, day = self.view, self._day()
        cards = (
            *(
                Action(f"close_list:{one.carrier}", LoadWord.CLOSE_LIST)
                for one in (view.carriers if view else ())
                if one.ready
            ),
            *(Action(f"paper:{one.id}", LoadWord.HAND_OVER_LIST) for one in (view.closed if view else ())),
        )
        prompt = phrase(LoadWord.SURE_CLOSE, carrier=day.carrier) if day else phrase(LoadWord.MANIFESTS_HINT)
        return Frame(
            title=phrase(LoadWord.MANIFESTS),
            prompt=phrase(LoadWord.WHY_LIST_AGAIN) if self._again else prompt,
            actions=REASONS if self._again else (_CLOSE, _BACK) if day else (_LEAVE,),
            choices=() if day or self._again else cards,
            refusal=Refusal(self.refusal) if self.refusal else None,
            busy=phrase(Word.ONE_MOMENT) if self.busy else None,
            help=(LoadWord.MANIFESTS_HINT,),
            leave="not_again" if self._again else "cancel" if day else "leave",
        )

    def _paper(self, id: str) -> ListState | None:
        closed = self.view.closed if self.view else ()
        return next((card.paper for card in closed if card.id == id), None)

    def _day(self) -> CarrierDay | None:
        days = self.view.carriers if self.view else ()
        return next((day for day in days if day.carrier == self._asked), None)

    def _wait(self, call: Callable[[], Outcome[ManifestsView]]) -> None:
        def done(outcome: Outcome[ManifestsView]) -> None:
            self.busy = False
            self.hear(outcome.message)
            self._took(outcome)

        self.refusal, self.busy = None, True
        self.show()
        self.stage.network.submit(call, done)

    def _took(self, outcome: Outcome[ManifestsView]) -> None:
        self.view = outcome.view
        self.show()
