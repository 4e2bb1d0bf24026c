"""Orders that arrive over a shift, batched as they come, beside the same day planned with hindsight: metres of walking for each line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from oms.planning.batching import Effort, cart, plan
from oms.planning.online import Released, Waiting
from tools.bench_planning._measure import Result, clock, elapsed
from tools.bench_planning.wave_2000 import wave

NAME: Final = "online"
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {NAME: {}}
_LINES: Final = 1000
_SHIFT_S: Final = 4 * 3600
_PROMISED_S: Final = 3600


def seconds_for(metres: float, lines: int) -> float:
    """A tour's time: set-up, walking and picking."""
    return 180 + metres / 0.8 + 10 * lines


def run(data: Path) -> Sequence[Result]:
    """No data are needed: `data` is not looked at. Four days by their seeds."""
    ratios, times, online, offline = [], [], [], []
    for seed in (1, 2, 3, 4):
        walk, loads = wave(2, 20, _LINES, seed)
        limits = cart(lines=60)
        comes = np.sort(np.random.default_rng(seed).uniform(0, _SHIFT_S, walk.orders))
        before = elapsed()
        state = Waiting(walk, loads, limits, [float(at) + _PROMISED_S for at in comes], seconds_for)
        gone: list[Released] = []
        for order, at in enumerate(comes):
            state.arrive(order)
            gone += state.release(float(at), Effort(seconds=0.1, clock=clock))
        gone += state.close(Effort(seconds=0.1, clock=clock))
        times.append(elapsed() - before)
        best = plan(walk, loads, limits, effort=Effort(seconds=3.0, clock=clock))
        online.append(sum(batch.metres for batch in gone) / _LINES)
        offline.append(best.metres / _LINES)
        ratios.append(online[-1] / offline[-1])
    figures = {"metres_a_line": sum(online) / 4, "with_hindsight": sum(offline) / 4}
    return [Result(NAME, ratios, times, figures)]
