"""What stock is worth: layers of goods at what they cost, first in first out or at their moving average. Pure; all in whole coins.

A pool is one item at one site. What leaves before it came (the books may say so) leaves at the cost that was last known and is a layer
below zero; goods that come later fill it first, and the difference between what was said and what it was is cost of the goods that have
`gone`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from oms.finance.codes import Method

#: Layers without a receipt of their own: found in a count, returned, averaged.
NO_SOURCE = ""


@dataclass(slots=True)
class Layer:
    """`qty` units that came with the receipt `source` and are worth `value` together; both below 0 where goods left before they came."""

    source: str
    qty: int
    value: int
    #: Its place in the pool where it is kept; None: not kept yet.
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """What goods that came did: `stock` is by how much the pool is worth more, `gone` the cost of units that had left before."""

    stock: int
    gone: int


@dataclass(frozen=True, slots=True)
class Went:
    """Units that left, as (receipt, units, worth), and what they were worth together."""

    taken: tuple[tuple[str, int, int], ...]
    value: int


@dataclass(slots=True)
class Pool:
    """One item at one site. `known` is (units, worth) of what came last with a cost, `left` of what went last."""

    method: Method
    layers: list[Layer] = field(default_factory=list)
    known: tuple[int, int] = (0, 0)
    left: tuple[int, int] = (0, 0)

    @property
    def qty(self) -> int:
        """Units, below 0 where more left than came."""
        return sum(layer.qty for layer in self.layers)

    @property
    def value(self) -> int:
        """What they are worth."""
        return sum(layer.value for layer in self.layers)

    def receive(self, source: str, qty: int, value: int) -> Came:
        """`qty` > 0 units came for `value`: what left before them is filled first."""
        before, missing, covered = self.value, -min(0, self.qty), 0
        fills = min(qty, missing)
        if fills:
            covered = share(value, fills, qty)
            self._fill(fills)
        if qty > fills:
            self._add(source, qty - fills, value - covered)
        self.known = (qty, value)
        stock = self.value - before
        return Came(stock, value - stock)

    def issue(self, qty: int) -> Went:
        """`qty` > 0 units leave: the oldest first, what is not here at the cost that was last known."""
        taken, left = [], qty
        while left and self.layers and self.layers[0].qty > 0:
            layer = self.layers[0]
            units = min(left, layer.qty)
            worth = share(layer.value, units, layer.qty)
            layer.qty, layer.value, left = layer.qty - units, layer.value - worth, left - units
            taken.append((layer.source, units, worth))
            if not layer.qty:
                self.layers.pop(0)
        if left:
            worth = self.guess(left)
            self._owe(left, worth)
            taken.append((NO_SOURCE, left, worth))
        value = sum(worth for _, _, worth in taken)
        self.left = (qty, value)
        return Went(tuple(taken), value)

    def unit_cost(self, qty: int) -> int:
        """What `qty` units that come without a cost are worth: as what left last, else as what came last; 0 where nothing is known."""
        units, value = self.left if self.left[0] else self.known
        return share(value, qty, units) if units else 0

    def found(self, qty: int) -> int:
        """What `qty` units that a count has found are worth: as those that are here, else as in `unit_cost`."""
        here = self.qty
        return share(self.value, qty, here) if here > 0 else self.guess(qty)

    def late(self, source: str, received: int, amount: int) -> int:
        """A receipt of `received` units turns out to cost `amount` more (or less): by how much its units that are still here are worth
        more. The rest belongs to units that are gone."""
        if self.method is Method.AVERAGE:
            here = [layer for layer in self.layers if layer.qty > 0]
        else:
            here = [layer for layer in self.layers if layer.qty > 0 and layer.source == source]
        units = min(sum(layer.qty for layer in here), received)
        part, done = share(amount, units, received), 0
        for place, layer in enumerate(here):
            last = place == len(here) - 1
            more = part - done if last else share(part, layer.qty, sum(one.qty for one in here))
            # Goods are never worth less than nothing.
            more = max(more, -layer.value)
            layer.value += more
            done += more
        return done

    def guess(self, qty: int) -> int:
        """What `qty` units are worth at the cost of what came last, else of what left last; 0 where nothing is known."""
        units, value = self.known if self.known[0] else self.left
        return share(value, qty, units) if units else 0

    def _add(self, source: str, qty: int, value: int) -> None:
        if self.method is Method.AVERAGE:
            source = NO_SOURCE
            if self.layers:
                self.layers[0].qty += qty
                self.layers[0].value += value
                return
        self.layers.append(Layer(source, qty, value))

    def _owe(self, qty: int, value: int) -> None:
        # Below zero there is one layer: which units are missing, nobody can say.
        if self.layers:
            self.layers[0].qty -= qty
            self.layers[0].value -= value
        else:
            self.layers.append(Layer(NO_SOURCE, -qty, -value))

    def _fill(self, qty: int) -> None:
        owed = self.layers[0]
        worth = share(-owed.value, qty, -owed.qty)
        owed.qty, owed.value = owed.qty + qty, owed.value + worth
        if not owed.qty:
            self.layers.pop(0)


def share(whole: int, units: int, of: int) -> int:
    """What `units` of `of` are worth when all are worth `whole`, halves away from 0; all of them are worth all of it."""
    if units == of:
        return whole
    size = (2 * abs(whole) * units + of) // (2 * of)
    return size if whole >= 0 else -size


def worth(pools: Iterable[Pool]) -> int:
    """What they are worth together."""
    return sum(pool.value for pool in pools)
