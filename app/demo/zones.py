"""Pickers of the demonstration who stay in one zone: they receive totes that are passed on, and pick what the zone's list shows."""

from app.core.views_work import ZoneStep, ZoneView
from app.demo.people import Seat, Shift, scan
from app.demo.picking import Picker
from app.demo.stage import Acting, Until, pause


class ZonePicker(Picker):
    """One person in one zone."""

    def __init__(self, seat: Seat, badge: str, shift: Shift, name: str, zone: str) -> None:
        super().__init__(seat, badge, shift, name)
        self._zone = zone

    def next_work(self) -> Acting:
        """A tote that waits, else the most urgent line of the zone."""
        screen = self.seat.screen()
        if screen == "home":
            self.seat.press("door:zone")
            yield Until(lambda: self.seat.screen() != "home", "the zone's screen")
            return
        if screen == "pick":
            # Nothing is open: back to the list.
            self.seat.press("leave")
            yield pause(0.2)
            return
        view = self.seat.view()
        if not isinstance(view, ZoneView):
            yield pause(0.1)
        elif view.zone != self._zone or view.step is ZoneStep.CHOOSE:
            self.seat.press(f"enter:{self._zone}")
            yield pause(0.3)
        elif view.waiting:
            yield from scan(self.seat, view.waiting[0].tote)
            yield pause(0.2)
        elif free := [line for line in view.lines if line.mine or not line.taken]:
            self.seat.press(f"start:{free[0].job}")
            yield pause(0.3)
        else:
            yield pause(0.5)
