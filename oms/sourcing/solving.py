"""Which sites send one order at the least cost: every subset of its sites is weighed. Pure; asked by `actions`, `batch` and `stream`.

Costs are numbers of one currency. Arrays: `ship` and `unit` in cost, `stock` and `qty` in units.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from oms.planning.compiled import Floats, Ints

#: More sites than these are thinned out first: the subsets of ten are weighed in a fraction of a millisecond.
MOST_SITES: Final = 10
#: Ways that are told beside the best one.
MOST_WAYS: Final = 4


@dataclass(frozen=True, slots=True)
class Need:
    """One order with `n` different items on `m` sites. What nobody sends costs `lack_unit` a unit and once `lack_ship`; it is never more
    dear to send than to lack. At most `most` sites send something."""

    #: [n]
    qty: Ints
    #: [m]: of one parcel from there.
    ship: Floats
    #: [n, m]: of one unit from there.
    unit: Floats
    #: [n]
    lack_unit: Floats
    lack_ship: float
    most: int = MOST_SITES


@dataclass(frozen=True, slots=True)
class Way:
    """One way to send it: units [n, m] and their cost without scarcity; `weighed` is the cost it was chosen by."""

    takes: Ints
    cost: float
    weighed: float

    @property
    def sites(self) -> tuple[int, ...]:
        """Those that send something."""
        return tuple(int(site) for site in np.flatnonzero(self.takes.any(axis=0)))

    def missing(self, need: Need) -> Ints:
        """Units of each item that nobody sends."""
        lacks: Ints = need.qty - self.takes.sum(axis=1)
        return lacks


def ways(need: Need, stock: Ints, prices: Floats | None = None, count: int = MOST_WAYS) -> list[Way]:
    """The `count` least dear ways, the best first, each from another set of sites. `stock` [n, m] is what each site has of each item,
    `prices` [n, m] what taking a unit there is worth to later orders (scarcity)."""
    weighed = need.unit if prices is None else need.unit + prices
    kept = _worth_it(need, stock, weighed)
    masks = _subsets(len(kept))
    masks = masks[masks.sum(axis=1) <= need.most]
    total, takes = _filled(need, stock[:, kept], weighed[:, kept], masks)
    total = total + masks @ need.ship[kept]
    found: list[Way] = []
    seen: set[tuple[int, ...]] = set()
    for row in np.argsort(total, kind="stable"):
        whole = np.zeros_like(stock)
        whole[:, kept] = takes[row]
        way = Way(whole, cost_of(need, whole, need.unit), cost_of(need, whole, weighed))
        if way.sites not in seen:
            seen.add(way.sites)
            found.append(way)
        if len(found) == count:
            break
    return found


def best(need: Need, stock: Ints, prices: Floats | None = None) -> Way:
    """The least dear way."""
    return ways(need, stock, prices, 1)[0]


@cache
def _subsets(sites: int) -> NDArray[np.bool_]:
    """[2^sites, sites], small ones first: of equal ways the one with fewer parcels is taken."""
    numbers = np.arange(2**sites)
    masks = (numbers[:, None] >> np.arange(sites)) & 1 == 1
    made: NDArray[np.bool_] = masks[np.argsort(masks.sum(axis=1), kind="stable")]
    return made


def _worth_it(need: Need, stock: Ints, weighed: Floats) -> Ints:
    """The sites to look at: those that have something, and of too many the cheapest per item and for the whole."""
    has = np.minimum(stock, need.qty[:, None])
    some = np.flatnonzero(has.any(axis=0))
    if len(some) <= MOST_SITES:
        return some
    short = need.qty[:, None] - has[:, some]
    alone = need.ship[some] + (has[:, some] * weighed[:, some] + short * need.lack_unit[:, None]).sum(axis=0)
    wanted = [int(site) for site in some[np.argsort(alone, kind="stable")]]
    each = np.where(has > 0, weighed + need.ship / np.maximum(has, 1), np.inf)
    first = [int(site) for site in np.argmin(each, axis=1)]
    chosen = list(dict.fromkeys([*wanted[: MOST_SITES // 2], *first, *wanted]))[:MOST_SITES]
    return np.array(sorted(chosen))


def _filled(need: Need, stock: Ints, weighed: Floats, masks: NDArray[np.bool_]) -> tuple[Floats, Ints]:
    """For each subset [s, m]: cost of units and of what is lacking [s], and units [s, n, m]; each item from its cheapest sites."""
    total = np.zeros(len(masks))
    takes = np.zeros((len(masks), *stock.shape), dtype=np.int64)
    lacking = np.zeros(len(masks), dtype=np.int64)
    for item, qty in enumerate(need.qty):
        order = np.argsort(weighed[item], kind="stable")
        offered = masks[:, order] * np.minimum(stock[item, order], qty)
        before = np.cumsum(offered, axis=1) - offered
        taken = np.clip(qty - before, 0, offered)
        missing = qty - taken.sum(axis=1)
        total += taken @ weighed[item, order] + missing * need.lack_unit[item]
        lacking += missing
        takes[:, item, order] = taken
    return total + (lacking > 0) * need.lack_ship, takes


def cost_of(need: Need, takes: Ints, unit: Floats) -> float:
    """What a way costs: parcels, units at `unit` [n, m], and what is lacking."""
    missing = need.qty - takes.sum(axis=1)
    parcels = need.ship[takes.any(axis=0)].sum()
    lacks = (missing @ need.lack_unit) + (need.lack_ship if missing.any() else 0.0)
    return float(parcels + (takes * unit).sum() + lacks)
