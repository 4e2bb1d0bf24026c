"""The least dear way of many small orders at once: over all ways to cut each order's items into parcels. Pure; asked by `batch`."""

from functools import cache
from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints

#: Items of one order: 3^6 cuts are looked at.
MOST_ITEMS: Final = 6


def priced(line: Floats, ship: Floats, *, single: bool = False) -> tuple[Floats, Ints]:
    """The cost [o] of each order and the site of each of its lines [o, n], given the cost of lines [o, n, m] and of parcels [o, m].

    The last site stands for lacking. With `single` at most one of the others sends."""
    orders, items, _ = line.shape
    everything = 2**items - 1
    parcel = np.zeros((2**items, orders))
    by = np.zeros((2**items, orders), dtype=np.int64)
    sums = np.zeros((2**items, *ship.shape))
    sums[0] = ship
    for mask in range(1, everything + 1):
        low = (mask & -mask).bit_length() - 1
        sums[mask] = sums[mask & (mask - 1)] + line[:, low, :]
        by[mask] = sums[mask].argmin(axis=1)
        parcel[mask] = np.take_along_axis(sums[mask], by[mask][:, None], axis=1)[:, 0]
    total = np.zeros((2**items, orders))
    first = np.zeros((2**items, orders), dtype=np.int64)
    for mask, subs in _cuts(items):
        rest = np.array([mask ^ sub for sub in subs])
        ways = parcel[list(subs)] + (sums[rest, :, -1] * (rest > 0)[:, None] if single else total[rest])
        pick = ways.argmin(axis=0)
        total[mask] = np.take_along_axis(ways, pick[None], axis=0)[0]
        first[mask] = np.array(subs)[pick]
    return total[everything], _sites(first, by, items, single=single, lack=line.shape[2] - 1)


@cache
def _cuts(items: int) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Each set of items with those of its subsets that hold its first item, the whole first."""
    made = []
    for mask in range(1, 2**items):
        low = mask & -mask
        subs = [sub for sub in range(mask, 0, -1) if sub & mask == sub and sub & low]
        made.append((mask, tuple(subs)))
    return tuple(made)


def _sites(first: Ints, by: Ints, items: int, *, single: bool, lack: int) -> Ints:
    orders = first.shape[1]
    every = np.arange(orders)
    left = np.full(orders, 2**items - 1)
    site = np.full((orders, items), lack, dtype=np.int64)
    for _ in range(1 if single else items):
        sub = np.where(left > 0, first[left, every], 0)
        for item in range(items):
            mine = (sub >> item) & 1 == 1
            site[mine, item] = by[sub[mine], every[mine]]
        left = left ^ sub
    return site
