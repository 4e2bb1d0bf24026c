"""Short shifts on a stage that is built once: the orders are released and the devices paired before the first seed, everything of a
device is in memory, and trouble comes six times as fast. Many seeds a second, for searches by the thousand.
"""

from random import Random

from sync.simulation.clock import VirtualClock, VirtualTime
from tools.soak._centre import Centre
from tools.soak._pocket import Pocket
from tools.soak._shift import PICKER, Floor, Shift, Told, mixed_clocks, seeded_ids

_MOST_DEVICES = 4
_ORDERS = (("TEA", 3),), (("CUP", 1), ("TEA", 4)), (("TEA", 1),), (("TEA", 2), ("CUP", 2)), (("CUP", 4),)
_HASTE = 6.0
#: A look at everything costs as much as ten requests.
_LOOK_EVERY = 3


class Stage:
    """Owns what every seed begins with. The centre is its own from now on: `Centre.renew` brings it back here."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        centre.hurry()
        with seeded_ids(0):
            centre.renew()
            self._orders = [f"O-{n}" for n in range(len(_ORDERS))]
            for number, lines in zip(self._orders, _ORDERS, strict=True):
                centre.house.order(number, *lines)
            clock = VirtualClock(VirtualTime())
            self._paired = [self._pair(f"d{n}", clock) for n in range(_MOST_DEVICES)]
        centre.keep()

    def _pair(self, name: str, clock: VirtualClock) -> Pocket:
        device = Pocket.new(name, clock, PICKER, Random(0))
        device.pair(self._centre)
        return device

    def run(self, seed: int) -> Told:
        """The shift of one seed. Raises `Broken`."""
        with seeded_ids(seed):
            return Shift(self._floor(seed), _HASTE, _LOOK_EVERY).run()

    def _floor(self, seed: int) -> Floor:
        floor = Floor(self._centre, seed)
        floor.orders = list(self._orders)
        clocks = mixed_clocks(seed, Random(seed).choice((2, 2, 2, 3, _MOST_DEVICES)))
        for paired, clock in zip(self._paired, clocks, strict=False):
            own, dice = clock(floor.time), Random(floor.dice.getrandbits(32))
            floor.devices.append(Pocket(paired.name, own, PICKER, dice, paired.store.copy(own)))
        # So that the first restore need not wait for a backup.
        floor.back_up()
        return floor
