"""How sure a forecast is: the spread of demand over a time, whole units by the negative binomial, and which quantile has held in the past.

The variance of demand over a time with mean m is `unit` * m + `level` * m^2: the first part is chance, the second that the level itself is
wrong. Both are learned from errors at rolling origins.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from oms.forecast.known import Floats

#: Shares of times for which the level that has held is kept; between them it is drawn straight.
TARGETS: Final = (0.5, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995)
#: Above, units are so many that one more or less is nothing: a gamma distribution is taken, by the formula of Wilson & Hilferty.
_MANY: Final = 150.0
_MOST_STEPS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Spread:
    """`unit` times the item's size of demands, and `level`; `nominal` is the quantile to ask for so that a target of `TARGETS` was met."""

    unit: float
    level: float
    nominal: tuple[float, ...] = TARGETS

    def variance(self, mean: Floats, size: Floats) -> Floats:
        """Of demand with such a mean, by items whose demands have such sizes; never below the mean (whole units come by chance)."""
        return np.asarray(np.maximum(self.unit * size * mean + self.level * mean**2, mean))

    def asked(self, target: float) -> float:
        """The quantile to ask for."""
        return float(np.interp(target, TARGETS, self.nominal))


#: Where nothing could be learned: Poisson, and a level that may be wrong by half of itself.
UNKNOWN: Final = Spread(1.0, 0.25)


def learn_spread(mean: Floats, size: Floats, came: Floats) -> Spread:
    """From what was said of a time and what came; rows are items at origins."""
    good = mean > 0
    if good.sum() < 20:
        return UNKNOWN
    mean, size, came = mean[good], size[good], came[good]
    parts = np.column_stack([size * mean, mean**2])
    # A square's own spread grows with the square of the variance.
    weight = 1 / (mean * size + 0.1 * mean**2 + 1e-9) ** 2
    square, towards = (parts * weight[:, None]).T @ parts, (parts * weight[:, None]).T @ ((came - mean) ** 2)
    unit, level = _two(square, towards)
    found = Spread(max(unit, 0.05), max(level, 0.0))
    below = chance_below(came, mean, found.variance(mean, size))
    nominal = tuple(float(np.clip(_held(below, target), 0.0, 0.9999)) for target in TARGETS)
    return Spread(found.unit, found.level, nominal)


def _two(square: Floats, towards: Floats) -> tuple[float, float]:
    """The least squares of two numbers that are not below 0."""
    both = np.linalg.lstsq(square, towards, rcond=None)[0]
    if both.min() >= 0:
        return float(both[0]), float(both[1])
    if both[0] < 0:
        return 0.0, float(towards[1] / square[1, 1])
    return float(towards[0] / square[0, 0]), 0.0


def _held(below: Floats, target: float) -> float:
    """The least level at which stock was enough in such a share of rows: stock of the level holds what came when the chance of less than
    what came is below it."""
    ordered = np.sort(below)
    at = min(len(ordered) - 1, int(np.ceil(target * (len(ordered) + 1))) - 1)
    return float(ordered[at]) + 1e-9


def chance_below(units: Floats, mean: Floats, variance: Floats) -> Floats:
    """The chance of fewer than `units`, per row."""
    found = np.zeros(len(mean))
    many = (mean > _MANY) & (units > 0)
    found[many] = _gamma_below(units[many], mean[many], variance[many])
    left = (mean > 0) & ~many & (units > 0)
    for step, _, below in _walk(mean[left], variance[left], float(units[left].max(initial=0.0))):
        done = np.flatnonzero(left)[units[left] == step]
        found[done] = below[units[left] == step]
    found[(mean <= 0) & (units > 0)] = 1.0
    return np.asarray(np.minimum(found, 1.0))


def quantile(level: Floats | float, mean: Floats, variance: Floats) -> Floats:
    """The least whole number of units that is enough with a chance of `level`, per row."""
    asked = np.broadcast_to(np.asarray(level, dtype=np.float64), mean.shape)
    found = np.zeros(len(mean))
    many = mean > _MANY
    found[many] = _gamma_quantile(asked[many], mean[many], variance[many])
    left = np.flatnonzero((mean > 0) & ~many)
    open_ = np.ones(len(left), dtype=bool)
    if len(left) == 0:
        return found
    top = float((mean[left] + 40 * np.sqrt(variance[left])).max()) + 10
    for step, here, below in _walk(mean[left], variance[left], top):
        enough = open_ & (below + here >= asked[left] - 1e-12)
        found[left[enough]] = step
        open_ &= ~enough
        if not open_.any():
            break
    found[left[open_]] = np.ceil(top)
    return found


def _walk(mean: Floats, variance: Floats, top: float) -> Iterator[tuple[int, Floats, Floats]]:
    """(k, chance of k, chance of fewer) for k = 0, 1, ... up to `top`: negative binomial, Poisson where the variance is the mean."""
    over = variance - mean
    poisson = over <= 1e-9 * np.maximum(mean, 1)
    size = np.where(poisson, 1.0, mean**2 / np.where(poisson, 1.0, over))
    share = np.where(poisson, 0.0, mean / (size + mean))
    here = np.where(poisson, np.exp(-mean), np.exp(size * np.log1p(-share)))
    below = np.zeros(len(here))
    for step in range(min(int(top), _MOST_STEPS) + 1):
        yield step, here, below
        below = below + here
        here = here * np.where(poisson, mean, (step + size) * share) / (step + 1)


def _gamma_below(units: Floats, mean: Floats, variance: Floats) -> Floats:
    shape = mean**2 / variance
    z = ((units / mean) ** (1 / 3) - (1 - 1 / (9 * shape))) * 3 * np.sqrt(shape)
    plain = NormalDist()
    return np.array([plain.cdf(float(one)) for one in z])


def _gamma_quantile(level: Floats, mean: Floats, variance: Floats) -> Floats:
    shape = mean**2 / variance
    plain = NormalDist()
    z = np.array([plain.inv_cdf(min(max(float(one), 1e-9), 1 - 1e-9)) for one in level])
    return np.asarray(np.ceil(mean * np.maximum(1 - 1 / (9 * shape) + z / (3 * np.sqrt(shape)), 0.0) ** 3))
