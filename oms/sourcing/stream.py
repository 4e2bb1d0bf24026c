"""Orders that come one by one: what a scarce item is worth at a site is learned from the orders that came before. Pure.

A price is what later orders would pay for the unit: prices are those at which days like the ones before, drawn from what came, could be
served from what is left (`dual`)."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints
from oms.sourcing.dual import Wanted, ascend, grouped
from oms.sourcing.solving import Way, best

#: Steps of the ascent at the first look, and at those that begin with the prices there are.
_FIRST_STEPS: Final = 120
_STEPS: Final = 30
#: Of what was seen, so many orders are remembered.
_MEMORY: Final = 4000
#: Orders drawn at a look; what is left is thinned out or multiplied to match.
_DRAWN: Final = 1500
#: Rounds of fitting the draw to the demand that is expected.
_FITTING: Final = 6


@dataclass(slots=True)
class Stream:
    """Owns the memory of orders and the prices. `horizon` is how many more orders share `stock` [m, items] until there is new, `expected`
    the units of each item that they want (None: as often as was seen). `seed` draws."""

    stock: Ints
    horizon: int
    memory: list[Wanted] = field(default_factory=list)
    expected: Floats | None = None
    seed: int = 1
    every: int = 100
    prices: Floats = field(init=False)
    _rolls: np.random.Generator = field(init=False)
    _came: int = 0

    def __post_init__(self) -> None:
        self.prices = np.zeros(self.stock.shape)
        self._rolls = np.random.default_rng(self.seed)
        if self.memory:
            self.look(_FIRST_STEPS)

    def take(self, one: Wanted) -> Way:
        """The way of the next order; its units are gone from the stock."""
        way = best(one.need, self.stock[:, one.items].T, self.prices[:, one.items].T)
        self.stock[:, one.items] -= way.takes.T
        self.memory.append(one)
        del self.memory[:-_MEMORY]
        self._came += 1
        if self.expected is not None:
            self.expected = self.expected * max(self.horizon - 1, 0) / max(self.horizon, 1)
        self.horizon = max(self.horizon - 1, 0)
        if self._came % self.every == 0:
            self.look(_STEPS)
        return way

    def look(self, steps: int) -> None:
        """New prices for what is left and what is still to come."""
        if not self.horizon:
            self.prices = np.zeros(self.stock.shape)
            return
        weights = self._fitted()
        at = np.cumsum(weights / weights.sum())
        rows = np.searchsorted(at, (np.arange(_DRAWN) + self._rolls.random()) / _DRAWN).clip(max=len(self.memory) - 1)
        groups, _ = grouped([self.memory[row] for row in rows], self.stock)
        self.prices, _ = ascend(groups, self.stock * (_DRAWN / self.horizon), None, steps, start=self.prices)

    def _fitted(self) -> Floats:
        """How often each remembered order is drawn, so that together they want what is expected."""
        weights = np.ones(len(self.memory))
        if self.expected is None:
            return weights
        row = np.repeat(np.arange(len(self.memory)), [len(one.items) for one in self.memory])
        item = np.concatenate([one.items for one in self.memory])
        qty = np.concatenate([one.need.qty for one in self.memory])
        wanted = self.expected / max(float(self.expected.sum()), 1e-9)
        for _ in range(_FITTING):
            now = np.bincount(item, qty * weights[row], len(wanted))
            ratio = np.where(now > 0, wanted / np.maximum(now / now.sum(), 1e-12), 1.0)
            weights = weights * np.bincount(row, ratio[item], len(weights)) / np.bincount(row, minlength=len(weights))
        return weights
