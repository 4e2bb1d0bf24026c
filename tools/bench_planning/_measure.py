"""What a benchmark of planning gives, how it is summed up, and how its data are found. Used by the benchmarks and the command."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Final, Protocol

#: `FLOORHAND_BENCH_CLOCK=cpu` counts seconds of effort in the time of the processor that a search has: a busy machine then plans no worse.
IS_CPU: Final = os.environ.get("FLOORHAND_BENCH_CLOCK", "wall") == "cpu"
clock: Final = thread_time if IS_CPU else perf_counter

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def elapsed() -> float:
    """A reading of the clock for what one plan took: with `cpu` of the whole process, whose two searches run at the same time."""
    return process_time() if IS_CPU else perf_counter()


class Absent(Exception):
    """The data of a benchmark are not there; the words say which were looked for."""


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark run. `ratios` are to the best known value, one an instance; `seconds` the time of each instance, as the processor
    counts it where the benchmark can; `figures` are further numbers beside those (p95 ms of the big ones, a ratio to another bound)."""

    name: str
    ratios: Sequence[float]
    seconds: Sequence[float]
    figures: Mapping[str, float] = field(default_factory=dict)

    def summed(self) -> dict[str, float]:
        """`n`, `mean`, `p95` and `worst` of the ratios, and `seconds`: all instances together."""
        ratios = sorted(self.ratios)
        return {
            "n": len(ratios),
            "mean": round(sum(ratios) / len(ratios), 5),
            "p95": round(percentile(ratios, 95), 5),
            "worst": round(ratios[-1], 5),
            "seconds": round(sum(self.seconds), 3),
        }

    def all_figures(self) -> dict[str, float]:
        """What `summed` gives, the mean seconds of an instance (`each_s`), and the benchmark's own figures."""
        return {**self.summed(), "each_s": sum(self.seconds) / len(self.ratios), **self.figures}


class Benchmark(Protocol):
    """A module of this package. `TARGETS` gives for a result's name and a figure's name the most that it may be."""

    NAME: str
    TARGETS: Mapping[str, Mapping[str, float]]

    def run(self, data: Path) -> Sequence[Result]:
        """Runs over the data below a folder; raises `Absent`. The first result's name is `NAME`, further ones begin with it."""


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that at least `percent` of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def find(data: Path, set_name: str, file: str = "") -> Path:
    """The folder of a data set (or a file in it): below `data`, below its `own` or `third-party`, or `data` itself."""
    places = [data / set_name, data / "own" / set_name, data / "third-party" / set_name]
    if file or data.name == set_name:
        places.append(data)
    for place in places:
        if (place / file).exists():
            return place / file
    raise Absent(f"{set_name}/{file}".rstrip("/") + f" is not below {data}")
