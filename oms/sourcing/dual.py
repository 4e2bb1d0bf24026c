"""What scarce goods are worth: prices at which each order, choosing alone, leaves the others enough (dual ascent). Pure; asked by `batch`
and `stream`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints, enabled
from oms.sourcing.counting import least
from oms.sourcing.partitions import MOST_ITEMS, priced
from oms.sourcing.solving import Need

#: After how many steps without a better bound they become shorter.
_PATIENCE: Final = 7
#: What it costs usually, beside what it would if nothing were scarce at the first prices.
_USUAL: Final = 1.05


@dataclass(frozen=True, slots=True)
class Wanted:
    """One order: its items (columns of `stock`, ascending) and what it needs of them."""

    items: Ints
    need: Need


@dataclass(slots=True)
class Group:
    """Orders with equally many items, each of which goes from one site or not at all (the last column). Costs are of whole lines."""

    rows: Ints
    items: Ints
    qty: Ints
    #: [o, n, m + 1] without scarcity, infinite where a site has too little; [o, m + 1].
    line: Floats
    ship: Floats
    single: bool
    kept: list[dict[tuple[int, ...], float]] = field(default_factory=list)


def grouped(orders: Sequence[Wanted], stock: Ints) -> tuple[list[Group], list[int]]:
    """Orders by number of items; and those whose ways are too many, or whose lines no site has whole."""
    rows: dict[tuple[int, bool], list[int]] = defaultdict(list)
    odd = []
    for row, one in enumerate(orders):
        count, has = len(one.items), stock[:, one.items].T
        whole = ((has >= one.need.qty[:, None]).any(axis=1) | (has.sum(axis=1) < one.need.qty)).all()
        if 0 < count <= MOST_ITEMS and whole and (one.need.most == 1 or one.need.most >= count):
            rows[count, one.need.most == 1 and count > 1].append(row)
        else:
            odd.append(row)
    return [_group([orders[row] for row in some], some, stock, single) for (_, single), some in rows.items()], odd


def _group(some: Sequence[Wanted], rows: list[int], stock: Ints, single: bool) -> Group:
    items = np.array([one.items for one in some])
    qty = np.array([one.need.qty for one in some])
    has = stock[:, items].transpose(1, 2, 0) >= qty[:, :, None]
    unit = np.array([one.need.unit for one in some]) * qty[:, :, None]
    lack = (np.array([one.need.lack_unit for one in some]) * qty)[:, :, None]
    line = np.concatenate([np.where(has, unit, np.inf), lack], axis=2)
    ship = np.concatenate(
        [np.array([one.need.ship for one in some]), np.array([[one.need.lack_ship] for one in some])], axis=1
    )
    return Group(np.array(rows), items, qty, line, ship, single, [{} for _ in rows])


def ascend(
    groups: Sequence[Group],
    stock: Ints | Floats,
    known: float | None,
    steps: int,
    *,
    remember: int = 0,
    start: Floats | None = None,
) -> tuple[Floats, float]:
    """Prices [m, items] and the bound they prove; `known` is the cost of some way to do it, `start` prices that were right before. The ways
    of the last `remember` steps are kept in the groups."""
    sites, items = stock.shape
    prices = np.zeros((sites, items)) if start is None else start
    at_best = prices
    bound, length, since = -np.inf, 1.0, 0
    average = np.zeros((sites, items))
    for step in range(steps):
        value, use = _asked(groups, prices, remembered=step >= steps - remember)
        value -= float((prices * stock).sum())
        if known is None:
            known = value * _USUAL
        if value > bound + 1e-9:
            bound, since, at_best = value, 0, prices
        else:
            since += 1
        if since == _PATIENCE:
            length, since = length * 0.7, 0
        # Beside the last step the ones before count a little: less to and fro between sites that are equally good.
        average = 0.6 * (use[:sites] - stock) + 0.4 * average
        push = np.where((prices > 0) | (average > 0), average, 0.0)
        size = float((push**2).sum())
        if size == 0:
            break
        prices = np.maximum(0.0, prices + length * max(known - value, 1e-6) / size * push)
    return at_best, bound


def _asked(groups: Sequence[Group], prices: Floats, *, remembered: bool) -> tuple[float, Floats]:
    """(what all orders cost at these prices, units [m + 1, items] they would take)."""
    sites, items = prices.shape
    use = np.zeros((sites + 1, items))
    value = 0.0
    for group in groups:
        if enabled() and not remembered:
            value += least(group.line, group.ship, group.items, group.qty, prices, use, int(group.single))
            continue
        cost, site = _ways(group, prices)
        value += float(cost.sum())
        use += np.bincount((site * items + group.items).ravel(), group.qty.ravel(), use.size).reshape(use.shape)
        if remembered:
            _remember(group, site)
    return value, use


def _ways(group: Group, prices: Floats) -> tuple[Floats, Ints]:
    line = group.line.copy()
    line[:, :, :-1] += prices[:, group.items].transpose(1, 2, 0) * group.qty[:, :, None]
    return priced(line, group.ship, single=group.single)


def _remember(group: Group, site: Ints) -> None:
    for row, way in enumerate(site.tolist()):
        key = tuple(way)
        if key not in group.kept[row]:
            group.kept[row][key] = way_cost(group, row, site[row])


def way_cost(group: Group, row: int, site: Ints) -> float:
    return float(group.line[row, np.arange(len(site)), site].sum() + group.ship[row, np.unique(site)].sum())
