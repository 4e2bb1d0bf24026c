"""What goes wrong in a shift: networks are cut, servers and the database are killed, a device turns up twice, and work is given to somebody
else while its first owner, out of reach, does it all the same. Acts by progress, so that work is always going on."""

import random
from collections.abc import Callable
from pathlib import Path

from app.bootstrap import Client
from app.core.views import PickView
from app.demo.handhelds import Handheld
from app.demo.people import Shift
from app.demo.show import Show
from app.demo.stage import Acting, Until, elsewhere, pause
from app.demo.tasking import PUT_BACK

LINK_CUTS = 3
OMS_KILLS = 3
#: So many facts are in the handheld's log when it is copied; it writes more before the copy is switched on.
_BACKED_UP_AFTER = 3


class Trouble:
    """Everything that can go wrong on one floor, never two things at once, always mended."""

    def __init__(self, show: Show, shift: Shift, rng: random.Random, tell: Callable[[str], None]) -> None:
        self._show = show
        self._shift = shift
        self._rng = rng
        self._tell = tell
        #: The device that turns up twice: of several, the first that has done something.
        self._devices: list[Client | Handheld] = [show.handheld] if show.handheld else [*show.others]
        self._kills = 0
        self._lost = False
        self._acts = 1 + (show.handheld is not None)
        self._copy: Path | None = None
        self._copied = 0
        #: Orders whose work was given to somebody else while it was being done.
        self.regranted: set[str] = set()

    @property
    def over(self) -> bool:
        """Nothing more is going to happen."""
        return self._acts == 0

    def act(self) -> Acting:
        """Spread over the shift by its progress, in an order that the seed decides."""
        yield Until(lambda: any(_facts(device) >= _BACKED_UP_AFTER for device in self._devices), "a few facts", 300)
        self._devices.sort(key=_facts, reverse=True)
        yield from elsewhere(self._back_up, "the copy to be made")
        # A device of another process tells a little late how far it is.
        yield pause(1.0)
        self._copied = _facts(self._devices[0])
        events = [self._cut] * LINK_CUTS + [self._kill_server] * OMS_KILLS + [self._kill_database, self._clone]
        self._rng.shuffle(events)
        for number, event in enumerate(events):
            at = (number + 1) / (len(events) + 3)
            yield Until(lambda at=at: self._progress() >= at, "the shift to go on", 600)  # type: ignore[misc]
            yield from event()
        self._acts -= 1

    def _progress(self) -> float:
        """From 0 to 1."""
        world = self._shift.world
        if world.tally(PUT_BACK):
            return 1.0
        # An order of several parts is picked several times.
        return (min(world.tally("picked"), self._shift.orders) + world.tally("packed")) / (2 * self._shift.orders)

    def _cut(self) -> Acting:
        self._tell("the network is gone")
        for link in self._show.links:
            link.cut()
        yield pause(self._rng.uniform(1.5, 4.0))
        for link in self._show.links[self._lost :]:
            link.mend()
        self._tell("the network is back")

    def _kill_server(self) -> Acting:
        """One after the other, in turn."""
        number = self._kills % len(self._show.oms.ports)
        self._kills += 1
        self._tell(f"server {number + 1} is killed")
        self._show.oms.kill(number)
        yield pause(self._rng.uniform(0.2, 1.0))
        # Starting takes seconds; the floor must not wait for it.
        yield from elsewhere(lambda: self._show.oms.start_again(number), "the server to come back")
        self._tell(f"server {number + 1} is back")

    def _kill_database(self) -> Acting:
        self._tell("the database is killed")
        self._show.oms.kill_database()
        yield Until(self._show.oms.database_is_back, "the database to be back", 180)
        self._tell("the database is back")

    def _back_up(self) -> None:
        self._copy = self._show.back_up(self._devices[0])

    def _clone(self) -> Acting:
        """A copy of a handheld, older than it is now, is switched on while the first one works on."""
        assert self._copy
        first = self._devices[0]
        # The centre must have heard more than the copy knows: until then the two are one and the same to anybody.
        yield Until(
            lambda: (not self._lost and _facts(first) > self._copied and _waiting(first) == 0) or self._progress() >= 1,
            "the first handheld to be in reach and heard of",
            400,
        )
        if _facts(first) == self._copied:
            return
        self._tell("a copy of a handheld is switched on")
        data = self._copy
        yield from elsewhere(lambda: self._show.switch_on(data), "the copy to start")
        clone = self._show.clones[-1]
        original = _device(first)
        yield Until(lambda: clone.state.get("device", original) != original, "the copy to be told that it is one", 120)
        yield Until(clone.drained, "what the copy has seen to be at the centre", 120)
        yield from elsewhere(clone.stop, "the copy to be switched off")
        self._tell("the copy is switched off")

    def lose_a_lease(self) -> Acting:
        """The handheld at the window goes out of reach in the middle of an order and works on; when its time is over, somebody else is
        given that order and does it too; then the first comes back."""
        world = self._shift.world
        yield Until(lambda: world.tally("picked") >= self._shift.orders // 3 and self._in_hand(), "an order begun", 300)
        self._tell("a handheld is out of reach, and works on")
        self._lost = True
        self._show.links[0].cut()
        worked: set[str] = set()
        yield Until(lambda: self._others_at(worked), "somebody else to be given the same order", 300)
        yield pause(1.0)
        self._lost = False
        self._show.links[0].mend()
        self._tell("the handheld is back")
        self._acts -= 1

    def _in_hand(self) -> set[str]:
        """Orders of which the handheld at the window has taken something."""
        assert self._show.handheld
        view = self._show.handheld.shell.service_view()
        return {view.order} if isinstance(view, PickView) and view.lines_done + view.in_hand > 0 else set()

    def _others_at(self, worked: set[str]) -> bool:
        """Whether somebody else is at an order that the one out of reach has worked on; `worked` collects those."""
        worked |= self._in_hand()
        views = [str(other.state.get("view", "")) for other in self._show.others]
        twice = {order for order in worked for view in views if f"order={order!r}" in view}
        self.regranted |= twice
        return bool(twice)


def _facts(device: Client | Handheld) -> int:
    """How many facts a device has written down."""
    if isinstance(device, Handheld):
        return int(device.state.get("seq", 0))
    with device.store.look() as u:
        return u.journal.head().next_seq - 1


def _waiting(device: Client | Handheld) -> int:
    """How many of them the centre has not acknowledged."""
    if isinstance(device, Handheld):
        return int(device.state.get("waiting", 0))
    with device.store.look() as u:
        return u.journal.pending_count()


def _device(device: Client | Handheld) -> str:
    """Its identity."""
    if isinstance(device, Handheld):
        return str(device.state["device"])
    with device.store.look() as u:
        return u.device_id()
