"""What the people of the demonstration share: a seat at a window, a floor under their feet, and hands that slip now and then."""

import random
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Protocol

from app.core.messages import Message
from app.core.views import OrdersView
from app.demo.stage import Acting, Until, pause
from app.demo.world import World

_TRIES = 30
#: After this long a person presses again.
_PATIENCE_S = 8.0


class Seat(Protocol):
    """A person's place: one window and the devices that belong to it."""

    def screen(self) -> str:
        """Name of the screen that shows (`signin`, `home`, `pick`, `pack`, `orders`)."""

    def view(self) -> object:
        """What the screen shows now, as the service's view."""

    def refusal(self) -> Message | None:
        """The refusal that stands on the screen, if any."""

    def notice(self) -> Message | None:
        """The instruction of the centre that waits to be read, if any."""

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
    """What the people of one shift share: the floor, how many orders are to leave it, and how clumsy everybody is.

    `slip` is the share of scans at which a hand takes the wrong thing; `faults` the share of lines with trouble of the floor's own kind
    (damaged, twice, too many). Who has done what is counted on the floor itself (`World.tally`): `picked`, `packed`, `slips`.
    """

    world: World
    orders: int
    rng: random.Random
    slip: float = 0.06
    faults: float = 0.0
    #: How many times quicker than life people walk and reach; 0: no time at all.
    pace: float = 0.0
    #: Their numbers, once they were chosen.
    numbers: list[str] = field(default_factory=list)
    on_progress: Callable[[str], None] = field(default=lambda _text: None)

    @property
    def done(self) -> bool:
        """All orders are through the door, or the shift was called off."""
        return self.world.tally("over") > 0


def scan(seat: Seat, text: str) -> Acting:
    """Scans and waits for the answer to be on the screen."""
    before = seat.answered()
    seat.scan(text)
    yield Until(lambda: seat.answered() > before, f"the answer to the scan of {text}")


def sign_in(seat: Seat, badge: str) -> Acting:
    """Signs in by badge, again if need be (the centre may be away for a moment), and waits for the first screen of the role, or for the
    one that was left when the device locked itself."""
    yield Until(lambda: seat.screen() == "signin", "the sign-in screen")
    # People do not come through the door all at once: checking who somebody is takes the centre a moment.
    yield pause(int(badge[-1]) * 0.4)
    for tries in range(_TRIES):
        yield from _show_badge(seat, badge, 1.0 + tries / 2)
        if seat.screen() != "signin":
            return
    raise RuntimeError(f"badge {badge} does not lead past the sign-in screen")


def _show_badge(seat: Seat, badge: str, patience_s: float) -> Acting:
    """Scans it, and gives the screen so long to change. Who is kept waiting tries less and less often."""
    before = seat.answered()
    seat.scan(badge)
    yield Until(lambda: seat.screen() != "signin" or seat.answered() > before, "an answer to the badge")
    again = time.monotonic() + patience_s
    yield Until(lambda: seat.screen() != "signin" or time.monotonic() > again, "the first screen")


def read_notices(seat: Seat, do: Callable[[Message], None]) -> Generator[Until, None, bool]:
    """Does what the first instruction says and tells so; whether there was one. What was refused before stands over it."""
    notice = seat.notice()
    if notice is None:
        return False
    if seat.refusal() is not None:
        seat.press("ok")
        yield Until(lambda: seat.refusal() is None or seat.notice() is None, "the refusal to go")
        return True
    do(notice)
    seat.press("ok")
    yield Until(lambda: seat.notice() is not notice, "the next instruction")
    return True


def eyes(seat: Seat, world: World) -> Acting:
    """Counts once each what the person at a seat was told that stays until it is answered (`seen:<code>`)."""
    seen: set[str] = set()
    while True:
        for message in (seat.refusal(), seat.notice()):
            if message is not None and message.code not in seen:
                seen.add(message.code)
                world.add(f"seen:{message.code}")
        yield pause(0.1)


def supervisor(seat: Seat, badge: str, shift: Shift) -> Acting:
    """Signs in, selects orders and releases them."""
    yield from sign_in(seat, badge)

    def open_orders() -> int:
        view = seat.view()
        return view.counts.get("open", 0) if isinstance(view, OrdersView) else 0

    yield Until(lambda: open_orders() >= shift.orders, "the imported orders on the board")
    for _ in range(_TRIES):
        # The centre may have gone away in the middle of it: what was released is released, the rest is asked for again.
        seat.press(f"release:{shift.orders - _released(seat)}")
        since = time.monotonic()
        yield Until(
            lambda since=since: _released(seat) >= shift.orders or time.monotonic() - since > _PATIENCE_S,  # type: ignore[misc]
            "the orders to be released",
        )
        if _released(seat) >= shift.orders:
            break
        seat.press("ok")
    shift.on_progress(f"{shift.orders} orders released")


def _released(seat: Seat) -> int:
    view = seat.view()
    if not isinstance(view, OrdersView):
        return 0
    return sum(n for state, n in view.counts.items() if state not in {"open", "held", "cancelled"})
