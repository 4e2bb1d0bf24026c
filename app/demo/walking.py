"""The time that the people of the demonstration take for walking and handling, so that a shift of theirs can be foretold and its forecast
be held against it. Without a pace nobody takes any time, as in a demonstration that is to be watched."""

import random
from typing import Final

from app.demo.stage import Acting, pause
from app.demo.world import World

#: Seconds of a person: for a metre, to find a bin, to reach for the first unit, for each unit, to fetch totes, to hang one into a cart.
METRE_S: Final = 0.9
BIN_S: Final = 5.0
REACH_S: Final = 3.0
UNIT_S: Final = 2.0
TOTES_S: Final = 25.0
SLOT_S: Final = 3.0
#: How far one walk or reach is from the next, and one person from the other: shares of the mean, evenly spread to both sides.
_VARIES: Final = 0.3
_PEOPLE_VARY: Final = 0.08
#: Aisles run along y; this is the cross-aisle behind them, the one before them is at 0.
BACK_M: Final = 72.9


class Body:
    """One person's way over the floor. `pace` is how many times quicker than life; 0: everything at once."""

    def __init__(self, world: World, pace: float, rng: random.Random) -> None:
        self._world = world
        self._pace = pace
        self._rng = rng
        self._own = 1 + _PEOPLE_VARY * (2 * rng.random() - 1) if pace else 1.0
        self._at = (0.0, 0.0)

    def to(self, place: str) -> Acting:
        """Walks to a place and finds it; who stands before it already does neither."""
        there = self._world.spots.get(place)
        if not self._pace or there is None or there == self._at:
            return
        metres, self._at = way_m(self._at, there), there
        yield from self._takes(metres * METRE_S + BIN_S)

    def takes_unit(self, is_first: bool) -> Acting:
        """Reaches for one unit."""
        yield from self._takes(UNIT_S + is_first * REACH_S)

    def fetches_totes(self) -> Acting:
        """Gets a cart or a tote to begin with."""
        yield from self._takes(TOTES_S)

    def hangs_tote(self) -> Acting:
        """Puts one more tote into a slot of the cart."""
        yield from self._takes(SLOT_S)

    def _takes(self, seconds: float) -> Acting:
        if self._pace:
            yield pause(seconds * self._own * (1 + _VARIES * (2 * self._rng.random() - 1)) / self._pace)


def way_m(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Metres along one aisle, or around its nearer end into another."""
    if here[0] == there[0]:
        return abs(here[1] - there[1])
    around = min(here[1] + there[1], 2 * BACK_M - here[1] - there[1])
    return abs(here[0] - there[0]) + around
