"""How much to order from a supplier who fails at times or sends another quantity. Formulas as in Snyder & Shen, chapter 9."""

from dataclasses import dataclass
from math import exp, sqrt

from oms.replenishment.lots import Lot
from oms.replenishment.newsvendor import Level, least


@dataclass(frozen=True, slots=True)
class Failing:
    """A supplier who stops `breaks` times a period and comes back at a rate of `mends`; demand that finds nothing is lost at `stockout` a
    unit (9.2.1)."""

    fixed: float
    holding: float
    stockout: float
    demand: float
    breaks: float
    mends: float

    def cost(self, quantity: float) -> float:
        """What a period costs."""
        away = self.breaks / (self.breaks + self.mends)
        found_away = away * (1 - exp(-(self.breaks + self.mends) * quantity / self.demand))
        cycle = quantity / self.demand + found_away / self.mends
        spent = self.fixed + self.holding * quantity**2 / (2 * self.demand)
        return (spent + self.demand * self.stockout * found_away / self.mends) / cycle

    def best(self) -> Lot:
        """The lot of least cost."""
        about = self.about()
        quantity = least(self.cost, about / 10, about * 10)
        return Lot(quantity, self.cost(quantity))

    def about(self) -> float:
        """Nearly the best lot: as if the supplier were away equally often at any time."""
        away = self.breaks / (self.breaks + self.mends)
        held = away * self.demand * self.holding
        inner = self.fixed * self.demand * self.mends + self.demand**2 * self.stockout * away
        return (sqrt(held**2 + 2 * self.holding * self.mends * inner) - held) / (self.holding * self.mends)


def through_failures(holding: float, stockout: float, demand: float, breaks: float, mends: float) -> Level:
    """How high to fill up with known `demand` a period where the supplier fails with a chance of `breaks` and is back with one of `mends`
    (9.2.2): enough for so many periods of failure."""
    share = stockout / (stockout + holding)
    away = breaks / (breaks + mends)
    periods = 0
    while 1 - away * (1 - mends) ** periods < share:
        periods += 1
    units = demand * (periods + 1)
    cost, chance, n = 0.0, mends / (breaks + mends), 0
    while n <= periods or chance > 1e-18:
        after = units - (n + 1) * demand
        cost += chance * (holding * max(0.0, after) + stockout * max(0.0, -after))
        n += 1
        chance = breaks * mends / (breaks + mends) * (1 - mends) ** (n - 1)
    return Level(units, cost)


def more_or_less(fixed: float, holding: float, demand: float, mean: float, sd: float) -> Lot:
    """The lot to order where so many units more come (or less, below zero) than were ordered (9.3.1)."""
    quantity = sqrt(2 * fixed * demand / holding + sd**2)
    cost = (2 * fixed * demand + holding * (sd**2 + quantity**2)) / (2 * quantity)
    return Lot(quantity - mean, cost)


def share_of(fixed: float, holding: float, demand: float, mean: float, sd: float) -> Lot:
    """The lot to order where such a share of it comes (9.3.2)."""
    square = sd**2 + mean**2
    quantity = sqrt(2 * fixed * demand / (holding * square))
    return Lot(quantity, (2 * fixed * demand + holding * quantity**2 * square) / (2 * quantity * mean))


def fill_up(holding: float, stockout: float, demand: float, low: float, high: float) -> Level:
    """How high to fill up for a known `demand` where `low` and `high` more units come than were ordered, all equally likely (9.4)."""
    span = high - low
    units = demand - (low + span * holding / (holding + stockout))
    over, under = (units + high - demand) ** 2 / (2 * span), (demand - units - low) ** 2 / (2 * span)
    return Level(units, holding * over + stockout * under)
