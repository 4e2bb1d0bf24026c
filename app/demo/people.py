"""The people of the demonstration: they read their screen, as a person would, and scan, weigh and type with the devices they have."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.core.views import OrdersView, PackStep, PackView, PickStep, PickView
from app.demo.stage import Acting, Until, pause
from app.demo.world import World

_TRIES = 30


class Seat(Protocol):
    """A person's place: one window and the devices that belong to it."""

    def screen(self) -> str:
        """Name of the screen that shows (`signin`, `home`, `pick`, `pack`, `orders`)."""

    def view(self) -> object:
        """What the screen shows now, as the service's view."""

    def answered(self) -> int:
        """How many scans this window has answered so far."""

    def scan(self, text: str) -> None:
        """Scans a barcode with this seat's scanner: real keys or real serial bytes."""

    def press(self, intent: str) -> None:
        """Uses a button of the screen by its key."""


class Bench(Protocol):
    """The scale and the printer of a pack station."""

    def load(self, grams: float) -> None:
        """Puts something of this weight on the scale (0 takes it off)."""

    def last_label_sscc(self, already: set[str]) -> str | None:
        """The SSCC on a label that came out and is not in `already`; None while there is none."""


@dataclass(slots=True)
class Shift:
    """What the people of one shift share: the goods, how many orders are to be shipped, and who has had what."""

    world: World
    orders: int
    rng: random.Random
    dropped: list[str]
    packed: int = 0
    picked: int = 0
    slips: int = 0
    on_progress: Callable[[str], None] = lambda _text: None

    @property
    def done(self) -> bool:
        """All orders are through the door."""
        return self.packed >= self.orders


def scan(seat: Seat, text: str) -> Acting:
    """Scans and waits for the answer to be on the screen."""
    before = seat.answered()
    seat.scan(text)
    yield Until(lambda: seat.answered() > before, f"the answer to the scan of {text}")


def sign_in(seat: Seat, badge: str, screen: str) -> Acting:
    """Signs in by badge, again if need be (the centre may be away for a moment), and waits for the first screen of the role."""
    yield Until(lambda: seat.screen() == "signin", "the sign-in screen")
    for _ in range(_TRIES):
        before = seat.answered()
        seat.scan(badge)
        yield Until(lambda before=before: seat.screen() == screen or seat.answered() > before, "an answer to the badge")  # type: ignore[misc]
        yield pause(1.0)
        if seat.screen() == screen:
            return
    raise RuntimeError(f"badge {badge} does not lead to the {screen} screen")


def supervisor(seat: Seat, badge: str, shift: Shift) -> Acting:
    """Signs in, selects orders and releases them."""
    yield from sign_in(seat, badge, "orders")

    def open_orders() -> int:
        view = seat.view()
        return view.counts.get("open", 0) if isinstance(view, OrdersView) else 0

    yield Until(lambda: open_orders() >= shift.orders, "the imported orders on the board")
    seat.press(f"release:{shift.orders}")
    yield Until(lambda: _released(seat) >= shift.orders, "the orders to be released")
    shift.on_progress(f"{shift.orders} orders released")


def _released(seat: Seat) -> int:
    view = seat.view()
    if not isinstance(view, OrdersView):
        return 0
    return sum(n for state, n in view.counts.items() if state not in {"open", "held", "cancelled"})


def picker(seat: Seat, badge: str, shift: Shift) -> Acting:
    """Takes the next work again and again, walks, scans, puts, and drops the tote at a lane."""
    yield from sign_in(seat, badge, "home")
    for number in range(1, shift.orders + 1):
        tote = f"T-{number:04d}"
        yield from _start_next(seat)
        yield from _pick_order(seat, shift, tote)
        shift.dropped.append(tote)
        shift.picked += 1


def _start_next(seat: Seat) -> Acting:
    while _pick(seat) is None:
        yield Until(lambda: seat.screen() in {"home", "pick"}, "the home screen")
        seat.press("next")
        yield pause(0.1)


def _pick(seat: Seat) -> PickView | None:
    """The order being picked on the screen, if any."""
    view = seat.view()
    return view if isinstance(view, PickView) and view.step is not PickStep.DONE else None


