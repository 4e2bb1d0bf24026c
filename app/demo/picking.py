"""The pickers of the demonstration: they read their screen, as a person would, walk, take, scan, put and set down."""

from collections.abc import Generator

from app.core.messages import Code, Message
from app.core.views import PickStep, PickView
from app.demo.people import Seat, Shift, read_notices, scan, sign_in
from app.demo.stage import Acting, Until, pause


class Picker:
    """One person with a handheld. `name` begins the names of the totes this person fetches."""

    def __init__(self, seat: Seat, badge: str, shift: Shift, name: str) -> None:
        self._seat = seat
        self._badge = badge
        self._shift = shift
        self._world = shift.world
        self._name = name
        self._totes: list[str] = []

    def act(self) -> Acting:
        """Takes the next work again and again until the shift is over."""
        yield from sign_in(self._seat, self._badge, "home")
        while not self._shift.done:
            if (yield from read_notices(self._seat, self._obey)):
                continue
            view = self._picking()
            if view is None:
                yield Until(
                    lambda: self._seat.screen() in {"home", "pick"} or self._seat.notice() is not None, "a screen"
                )
                self._seat.press("next")
                yield pause(0.15)
            else:
                yield from self._step(view)

    def _picking(self) -> PickView | None:
        """What is being picked on the screen, if anything."""
        view = self._seat.view()
        return view if isinstance(view, PickView) and view.step is not PickStep.DONE else None

    def _step(self, view: PickView) -> Acting:
        seat, rng = self._seat, self._shift.rng
        refused = seat.refusal()
        if refused is not None and refused.code in {Code.JOB_GONE, Code.LEASE_OVER}:
            # Nothing more can be done with this one: put it down and see what comes.
            seat.press("ok")
            seat.press("back")
            yield pause(0.3)
        elif view.step is PickStep.TOTE:
            yield from scan(seat, self._new_tote())
        elif view.step is PickStep.BIN and view.bin:
            if self._slips():
                yield from scan(seat, rng.choice([b for b in self._world.bins if b != view.bin]))
            yield from scan(seat, view.bin)
        elif view.step is PickStep.ITEM and view.item and view.bin:
            yield from self._unit(view)
        elif view.step is PickStep.SHORT:
            seat.press("short:not_found")
            yield pause(0.05)
        elif view.step is PickStep.EMPTY and view.bin and view.item:
            yield from scan(seat, "FH:NO" if self._world.goods(view.bin)[view.item.sku] else "FH:YES")
        elif view.step is PickStep.BACK_BIN and view.bin:
            yield from scan(seat, view.bin)
        elif view.step is PickStep.BACK_ITEM and view.bin and view.item:
            yield from self._back(view.bin, view.item.sku, view.tote or "")
        elif view.step is PickStep.DROP:
            yield from self._drop(view)
        else:
            yield pause(0.05)

    def _new_tote(self) -> str:
        self._totes.append(f"T-{self._name}{len(self._totes) + 1:03d}")
        return self._totes[-1]

    def _slips(self) -> bool:
        if self._shift.rng.random() >= self._shift.slip:
            return False
        self._world.add("slips")
        return True

    def _unit(self, view: PickView) -> Acting:
        """Takes one unit and scans it; when the screen does not count it, it goes back."""
        assert view.item
        assert view.bin
        sku = view.item.sku
        if self._slips():
            yield from scan(self._seat, self._world.other_than(sku, self._shift.rng).barcode)
        if not self._world.take(view.bin, sku):
            self._seat.press("short")
            yield Until(lambda: (now := self._picking()) is None or now.step is PickStep.SHORT, "the question why")
            return
        before = _count(view)
        yield from scan(self._seat, self._world.articles[sku].barcode)
        if (now := self._picking()) is not None and now.step is PickStep.CHECK:
            yield from scan(self._seat, self._world.articles[sku].barcode)
        now = self._picking()
        if now is not None and _count(now) == before:
            self._world.put(view.bin, sku)
        else:
            self._world.put(view.tote or self._totes[-1], sku)

    def _back(self, place: str, sku: str, tote: str) -> Acting:
        """One unit of a line that was taken away goes back to its bin."""
        if self._world.take(tote, sku):
            self._world.put(place, sku)
        yield from scan(self._seat, self._world.articles[sku].barcode)

    def _drop(self, view: PickView) -> Acting:
        yield from scan(self._seat, view.lane or self._world.lanes[0])
        if self._picking() is None and view.tote:
            self._world.drop(view.tote)
            self._world.add("picked")

    def _obey(self, notice: Message) -> None:
        """Does what an instruction says with the goods: what counts for nobody goes back to where it came from."""
        if notice.code is not Code.PUT_BACK:
            return
        sku, qty, place = str(notice.words["sku"]), int(notice.words["qty"]), str(notice.words["bin"])
        for tote in reversed(self._totes):
            while qty and self._world.take(tote, sku):
                self._world.put(place, sku)
                self._world.add("put_back")
                qty -= 1


def _count(view: PickView) -> tuple[int, int, int]:
    return view.line, view.in_hand, view.lines_done


def idle(seconds: float) -> Generator[Until, None, None]:
    """Nobody is here; the device only talks to the centre."""
    yield pause(seconds)
