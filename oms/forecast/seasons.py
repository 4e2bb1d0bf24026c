"""Season and promotions as factors that are taken out of a history and put back into what is to come.

Factors are of all items together, and an item's own as far as its units can carry one: an item with few demands has the season of the
others. Bins are whatever the caller counts in: months of the year, days of the week. Arrays as in `known`.
"""

from typing import Final

import numpy as np

from oms.forecast.known import Bools, Floats, Ints

#: Units that an item must have sold for its own factor to count as much as the others'.
_PRIOR_UNITS: Final = 40.0
_LEAST, _MOST = 0.1, 10.0


def factors(x: Floats, bins: Ints, many: int, together: Floats | None = None) -> Floats:
    """[items, many]: how demand of each bin is beside the mean, 1 in the mean. `bins` per period; a bin that was never seen has 1.
    `together` is the season of all items where `x` is only some of them."""
    asked, expected = _by_bin(x, bins, many)
    common = _common(asked, expected) if together is None else together
    own = (asked + _PRIOR_UNITS / many * common) / (expected + _PRIOR_UNITS / many)
    return _one_in_the_mean(own)


def common(x: Floats, bins: Ints, many: int) -> Floats:
    """[many]: the season of all items together."""
    return _common(*_by_bin(x, bins, many))


def _common(asked: Floats, expected: Floats) -> Floats:
    seen = expected.sum(axis=0) > 0
    found = np.where(seen, asked.sum(axis=0) / np.where(seen, expected.sum(axis=0), 1.0), 1.0)
    return np.asarray(_one_in_the_mean(found[None, :])[0])


def _by_bin(x: Floats, bins: Ints, many: int) -> tuple[Floats, Floats]:
    """[items, many] each: what was asked for, and what would have been without a season."""
    base = _base(x, bins)
    known = ~np.isnan(x)
    asked, expected = np.zeros((len(x), many)), np.zeros((len(x), many))
    for one in range(many):
        mine = bins == one
        asked[:, one] = np.where(known[:, mine], x[:, mine], 0.0).sum(axis=1)
        expected[:, one] = np.where(known[:, mine], base[:, mine], 0.0).sum(axis=1)
    return asked, expected


def _base(x: Floats, bins: Ints) -> Floats:
    """What would have been asked for without a season: the moving mean over a whole cycle, of which each period is the middle, where the
    bins go round in it; else the item's mean."""
    periods = x.shape[1]
    cycle = cycle_of(bins)
    known = ~np.isnan(x)
    units, there = np.where(known, x, 0.0).cumsum(axis=1), known.cumsum(axis=1)
    units, there = (np.concatenate([np.zeros((len(x), 1)), one], axis=1) for one in (units, there))
    if cycle == 0 or cycle > periods:
        first, last = np.zeros(periods, dtype=np.int64), np.full(periods, periods)
    else:
        first = np.clip(np.arange(periods) - cycle // 2, 0, periods - cycle)
        last = first + cycle
    sums, counts = units[:, last] - units[:, first], there[:, last] - there[:, first]
    return np.asarray(sums / np.maximum(counts, 1))


def cycle_of(bins: Ints) -> int:
    """Periods after which the bins begin again; 0 where they have not gone round yet."""
    starts = np.flatnonzero((bins[1:] == 0) & (bins[:-1] != 0)) + 1
    return int(np.rint(np.diff(starts).mean())) if len(starts) > 1 else 0


def _one_in_the_mean(found: Floats) -> Floats:
    kept = np.clip(found, _LEAST, _MOST)
    return np.asarray(kept / kept.mean(axis=1, keepdims=True))


def rounds(bins: Ints) -> int:
    """How often the bins have gone round."""
    return int(np.sum((bins[1:] == 0) & (bins[:-1] != 0)))


def promotion(x: Floats, promoted: Bools) -> float:
    """What a promotion multiplies demand by: of all items together, beside their own periods without one; 1 where there was none."""
    with_, without = promoted & ~np.isnan(x), ~promoted & ~np.isnan(x)
    plain = np.where(without, x, 0.0).sum(axis=1) / np.maximum(without.sum(axis=1), 1)
    expected = float((plain[:, None] * with_)[without.any(axis=1)].sum())
    asked = float(np.where(with_, x, 0.0)[without.any(axis=1)].sum())
    return float(np.clip((asked + _PRIOR_UNITS) / (expected + _PRIOR_UNITS), 0.5, 20.0))
