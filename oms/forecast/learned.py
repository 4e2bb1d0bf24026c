"""What was learned, as JSON and back."""

from typing import Any

import msgspec
from msgspec import Struct

from oms.forecast.codes import Method, Shape
from oms.forecast.foreseeing import Learned
from oms.forecast.mixing import Choice
from oms.forecast.spread import Spread


class Kept(Struct, frozen=True, kw_only=True):
    """`Learned`, and what share of a week's demand each weekday has, times 7 (Monday first)."""

    horizon: int
    choices: dict[str, tuple[Method, dict[Method, float], dict[Method, float]]]
    spreads: dict[str, tuple[float, float, list[float]]]
    credible: float
    promotion: float
    season: bool
    season_error: float
    pool: float
    size: float
    year: list[float]
    weekdays: list[float]


def kept(learned: Learned, weekdays: list[float]) -> dict[str, Any]:
    """For the database."""
    choices = {kind.value: (one.method, dict(one.weights), dict(one.errors)) for kind, one in learned.choices.items()}
    spreads = {kind.value: (one.unit, one.level, list(one.nominal)) for kind, one in learned.spreads.items()}
    found: dict[str, Any] = msgspec.to_builtins(
        Kept(
            horizon=learned.horizon, choices=choices, spreads=spreads, credible=learned.credible, promotion=learned.promotion,
            season=learned.season, season_error=learned.season_error, pool=learned.pool, size=learned.size, year=list(learned.year),
            weekdays=weekdays,
        )
    )  # fmt: skip
    return found


def unkept(found: dict[str, Any]) -> Learned:
    """From the database."""
    one = msgspec.convert(found, Kept)
    return Learned(
        one.horizon,
        {Shape(kind): Choice(method, weights, errors) for kind, (method, weights, errors) in one.choices.items()},
        {Shape(kind): Spread(unit, level, tuple(nominal)) for kind, (unit, level, nominal) in one.spreads.items()},
        one.credible, one.promotion, one.season, one.season_error, one.pool, one.size, tuple(one.year),
    )  # fmt: skip
