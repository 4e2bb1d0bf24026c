"""The car parts: reading them, what each method says, and what stock by each would have done."""

import csv
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Final

import numpy as np

from oms.forecast import accuracy, foreseeing, methods
from oms.forecast.codes import Method
from oms.forecast.foreseeing import Learned, Panel
from oms.forecast.known import Floats, Ints, total
from oms.forecast.stocking import Outcome, simulate

#: Months kept aside, and the time that an order must last in the simulation: it comes after `LEAD` months, the next one a month later.
TEST: Final = 12
LEAD: Final = 2
TARGET: Final = 0.95


def read(path: Path) -> tuple[Floats, Ints]:
    """Series that are known in all the months kept aside and had demand before, [items, months]; and each month's place in the year."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    demand = np.array([[float(one) if one else np.nan for one in row[1:]] for row in rows]).T
    bins = np.array([int(row[0][5:7]) - 1 for row in rows])
    good = ~np.isnan(demand[:, -TEST:]).any(axis=1) & (total(demand[:, :-TEST]) > 0)
    return demand[good], bins


def year_earlier(demand: Floats, bins: Ints) -> tuple[Floats, Ints]:
    """As if the last year had not been yet: another year that nothing was tried out on, with half as much history."""
    earlier = demand[:, :-TEST]
    good = ~np.isnan(earlier[:, -TEST:]).any(axis=1) & (total(earlier[:, :-TEST]) > 0)
    return earlier[good], bins[:-TEST]


def panel(demand: Floats, bins: Ints, at: int, horizon: int) -> Panel:
    """What was known at month `at`."""
    ahead = (bins[at - 1] + 1 + np.arange(horizon)) % 12
    return Panel(demand[:, :at], bins[:at], ahead)


def year_totals(demand: Floats, bins: Ints) -> tuple[dict[str, Floats], Learned]:
    """What each method says of the year kept aside; ours learned from the years before it only."""
    at = demand.shape[1] - TEST
    before = demand[:, :at]
    said = {name.value: TEST * level for name, level in methods.levels(before).items()}
    said[Method.SEASONAL] = methods.seasonal_naive(before, 12).sum(axis=1)
    said["zero"] = np.zeros(len(before))
    learned = foreseeing.learn(panel(demand, bins, at, TEST), TEST)
    ours = foreseeing.foresee(learned, panel(demand, bins, at, TEST))
    return {**said, "floorhand": ours.mean.sum(axis=1)}, learned


def errors(demand: Floats, said: dict[str, Floats]) -> dict[str, accuracy.Accuracy]:
    """Of 12-month totals; MASE beside the step from month to month of the years before."""
    before, came = demand[:, :-TEST], demand[:, -TEST:].sum(axis=1)
    step = TEST * accuracy.steps(before)
    return {name: accuracy.accuracy(one, came, step) for name, one in said.items()}


def stocks(demand: Floats, bins: Ints) -> dict[str, tuple[Outcome, float, float]]:
    """The year kept aside, month by month with levels that each method sets anew: (what the shelves did, the share of times for which a
    level was enough, pinball). Ours has learned from the years before and learns nothing more in it."""
    cover, at = LEAD + 1, demand.shape[1] - TEST
    learned = foreseeing.learn(panel(demand, bins, at, cover), cover)

    def ours(month: int) -> Floats:
        found = foreseeing.foresee(learned, panel(demand, bins, month, cover))
        whole = np.full(len(demand), float(cover))
        return found.quantile(TARGET, whole, np.zeros(len(demand)))

    ways: dict[str, Callable[[int], Floats]] = {
        "floorhand": ours,
        **{name.value: _textbook(demand, name, cover) for name in (Method.NAIVE, Method.MEAN, Method.SES, Method.CROSTON, Method.IMAPA)},
    }  # fmt: skip
    return {name: _played(demand, at, cover, way) for name, way in ways.items()}


def _played(demand: Floats, at: int, cover: int, way: Callable[[int], Floats]) -> tuple[Outcome, float, float]:
    levels = np.column_stack([way(month) for month in range(at, demand.shape[1])])
    windows = range(TEST - cover + 1)
    came = np.column_stack([demand[:, at + one : at + one + cover].sum(axis=1) for one in windows])
    upper = levels[:, : len(windows)]
    lost = accuracy.pinball(TARGET, upper.ravel(), came.ravel()).mean()
    return simulate(levels, demand[:, at:], LEAD), float((came <= upper).mean()), float(lost)


def _textbook(demand: Floats, name: Method, cover: int) -> Callable[[int], Floats]:
    """The mean and so many standard deviations of the errors one month ahead (of a constant level), as if demand were normal."""
    z = NormalDist().inv_cdf(TARGET)

    def way(month: int) -> Floats:
        before = demand[:, :month]
        level = methods.LEVELS[name](before)
        return np.ceil(np.maximum(level * cover + z * before.std(axis=1) * np.sqrt(cover), 0.0))

    return way
