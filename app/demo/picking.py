"""The pickers of the demonstration: they read their screen, as a person would, walk, take, scan, put and set down, whatever the method."""

import time
from collections.abc import Generator

from app.core.facts import ShortReason
from app.core.messages import Code, Message
from app.core.views import PickStep, PickView
from app.demo.people import Seat, Shift, read_notices, scan, sign_in
from app.demo.stage import Acting, Until, pause
from app.demo.tasking import Stockkeeper
from app.demo.walking import Body
from sync.contract.codes import Method

#: What a refusal says that ends the work on a job.
_OVER = frozenset({Code.JOB_GONE, Code.LEASE_OVER, Code.TAKEN_BY})
_PATIENCE_S = 0.8
_DAMAGED_TO = "QUAR-1"
#: What goes wrong with a scan: another item, no goods, broken goods, one unit scanned twice, more than is wanted.
FAULTS = ("wrong", "missing", "broken", "twice", "over")


class Picker:
    """One person with a handheld. `name` begins the names of the totes this person fetches."""

    def __init__(self, seat: Seat, badge: str, shift: Shift, name: str) -> None:
        self.seat = seat
        self.shift = shift
        self.world = shift.world
        self._badge = badge
        self._name = name
        self._totes: list[str] = []
        #: (item, bin, tote) of every unit, in the order in which they were taken.
        self._taken: list[tuple[str, str, str]] = []
        self._body = Body(self.world, shift.pace, shift.rng)
        self._stock = Stockkeeper(seat, shift)
        #: Why the line at hand is given up, and how many of what is missing lie there broken.
        self._why, self._broken = ShortReason.NOT_FOUND, 0

    def act(self) -> Acting:
        """Takes the next work again and again until the shift is over."""
        yield from sign_in(self.seat, self._badge)
        while not self.shift.done:
            if self.seat.screen() == "signin":
                # It locked itself while nobody touched it.
                yield from sign_in(self.seat, self._badge)
            if (yield from read_notices(self.seat, self.obey)):
                continue
            view = self.picking()
            if view is not None:
                yield from self.step(view)
            elif self._stock.called:
                yield from self._stock.step()
            else:
                yield from self.next_work()

    def next_work(self) -> Acting:
        """Asks for whatever is most urgent."""
        yield Until(lambda: self.seat.screen() in {"home", "pick"} or self.seat.notice() is not None, "a screen")
        self.seat.press("next")
        # Nobody who was told that there is nothing asks again at once.
        again = time.monotonic() + _PATIENCE_S
        yield Until(
            lambda: self.picking() is not None or self.seat.notice() is not None or time.monotonic() > again, "work"
        )

    def picking(self) -> PickView | None:
        """What is being picked on the screen, if anything."""
        view = self.seat.view()
        return view if isinstance(view, PickView) and view.step is not PickStep.DONE else None

    def step(self, view: PickView) -> Acting:
        """The one thing to do now."""
        refused = self.seat.refusal()
        if refused is not None and refused.code in _OVER:
            # Nothing more can be done with this one: put it down and see what comes.
            self.seat.press("ok")
            self.seat.press("leave")
            yield pause(0.3)
            return
        if refused is not None:
            self.seat.press("ok")
        act = _ACTS.get(view.step)
        if act is None:
            yield pause(0.05)
        else:
            yield from act(self, view)

    def obey(self, notice: Message) -> None:
        """Does what an instruction says with the goods: what counts for nobody goes back to where it came from."""
        if notice.code is not Code.PUT_BACK:
            return
        sku, qty, place = str(notice.words["sku"]), int(notice.words["qty"]), str(notice.words["bin"])
        # A person remembers what they took where, and looks first in the tote they are told of.
        fits = [one for one in reversed(self._taken) if one[:2] == (sku, place)]
        for taken in sorted(fits, key=lambda one: one[2] != notice.words.get("tote")):
            if qty and self.world.take(taken[2], sku):
                self._taken.remove(taken)
                self.world.put(place, sku)
                self.world.add("put_back")
                qty -= 1
        if qty:
            # A packer has them in hand by now; what is left over there goes back.
            self.world.owe(sku, place, qty)

    # --- set-up ---

    def _cart(self, _view: PickView) -> Acting:
        yield from self._body.fetches_totes()
        yield from scan(self.seat, f"CART-{ord(self._name[0]) - ord('A') + 1}")

    def _empty_tote(self, view: PickView) -> Acting:
        """Any empty tote; or the one that was passed on, when the screen has said that it must be that one."""
        yield from self._body.hangs_tote() if view.step is PickStep.SLOTS else self._body.fetches_totes()
        yield from scan(self.seat, self._new_tote())
        refused = self.seat.refusal()
        if refused is not None and refused.code is Code.WRONG_TOTE:
            yield from scan(self.seat, str(refused.words["needed"]))

    def _new_tote(self) -> str:
        self._totes.append(f"T-{self._name}{len(self._totes) + 1:03d}")
        return self._totes[-1]

    # --- at the bin ---

    def _slips(self) -> bool:
        if self.shift.rng.random() >= self.shift.slip:
            return False
        self.world.add("slips")
        return True

    def _fault(self) -> str:
        """What goes wrong with this scan, if anything."""
        if self.shift.rng.random() >= self.shift.faults:
            return ""
        return self.shift.rng.choice(FAULTS)

    def _bin(self, view: PickView) -> Acting:
        if view.bin is None:
            return
        yield from self._body.to(view.bin)
        if self._slips():
            yield from scan(self.seat, self.shift.rng.choice([b for b in self.world.bins if b != view.bin]))
        yield from scan(self.seat, view.bin)

    def _unit(self, view: PickView) -> Acting:
        """Takes one unit and scans it; when the screen does not count it, it goes back."""
        if view.item is None or view.bin is None:
            return
        yield from self._body.takes_unit(view.in_hand == 0)
        sku, fault = view.item.sku, self._fault()
        if fault:
            self.world.add(f"fault:{fault}")
        if self._slips() or fault == "wrong":
            yield from scan(self.seat, self.world.other_than(sku, self.shift.rng).barcode)
        if fault == "over":
            yield from self._whole_case(view, sku)
        if view.can_short and fault in ("missing", "broken"):
            yield from self._trouble(view, sku, fault)
        elif not self.world.take(view.bin, sku):
            yield from self._short(ShortReason.NOT_FOUND)
        elif (yield from self._count_unit(view, sku)) and fault == "twice":
            yield from self._once_too_often(sku)

    def _count_unit(self, view: PickView, sku: str) -> Generator[Until, None, bool]:
        """Scans the unit in hand; whether it counted and is in the tote now."""
        assert view.bin
        before = _count(view)
        yield from self._scan_unit(sku)
        now = self.picking()
        if now is not None and _count(now) == before:
            self.world.put(view.bin, sku)
            return False
        tote = view.cart or view.tote or self._totes[-1]
        self.world.put(tote, sku)
        self._taken.append((sku, view.bin, tote))
        return True

    def _whole_case(self, view: PickView, sku: str) -> Acting:
        """Too many: the case that is scanned holds more than is wanted."""
        article = self.world.articles[sku]
        if article.case_barcode and article.case_qty > view.take - view.in_hand:
            yield from scan(self.seat, article.case_barcode)

    def _once_too_often(self, sku: str) -> Acting:
        """The trigger is pulled twice over one unit; if that counted, the person sees it and takes it back."""
        before = self.picking()
        if before is None or before.step is not PickStep.ITEM:
            return
        yield from scan(self.seat, self.world.articles[sku].barcode)
        now = self.picking()
        if now is not None and now.step is PickStep.CHECK:
            yield from scan(self.seat, self.world.articles[sku].barcode)
            now = self.picking()
        if now is not None and _count(now) == _count(before):
            return
        self.seat.press("undo")
        yield Until(
            lambda: (now := self.picking()) is None or _count(now) == _count(before), "the unit to be taken back", 30
        )

    def _scan_unit(self, sku: str) -> Acting:
        barcode = self.world.articles[sku].barcode
        yield from scan(self.seat, barcode)
        if (now := self.picking()) is not None and now.step is PickStep.CHECK:
            yield from scan(self.seat, barcode)

    def _trouble(self, view: PickView, sku: str, fault: str) -> Acting:
        """What goes wrong at a bin: the goods are not found, or some of them are broken."""
        assert view.bin
        if fault == "missing":
            yield from self._short(ShortReason.NOT_FOUND)
            return
        self._broken = 0
        for _ in range(self.shift.rng.randint(1, view.take - view.in_hand)):
            if self.world.take(view.bin, sku):
                self.world.put(_DAMAGED_TO, sku)
                self._broken += 1
        yield from self._short(ShortReason.DAMAGED if self._broken else ShortReason.NOT_FOUND)

    def _short(self, why: ShortReason) -> Acting:
        self._why = why
        self.seat.press("short")
        yield Until(lambda: (now := self.picking()) is None or now.step is PickStep.SHORT, "the question why", 20)

    def _reason(self, view: PickView) -> Acting:
        self.seat.press(f"short:{self._why}")
        if self._why is ShortReason.DAMAGED and view.take - view.in_hand > 1:
            self.seat.press(f"number:{self._broken}")
        yield pause(0.1)

    def _is_it_empty(self, view: PickView) -> Acting:
        left = view.bin is not None and view.item is not None and self.world.goods(view.bin)[view.item.sku]
        yield from scan(self.seat, "FH:NO" if left else "FH:YES")

    def _back_unit(self, view: PickView) -> Acting:
        """One unit of a line that was taken away goes back to its bin."""
        if view.item is None or view.bin is None:
            return
        for tote in (view.tote, view.cart, *view.totes, *reversed(self._totes)):
            if tote and self.world.take(tote, view.item.sku):
                self.world.put(view.bin, view.item.sku)
                break
        yield from scan(self.seat, self.world.articles[view.item.sku].barcode)

    def _again(self, view: PickView) -> Acting:
        assert view.item
        yield from scan(self.seat, self.world.articles[view.item.sku].barcode)

    # --- slots of a cart, lanes ---

    def _into_slot(self, view: PickView) -> Acting:
        """The units in hand go into their slot; a slot without a tote gets one first."""
        assert view.item
        tote, sku, units = view.slot_tote, view.item.sku, view.hand
        yield from scan(self.seat, tote or self._new_tote())
        now = self.picking()
        if tote and (now is None or now.step is not PickStep.SORT or now.slot != view.slot or now.hand != units):
            for _ in range(units):
                if self.world.take(view.cart or "", sku):
                    self.world.put(tote, sku)

    def _drop(self, view: PickView) -> Acting:
        """At the lane, or where the next zone takes the tote over."""
        totes = [slot.tote for slot in view.slots] or [view.tote, *view.totes]
        passed = False
        for place in self._places(view):
            yield from self._body.to(place)
            yield from scan(self.seat, place)
            yield from self._settled()
            passed = place.startswith("HAND-")
            if self.picking() is None:
                break
            if (refused := self.seat.refusal()) is not None and refused.code is Code.CONFIRM_AGAIN:
                yield from scan(self.seat, place)
        if self.picking() is not None:
            return
        line = "wall" if view.method == Method.WALL else "pack"
        for tote in dict.fromkeys(totes):
            if tote and not passed and self.world.goods(tote):
                self.world.drop(tote, line)
        self.world.add("picked", len(view.slots) or view.orders)

    def _places(self, view: PickView) -> list[str]:
        lane = view.lane or self.world.lanes[0]
        return [lane, f"HAND-{view.bin[0]}" if view.bin else "HAND-A"] if view.method == Method.LEGS else [lane]

    def _settled(self) -> Acting:
        yield pause(0.05)


_ACTS = {
    PickStep.CART: Picker._cart,
    PickStep.SLOTS: Picker._empty_tote,
    PickStep.TOTE: Picker._empty_tote,
    PickStep.BIN: Picker._bin,
    PickStep.ITEM: Picker._unit,
    PickStep.CHECK: Picker._again,
    PickStep.SHORT: Picker._reason,
    PickStep.SORT: Picker._into_slot,
    PickStep.EMPTY: Picker._is_it_empty,
    PickStep.BACK_BIN: Picker._bin,
    PickStep.BACK_ITEM: Picker._back_unit,
    PickStep.DROP: Picker._drop,
}


def _count(view: PickView) -> tuple[int, int, int, int]:
    return view.line, view.in_hand, view.lines_done, view.hand
