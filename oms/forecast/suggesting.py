"""What stock a forecast suggests: when to order, how much, and the money that ties up."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from oms.replenishment.lots import economic

_WEEKS: Final = 365.25 / 7
#: An order lasts so many days where nobody said what an order and a unit cost, and at most so many anyway.
_PLAIN_DAYS: Final = 14
_MOST_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Terms:
    """What ordering is like. Days, shares of 1, money in the site's currency; None: nobody said."""

    lead_days: float = 7.0
    lead_sd_days: float = 2.0
    review_days: int = 7
    service: float = 0.95
    unit_cost: float | None = None
    order_cost: float | None = None
    holding_rate: float = 0.25
    moq: int = 1
    pack: int = 1

    @property
    def cover_days(self) -> float:
        """What is on the shelf and ordered must last so long: until what is ordered at the next look has come."""
        return self.lead_days + self.review_days


@dataclass(frozen=True, slots=True)
class Suggestion:
    """At `point` units, on the shelf and ordered, order `quantity` more; `safety` of the point is not expected to be asked for. `money`:
    what the stock ties up in the mean; None: nobody said what a unit costs."""

    point: int
    safety: int
    quantity: int
    money: float | None

    @property
    def upto(self) -> int:
        """The level after an order."""
        return self.point + self.quantity


def suggest(terms: Terms, week: float, cover_mean: float, cover_quantile: float) -> Suggestion:
    """From demand a `week`, and the mean and quantile of it over `terms.cover_days`. Nothing where nobody asks."""
    if week <= 0:
        return Suggestion(0, 0, 0, None if terms.unit_cost is None else 0.0)
    point = max(0, round(cover_quantile))
    safety = max(0, round(point - cover_mean))
    quantity = _in_packs(max(_lot(terms, week), 1.0), terms)
    money = None if terms.unit_cost is None else round((safety + quantity / 2) * terms.unit_cost, 4)
    return Suggestion(point, safety, quantity, money)


def _lot(terms: Terms, week: float) -> float:
    """The economic lot, never less than what is asked for between two looks, nor more than a year's."""
    lot = week * _PLAIN_DAYS / 7
    if terms.unit_cost and terms.order_cost and terms.holding_rate:
        lot = economic(terms.order_cost, terms.holding_rate * terms.unit_cost, week * _WEEKS).quantity
    return min(max(lot, week * terms.review_days / 7), week * _MOST_DAYS / 7)


def _in_packs(units: float, terms: Terms) -> int:
    return ceil(max(units, terms.moq) / terms.pack - 1e-9) * terms.pack
