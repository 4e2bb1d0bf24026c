"""A whole forecast: learn from the history of many items once, then say of each what will be asked for and how sure that is.

What is learned is small and can be kept as JSON; it may be learned from some items and used for others of the same site.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from oms.forecast import mixing, seasons
from oms.forecast.codes import Method, Shape
from oms.forecast.known import Bools, Floats, Ints, count, mean
from oms.forecast.methods import levels, pool
from oms.forecast.mixing import Choice, Past
from oms.forecast.shapes import FEW, shapes, sizes, typical_size
from oms.forecast.spread import UNKNOWN, Spread, learn_spread, quantile

_LEAST_ROWS: Final = 200
_MONTHS: Final = 12
#: Points in the last cycle at which a season is judged, and the share of the squares that it must leave at most.
_SEASON_POINTS: Final = 6
_WORTH: Final = 0.98


@dataclass(frozen=True, slots=True)
class Panel:
    """Histories: `demand` [items, periods], NaN where nobody knows. `bins` 0 to 11 per period and then `ahead_bins` of the periods to come:
    where in the year they are; empty: no season is looked for. `promoted` is [items, periods], `ahead_promoted` [items,
    horizon]; None: none."""

    demand: Floats
    bins: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    ahead_bins: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    promoted: Bools | None = None
    ahead_promoted: Bools | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned for a horizon of so many periods. `choices` and `spreads` by class; `Shape.NEW` stands for classes without one."""

    horizon: int
    choices: dict[Shape, Choice]
    spreads: dict[Shape, Spread]
    #: Known periods that weigh as much as what is known of an item's like.
    credible: float = 8.0
    promotion: float = 1.0
    #: Whether a season made past forecasts better, and each one's share of the error without.
    season: bool = False
    season_error: float = 1.0
    #: Of all items that were learned from: their mean level, the size of their demands, and their year (12 factors; empty: no season).
    pool: float = 0.0
    size: float = 1.0
    year: tuple[float, ...] = ()

    def choice(self, kind: Shape) -> Choice | None:
        """None: nobody asks for it, and nothing was learned about that."""
        return self.choices.get(kind) or (None if kind is Shape.NONE else self.choices[Shape.NEW])

    def spread(self, kind: Shape) -> Spread:
        """Of a class."""
        return self.spreads.get(kind) or self.spreads.get(Shape.NEW, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Per item: `mean` [items, horizon] per period to come, the `level` without season, and what `reach` needs."""

    shapes: tuple[Shape, ...]
    methods: tuple[Method, ...]
    level: Floats
    mean: Floats
    sizes: Floats
    spreads: tuple[Spread, ...]

    def over(self, periods: Floats, sd_periods: Floats) -> tuple[Floats, Floats]:
        """(mean, variance) of demand from now over so many periods, which may be fractions and are themselves uncertain. Beyond the horizon
        it goes on at the mean of the horizon."""
        horizon = self.mean.shape[1]
        sums = np.concatenate([np.zeros((len(self.mean), 1)), self.mean.cumsum(axis=1)], axis=1)
        whole = np.minimum(np.floor(periods), horizon).astype(np.int64)
        rows = np.arange(len(self.mean))
        inside = np.minimum(periods, horizon) - whole
        here = self.mean[rows, np.minimum(whole, horizon - 1)]
        average = self.mean.mean(axis=1)
        means = sums[rows, whole] + inside * here + np.maximum(periods - horizon, 0) * average
        unit, level = (np.array([getattr(one, name) for one in self.spreads]) for name in ("unit", "level"))
        variance = np.maximum(unit * self.sizes * means + level * means**2, means) + (average * sd_periods) ** 2
        return np.asarray(means), np.asarray(variance)

    def quantile(self, target: Floats | float, periods: Floats, sd_periods: Floats) -> Floats:
        """Whole units that are enough over a time for such a share of times, as has held in the past."""
        wanted = np.broadcast_to(np.asarray(target, dtype=np.float64), periods.shape)
        asked = np.array([one.asked(float(wanted[n])) for n, one in enumerate(self.spreads)])
        return quantile(asked, *self.over(periods, sd_periods))


def learn(panel: Panel, horizon: int) -> Learned:
    """Chooses methods, season and spreads by what would have been said at points in the history. With too little history there is
    nothing to choose from: then levels are smoothed, and spreads wide."""
    promotion = seasons.promotion(panel.demand, panel.promoted) if panel.promoted is not None else 1.0
    x = _without_promotions(panel, promotion)
    share = _share_of_season(x, panel.bins, horizon)
    season = share < _WORTH
    origins = mixing.origins(x.shape[1], horizon)
    pasts = _pasts(x, panel.bins, horizon, origins, season=season)
    choices = mixing.choices(pasts)
    spreads, credible = _spreads(x, pasts, choices, horizon), mixing.credible(x)
    year: tuple[float, ...] = ()
    if season:
        year = tuple(float(one) for one in seasons.common(x, panel.bins, _MONTHS))
        x = x / seasons.factors(x, panel.bins, _MONTHS)[:, panel.bins]
    pooled = float(pool(x)[0]) if len(x) else 0.0
    return Learned(
        horizon, choices, spreads, credible, promotion, season, round(share, 4), pooled, typical_size(x), year
    )


def foresee(learned: Learned, panel: Panel, like: Ints | None = None, *, part: bool = False) -> Foreseen:
    """What will be asked for in the `horizon` of `learned`. `like` names for each item another row, or -1: a new item is taken as that one
    where it has no history of its own; without one, as the mean of all, and as nothing before it was there.
    With `part` these are only some of the items: what is said of all of them is then what was learned."""
    x = _without_promotions(panel, learned.promotion)
    ahead = np.ones((len(x), learned.horizon))
    if learned.season and len(panel.ahead_bins) >= learned.horizon:
        year = seasons.factors(x, panel.bins, _MONTHS, np.array(learned.year) if part else None)
        x, ahead = x / year[:, panel.bins], year[:, panel.ahead_bins[: learned.horizon]]
    kinds = shapes(x)
    everybody = np.full(len(x), learned.pool) if part else pool(x)
    level, methods = _levels(learned, x, kinds, everybody)
    new = np.array([kind is Shape.NEW for kind in kinds], dtype=bool)
    if new.any():
        level[new] = _as_its_like(learned, x, level, everybody, like)[new]
    if panel.ahead_promoted is not None:
        ahead = ahead * np.where(panel.ahead_promoted[:, : learned.horizon], learned.promotion, 1.0)
    spreads = tuple(learned.spread(kind) for kind in kinds)
    size = sizes(x, typical=learned.size if part else None)
    return Foreseen(tuple(kinds), tuple(methods), level, level[:, None] * ahead, size, spreads)


def _share_of_season(x: Floats, bins: Ints, horizon: int) -> float:
    """What share of the weighted squares is left with a season, at points all over the last cycle: at those of a few weeks alone the
    season might happen to be as the mean is. 1 where the year has not gone round twice before the first of them."""
    cycle, last = seasons.cycle_of(bins) if len(bins) else 0, x.shape[1] - horizon
    spaced = np.unique(np.linspace(last - max(cycle - horizon, 0), last, _SEASON_POINTS).astype(np.int64))
    origins = [int(one) for one in spaced if one > 0 and seasons.rounds(bins[:one]) >= 2]
    if not cycle or not origins:
        return 1.0
    plain, seasonal = (_pasts(x, bins, horizon, origins, season=one) for one in (False, True))
    return _wrong(seasonal, mixing.choices(seasonal)) / max(_wrong(plain, mixing.choices(plain)), 1e-12)


def _without_promotions(panel: Panel, promotion: float) -> Floats:
    if panel.promoted is None:
        return panel.demand
    return np.where(panel.promoted, panel.demand / promotion, panel.demand)


def _levels(learned: Learned, x: Floats, kinds: Sequence[Shape], everybody: Floats) -> tuple[Floats, list[Method]]:
    said = {**levels(x), Method.POOL: everybody}
    level = np.zeros(len(x))
    methods = [Method.TSB] * len(x)
    for kind in set(kinds):
        choice, mine = learned.choice(kind), np.array([one is kind for one in kinds], dtype=bool)
        if choice is not None:
            level[mine] = mixing.level(said, choice)[mine]
            for n in np.flatnonzero(mine):
                methods[n] = Method.LIKE if kind is Shape.NEW else choice.method
    return level, methods


def _as_its_like(learned: Learned, x: Floats, level: Floats, everybody: Floats, like: Ints | None) -> Floats:
    """Its own mean as far as its few periods can be believed, and its like's level for the rest."""
    new = count(x) < FEW
    known = like is not None and len(like) == len(x)
    named = like if known and like is not None else np.full(len(x), -1)
    # Of what was never there nothing is known, not even that anybody wants it.
    theirs = np.where((named >= 0) & ~new[named], level[named], np.where(count(x) > 0, everybody, 0.0))
    own = count(x) / (count(x) + learned.credible)
    return np.asarray(own * mean(x) + (1 - own) * theirs)


def _pasts(x: Floats, bins: Ints, horizon: int, origins: Sequence[int], *, season: bool) -> list[Past]:
    found = []
    for origin in origins:
        if not season:
            found.append(mixing.past(x, origin, horizon))
            continue
        # Factors of then, of what was known then; before the year had gone round twice there was no season to speak of.
        if seasons.rounds(bins[:origin]) < 2:
            continue
        year = seasons.factors(x[:, :origin], bins[:origin], _MONTHS)
        flat = np.concatenate([x[:, :origin] / year[:, bins[:origin]], x[:, origin : origin + horizon]], axis=1)
        one = mixing.past(flat, origin, horizon)
        ahead = year[one.items][:, bins[origin : origin + horizon]].mean(axis=1)
        found.append(replace(one, said={name: level * ahead for name, level in one.said.items()}))
    return found


def _wrong(pasts: Sequence[Past], choices: dict[Shape, Choice]) -> float:
    """Weighted mean square, with the weights of the plain past."""
    square = weight = 0.0
    for one in pasts:
        said = _said(one, choices)
        square += float((one.weight * (said - one.came) ** 2).sum())
        weight += len(said)
    return square / max(weight, 1.0)


def _said(one: Past, choices: dict[Shape, Choice]) -> Floats:
    said = np.zeros(len(one.came))
    for kind in set(one.shapes):
        choice = choices.get(kind) or (None if kind is Shape.NONE else choices[Shape.NEW])
        if choice is not None:
            mine = np.array([other is kind for other in one.shapes], dtype=bool)
            said[mine] = mixing.level(one.said, choice)[mine]
    return said


def _spreads(x: Floats, pasts: Sequence[Past], choices: dict[Shape, Choice], horizon: int) -> dict[Shape, Spread]:
    if not pasts:
        return {Shape.NEW: UNKNOWN}
    said = np.concatenate([_said(one, choices) for one in pasts]) * horizon
    came = np.concatenate([one.came for one in pasts]) * horizon
    size = np.concatenate([sizes(x[:, : one.origin])[one.items] for one in pasts])
    kinds = [kind for one in pasts for kind in one.shapes]
    found = {Shape.NEW: learn_spread(said, size, came)}
    for kind in set(kinds):
        mine = np.array([one is kind for one in kinds], dtype=bool)
        if mine.sum() >= _LEAST_ROWS:
            found[kind] = learn_spread(said[mine], size[mine], came[mine])
    return found
