"""Wave release as Zalando published it: which orders, which pieces of mixed shelves, which batches, so that all picklists together walk as
little as can be. Beside the published greedy (which took four minutes for `medium-0`); every solution goes through the published rules."""

from collections.abc import Mapping, Sequence
from itertools import count
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np

from oms.planning.selecting import Ground, Limits, Selection, Stocks, Tries, Wanted, select
from tools.bench_planning._measure import Absent, Result, find
from tools.bench_planning._zalando_rules import Batch, Instance, between_rows, metres, read, wrong

NAME: Final = "zalando"
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {
    NAME: {"worst": 1.0, "wrong": 0},
    f"{NAME}_medium": {"worst": 1.0, "each_s": 10.0, "wrong": 0},
}
#: Moves of all orders together: some five seconds for `medium`, and so many orders looked at for each step of the start.
_MOVES: Final = 500_000
_LOOKED: Final = 400
#: What the published greedy walks.
GREEDY: Final[Mapping[str, int]] = {
    "small-0": 8584,
    "small-1": 7838,
    "small-2": 8282,
    "small-3": 7848,
    "small-4": 7468,
    "medium-0": 60_158,
}


def ground_of(instance: Instance) -> Ground:
    """The floor: aisles and rows counted from 0."""
    aisles, rows = np.arange(len(instance.aisles)), range(instance.first_row, instance.last_row + 1)
    over = [[between_rows(one, other, instance.first_row, instance.last_row) for other in rows] for one in rows]
    number = np.arange(len(rows))
    return Ground(
        np.abs(aisles[:, None] - aisles).astype(np.float64),
        np.array(over, np.float64),
        np.abs(number[:, None] - number).astype(np.float64),
    )


def solved(instance: Instance, tries: Tries) -> Selection:
    """The selection for an instance."""
    item_of = dict(zip(instance.volumes, count(), strict=False))
    zones = {zone: n for n, zone in enumerate(sorted({piece.zone for piece in instance.pieces}))}
    first_aisle, first_row = instance.aisles[0], instance.first_row
    stocks = Stocks(
        np.array([item_of[piece.article] for piece in instance.pieces], np.int64),
        np.array([zones[piece.zone] for piece in instance.pieces], np.int64),
        np.array([piece.aisle - first_aisle for piece in instance.pieces], np.int64),
        np.array([piece.row - first_row for piece in instance.pieces], np.int64),
        np.ones(len(instance.pieces), np.int64),
        (-first_aisle, -first_row),
    )
    orders = [
        Wanted([(item_of[article], 1, instance.volumes[article]) for article in order]) for order in instance.orders
    ]
    smallest = min(map(len, instance.orders))
    batches = ceil(instance.goal / instance.most_orders / smallest)
    limits = Limits(instance.goal, (), batches, instance.most_orders, instance.most_volume)
    return select(ground_of(instance), stocks, orders, limits, tries)


def tries_for(instance: Instance) -> Tries:
    """As much as fits into ten seconds, and no more than a small instance needs."""
    orders = instance.goal * len(instance.orders) / sum(map(len, instance.orders))
    return Tries(min(3000, int(_MOVES / orders)), _LOOKED)


def batches_of(found: Selection) -> list[Batch]:
    """A selection as the rules see it."""
    return [Batch(group.orders, [walk.stocks for walk in group.walks]) for group in found.groups]


def run(data: Path) -> Sequence[Result]:
    """Those instances whose published value is known."""
    folder = find(data, "zalando-batching")
    results = []
    for size, name in (("small", NAME), ("medium", f"{NAME}_medium")):
        there = [path for path in sorted(folder.glob(f"{size}-*.json.gz")) if path.name.split(".")[0] in GREEDY]
        ratios, times, broken = [], [], 0
        for path in there:
            instance = read(path)
            before = perf_counter()
            batches = batches_of(solved(instance, tries_for(instance)))
            times.append(perf_counter() - before)
            broken += len(wrong(instance, batches))
            walked = sum(metres(instance, picklist) for batch in batches for picklist in batch.picklists)
            ratios.append(walked / GREEDY[path.name.split(".")[0]])
        if there:
            results.append(Result(name, ratios, times, {"wrong": float(broken)}))
    if not results:
        raise Absent(f"no instance of zalando-batching with a published value is below {data}")
    return results
