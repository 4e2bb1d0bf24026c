"""The packer of the demonstration: opens what waits at the lane, scans every unit, boxes, weighs, sticks the label and scans it."""

import time
from collections import Counter
from collections.abc import Generator

from app.core.views import PackStep, PackView
from app.demo.people import Bench, Seat, Shift, read_notices, scan, sign_in
from app.demo.stage import Acting, Until, pause

#: How often a tote that the station does not know yet is tried before the next one is looked at.
_TRIES = 12
#: How often a person looks into the totes of an order again when the station wants more than they had found.
_LOOKS = 3
#: How long a person looks at a weight of which nothing comes.
_LIFTS_AGAIN_S = 8.0
#: The scale falls by a third in a tenth of a second: only when it has come to rest below ten grams does it know that it is empty.
_EMPTY_AFTER_S = 4.0


class Packer:
    """One person at a pack station."""

    def __init__(self, seat: Seat, badge: str, bench: Bench, shift: Shift) -> None:
        self._seat = seat
        self._badge = badge
        self._bench = bench
        self._shift = shift
        self._world = shift.world
        self._labels: set[str] = set()
        self._left_over: list[str] = []
        self._refused: list[str] = []
        self._looks = 0

    def act(self) -> Acting:
        """Packs until the shift is over."""
        yield from sign_in(self._seat, self._badge)
        while not self._shift.done:
            for tote in self._left_over:
                self._world.settle(tote)
            place = self._world.next_dropped()
            if place is None:
                if not (yield from read_notices(self._seat, lambda _notice: None)):
                    yield pause(0.1)
            elif not self._world.goods(place):
                # Everything in it went back: an empty tote is nobody's order.
                continue
            elif (yield from self._open(place)):
                yield from self._pack(place)
            else:
                self._world.drop(place)

    def _view(self) -> PackView:
        view = self._seat.view()
        if not isinstance(view, PackView):
            raise TypeError(f"the pack screen shows {view!r}")
        return view

    def _open(self, place: str) -> Generator[Until, None, bool]:
        """Scans the tote until the station knows it: its pick may still be on a handheld that is out of reach."""
        for _ in range(_TRIES):
            yield from read_notices(self._seat, lambda _notice: None)
            yield from scan(self._seat, place)
            if self._view().step is not PackStep.WAITING:
                return True
            yield pause(0.25)
        return False

    def _pack(self, place: str) -> Acting:
        # An order that was picked into several totes is packed out of all of them.
        goods = {tote: self._world.empty(tote) for tote in dict.fromkeys((place, *self._view().totes))}
        packed: Counter[str] = Counter()
        self._refused.clear()
        self._looks = 0
        on_scale = 0.0
        while (view := self._view()).step is not PackStep.WAITING:
            if view.step is PackStep.UNITS:
                yield from self._unit(goods, packed)
            elif view.step is PackStep.CARTON:
                best = next((c for c in view.cartons if c.suggested), view.cartons[-1])
                yield from scan(self._seat, best.code)
            elif view.step is PackStep.WEIGHT and time.monotonic() - on_scale > _LIFTS_AGAIN_S:
                assert view.carton
                # Nothing happens: the scale has not seen that the parcel before was taken off.
                if on_scale:
                    self._bench.load(0)
                    yield pause(_EMPTY_AFTER_S)
                self._bench.load(self._world.grams(packed) + self._world.cartons[view.carton.code])
                on_scale = time.monotonic()
            elif view.step is PackStep.SCAN_BACK:
                yield from self._label(view, packed)
                break
            yield pause(0.03)
        # What belongs to nobody here stays in its tote, for whoever is told to put it back.
        for tote, rest in goods.items():
            for sku, qty in (+rest).items():
                self._world.put(tote, sku, qty)
            self._left_over.append(tote)

    def _unit(self, goods: dict[str, Counter[str]], packed: Counter[str]) -> Acting:
        """One unit out of a tote into the box; what the screen does not take goes aside, back into its tote."""
        tote, sku = next(((t, s) for t, rest in goods.items() for s, n in sorted(rest.items()) if n > 0), ("", ""))
        if not sku:
            yield from self._look_again(goods)
            return
        if self._shift.rng.random() < self._shift.slip:
            self._world.add("slips")
            mine = {s for rest in goods.values() for s in rest}
            others = [s for s in sorted(self._world.articles) if s not in mine]
            yield from scan(self._seat, self._world.articles[self._shift.rng.choice(others)].barcode)
        goods[tote][sku] -= 1
        before = self._view().packed
        yield from scan(self._seat, self._world.articles[sku].barcode)
        if self._view().packed > before:
            packed[sku] += 1
        else:
            self._world.put(tote, sku)
            refusal = self._seat.refusal()
            self._refused.append(f"{sku} of {tote}: {refusal.code if refusal else 'nothing said'}")

    def _look_again(self, goods: dict[str, Counter[str]]) -> Acting:
        """Into the totes that the screen names now, and those seen before: what was refused lies there, and a tote that a handheld told of
        late may have been named since."""
        view = self._view()
        for tote in dict.fromkeys((*goods, *view.totes)):
            goods[tote] = goods.get(tote, Counter()) + self._world.empty(tote)
        self._looks += 1
        self._world.add("looked_again")
        if self._looks > _LOOKS:
            held = f"{view.packed} of {view.units} from {', '.join(goods)}, of the screen's {', '.join(view.totes)}"
            raise RuntimeError(f"the station wants more units than the tote holds: {held}; refused: {self._refused}")
        yield pause(0.5)

    def _label(self, view: PackView, goods: Counter[str]) -> Acting:
        yield Until(lambda: self._bench.last_label_sscc(self._labels) is not None, "a label from the printer")
        sscc = self._bench.last_label_sscc(self._labels)
        assert sscc
        self._labels.add(sscc)
        self._bench.load(0)
        for sku, qty in goods.items():
            self._world.put(f"parcel:{sscc}", sku, qty)
        yield from scan(self._seat, f"]C100{sscc}")
        self._world.add("packed")
        self._shift.on_progress(f"{self._world.tally('packed')} of {self._shift.orders} orders shipped")
