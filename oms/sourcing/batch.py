"""Many orders against the same stock, jointly: prices of scarce goods by dual ascent, then the best choice among each order's good ways.

Pure, and the same for the same orders: it counts its steps, not the time. Asked by the re-optimisation of orders that nobody began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints
from oms.sourcing.choosing import choose
from oms.sourcing.dual import Group, Wanted, ascend, grouped, way_cost
from oms.sourcing.solving import best

#: Steps of the ascent.
_STEPS: Final = 220
#: Steps at whose end each order's way is remembered.
_REMEMBER: Final = 130


@dataclass(frozen=True, slots=True)
class Solved:
    """Units [n, m] for each order, what all of it costs, a bound that nobody can be below, and what a unit [m, items] was worth."""

    takes: list[Ints]
    cost: float
    bound: float
    prices: Floats


def solve(orders: Sequence[Wanted], stock: Ints, steps: int = _STEPS) -> Solved:
    """A way for each order within `stock` [m, items]; the cost of all is close to the least there is."""
    one_by_one = _in_turn(orders, stock, None, range(len(orders)))
    groups, odd = grouped(orders, stock)
    prices, bound = ascend(groups, stock, _cost(orders, one_by_one), steps, remember=_REMEMBER)
    turn = sorted(range(len(orders)), key=lambda row: _hurry(orders[row], prices))
    by_price = _in_turn(orders, stock, prices, turn)
    start = min((one_by_one, by_price), key=lambda takes: _cost(orders, takes))
    if odd:
        # Their ways are not enumerated here: they keep what they have, and the rest shares what is left.
        left = stock.copy()
        for row in odd:
            left[:, orders[row].items] -= start[row].T
        takes = _chosen(
            orders, groups, left, bound - _cost([orders[row] for row in odd], [start[row] for row in odd]), start
        )
    else:
        takes = _chosen(orders, groups, stock, bound, start)
    return Solved(takes, _cost(orders, takes), bound if not odd else -np.inf, prices)


def _cost(orders: Sequence[Wanted], takes: Sequence[Ints]) -> float:
    total = 0.0
    for one, taken in zip(orders, takes, strict=True):
        need = one.need
        missing = need.qty - taken.sum(axis=1)
        total += need.ship[taken.any(axis=0)].sum() + (taken * need.unit).sum() + missing @ need.lack_unit
        total += need.lack_ship if missing.any() else 0.0
    return float(total)


def _hurry(one: Wanted, prices: Floats) -> tuple[float, int]:
    """Orders that want little of what is scarce come last: they find something anyway."""
    return -float((one.need.qty * prices[:, one.items].max(axis=0)).sum()), -len(one.items)


def _in_turn(orders: Sequence[Wanted], stock: Ints, prices: Floats | None, turn: Sequence[int]) -> list[Ints]:
    """Each order its best way of what is left, one after the other."""
    left = stock.copy()
    takes: list[Ints] = [np.zeros(0, dtype=np.int64)] * len(orders)
    for row in turn:
        one = orders[row]
        way = best(one.need, left[:, one.items].T, None if prices is None else prices[:, one.items].T)
        takes[row] = way.takes
        left[:, one.items] -= way.takes.T
    return takes


def _chosen(orders: Sequence[Wanted], groups: list[Group], stock: Ints, bound: float, start: list[Ints]) -> list[Ints]:
    """Of each order's remembered ways the one that fits with the others'; `start` is a way to do it."""
    takes = list(start)
    sites = stock.shape[0]
    for group in groups:
        for row in range(len(group.rows)):
            mine = start[group.rows[row]]
            if _whole(mine, group.qty[row]):
                key = tuple(int(site) for site in np.where(mine.any(axis=1), mine.argmax(axis=1), sites))
                group.kept[row].setdefault(key, way_cost(group, row, np.array(key)))
    return choose(orders, groups, stock, bound, takes)


def _whole(takes: Ints, qty: Ints) -> bool:
    return bool(((takes == qty[:, None]).any(axis=1) | (takes.sum(axis=1) == 0)).all())
