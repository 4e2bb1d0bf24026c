"""Batches in one block (Henn and Waescher), class-based and uniform demand, in one second and in a tenth: beside the best known values, and
beside what was published after an hour of branch-price-and-cut."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from oms.planning.batching import Effort
from tools.bench_planning._batches import instances, measured
from tools.bench_planning._measure import Result, clock

NAME: Final = "henn"
_SECOND: Final = {"mean": 1.005, "p95": 1.02, "worst": 1.03, "to_bound": 0.992}
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {
    NAME: _SECOND,
    f"{NAME}_uniform": _SECOND,
    f"{NAME}_uniform_mainz": {},
    f"{NAME}_tenth": {"mean": 1.015},
}


def run(data: Path) -> Sequence[Result]:
    """All instances of the sets, those of the first two also in a tenth of a second."""
    one, tenth = Effort(seconds=1.0, clock=clock), Effort(seconds=0.1, clock=clock)
    return [
        measured(NAME, instances(data, "henn_class_based"), one),
        measured(f"{NAME}_uniform", instances(data, "henn_uniform"), one),
        measured(f"{NAME}_uniform_mainz", instances(data, "henn_uniform_mainz"), one),
        measured(f"{NAME}_tenth", instances(data, "henn_class_based", "henn_uniform"), tenth),
    ]