def _pick_order(seat: Seat, shift: Shift, tote: str) -> Acting:
    while view := _pick(seat):
        if view.step is PickStep.TOTE:
            yield from scan(seat, tote)
        elif view.step is PickStep.BIN and view.bin:
            if shift.rng.random() < 0.06:
                shift.slips += 1
                yield from scan(seat, shift.rng.choice(sorted(b for b in shift.world.bins if b != view.bin)))
            yield from scan(seat, view.bin)
        elif view.step is PickStep.ITEM and view.item and view.bin:
            yield from _pick_unit(seat, shift, view, tote)
        elif view.step is PickStep.SHORT:
            seat.press("short:not_found")
            yield pause(0.05)
        elif view.step is PickStep.DROP:
            yield from scan(seat, shift.world.lanes[0])
        else:
            yield pause(0.05)


def _pick_unit(seat: Seat, shift: Shift, view: PickView, tote: str) -> Acting:
    assert view.item
    assert view.bin
    sku = view.item.sku
    if shift.rng.random() < 0.06:
        shift.slips += 1
        yield from scan(seat, shift.world.other_than(sku, shift.rng).barcode)
    if not shift.world.take(view.bin, sku):
        seat.press("short")
        yield Until(lambda: (now := _pick(seat)) is not None and now.step is PickStep.SHORT, "the question why")
        return
    before = (view.line, view.in_hand, view.lines_done)
    yield from scan(seat, shift.world.articles[sku].barcode)
    now = _pick(seat)
    if now and (now.line, now.in_hand, now.lines_done) == before:
        shift.world.bins[view.bin][sku] += 1
        return
    shift.world.put(tote, sku)


def packer(seat: Seat, badge: str, bench: Bench, shift: Shift) -> Acting:
    """Opens tote after tote, scans every unit, boxes, weighs, sticks the label and scans it."""
    yield from sign_in(seat, badge, "pack")
    labels: set[str] = set()
    waiting = shift.dropped
    while not shift.done:
        yield Until(lambda: bool(waiting), "a tote at the lane", 300)
        tote = waiting.pop(0)
        yield from _open_tote(seat, tote)
        yield from _pack_tote(seat, shift, bench, tote, labels)
        shift.packed += 1
        shift.on_progress(f"{shift.packed} of {shift.orders} orders shipped")


def _pack(seat: Seat) -> PackView:
    view = seat.view()
    if not isinstance(view, PackView):
        raise TypeError(f"the pack screen shows {view!r}")
    return view


def _open_tote(seat: Seat, tote: str) -> Acting:
    """Scans the tote until the station knows it: its pick may still be on the handheld that is out of reach."""
    for _ in range(400):
        yield from scan(seat, tote)
        if _pack(seat).step is not PackStep.WAITING:
            return
        yield pause(0.3)
    raise RuntimeError(f"the station never learned of tote {tote}")


def _pack_tote(seat: Seat, shift: Shift, bench: Bench, tote: str, labels: set[str]) -> Acting:
    goods = shift.world.totes.pop(tote)
    weighed = +goods
    on_scale = False
    while (view := _pack(seat)).step is not PackStep.WAITING:
        if view.step is PackStep.UNITS:
            yield from _pack_unit(seat, shift, goods)
        elif view.step is PackStep.CARTON:
            best = next((c for c in view.cartons if c.suggested), view.cartons[-1])
            yield from scan(seat, best.code)
        elif view.step is PackStep.WEIGHT and not on_scale:
            assert view.carton
            bench.load(shift.world.grams(weighed) + shift.world.cartons[view.carton.code])
            on_scale = True
        elif view.step is PackStep.SCAN_BACK:
            yield Until(lambda: bench.last_label_sscc(labels) is not None, "a label from the printer")
            sscc = bench.last_label_sscc(labels)
            assert sscc
            labels.add(sscc)
            bench.load(0)
            yield from scan(seat, f"]C100{sscc}")
            return
        yield pause(0.03)


def _pack_unit(seat: Seat, shift: Shift, goods: Counter[str]) -> Acting:
    sku = next((s for s, n in sorted(goods.items()) if n > 0), None)
    if sku is None:
        raise RuntimeError("the station wants more units than the tote holds")
    if shift.rng.random() < 0.04:
        shift.slips += 1
        yield from scan(seat, shift.world.other_than(sku, shift.rng).barcode)
    goods[sku] -= 1
    yield from scan(seat, shift.world.articles[sku].barcode)
