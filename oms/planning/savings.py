"""Batches by savings, after Clarke and Wright (ii): the two batches that save most together are merged, and the savings of what came of it
are counted again. The start of the annealing, and the whole answer where no time is given."""

from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints, kernel
from oms.planning.walks import Walk, room, walk_metres, walks_of

#: The most orders whose savings are counted pair by pair; more are taken in parts, neighbours together.
MOST: Final = 1000


def by_savings(walk: Walk, sizes: Ints, cart: Ints) -> Ints:
    """The number of the batch of each order. `sizes` is (orders x measures), `cart` the most of each measure; each order fits alone."""
    found = np.zeros(walk.orders, np.int64)
    order = _neighbours(walk)
    batches = 0
    for start in range(0, walk.orders, MOST):
        part = np.ascontiguousarray(order[start : start + MOST])
        batch_of = _merged(walk, part, sizes, cart, room(walk))
        found[part] = batch_of + batches
        batches += int(batch_of.max()) + 1
    return found


def _neighbours(walk: Walk) -> Ints:
    # Only matters where there are too many orders for one part: those that reach equally far to the side are near each other.
    if walk.orders <= MOST:
        return np.arange(walk.orders, dtype=np.int64)
    far = walks_of(walk, np.arange(walk.orders)[:, None], np.ones(walk.orders, np.int64))
    return np.argsort(far, kind="stable").astype(np.int64)


@kernel
def _merged(walk: Walk, part: Ints, sizes: Ints, cart: Ints, row: Ints) -> Ints:
    n, measures = part.shape[0], cart.shape[0]
    load = np.zeros((n, measures), np.int64)
    members = np.zeros(n, np.int64)
    following = np.full(n, -1, np.int64)
    ending = np.arange(n)
    metres = np.zeros(n)
    best = np.zeros(n)
    partner = np.full(n, -1, np.int64)
    alive = np.ones(n, np.int64)
    for one in range(n):
        members[0] = part[one]
        metres[one] = walk_metres(walk, members, 1, row)
        for measure in range(measures):
            load[one, measure] = sizes[part[one], measure]
    saving = np.full((n, n), -1.0)
    for one in range(n):
        for other in range(one + 1, n):
            if _fits(load, one, other, cart):
                members[0], members[1] = part[one], part[other]
                saving[one, other] = metres[one] + metres[other] - walk_metres(walk, members, 2, row)
        _choose(saving, best, partner, one)
    while True:
        one = -1
        for candidate in range(n):
            if alive[candidate] == 1 and partner[candidate] >= 0 and (one < 0 or best[candidate] > best[one]):
                one = candidate
        if one < 0:
            break
        other = partner[one]
        metres[one] += metres[other] - best[one]
        alive[other] = 0
        following[ending[one]] = other
        ending[one] = ending[other]
        for measure in range(measures):
            load[one, measure] += load[other, measure]
        for third in range(n):
            low, high = min(one, third), max(one, third)
            saving[min(other, third), max(other, third)] = -1.0
            if third == one or alive[third] == 0:
                continue
            saving[low, high] = -1.0
            if _fits(load, one, third, cart):
                count = _listed(members, following, part, one, 0)
                count = _listed(members, following, part, third, count)
                saving[low, high] = metres[one] + metres[third] - walk_metres(walk, members, count, row)
        for third in range(n):
            if alive[third] == 1 and (third == one or partner[third] == one or partner[third] == other):
                _choose(saving, best, partner, third)
            elif alive[third] == 1 and third < one and saving[third, one] > best[third]:
                best[third], partner[third] = saving[third, one], one
    batch_of = np.zeros(n, np.int64)
    batches = 0
    for one in range(n):
        if alive[one] == 1:
            place = one
            while place >= 0:
                batch_of[place] = batches
                place = following[place]
            batches += 1
    return batch_of


@kernel
def _fits(load: Ints, one: int, other: int, cart: Ints) -> bool:
    for measure in range(cart.shape[0]):  # noqa: SIM110 - a compiled kernel has no generators
        if load[one, measure] + load[other, measure] > cart[measure]:
            return False
    return True


@kernel
def _choose(saving: Floats, best: Floats, partner: Ints, one: int) -> None:
    best[one], partner[one] = -1e-9, -1
    for other in range(one + 1, saving.shape[0]):
        if saving[one, other] > best[one]:
            best[one], partner[one] = saving[one, other], other


@kernel
def _listed(members: Ints, following: Ints, part: Ints, one: int, count: int) -> int:
    place = one
    while place >= 0:
        members[count] = part[place]
        count += 1
        place = following[place]
    return count
