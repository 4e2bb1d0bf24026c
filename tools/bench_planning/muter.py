"""Small carts, where filling them is half of the problem (Muter and Oencan), in half a second, beside the published bound."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from oms.planning.batching import Effort
from tools.bench_planning._batches import instances, measured
from tools.bench_planning._measure import Result, clock

NAME: Final = "muter"
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {NAME: {"to_bound": 0.97, "worst_to_bound": 1.01}}


def run(data: Path) -> Sequence[Result]:
    """All instances of the set."""
    return [measured(NAME, instances(data, "muter_oncan"), Effort(seconds=0.5, clock=clock))]
