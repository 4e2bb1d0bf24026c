"""Levels of series: what an item will ask for per period, from what it has asked for. All items at once; see `known` for the arrays.

Each answers [items]. Constants are fixed and not fitted per item: with the few demands of a slow item a fitted constant fits the noise.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from oms.forecast.codes import Method
from oms.forecast.known import Floats, count, mean, total
from oms.forecast.shapes import intervals

_GRID: Final = (0.05, 0.1, 0.15, 0.2, 0.3)


def naive(x: Floats) -> Floats:
    """As in the last known period."""
    last = np.zeros(len(x))
    for t in range(x.shape[1]):
        there = ~np.isnan(x[:, t])
        last[there] = x[there, t]
    return last


def ses(x: Floats, alpha: float = 0.1) -> Floats:
    """Simple exponential smoothing that begins at the item's mean."""
    level = mean(x)
    for t in range(x.shape[1]):
        there = ~np.isnan(x[:, t])
        level[there] += alpha * (x[there, t] - level[there])
    return level


def croston(x: Floats, alpha: float = 0.1, *, less: float = 1.0) -> Floats:
    """Amounts and intervals smoothed apart (Croston 1972); `less` corrects its bias (`sba`)."""
    amount, gap, since = np.zeros(len(x)), np.zeros(len(x)), np.zeros(len(x))
    for t in range(x.shape[1]):
        since += ~np.isnan(x[:, t])
        asked = x[:, t] > 0
        first, later = asked & (gap == 0), asked & (gap > 0)
        amount[first], gap[first] = x[first, t], since[first]
        amount[later] += alpha * (x[later, t] - amount[later])
        gap[later] += alpha * (since[later] - gap[later])
        since[asked] = 0
    return np.asarray(less * amount / np.where(gap > 0, gap, 1.0))


def sba(x: Floats, alpha: float = 0.1) -> Floats:
    """Croston's with the correction of Syntetos & Boylan (2005)."""
    return croston(x, alpha, less=1 - alpha / 2)


def tsb(x: Floats, alpha: float = 0.1, beta: float = 0.1) -> Floats:
    """Chance and amount smoothed apart (Teunter, Syntetos & Babai 2011): what nobody asks for any more goes to nothing."""
    asked = np.sum(x > 0, axis=1)
    chance = asked / np.maximum(count(x), 1)
    amount = total(x) / np.maximum(asked, 1)
    for t in range(x.shape[1]):
        there, now = ~np.isnan(x[:, t]), x[:, t] > 0
        chance[there] += beta * (now[there] - chance[there])
        amount[now] += alpha * (x[now, t] - amount[now])
    return np.asarray(chance * amount)


def imapa(x: Floats) -> Floats:
    """The mean of smoothed levels at every length of period up to the item's interval (Petropoulos & Kourentzes 2015)."""
    periods = x.shape[1]
    rare = intervals(x)
    longest = np.where(np.isfinite(rare), np.rint(np.minimum(rare, periods)), 1).astype(np.int64)
    longest = np.clip(longest, 1, max(1, periods // 3))
    levels = np.zeros(len(x))
    for length in range(1, int(longest.max(initial=1)) + 1):
        mine = longest >= length
        levels[mine] += _best_ses(_together(x[mine], length))
    return np.asarray(levels / longest)


def _together(x: Floats, length: int) -> Floats:
    """Per period, in the mean of what is known of every `length` periods; what is over is left out at the beginning."""
    whole = x.shape[1] // length
    blocks = x[:, x.shape[1] - whole * length :].reshape(len(x), whole, length)
    known = (~np.isnan(blocks)).sum(axis=2)
    sums = np.where(np.isnan(blocks), 0.0, blocks).sum(axis=2)
    return np.asarray(np.where(known > 0, sums / np.maximum(known, 1), np.nan))


def _best_ses(x: Floats) -> Floats:
    """`ses` with the constant of a grid that would have erred least one step ahead, begun at the first period."""
    best, found = np.full(len(x), np.inf), np.zeros(len(x))
    for alpha in _GRID:
        level, wrong, begun = np.zeros(len(x)), np.zeros(len(x)), np.zeros(len(x), dtype=bool)
        for t in range(x.shape[1]):
            there = ~np.isnan(x[:, t])
            later, first = there & begun, there & ~begun
            off = x[later, t] - level[later]
            wrong[later] += off**2
            level[later] += alpha * off
            level[first] = x[first, t]
            begun |= there
        better = wrong < best
        best[better], found[better] = wrong[better], level[better]
    return found


def pool(x: Floats) -> Floats:
    """What all items ask for in the mean by now, for each: a mean over all of the history would lag the more the longer that is."""
    there = count(x) > 0
    return np.full(len(x), float(ses(x[there]).mean()) if there.any() else 0.0)


def seasonal_naive(x: Floats, cycle: int) -> Floats:
    """[items, cycle]: as in the last cycle; where that is not known, the item's mean."""
    last = x[:, -cycle:] if x.shape[1] >= cycle else np.full((len(x), cycle), np.nan)
    return np.where(np.isnan(last), mean(x)[:, None], last)


#: What a choice is made from, and what a mix is made of: of those that lag by the same time however long the history is, or a weight that
#: was right for a short one would be wrong for a longer one.
LEVELS: Final[Mapping[Method, Callable[[Floats], Floats]]] = {
    Method.NAIVE: naive,
    Method.MEAN: mean,
    Method.SES_SLOW: lambda x: ses(x, 0.05),
    Method.SES: ses,
    Method.SES_QUICK: lambda x: ses(x, 0.2),
    Method.CROSTON: croston,
    Method.SBA: sba,
    Method.TSB: tsb,
    Method.IMAPA: imapa,
    Method.POOL: pool,
}
MIXED: Final = (
    Method.SES, Method.SES_QUICK, Method.TSB, Method.IMAPA, Method.POOL,
)  # fmt: skip
CHOSEN_FROM: Final = tuple(one for one in LEVELS if one is not Method.POOL)


def levels(x: Floats) -> dict[Method, Floats]:
    """Every method's levels."""
    return {name: find(x) for name, find in LEVELS.items()}
