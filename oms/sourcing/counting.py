"""What many small orders would take at given prices, counted by a compiled kernel: the same ways as `partitions.priced`, without writing
them down. Pure; asked by `dual`, which calls it hundreds of times a look.
"""

from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints, kernel

_INFINITE: Final = np.inf


@kernel
def least(line: Floats, ship: Floats, items: Ints, qty: Ints, prices: Floats, use: Floats, single: int) -> float:
    """What the orders cost together at `prices` [m, items]: lines cost `line` [o, n, m + 1] without scarcity, parcels `ship` [o, m + 1],
    the last site stands for lacking. Adds the units each order takes to `use` [m + 1, items]. With `single` at most one site sends."""
    orders, lines, columns = line.shape
    lack, full = columns - 1, 1 << lines
    sums = np.empty((full, columns))
    costs = np.empty((lines, columns))
    parcel, total = np.zeros(full), np.zeros(full)
    by, first = np.zeros(full, dtype=np.int64), np.zeros(full, dtype=np.int64)
    whole = 0.0
    for order in range(orders):
        for one in range(lines):
            for site in range(lack):
                costs[one, site] = line[order, one, site] + prices[site, items[order, one]] * qty[order, one]
            costs[one, lack] = line[order, one, lack]
        for site in range(columns):
            sums[0, site] = ship[order, site]
        for mask in range(1, full):
            one = 0
            while not (mask >> one) & 1:
                one += 1
            rest = mask & (mask - 1)
            parcel[mask] = _INFINITE
            by[mask] = 0
            for site in range(columns):
                cost = sums[rest, site] + costs[one, site]
                sums[mask, site] = cost
                if cost < parcel[mask]:
                    parcel[mask], by[mask] = cost, site
            # Of all ways to cut the set, the part that holds its first item, the whole first.
            total[mask] = _INFINITE
            first[mask] = mask
            sub = mask
            while sub:
                if (sub >> one) & 1:
                    rest = mask ^ sub
                    cost = parcel[sub]
                    if rest:
                        cost += sums[rest, lack] if single else total[rest]
                    if cost < total[mask]:
                        total[mask], first[mask] = cost, sub
                sub = (sub - 1) & mask
        whole += total[full - 1]
        left = full - 1
        while left:
            sub = first[left]
            for one in range(lines):
                if (sub >> one) & 1:
                    use[by[sub], items[order, one]] += qty[order, one]
            left ^= sub
            if single:
                for one in range(lines):
                    if (left >> one) & 1:
                        use[lack, items[order, one]] += qty[order, one]
                left = 0
    return whole


def warm() -> None:
    """Compiles what is here."""
    ones = np.ones((1, 1), dtype=np.int64)
    least(
        np.zeros((1, 1, 2)),
        np.zeros((1, 2)),
        np.zeros((1, 1), dtype=np.int64),
        ones,
        np.zeros((1, 1)),
        np.zeros((2, 1)),
        0,
    )
