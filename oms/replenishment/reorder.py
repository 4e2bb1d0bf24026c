"""When to order, and how much, when demand is uncertain: reorder point and quantity (r, Q), reorder point and order-up-to level (s, S).

Formulas as in Snyder & Shen, chapters 4 and 5; `demand` and `sd` per period, `lead` in periods, costs as in `newsvendor`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, sqrt
from statistics import NormalDist

from oms.replenishment.lots import economic, with_backorders
from oms.replenishment.newsvendor import cost_of, least, normal_loss, poisson_chances

_PLAIN = NormalDist()


@dataclass(frozen=True, slots=True)
class Reorder:
    """At `point` units, on the shelf and ordered, order `quantity` more, or up to `upto`; `cost` per period is expected, None where the
    formula does not say."""

    point: float
    quantity: float
    cost: float | None = None

    @property
    def upto(self) -> float:
        """The level after an order."""
        return self.point + self.quantity


@dataclass(frozen=True, slots=True)
class Review:
    """Normal demand under continuous review."""

    holding: float
    stockout: float
    fixed: float
    demand: float
    sd: float
    lead: float

    @property
    def mean(self) -> float:
        """Demand in the lead time."""
        return self.demand * self.lead

    @property
    def spread(self) -> float:
        """Its standard deviation."""
        return self.sd * sqrt(self.lead)

    def rate(self, level: float) -> float:
        """What a period costs at an inventory position of `level`."""
        z = (level - self.mean) / self.spread
        return self.holding * (level - self.mean) + (self.holding + self.stockout) * normal_loss(z) * self.spread

    def cost(self, point: float, quantity: float) -> float:
        """What a period costs (5.1): the position is anywhere between `point` and `point + quantity` equally often."""
        low, high = ((level - self.mean) / self.spread for level in (point, point + quantity))
        held = self.holding * (point + quantity / 2 - self.mean)
        short = (self.holding + self.stockout) * self.spread**2 / quantity * (_second(low) - _second(high))
        return self.fixed * self.demand / quantity + held + short

    def point(self, quantity: float) -> float:
        """The best reorder point for a quantity: the rate is the same where an order is given and where it has come in."""
        low, high = self.mean - quantity - 20 * self.spread, self.mean + 20 * self.spread
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if self.rate(middle) > self.rate(middle + quantity) else (low, middle)
        return (low + high) / 2

    def best(self) -> Reorder:
        """The (r, Q) of least cost."""
        about = with_backorders(self.fixed, self.holding, self.stockout, self.demand)[0].quantity
        quantity = least(lambda q: self.cost(self.point(q), q), about / 2, 4 * (about + self.spread))
        return Reorder(self.point(quantity), quantity, self.cost(self.point(quantity), quantity))

    def backorder_lot(self) -> Reorder:
        """The lot of known demand with backorders, and the best point for it (5.3.2)."""
        quantity = with_backorders(self.fixed, self.holding, self.stockout, self.demand)[0].quantity
        return Reorder(self.point(quantity), quantity)

    def economic_lot(self) -> Reorder:
        """The lot of known demand, and a safety stock for the lead time (5.3.3)."""
        z = _PLAIN.inv_cdf(self.stockout / (self.stockout + self.holding))
        return Reorder(self.mean + z * self.spread, economic(self.fixed, self.holding, self.demand).quantity)

    def per_stockout(self) -> Reorder:
        """Where `stockout` is paid once per unit short, however long it is (expected inventory level, 5.3.1)."""
        quantity = economic(self.fixed, self.holding, self.demand).quantity
        point, short = self.mean, 0.0
        for _ in range(1000):
            share = 1 - quantity * self.holding / (self.stockout * self.demand)
            z = _PLAIN.inv_cdf(share)
            point, short = self.mean + z * self.spread, normal_loss(z) * self.spread
            before, quantity = quantity, sqrt(2 * self.demand * (self.fixed + self.stockout * short) / self.holding)
            if abs(quantity - before) < 1e-9:
                break
        held = self.holding * (point - self.mean + quantity / 2)
        cost = held + (self.fixed + self.stockout * short) * self.demand / quantity
        return Reorder(point, quantity, cost)


def _second(z: float) -> float:
    """The second-order loss of a plain normal demand: the integral of `normal_loss` above `z`."""
    return ((z * z + 1) * (1 - _PLAIN.cdf(z)) - z * _PLAIN.pdf(z)) / 2


@dataclass(frozen=True, slots=True)
class Rare:
    """Poisson demand; levels are whole units."""

    holding: float
    stockout: float
    fixed: float
    demand: float
    lead: float

    def best(self) -> Reorder:
        """The (r, Q) of least cost under continuous review (Federgruen & Zheng 1992): while a larger lot costs less, it takes in the
        better of the two levels beside it."""
        chances = dict(enumerate(poisson_chances(self.demand * self.lead)))
        known: dict[int, float] = {}

        def rate(level: int) -> float:
            if level not in known:
                known[level] = cost_of(level, self.holding, self.stockout, chances)
            return known[level]

        low = floor(self.demand * self.lead)
        while rate(low + 1) < rate(low):
            low += 1
        while rate(low - 1) <= rate(low):
            low -= 1
        high, total = low, rate(low)
        cost = self.fixed * self.demand + total
        while True:
            nearest = min(rate(low - 1), rate(high + 1))
            if nearest >= cost:
                return Reorder(low - 1, high - low + 1, cost)
            low, high = (low - 1, high) if rate(low - 1) <= rate(high + 1) else (low, high + 1)
            total += nearest
            cost = (self.fixed * self.demand + total) / (high - low + 1)


def rare_up_to(holding: float, stockout: float, fixed: float, mean: float) -> Reorder:
    """The best (s, S) for Poisson demand under periodic review without lead time (Zheng & Federgruen 1991)."""
    chances = dict(enumerate(poisson_chances(mean)))
    search = _UpTo(fixed, list(chances.values()), lambda level: cost_of(level, holding, stockout, chances))
    return search.best(floor(mean))


class _UpTo:
    """The algorithm of Zheng and Federgruen: costs of (s, S) by the time spent at each level below S."""

    def __init__(self, fixed: float, chances: list[float], rate: Callable[[int], float]) -> None:
        self._fixed = fixed
        self._chances = chances
        self._rate = rate
        self._visits = [1 / (1 - chances[0])]

    def best(self, about: int) -> Reorder:
        top = about
        while self._rate(top + 1) < self._rate(top):
            top += 1
        while self._rate(top - 1) <= self._rate(top):
            top -= 1
        first = top
        low = first - 1
        while self.cost(low, first) > self._rate(low):
            low -= 1
        cost, upto = self.cost(low, first), first
        high = first + 1
        while self._rate(high) <= cost:
            if self.cost(low, high) < cost:
                upto = high
                while self.cost(low, high) <= self._rate(low + 1):
                    low += 1
                cost = self.cost(low, high)
            high += 1
        return Reorder(low, upto - low, cost)

    def cost(self, low: int, high: int) -> float:
        """What a period costs when at or below `low` it is filled up to `high`."""
        visits = [self._times(n) for n in range(high - low)]
        spent = sum(times * self._rate(high - n) for n, times in enumerate(visits))
        return (self._fixed + spent) / sum(visits)

    def _times(self, below: int) -> float:
        """How often a cycle stands `below` units under its top."""
        while len(self._visits) <= below:
            n = len(self._visits)
            came = sum(
                self._chances[step] * self._visits[n - step] for step in range(1, min(n, len(self._chances) - 1) + 1)
            )
            self._visits.append(came / (1 - self._chances[0]))
        return self._visits[below]


def power_lot(holding: float, stockout: float, fixed: float, mean: float, sd: float) -> Reorder:
    """The power approximation of Ehrhardt and Mosier (1984) for normal demand under periodic review without lead time; its constants come
    from fitting best policies. Right where a lot lasts for more than a period and a half; below see `up_to`."""
    lot = 1.30 * mean**0.494 * (fixed / holding) ** 0.506 * (1 + sd**2 / mean**2) ** 0.116
    z = sqrt(lot * holding / (sd * stockout))
    return Reorder(0.973 * mean + sd * (0.183 / z + 1.063 - 2.192 * z), lot)


def up_to(holding: float, stockout: float, fixed: float, mean: float, sd: float) -> Reorder:
    """A good (s, S) for normal demand: the power approximation, and never above what one period alone would have (for a small lot that
    costs a third less)."""
    found = power_lot(holding, stockout, fixed, mean, sd)
    if found.quantity / mean > 1.5:
        return found
    ceiling = mean + _PLAIN.inv_cdf(stockout / (stockout + holding)) * sd
    point = min(found.point, ceiling)
    return Reorder(point, min(found.upto, ceiling) - point)
