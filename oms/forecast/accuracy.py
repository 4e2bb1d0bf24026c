"""How good forecasts were: of what was said and what came, per item. Arrays as in `known`."""

from dataclasses import dataclass

import numpy as np

from oms.forecast.known import Bools, Floats


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Over some items: `rmse` and `bias` in units of a period (bias above 0: too much was said), `mase` beside the mean step of the history
    (Hyndman & Koehler 2006), `pinball` of the quantile, and the share of times for which that was enough."""

    items: int
    rmse: float
    bias: float
    mase: float
    pinball: float = 0.0
    service: float = 0.0


def steps(x: Floats) -> Floats:
    """The mean absolute step from one known period to the next, per item; 0 where there is none."""
    step = np.abs(np.diff(x, axis=1))
    known = ~np.isnan(step)
    return np.asarray(np.where(known, step, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def pinball(level: float, said: Floats, came: Floats) -> Floats:
    """What a quantile costs where a unit too few costs `level` and one too many 1 - `level`."""
    return np.asarray(np.where(came > said, level * (came - said), (1 - level) * (said - came)))


def accuracy(said: Floats, came: Floats, step: Floats, level: float = 0.95, upper: Floats | None = None) -> Accuracy:
    """Of means `said` for times in which `came` was asked for; `step` is each item's (for the same length of time). Items without a step
    have no MASE. `upper` are quantiles of `level`."""
    if not len(said):
        return Accuracy(0, 0.0, 0.0, 0.0)
    scaled: Bools = step > 0
    mase = float((np.abs(said - came)[scaled] / step[scaled]).mean()) if scaled.any() else 0.0
    found = Accuracy(len(said), float(np.sqrt(((said - came) ** 2).mean())), float((said - came).mean()), mase)
    if upper is None:
        return found
    return Accuracy(
        found.items, found.rmse, found.bias, mase,
        float(pinball(level, upper, came).mean()), float((came <= upper).mean()),
    )  # fmt: skip
