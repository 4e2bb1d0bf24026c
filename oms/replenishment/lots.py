"""How much to order at a time when demand is known: economic order quantities, discounts, items that share an order, demand by period.

Units are the caller's: demand per period, holding cost per unit and period, fixed cost per order. Formulas as in Snyder & Shen,
Fundamentals of Supply Chain Theory, chapter 3, by the numbers of its sections.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt


@dataclass(frozen=True, slots=True)
class Lot:
    """Order so much at a time; `cost` is per period, without the goods unless said."""

    quantity: float
    cost: float


def economic(fixed: float, holding: float, demand: float) -> Lot:
    """The economic order quantity (3.2)."""
    return Lot(sqrt(2 * fixed * demand / holding), sqrt(2 * fixed * demand * holding))


def with_backorders(fixed: float, holding: float, stockout: float, demand: float) -> tuple[Lot, float]:
    """As `economic` where customers wait at a cost per unit and period (3.5); and the share of demand that waits."""
    quantity = sqrt(2 * fixed * demand * (holding + stockout) / (holding * stockout))
    cost = sqrt(2 * fixed * demand * holding * stockout / (holding + stockout))
    return Lot(quantity, cost), holding / (holding + stockout)


def produced(fixed: float, holding: float, demand: float, production: float) -> Lot:
    """As `economic` where a lot comes in at a rate (`production` > `demand`) and not at once (3.6)."""
    return economic(fixed, holding * (1 - demand / production), demand)


def discounted(fixed: float, rate: float, demand: float, breaks: Sequence[float], prices: Sequence[float]) -> Lot:
    """The best lot where from `breaks[i]` units on each unit costs `prices[i]` (3.4.1); `rate` is what a coin's worth of goods costs to
    hold. The cost has the goods in it."""
    best = Lot(0.0, inf)
    for least, price in zip(breaks, prices, strict=True):
        # A lot that is too small for its price buys as many as it takes; one that is too large gets the next price anyway.
        quantity = max(economic(fixed, rate * price, demand).quantity, least)
        cost = price * demand + fixed * demand / quantity + rate * price * quantity / 2
        if cost < best.cost:
            best = Lot(quantity, cost)
    return best


@dataclass(frozen=True, slots=True)
class Shared:
    """An order every `cycle` periods; item n is in each `every[n]`th of them with `quantities[n]` units."""

    quantities: tuple[float, ...]
    cycle: float
    every: tuple[int, ...]
    cost: float


def shared(fixed: float, own: Sequence[float], holding: Sequence[float], demand: Sequence[float]) -> Shared:
    """Items of one supplier that share the `fixed` cost of an order and have an `own` one each (Silver 1976)."""
    weight = [h * d for h, d in zip(holding, demand, strict=True)]
    often = min(range(len(own)), key=lambda n: own[n] / weight[n])
    scale = weight[often] / (own[often] + fixed)
    every = tuple(1 if n == often else max(1, round(sqrt(own[n] / weight[n] * scale))) for n in range(len(own)))
    per_order = fixed + sum(k / m for k, m in zip(own, every, strict=True))
    held = sum(w * m for w, m in zip(weight, every, strict=True))
    cycle = sqrt(2 * per_order / held)
    quantities = tuple(d * m * cycle for d, m in zip(demand, every, strict=True))
    return Shared(quantities, cycle, every, per_order / cycle + held * cycle / 2)


@dataclass(frozen=True, slots=True)
class Lots:
    """What to order in each period."""

    quantities: tuple[float, ...]
    cost: float


def by_period(fixed: float, holding: float, demand: Sequence[float], prices: Sequence[float] | None = None) -> Lots:
    """The cheapest orders for known demand per period (Wagner & Whitin, 3.7): each covers whole periods. `prices` per unit and period."""
    periods = len(demand)
    price = list(prices) if prices is not None else [0.0] * periods
    costs = [0.0] * (periods + 1)
    until = [periods] * periods
    for first in range(periods - 1, -1, -1):
        costs[first] = inf
        held, units = 0.0, 0.0
        for last in range(first, periods):
            units += demand[last]
            held += holding * (last - first) * demand[last]
            cost = fixed + held + price[first] * units + costs[last + 1]
            if cost < costs[first]:
                costs[first], until[first] = cost, last + 1
    quantities, at = [0.0] * periods, 0
    while at < periods:
        quantities[at] = sum(demand[at : until[at]])
        at = until[at]
    return Lots(tuple(quantities), costs[0])
