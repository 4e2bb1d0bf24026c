"""Where a person lands: the next work, the jobs this device holds, the doors of their role. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from app.core.messages import Code
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import HomeView, JobCard, Person, PickView
from app.screens.buying.words import BuyingWord
from app.screens.frame import Action, Frame, Refusal, phrase
from app.screens.load.words import LoadWord
from app.screens.order_entry.words import EntryWord
from app.screens.pickup.words import PickupWord
from app.screens.presenter import Stage
from app.screens.receive.words import ReceiveWord
from app.screens.reports.words import ReportsWord
from app.screens.returns.words import ReturnWord
from app.screens.returns_desk.words import ReturnsDeskWord
from app.screens.words import Word
from app.screens.work import WorkPresenter
from app.screens.workbench.words import WorkbenchWord
from app.services.api import Home, Pick

_DOORS = {
    "pick": Action("door:pick", Word.DOOR_PICK, "1", "pick"),
    "pack": Action("door:pack", Word.DOOR_PACK, "2", "pack"),
    "orders": Action("door:orders", Word.DOOR_ORDERS, "3", "orders"),
    "floor": Action("door:floor", Word.DOOR_FLOOR, "5", "person"),
    "zone": Action("door:zone", Word.DOOR_ZONE, "6", "zone"),
    "tasks": Action("door:tasks", Word.DOOR_TASKS, "7", "tasks"),
    "wall": Action("door:wall", Word.DOOR_WALL, "8", "wall"),
    "load": Action("door:load", LoadWord.DOOR_LOAD, "9", "truck"),
    "pickup": Action("door:pickup", PickupWord.DOOR_PICKUP, "0", "hand"),
    "returns": Action("door:returns", ReturnWord.DOOR_RETURNS, "r", "undo"),
    "receive": Action("door:receive", ReceiveWord.DOOR_RECEIVE, "g", "box"),
    "workbench": Action("door:workbench", WorkbenchWord.DOOR_WORKBENCH, "w", "search"),
    "returns_desk": Action("door:returns_desk", ReturnsDeskWord.DOOR_RETURNS_DESK, "d", "undo"),
    "buying": Action("door:buying", BuyingWord.DOOR_BUYING, "b", "orders"),
    "entry": Action("door:entry", EntryWord.DOOR_ENTRY, "n", "plus"),
    "reports": Action("door:reports", ReportsWord.DOOR_REPORTS, "f", "chart"),
    "settings": Action("door:settings", Word.SETTINGS, "4", "settings"),
}
_NEXT = Action("next", Word.NEXT_WORK, "F5", "start", main=True)


@dataclass(frozen=True, slots=True)
class HomeState:
    """What the home screen draws."""

    frame: Frame
    name: str
    jobs: tuple[JobCard, ...]
    doors: tuple[Action, ...]
    loading: bool = False
    counts: dict[str, int] = field(default_factory=dict)


class HomePresenter(WorkPresenter[HomeState]):
    """The way to work. `person` says who is signed in."""

    name = "home"
    service_reads_commands = False
    CARDS: ClassVar[dict[str, str]] = {f"FH:{door.upper()}": f"door:{door}" for door in _DOORS if door != "settings"}

    def __init__(self, stage: Stage, home: Home, pick: Pick, person: Callable[[], Person | None]) -> None:
        super().__init__(stage)
        self._home, self._pick, self._person = home, pick, person
        self.view: HomeView | None = None
        #: The code that was scanned, and the job of somebody else behind it.
        self._offer: tuple[str, str] | None = None

    def refresh(self) -> None:
        """Asks what there is to do."""
        person = self._person()
        if person is not None:
            self.ask(lambda: self._home.view(person), self._took)

    def scan(self, scan: ScanInput) -> None:
        """The code of a job in the list opens it, as any order, ticket or tote of a job held here does. One that somebody else works on is
        named; the same code once more takes it over."""
        jobs = self.view.jobs if self.view else ()
        job = next((j for j in jobs if scan.text in (j.id, j.title, j.tote)), None)
        offered, self._offer = self._offer, None
        if job is not None:
            self.ask(lambda: self._pick.start(job.id), self._started, scan)
        elif offered is not None and offered[0] == scan.text:
            self._take_over(offered[1])
            self.stage.answered(scan, None)
        else:
            self.ask(lambda: self._pick.on_scan(scan), lambda outcome: self._looked_up(scan, outcome), scan)

    def _looked_up(self, scan: ScanInput, outcome: Outcome[PickView | None]) -> None:
        message = outcome.message
        if message is not None and message.code is Code.OFFER_TAKE_OVER:
            self._offer = (scan.text, str(message.words["job"]))
        self._started(outcome)

    def _take_over(self, job: str) -> None:
        """Waits for the centre, beside the scans."""

        def done(outcome: Outcome[PickView | None]) -> None:
            self.busy = False
            self.hear(outcome.message)
            self._started(outcome)

        self.refusal, self.busy = None, True
        self.show()
        self.stage.network.submit(lambda: self._pick.take_over(job), done)

    def intent(self, name: str, argument: str) -> None:
        """Next work, a job, a door."""
        if name == "next":
            self.ask(self._pick.start_next, self._started)
        elif name == "start":
            self.ask(lambda: self._pick.start(argument), self._started)
        elif name == "take_over":
            self._offer = None
            self._take_over(argument)
        elif name == "door" and argument == "pick":
            self.ask(self._pick.start_next, self._started)
        elif name == "door":
            self.stage.go(argument)

    def act_of_card(self, text: str) -> str | None:
        """The door behind a card, if the person's role opens it."""
        act = super().act_of_card(text)
        doors = {door.intent for door in self._doors()}
        return act if act in doors else None

    def state(self) -> HomeState:
        """The screen now."""
        view = self.view
        if view is None:
            return HomeState(self.frame(), "", (), (), loading=True)
        # Picking starts by "Next work" or from the list; a door for it would be a second button for the same.
        doors = tuple(_DOORS[door] for door in view.doors if door in _DOORS and door != "pick")
        counts = {f"door:{door}": n for door, n in view.counts.items() if n}
        return HomeState(self.frame(), view.person.name, view.jobs, doors, counts=counts)

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        picks = view is not None and "pick" in view.doors
        return Frame(
            title=phrase(Word.HELLO, name=view.person.name if view else ""),
            prompt=view.prompt if view else phrase(Word.LOADING),
            actions=(_NEXT,) if picks else (),
            choices=(
                *self._doors(),
                *(Action(f"start:{job.id}", Word.ORDER_NO) for job in (view.jobs if view else ())),
            ),
            refusal=self._refusal(),
            busy=phrase(Word.ONE_MOMENT) if self.busy else None,
            help=(Word.HELP_HOME,),
        )

    def _refusal(self) -> Refusal | None:
        if self.refusal is None:
            return None
        offer = self.refusal.code is Code.OFFER_TAKE_OVER
        return Refusal(
            self.refusal, (Action(f"take_over:{self.refusal.words['job']}", Word.TAKE_OVER, "F5"),) if offer else ()
        )

    def _doors(self) -> tuple[Action, ...]:
        return tuple(_DOORS[door] for door in (self.view.doors if self.view else ()) if door in _DOORS)

    def _took(self, outcome: Outcome[HomeView]) -> None:
        self.view = outcome.view
        self.show()

    def _started(self, outcome: Outcome[PickView | None]) -> None:
        if outcome.view is not None and self.in_front:
            self.stage.go("pick")
        else:
            self.show()
