"""Zone work: turns the service's pictures into what the screen draws, acts into service calls, and rings for totes. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from app.core.messages import Message
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_work import ZoneStep, ZoneView
from app.core.work import Worker
from app.screens.frame import Action, Frame, Refusal, phrase
from app.screens.presenter import Stage
from app.screens.words import Word
from app.screens.work import WorkPresenter
from app.services.api_work import Zone

_BACK = Action("cancel", Word.BACK, "Esc", "back")
_HOME = Action("leave", Word.BACK, "Esc", "back")
_LEAVE = Action("leave_zone", Word.LEAVE_ZONE, "F7", "leave")


@dataclass(frozen=True, slots=True)
class ZoneState:
    """What the zone screen draws. `page` is `choose`, `work`, `unload`, `place` or `loading`."""

    frame: Frame
    page: str
    view: ZoneView | None


class ZonePresenter(WorkPresenter[ZoneState]):
    """The zone one works in."""

    name = "zone"
    service_reads_commands = False
    CARDS: ClassVar[dict[str, str]] = {"FH:UNLOAD": "unload", "FH:LEAVE": "leave_zone"}

    def __init__(self, stage: Stage, zone: Zone) -> None:
        super().__init__(stage)
        self._zone = zone
        self.view: ZoneView | None = None

    def refresh(self) -> None:
        """Asks how things stand in the zone."""
        self.ask(self._zone.view, self._took)

    def scan(self, scan: ScanInput) -> None:
        """A zone, a bin, a tote, an order."""
        self.ask(lambda: self._zone.on_scan(scan), self._took, scan)

    def acknowledge(self) -> None:
        """The refusal has been read."""
        self.refusal = None
        self.ask(self._zone.acknowledge, self._took)

    def intent(self, name: str, argument: str) -> None:
        """A button of this screen."""
        if name in ("leave", "back"):
            self.stage.go("home")
        elif name == "enter":
            self.ask(lambda: self._zone.enter(argument), self._took)
        elif name == "start":
            self.ask(lambda: self._zone.start(argument), self._took)
        elif name == "by":
            self.ask(lambda: self._zone.sort_by(argument), self._took)
        elif name in _CALLS:
            self.refusal = None
            self.ask(lambda: _CALLS[name](self._zone), self._took)

    def state(self) -> ZoneState:
        """The screen now."""
        view = self.view
        return ZoneState(self.frame(), view.step.value if view else "loading", view)

    def frame(self) -> Frame:
        """What stands around it."""
        view = self.view
        if view is None:
            return Frame(phrase(Word.DOOR_ZONE), phrase(Word.LOADING), leave="leave")
        return Frame(
            title=phrase(Word.ZONE_NO, zone=view.zone) if view.zone else phrase(Word.DOOR_ZONE),
            prompt=view.prompt,
            actions=_actions(view),
            choices=_choices(view),
            refusal=Refusal(self.refusal) if self.refusal else None,
            help=(Word.HELP_ZONE, Word.HELP_COMMANDS),
            leave="cancel" if view.step in (ZoneStep.UNLOAD, ZoneStep.PLACE) else "leave",
        )

    def _took(self, outcome: Outcome[ZoneView]) -> None:
        self.view = outcome.view
        if outcome.view.opened is not None and self.in_front:
            self.stage.go("pick")
            return
        self.show()


class ZoneBell:
    """Rings once for each tote that comes to wait for this person's zone, whatever screen is open."""

    def __init__(self, zone: Zone, store: Worker, ring: Callable[[Message], None]) -> None:
        self._zone, self._store, self._ring = zone, store, ring

    def look(self) -> None:
        """Something on disk changed: has a tote arrived?"""
        self._store.submit(self._zone.arrived, self._took)

    def _took(self, message: Message | None) -> None:
        if message is not None:
            self._ring(message)


_CALLS = {
    "leave_zone": lambda zone: zone.leave_zone(),
    "unload": lambda zone: zone.unload(),
    "cancel": lambda zone: zone.cancel(),
}


def _actions(view: ZoneView) -> tuple[Action, ...]:
    if view.step is ZoneStep.CHOOSE:
        return (_HOME,)
    if view.step is not ZoneStep.WORK:
        return (_BACK,)
    other = Word.BY_ROUTE if view.by == "priority" else Word.BY_PRIORITY
    by = Action("by:route" if view.by == "priority" else "by:priority", other, "F3")
    return (Action("unload", Word.UNLOAD, "F4", "lane", bool(view.mine)), by, _LEAVE, _HOME)


def _choices(view: ZoneView) -> tuple[Action, ...]:
    if view.step is ZoneStep.CHOOSE:
        return tuple(Action(f"enter:{card.zone}", Word.ZONE_NO, str(n)) for n, card in enumerate(view.zones, 1))
    jobs = dict.fromkeys(
        (*(card.job for card in view.waiting), *(c.job for c in view.mine), *(x.job for x in view.lines))
    )
    return tuple(Action(f"start:{job}", Word.ORDER_NO) for job in jobs) if view.step is ZoneStep.WORK else ()
