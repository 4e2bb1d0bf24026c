"""How high to fill up when demand is uncertain: one period's shortage against one period's rest.

`holding` is what a unit too many costs, `stockout` a unit too few. Formulas as in Snyder & Shen, chapter 4.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from statistics import NormalDist

_PLAIN = NormalDist()


@dataclass(frozen=True, slots=True)
class Level:
    """Fill up to `units`; `cost` per period is expected."""

    units: float
    cost: float


def normal_loss(z: float) -> float:
    """How many units a plain normal demand is above `z`, in the mean."""
    return _PLAIN.pdf(z) - z * (1 - _PLAIN.cdf(z))


def normal(holding: float, stockout: float, mean: float, sd: float, lead: float = 0) -> Level:
    """Normal demand per period; the level covers the `lead` time and one period (4.3.2, 4.3.4)."""
    share = stockout / (stockout + holding)
    z = _PLAIN.inv_cdf(share)
    spread = sd * sqrt(lead + 1)
    return Level(mean * (lead + 1) + z * spread, (holding + stockout) * _PLAIN.pdf(z) * spread)


def normal_profit(revenue: float, price: float, salvage: float, mean: float, sd: float) -> Level:
    """As `normal`, told by prices: what is left brings `salvage`. `cost` is the expected profit."""
    found = normal(price - salvage, revenue - price, mean, sd)
    return Level(found.units, (revenue - price) * mean - found.cost)


def lognormal(holding: float, stockout: float, mu: float, sigma: float) -> Level:
    """Demand whose logarithm is normal."""
    units = exp(mu + sigma * _PLAIN.inv_cdf(stockout / (stockout + holding)))
    mean = exp(mu + sigma**2 / 2)
    short = mean * _PLAIN.cdf((mu + sigma**2 - log(units)) / sigma) - units * (
        1 - _PLAIN.cdf((log(units) - mu) / sigma)
    )
    return Level(units, holding * (units - mean + short) + stockout * short)


def discrete(holding: float, stockout: float, chances: Mapping[int, float]) -> Level:
    """Demand that is one of some numbers, each with its chance."""
    share, below = stockout / (stockout + holding), 0.0
    units = max(chances)
    for demand in sorted(chances):
        below += chances[demand]
        if below >= share - 1e-12:
            units = demand
            break
    return Level(units, cost_of(units, holding, stockout, chances))


def poisson(holding: float, stockout: float, mean: float) -> Level:
    """Poisson demand."""
    return discrete(holding, stockout, dict(enumerate(poisson_chances(mean))))


def poisson_chances(mean: float, rest: float = 1e-15) -> Iterator[float]:
    """The chance of 0, 1, 2 ... units, as long as more than `rest` is left."""
    chance, gone, demand = exp(-mean), 0.0, 0
    while gone < 1 - rest and (chance > rest * rest or demand <= mean):
        yield chance
        gone += chance
        demand += 1
        chance *= mean / demand


def cost_of(units: float, holding: float, stockout: float, chances: Mapping[int, float]) -> float:
    """The expected cost of a period that begins with `units`."""
    return sum(
        chance * (holding * max(0.0, units - demand) + stockout * max(0.0, demand - units))
        for demand, chance in chances.items()
    )


def least(cost: Callable[[float], float], low: float, high: float, within: float = 1e-10) -> float:
    """Where a cost that falls and then rises is least, between `low` and `high` (golden section)."""
    golden = (sqrt(5) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = cost(left), cost(right)
    while high - low > within * max(1.0, abs(low), abs(high)) and high - low < inf:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = cost(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = cost(right)
    return (low + high) / 2
