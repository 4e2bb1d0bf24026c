"""Why a plan is as it is: for each order what it saves on the cart it is on and with whom, or why it is on none. Called where a supervisor
asks, so nothing of it is counted while a plan is made."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from oms.planning.batching import Batch, Load, Plan
from oms.planning.compiled import Floats
from oms.planning.tours import KICKS
from oms.planning.walks import Walk, metres_of, walks_of


class Because(StrEnum):
    """Why an order is where it is."""

    TOGETHER = "TOGETHER"
    ALONE = "ALONE"
    TOO_BIG = "TOO_BIG"


@dataclass(frozen=True, slots=True)
class Why:
    """One order: picked alone it walks `alone` metres; on its cart it adds `added`; `partner` is the order with which it saves most
    (`shared` metres of the two), None where it is alone or on no cart."""

    order: int
    because: Because
    alone: float
    added: float
    partner: int | None = None
    shared: float = 0.0

    @property
    def saved(self) -> float:
        """Metres that the batch saves with this order, against picking it alone."""
        return self.alone - self.added


def why(walk: Walk, plan: Plan, order: int) -> Why:
    """Why `order` is where it is. ValueError for an order that the plan does not know."""
    if not 0 <= order < walk.orders:
        raise ValueError("no such order in this plan")
    walk = walk._replace(kicks=KICKS)
    alone = metres_of(walk, [order])
    if order in plan.unfit:
        return Why(order, Because.TOO_BIG, alone, 0.0)
    for batch in plan.batches:
        if order in batch.orders:
            return _together(walk, batch, order, alone)
    raise ValueError("no such order in this plan")


def _together(walk: Walk, batch: Batch, order: int, alone: float) -> Why:
    others = [other for other in batch.orders if other != order]
    if not others:
        return Why(order, Because.ALONE, alone, alone)
    added = batch.metres - metres_of(walk, others)
    shared = {other: alone + metres_of(walk, [other]) - metres_of(walk, [order, other]) for other in others}
    partner = max(others, key=lambda other: (shared[other], -other))
    return Why(order, Because.TOGETHER, alone, added, partner, shared[partner])


def everybody(walk: Walk, plan: Plan) -> list[Why]:
    """Why every order is where it is, by their numbers. Tours that are only compared are searched less long than those that are walked, so
    that it takes no longer than the plan; over a single block all are exact."""
    walk = walk._replace(kicks=1)
    alone = walks_of(walk, np.arange(walk.orders)[:, None], np.ones(walk.orders, np.int64))
    found = {order: Why(order, Because.TOO_BIG, float(alone[order]), 0.0) for order in plan.unfit}
    for batch in plan.batches:
        found |= {one.order: one for one in _batch(walk, batch, alone)}
    return [found[order] for order in sorted(found)]


def _batch(walk: Walk, batch: Batch, alone: Floats) -> list[Why]:
    own = batch.orders
    if len(own) == 1:
        return [Why(own[0], Because.ALONE, float(alone[own[0]]), float(alone[own[0]]))]
    without = np.array([[other for other in own if other != order] for order in own], np.int64)
    added = batch.metres - walks_of(walk, without, np.full(len(own), len(own) - 1))
    pairs = list(combinations(range(len(own)), 2))
    both = walks_of(walk, np.array([[own[a], own[b]] for a, b in pairs], np.int64), np.full(len(pairs), 2))
    shared = np.full((len(own), len(own)), -np.inf)
    for (a, b), metres in zip(pairs, both, strict=True):
        shared[a, b] = shared[b, a] = max(0.0, alone[own[a]] + alone[own[b]] - metres)
    best = shared.argmax(axis=1)
    return [
        Why(
            order,
            Because.TOGETHER,
            float(alone[order]),
            float(min(max(added[n], 0.0), alone[order])),
            own[best[n]],
            float(shared[n, best[n]]),
        )
        for n, order in enumerate(own)
    ]


def too_much(load: Load, limits: Load) -> list[str]:
    """The measures by which an order is too big for the cart, by their names."""
    names = ("slots", "grams", "millilitres", "lines")
    pairs = zip(names, load.measures(), limits.measures(), strict=True)
    return [name for name, has, most in pairs if has > most]
