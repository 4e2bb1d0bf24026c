"""A wave of two thousand lines: the plan after two seconds beside the same after sixty. Orders are drawn from a seed: some of many
lines in a block of ten aisles, and those of a web shop, of one to five."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from oms.planning.batching import Effort, Load, cart, plan
from oms.planning.single_block import Block, Pick
from oms.planning.walks import Walk, block_walk
from tools.bench_planning._measure import Result, clock, elapsed

NAME: Final = "wave_2000"
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {NAME: {"worst": 1.02}}
LINES: Final = 2000
#: Seconds on the screen, and those of the value it is compared with.
SHORT: Final = 2.0
LONG: Final = 60.0
#: Aisles by how often they are picked from: half of the lines lie in the first tenth, three in ten in the next three.
_SHARES: Final = (0.52, 0.12, 0.12, 0.12, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02)


def wave(fewest: int, most: int, lines: int, seed: int) -> tuple[Walk, list[Load]]:
    """Orders of `fewest` to `most` lines until there are `lines`, in ten aisles of 45 bays."""
    draw = np.random.default_rng(seed)
    orders: list[list[Pick]] = []
    left = lines
    while left > 0:
        many = min(left, int(draw.integers(fewest, most + 1)))
        aisles = draw.choice(10, size=many, p=_SHARES)
        bays = draw.integers(0, 45, many)
        orders.append([(int(aisle), 1.5 + float(bay)) for aisle, bay in zip(aisles, bays, strict=True)])
        left -= many
    return block_walk(Block.even(10, 47.0, 5.0), orders), [Load(lines=len(order)) for order in orders]


def run(data: Path) -> Sequence[Result]:
    """No data are needed: `data` is not looked at."""
    ratios, times = [], []
    for fewest, most, lines_of_cart in ((5, 25, 60), (1, 5, 20)):
        walk, loads = wave(fewest, most, LINES, seed=7)
        limits = cart(lines=lines_of_cart)
        plan(walk, loads, limits, effort=Effort(moves=1))
        before = elapsed()
        short = plan(walk, loads, limits, effort=Effort(seconds=SHORT, clock=clock))
        times.append(elapsed() - before)
        long = plan(walk, loads, limits, effort=Effort(seconds=LONG, clock=clock))
        ratios.append(short.metres / min(long.metres, short.metres))
    return [Result(NAME, ratios, times, {"most_s": max(times)})]
