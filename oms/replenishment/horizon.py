"""The best orders over some periods that end: by dynamic programming over whole units. For goods that are sold for a season."""

from dataclasses import dataclass
from statistics import NormalDist

from oms.replenishment.newsvendor import normal_loss


@dataclass(frozen=True, slots=True)
class Season:
    """`periods` of normal demand; costs per unit, `fixed` per order, what a later coin is worth now (`discount`). What is left or owed in
    the end costs as in any period."""

    periods: int
    holding: float
    stockout: float
    price: float
    fixed: float
    mean: float
    sd: float
    discount: float = 1.0


@dataclass(frozen=True, slots=True)
class Orders:
    """Per period: at `points[t]` or below, fill up to `levels[t]`. `cost` is expected, from an empty shelf on."""

    points: tuple[int, ...]
    levels: tuple[int, ...]
    cost: float


def best(season: Season) -> Orders:
    """The best order of each period."""
    chances = _chances(season)
    most = max(chances)
    low, high = -most * 5, round(season.mean * (season.periods + 2) + most)
    levels = range(low, high + 1)
    # After the last period.
    then = {x: season.holding * max(0, x) + season.stockout * max(0, -x) for x in range(low - most, high + 1)}
    points: list[int] = []
    tops: list[int] = []
    for _ in range(season.periods):
        after = {y: _after(season, y, chances, then) for y in levels}
        top = min(levels, key=lambda y: (after[y], y))
        buying = season.fixed + after[top]
        point = max((x for x in range(low, top + 1) if after[x] > buying), default=low) if season.fixed else top
        now = {x: (buying if x <= point else after[x]) - season.price * x for x in levels}
        then = {x: now[max(x, low)] + season.price * max(0, low - x) for x in range(low - most, high + 1)}
        points.append(point)
        tops.append(top)
    return Orders(tuple(reversed(points)), tuple(reversed(tops)), then[0])


def _after(season: Season, level: int, chances: dict[int, float], then: dict[int, float]) -> float:
    """What it costs to begin a period with `level` units that were all bought, and to go on as well as can be."""
    later = sum(chance * then[level - demand] for demand, chance in chances.items())
    z = (level - season.mean) / season.sd
    short = (season.holding + season.stockout) * normal_loss(z) * season.sd
    return season.price * level + season.holding * (level - season.mean) + short + season.discount * later


def _chances(season: Season) -> dict[int, float]:
    """Whole units: each has the chance of what would be rounded to it; four standard deviations each way."""
    demand = NormalDist(season.mean, season.sd)
    units = range(max(0, round(season.mean - 4 * season.sd)), round(season.mean + 4 * season.sd) + 1)
    return {one: demand.cdf(one + 0.5) - demand.cdf(one - 0.5) for one in units}
