"""Orders that come one by one: what a scarce item is worth at a site is learned from the orders that came before. Pure.

A price is what later orders would pay for the unit: prices are those at which days like the ones before, drawn from what came, could be
served from what is left (`dual`)."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints
from oms.sourcing.dual import Wanted, ascend, grouped
from oms.sourcing.solving import Way, best

#: Steps of the ascent for one draw: it begins where the one before ended.
_STEPS: Final = 15
#: Draws at the first look; later ones add one each, which counts so much.
_DRAWS: Final = 30
_NEW: Final = 0.1
#: Of a parcel: what one of `n` units is worth beside its price, divided by `n`. Prices are means over days that may come; who takes the
#: last unit leaves nothing to be right with when the day is another one.
_LAST: Final = 0.06
#: Of what was seen, so many orders are remembered.
_MEMORY: Final = 4000
#: Orders drawn at most; of a longer future the stock is thinned out to match.
_DRAWN: Final = 1000


@dataclass(slots=True)
class Stream:
    """Owns the memory of orders and the prices. `horizon` is how many more orders share `stock` [m, items] until there is new; `seed`
    draws them."""

    stock: Ints
    horizon: int
    memory: list[Wanted] = field(default_factory=list)
    seed: int = 1
    every: int = 10
    prices: Floats = field(init=False)
    _rolls: np.random.Generator = field(init=False)
    _came: int = 0

    def __post_init__(self) -> None:
        self.prices = np.zeros(self.stock.shape)
        self._rolls = np.random.default_rng(self.seed)
        if self.memory and self.horizon:
            # One draw is one day that may come; what a unit is worth is the mean over many.
            draws = [self._draw(None) for _ in range(_DRAWS)]
            self.prices = np.asarray(np.mean(draws, axis=0), dtype=np.float64)

    def take(self, one: Wanted) -> Way:
        """The way of the next order; its units are gone from the stock."""
        stock = self.stock[:, one.items].T
        last = _LAST * float(one.need.ship.min()) if self.horizon else 0.0
        way = best(one.need, stock, self.prices[:, one.items].T + last / np.maximum(stock, 1))
        self.stock[:, one.items] -= way.takes.T
        self.memory.append(one)
        del self.memory[:-_MEMORY]
        self._came += 1
        self.horizon = max(self.horizon - 1, 0)
        if self._came % self.every == 0:
            self.look()
        return way

    def look(self) -> None:
        """Prices for what is left and what is still to come."""
        if not self.horizon:
            self.prices = np.zeros(self.stock.shape)
        else:
            self.prices = (1 - _NEW) * self.prices + _NEW * self._draw(self.prices)

    def _draw(self, start: Floats | None) -> Floats:
        count = min(self.horizon, _DRAWN)
        rows = self._rolls.integers(len(self.memory), size=count)
        left: Floats = np.asarray(self.stock * (count / self.horizon), dtype=np.float64)
        groups, _ = grouped([self.memory[row] for row in rows], self.stock)
        return ascend(groups, left, None, _STEPS, start=start)[0]
