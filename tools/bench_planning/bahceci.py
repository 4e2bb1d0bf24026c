"""Small batches whose optimum is proven (Bahceci and Oencan): the optimum on every one of them, each within 50 ms."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from oms.planning.batching import Effort
from tools.bench_planning._batches import instances, measured
from tools.bench_planning._measure import Result

NAME: Final = "bahceci"
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {NAME: {"worst": 1.00001, "most_ms": 50.0}}
EFFORT: Final = Effort(moves=1500, searches=1)


def run(data: Path) -> Sequence[Result]:
    """All instances of the set."""
    return [measured(NAME, instances(data, "bahceci_oncan"), EFFORT)]
