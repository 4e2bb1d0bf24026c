"""Two rehearsals side by side, and a rehearsal beside what happened. Called by the plans and the bench."""

from dataclasses import dataclass
from enum import StrEnum

from oms.planning.rehearsal import Band, Forecast


class Better(StrEnum):
    """Which of two is better."""

    FIRST = "first"
    SECOND = "second"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of both. `name`: `picked_s`, `packed_s`, `late`, `metres`, `jam_minutes` or `aisle_minutes`; less is better in all.
    `gain` is how much less the better one has; `sure` the share of paired runs in which it was not worse."""

    name: str
    first: Band
    second: Band
    better: Better
    gain: float
    sure: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both plans' figures, and which plan wins: fewer late orders first, then the earlier end, then fewer metres."""

    figures: tuple[Figure, ...]
    better: Better
    by: str


@dataclass(frozen=True, slots=True)
class Happened:
    """What came of a wave, in seconds after its start; None where it is not known."""

    picked_s: float | None = None
    packed_s: float | None = None
    late: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One figure forecast and as it came: `off` is (happened - forecast) / forecast, `inside` whether it lay between p10 and p90."""

    name: str
    forecast: Band
    happened: float
    off: float
    inside: bool


def compare(first: Forecast, second: Forecast) -> Comparison:
    """Which of two is better, run by run. ValueError for forecasts of other seeds or numbers of runs: their luck is not the same."""
    raise NotImplementedError


def against(forecast: Forecast, happened: Happened) -> tuple[Outcome, ...]:
    """How right the forecast was, for what is known."""
    raise NotImplementedError
