"""The person at the put wall of the demonstration: empties bulk totes, a unit at a time, into the slots the screen names."""

from app.core.views_work import SlotState, WallStep, WallView
from app.demo.people import Seat, Shift, read_notices, scan, sign_in
from app.demo.stage import Acting, Until, pause

_TRIES = 12


class Sorter:
    """One person at one wall."""

    def __init__(self, seat: Seat, badge: str, shift: Shift) -> None:
        self._seat = seat
        self._badge = badge
        self._shift = shift
        self._world = shift.world
        self._told: set[str] = set()

    def act(self) -> Acting:
        """Sorts until the shift is over."""
        yield from sign_in(self._seat, self._badge)
        self._seat.press("door:wall")
        yield Until(lambda: self._seat.screen() == "wall", "the wall's screen")
        while not self._shift.done:
            if self._seat.screen() == "signin":
                yield from sign_in(self._seat, self._badge)
            if (yield from read_notices(self._seat, lambda _notice: None)):
                continue
            if self._seat.refusal() is not None:
                self._seat.press("ok")
            view = self._seat.view()
            if not isinstance(view, WallView):
                yield pause(0.1)
            elif view.step in (WallStep.WAITING, WallStep.DONE):
                yield from self._next_tote()
            else:
                yield from self._step(view)

    def _next_tote(self) -> Acting:
        tote = self._world.next_dropped("wall")
        if tote is None:
            yield pause(0.2)
            return
        for _ in range(_TRIES):
            yield from scan(self._seat, tote)
            view = self._seat.view()
            if isinstance(view, WallView) and view.step not in (WallStep.WAITING, WallStep.DONE):
                return
            yield pause(0.25)
        self._world.drop(tote, "wall")

    def _step(self, view: WallView) -> Acting:
        tote = view.tote or ""
        if view.step is WallStep.UNIT:
            sku = next(iter(sorted(self._world.goods(tote))), None)
            if sku is None:
                self._seat.press("missing")
                yield pause(0.1)
            else:
                yield from scan(self._seat, self._world.articles[sku].barcode)
        elif view.step is WallStep.SLOT and view.slot and view.item:
            yield from self._put(view, tote, view.item.sku)
        elif view.step is WallStep.EXTRA and view.item:
            yield from scan(self._seat, "T-X001")
            if self._world.take(tote, view.item.sku):
                self._world.put("T-X001", view.item.sku)
        elif view.step is WallStep.MISSING:
            self._seat.press("really_missing")
            yield pause(0.1)
        elif view.step is WallStep.CLOSE:
            self._seat.press("close")
            yield pause(0.2)
        else:
            yield pause(0.05)
        self._complete()

    def _put(self, view: WallView, tote: str, sku: str) -> Acting:
        assert view.slot
        place = view.slot.place or ""
        yield from scan(self._seat, place)
        now = self._seat.view()
        if isinstance(now, WallView) and now.put > view.put:
            for _ in range(now.put - view.put):
                if self._world.take(tote, sku):
                    self._world.put(place, sku)

    def _complete(self) -> None:
        """Tells the packers of every slot that has just become complete."""
        view = self._seat.view()
        for slot in view.slots if isinstance(view, WallView) else ():
            if slot.state is SlotState.PACK and slot.place and slot.order not in self._told:
                self._told.add(slot.order)
                self._world.drop(slot.place)
