"""Two rehearsals side by side, and a rehearsal beside what happened. Called by the plans and the bench."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from oms.planning.shifts import Band, Forecast


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


#: Less than this of the larger is no difference.
_EVEN: Final = 0.01
#: What decides, the weightiest first.
_DECIDING: Final = ("late", "packed_s", "metres")


def compare(first: Forecast, second: Forecast) -> Comparison:
    """Which of two is better, run by run. ValueError for forecasts of other seeds or numbers of runs: their luck is not the same."""
    if (first.seed, first.runs) != (second.seed, second.runs):
        raise ValueError("forecasts of the same seed and number of runs")
    figures = (
        _figure("picked_s", first.picked, second.picked, first.picked_runs, second.picked_runs),
        _figure("packed_s", first.packed, second.packed, first.packed_runs, second.packed_runs),
        _figure("late", first.late, second.late, first.late_runs, second.late_runs),
        _figure("metres", _always(first.metres), _always(second.metres), (first.metres,), (second.metres,)),
        _figure("jam_minutes", first.jam_minutes, second.jam_minutes),
        _figure("aisle_minutes", first.aisle_minutes, second.aisle_minutes),
    )
    by_name = {figure.name: figure for figure in figures}
    for name in _DECIDING:
        if by_name[name].better is not Better.EVEN:
            return Comparison(figures, by_name[name].better, name)
    return Comparison(figures, Better.EVEN, "")


def against(forecast: Forecast, happened: Happened) -> tuple[Outcome, ...]:
    """How right the forecast was, for what is known."""
    known = (
        ("picked_s", forecast.picked, happened.picked_s),
        ("packed_s", forecast.packed, happened.packed_s),
        ("late", forecast.late, happened.late),
    )
    return tuple(
        Outcome(name, band, value, _off(band.p50, value), band.p10 <= value <= band.p90)
        for name, band, value in known
        if value is not None
    )


def _off(expected: float, value: float) -> float:
    """Nothing expected and something come is off by all of it."""
    if not expected:
        return 0.0 if not value else 1.0
    return (value - expected) / expected


def _always(value: float) -> Band:
    return Band(value, value, value)


def _figure(
    name: str, first: Band, second: Band, of_first: Sequence[float] = (), of_second: Sequence[float] = ()
) -> Figure:
    """By the means of the runs where they are known, else by the middles."""
    pairs = list(zip(of_first, of_second, strict=True)) or [(first.p50, second.p50)]
    gain = sum(one - other for one, other in pairs) / len(pairs)
    largest = max(abs(sum(side) / len(pairs)) for side in zip(*pairs, strict=True))
    if abs(gain) <= _EVEN * largest:
        return Figure(name, first, second, Better.EVEN, 0.0, 1.0)
    better = Better.SECOND if gain > 0 else Better.FIRST
    agreeing = sum((one >= other) if gain > 0 else (one <= other) for one, other in pairs)
    return Figure(name, first, second, better, abs(gain), agreeing / len(pairs))
