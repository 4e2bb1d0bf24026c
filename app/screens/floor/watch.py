"""The list of the board in front: which, narrowed to what, on which row one stands; asked for off the GUI thread. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.core.messages import Message
from app.core.outcome import Outcome
from app.screens.presenter import Stage
from app.services.floor_port import BoardCounts, BoardTab, Floor, FloorPage, Row

#: The board looks again so often, seconds; after news from the feed sooner.
EVERY_S: Final = 2.0
NEWS_S: Final = 0.5


class Watch:
    """Asks, and calls `show` when there is something new to see. `front()` says whether anybody looks."""

    def __init__(self, stage: Stage, floor: Floor, show: Callable[[], None], front: Callable[[], bool]) -> None:
        self._stage, self._floor, self._show, self._front = stage, floor, show, front
        self.tab = BoardTab.DEVICES
        self.search = ""
        self.current_id = ""
        self.page: FloorPage | None = None
        self.counts = BoardCounts()
        #: Why the centre did not give the list when it was last asked.
        self.trouble: Message | None = None
        self._asking = False
        self._asked_at = 0.0

    @property
    def current(self) -> Row | None:
        """The row one stands on, while it is on the list."""
        row = self.page.current if self.page is not None and self.page.tab is self.tab else None
        return row if row is not None and row.id == self.current_id else None

    def forget(self) -> None:
        """Nothing of it is the next person's."""
        self.page, self.trouble, self._asking = None, None, False
        self.tab, self.search, self.current_id = BoardTab.DEVICES, "", ""

    def to_tab(self, tab: BoardTab) -> None:
        """Another list, from its top."""
        self.tab, self.search, self.current_id, self.page = tab, "", "", None
        self.again()

    def to_search(self, search: str) -> None:
        """Narrows the list; the centre need not be asked for that."""
        if search != self.search:
            self.search = search
            self.narrow()

    def to_row(self, id: str) -> None:
        """Stands on another row."""
        self.current_id = id
        self.narrow()

    def beat(self) -> None:
        """Time passes: asks when it is due."""
        if self._stage.clock.mono() - self._asked_at >= EVERY_S:
            self.ask()

    def news(self) -> None:
        """Something changed on the floor: asks soon, but not at every single thing."""
        if self._stage.clock.mono() - self._asked_at >= NEWS_S:
            self.ask()

    def again(self) -> None:
        """What is known at once, and what is so now, whether or not an answer is still awaited."""
        self._asking = False
        self.narrow()
        self.ask()

    def stop_waiting(self) -> None:
        """What was awaited will not come."""
        self._asking = False

    def ask(self) -> None:
        """Asks for the list, unless it is being asked for or nobody could answer."""
        if self._asking or not self._floor.online():
            return
        self._asking, self._asked_at = True, self._stage.clock.mono()
        tab = self.tab
        self._stage.network.submit(lambda: self._floor.fetch(tab), self._asked)

    def _asked(self, outcome: Outcome[None]) -> None:
        self._asking = False
        changed = self.trouble != outcome.message
        self.trouble = outcome.message
        if self._front():
            self.narrow(always=changed)

    def narrow(self, *, always: bool = True) -> None:
        """Shows what is known; without `always` only if something differs."""
        tab, search, current = self.tab, self.search, self.current_id

        def took(outcome: Outcome[FloorPage]) -> None:
            if (tab, search) == (self.tab, self.search):
                self._took(outcome.view, always=always)
                if current != self.current_id and self.current is None:
                    # One stood on another row when this was asked: what it says of the row is of that one.
                    self.narrow(always=False)

        self._stage.store.submit(lambda: self._floor.page(tab, search, current), took)

    def _took(self, page: FloorPage, *, always: bool) -> None:
        before, known = self.current, self.page is not None and not self.page.loading
        same = page.edits == () and page.counts == self.counts and known
        if not self.current_id and page.rows:
            # What needs somebody stands on top: it is told at once.
            self.current_id = page.rows[0].id
            page = replace(page, current=page.rows[0])
        self.page, self.counts = page, page.counts
        if always or not same or self.current != before:
            self._show()
