"""What presenters may ask of the put wall, of zone work and of stock tasks; like `api`, one unit of work per call.

Calls run on the store worker. Those that open work this device does not hold may ask the centre, for a few seconds at most.
"""

from typing import Protocol

from app.core.messages import Message
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_work import TaskView, WallView, ZoneView
from sync.contract.codes import ShortReason


class Wall(Protocol):
    """Sorting bulk totes into a put wall."""

    def view(self) -> Outcome[WallView]:
        """The sort in progress, exactly where it was left (also after a crash), or what waits."""

    def start_next(self) -> Outcome[WallView]:
        """Opens the most urgent sort: one this device holds, else one the centre gives."""

    def start(self, job: str) -> Outcome[WallView]: ...
    def on_scan(self, scan: ScanInput) -> Outcome[WallView]: ...
    def confirm(self) -> Outcome[WallView]:
        """What is in the hand lies in the slot on screen: the button in place of the slot's label."""

    def missing(self) -> Outcome[WallView]:
        """Opens the question whether what is still to come is really not in the tote."""

    def really_missing(self) -> Outcome[WallView]:
        """The answer: it is not."""

    def cancel(self) -> Outcome[WallView]:
        """Goes back from a question; a unit in the hand goes back into the tote."""

    def close(self) -> Outcome[WallView]:
        """The tote is empty: the button in place of its label."""

    def undo(self) -> Outcome[WallView]:
        """Takes the last put back, by a compensating fact."""

    def acknowledge(self) -> Outcome[WallView]: ...
    def leave(self) -> Outcome[WallView]:
        """Puts the sort down; it can be resumed here."""


class Zone(Protocol):
    """Working in one zone: its list, totes handed over, totes at hand."""

    def view(self) -> Outcome[ZoneView]: ...
    def enter(self, zone: str) -> Outcome[ZoneView]:
        """Signs in to a zone, until the person leaves it or signs out."""

    def leave_zone(self) -> Outcome[ZoneView]: ...
    def on_scan(self, scan: ScanInput) -> Outcome[ZoneView]:
        """A zone, bin, tote or order. What it opens is in `ZoneView.opened`."""

    def start(self, job: str) -> Outcome[ZoneView]: ...
    def sort_by(self, by: str) -> Outcome[ZoneView]:
        """`priority` or `route`."""

    def unload(self) -> Outcome[ZoneView]:
        """Begins to set totes down."""

    def cancel(self) -> Outcome[ZoneView]:
        """Goes back from setting down."""

    def acknowledge(self) -> Outcome[ZoneView]: ...
    def arrived(self) -> Message | None:
        """Once for each tote that came to wait for this zone since the last call."""


class Tasks(Protocol):
    """Counting, putting back, filling up, putting away."""

    def view(self) -> Outcome[TaskView]: ...
    def start_next(self) -> Outcome[TaskView]: ...
    def start(self, job: str) -> Outcome[TaskView]: ...
    def on_scan(self, scan: ScanInput) -> Outcome[TaskView]: ...
    def ask_short(self) -> Outcome[TaskView]: ...
    def short(self, reason: ShortReason) -> Outcome[TaskView]: ...
    def ask_number(self) -> Outcome[TaskView]:
        """The number is going to be typed."""

    def number(self, count: int) -> Outcome[TaskView]:
        """So many lie here of the item in hand."""

    def empty(self) -> Outcome[TaskView]:
        """The bin is empty."""

    def finish(self) -> Outcome[TaskView]:
        """All that lies here has been counted."""

    def cancel(self) -> Outcome[TaskView]:
        """Goes back from a question."""

    def undo(self) -> Outcome[TaskView]: ...
    def acknowledge(self) -> Outcome[TaskView]: ...
    def leave(self) -> Outcome[TaskView]: ...
