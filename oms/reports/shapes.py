"""What a report is, as the API says it and as papers are made from it."""

from msgspec import Struct

from oms.reports.codes import Age, Every, Figure, Unit


class Point(Struct, frozen=True, kw_only=True):
    """A figure of one part of the period; `day` is its first day (it may lie before the period, where that begins within it)."""

    day: str
    value: float | None
    part: float
    whole: float


class FigureRow(Struct, frozen=True, kw_only=True):
    """A figure. `value` is null where there was nothing to measure; a percent is a share of 1. `part` of `whole` is what was counted: pieces
    that went of pieces that had to, pieces per hours of picking, pieces missing in so many reports, pieces that left per pieces in stock;
    of cycle times the hours within which nine of ten left, of so many; of open orders the hours of the oldest, of so many."""

    figure: Figure
    name: str
    means: str
    unit: Unit
    value: float | None
    part: float
    whole: float
    points: list[Point] = []


class StateRow(Struct, frozen=True, kw_only=True):
    """Orders of a channel in a state; `name` is the state in words."""

    state: str
    name: str
    channel: str
    orders: int


class AgeRow(Struct, frozen=True, kw_only=True):
    """Open orders that have waited for so long."""

    age: Age
    name: str
    orders: int


class PersonRow(Struct, frozen=True, kw_only=True):
    """Somebody who wants to be seen beside others, the most picks per hour first. `mine`: it is the person who asks."""

    name: str
    pieces: int
    picks_per_hour: float | None
    accuracy: float | None
    mine: bool


class Report(Struct, frozen=True, kw_only=True):
    """All figures of a period. Days are those of `zone`, both inclusive; `site` and `channel` are '' for all. `of` is who it is about, '' everybody.
    Without `state` and `ages` where it is about a person."""

    since: str
    through: str
    every: Every
    site: str
    channel: str
    of: str
    zone: str
    language: str
    made_at: str
    figures: list[FigureRow]
    states: list[StateRow] = []
    ages: list[AgeRow] = []
