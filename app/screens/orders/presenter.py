"""The supervisor's orders: choose, release, and see what needs a person. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import LinkStatus, OrderCard, OrdersView
from app.screens.floor.words import FloorWord
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word
from app.screens.workbench.words import WorkbenchWord
from app.services.api import Orders

#: States a supervisor filters by, in the order an order lives through them.
FILTERS = ("all", "open", "released", "picking", "picked", "packing", "label_pending", "shipped", "held", "cancelled")
#: What "Release next" takes at once.
NEXT_MANY = 20


@dataclass(frozen=True, slots=True)
class OrdersState:
    """What the orders screen draws. `selected` are order numbers; only open orders can be selected."""

    frame: Frame
    view: OrdersView | None
    selected: frozenset[str]
    filter: str
    search: str
    summary: Phrase
    #: The order that was touched last: it says why it goes with its service.
    looked: OrderCard | None = None


class OrdersPresenter(Presenter[OrdersState]):
    """What is selected, and how the list is narrowed."""

    name = "orders"

    def __init__(
        self,
        stage: Stage,
        orders: Orders,
        make_wave: Callable[[tuple[str, ...]], None] | None = None,
        *,
        workbench: bool = False,
    ) -> None:
        """`make_wave` goes to where a wave of these orders is made; None where there is no board. `workbench`: there is one of customer
        orders."""
        super().__init__(stage)
        self._workbench = workbench
        self._make_wave = make_wave
        self._orders = orders
        self.view: OrdersView | None = None
        self._selected: frozenset[str] = frozenset()
        self._filter = "all"
        self._search = ""
        self._looked = ""

    def refresh(self) -> None:
        """Asks for the list as it is narrowed now."""
        state, search = self._filter, self._search
        self.ask(lambda: self._orders.view(state, search), self._took)

    def on_link(self, link: LinkStatus) -> None:
        """Releasing needs the centre; when it goes or comes back the list says so."""
        before = self.link
        super().on_link(link)
        if self.in_front and (before is None or before.online != link.online):
            self.refresh()

    def forget(self) -> None:
        """As ever; the list is whole again, nothing is selected."""
        super().forget()
        self._selected, self._looked = frozenset(), ""
        self._filter, self._search = "all", ""

    def scan(self, scan: ScanInput) -> None:
        """The code of an order finds it in the list."""
        self._filter, self._search = "all", scan.text
        self.ask(lambda: self._orders.view("all", scan.text), self._took, scan)

    def intent(self, name: str, argument: str) -> None:
        """Filter, search, select, release."""
        if name == "filter":
            self._filter = argument
            self.refresh()
        elif name == "search":
            self._search = argument
            self.refresh()
        elif name == "toggle":
            self._selected ^= self._open({argument})
            self._looked = "" if self._looked == argument else argument
            self.show()
        elif name == "select":
            self._selected = self._open(set(argument.split(","))) if argument else frozenset()
            self.show()
        elif name == "all":
            self._selected = self._open(None)
            self.show()
        elif name == "none":
            self._selected = frozenset()
            self.show()
        elif name == "release":
            self._release(int(argument) if argument else 0)
        elif name == "wave":
            self._wave()
        elif name in ("home", "floor") or (name == "workbench" and self._workbench):
            self.stage.go(name)

    def state(self) -> OrdersState:
        """The screen now."""
        summary = phrase(Word.N_SELECTED, n=len(self._selected))
        shown = self.view.orders if self.view and self._looked else ()
        looked = next((order for order in shown if order.no == self._looked), None)
        return OrdersState(self.frame(), self.view, self._selected, self._filter, self._search, summary, looked)

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        may = view is not None and view.can_release and not self.busy
        release = Action("release", Word.RELEASE, "F5", enabled=may and bool(self._selected), main=True)
        following = Action(f"release:{NEXT_MANY}", Word.RELEASE_NEXT, "F6", enabled=may, n=NEXT_MANY)
        together = Action("wave", FloorWord.NEW_WAVE, "F4", enabled=may and bool(self._selected))
        waves = (together,) if self._make_wave is not None else ()
        actions = (
            release,
            following,
            *waves,
            Action("all", Word.SELECT_ALL, "F2"),
            Action("none", Word.SELECT_NONE, "F3"),
            *((Action("workbench", WorkbenchWord.DOOR_WORKBENCH, "w", "search"),) if self._workbench else ()),
        )
        prompt = view.prompt if view else phrase(Word.LOADING)
        if self._selected and view is not None and view.can_release:
            prompt = phrase(Word.N_SELECTED, n=len(self._selected))
        return Frame(
            title=phrase(Word.ORDERS),
            prompt=prompt,
            actions=actions,
            choices=(Action("floor", Word.DOOR_FLOOR, "F7", "person"),),
            refusal=Refusal(self.refusal) if self.refusal else None,
            busy=phrase(Word.RELEASING) if self.busy else None,
            help=(Word.HELP_ORDERS,),
            leave="home",
        )

    def _wave(self) -> None:
        """Goes to the board with what is selected, most urgent first: there it is asked in which way they are picked."""
        if self.view is None or self._make_wave is None or not self.view.can_release:
            return
        numbers = tuple(o.no for o in self.view.orders if o.no in self._selected)
        if numbers:
            self._selected = frozenset()
            self._make_wave(numbers)

    def _release(self, first: int) -> None:
        """Releases what is selected, or the `first` open orders of the list, which is sorted by urgency."""
        view = self.view
        if view is None or self.busy:
            return
        if not view.can_release:
            self.stage.say(say(Code.NEEDS_CENTRE))
            return
        chosen = [o.no for o in view.orders if o.state == "open" and (first or o.no in self._selected)]
        numbers = tuple(chosen[:first] if first else chosen)
        if not numbers:
            self.stage.say(say(Code.CHOOSE_ORDERS))
            return
        self.busy = True
        self.show()
        self.stage.network.submit(lambda: self._orders.release(numbers), self._released)

    def _released(self, outcome: Outcome[OrdersView]) -> None:
        self.busy = False
        self._selected = frozenset()
        self.hear(outcome.message)
        self._took(outcome)

    def _open(self, numbers: set[str] | None) -> frozenset[str]:
        orders = self.view.orders if self.view else ()
        return frozenset(o.no for o in orders if o.state == "open" and (numbers is None or o.no in numbers))

    def _took(self, outcome: Outcome[OrdersView]) -> None:
        self.view = outcome.view
        self._selected &= self._open(None)
        self.show()
