"""What is said about reports: figures of a period as screens and programs ask for them and get them."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Figure(StrEnum):
    """What is reckoned. Names and meanings are in `figures.toml`."""

    ORDERS = "orders"
    FILL_RATE = "fill_rate"
    ON_TIME = "on_time"
    CYCLE_TIME = "cycle_time"
    PICKS_PER_HOUR = "picks_per_hour"
    ACCURACY = "accuracy"
    SHORTS = "shorts"
    RETURNS = "returns"
    STOCK_TURNS = "stock_turns"
    AGEING = "ageing"


class Unit(StrEnum):
    """What a figure is measured in. A percent is a share of 1."""

    ORDERS = "orders"
    PERCENT = "percent"
    HOURS = "hours"
    PER_HOUR = "per_hour"
    UNITS = "units"
    TIMES = "times"


class Every(StrEnum):
    """How a period is parted: at midnight, on Mondays, on the first of a month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Age(StrEnum):
    """For how long an open order has been waiting."""

    DAY_1 = "day_1"
    DAYS_2 = "days_2"
    DAYS_7 = "days_7"
    DAYS_14 = "days_14"
    OLDER = "older"


class Point(Struct, frozen=True, kw_only=True):
    """A figure of one part of the period; `day` is its first day (it may lie before the period, where that begins within it)."""

    day: str
    value: float | None
    part: float
    whole: float


class FigureRow(Struct, frozen=True, kw_only=True):
    """A figure. `value` is null where there was nothing to measure; a percent is a share of 1. `part` of `whole` is what was counted:
    pieces that went of pieces that had to, pieces per hours of picking, pieces missing in so many reports, pieces that left per pieces in
    stock; of cycle times the hours within which nine of ten left, of so many; of open orders the hours of the oldest, of so many."""

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
    """All figures of a period. Days are those of `zone`, both inclusive; `site` and `channel` are '' for all. `of` is who it is about, ''
    everybody. Without `states` and `ages` where it is about a person."""

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


class LookReport(Struct, frozen=True, kw_only=True):
    """Days are those of `site`, else of the asker's. Without `since` and `through` it is the last `days` days, or those before the last
    `ago`. `site` and `channel` '' are all. `session` is the supervisor's; a program with an API key leaves it empty."""

    since: date | None = None
    through: date | None = None
    days: int = 1
    ago: int = 0
    every: Every = Every.DAY
    site: str = ""
    channel: str = ""
    language: str = "en"
    session: str = ""


class MyReport(Struct, frozen=True, kw_only=True):
    """Of whoever is signed in with `session` on the device that asks; days as in `LookReport`."""

    session: str
    since: date | None = None
    through: date | None = None
    days: int = 1
    ago: int = 0
    every: Every = Every.DAY
    language: str = "en"


class ShowMe(Struct, frozen=True, kw_only=True):
    """Whether whoever is signed in wants to be seen beside others."""

    session: str
    shown: bool


class ReportReply(Struct, frozen=True, kw_only=True):
    """A report; `sites` and `channels` are what can be asked for, `people` those who want to be seen."""

    report: Report
    sites: list[str]
    channels: list[str]
    people: list[PersonRow]
    server_time: str


class MineReply(Struct, frozen=True, kw_only=True):
    """One's own figures; `people` (with oneself, where one wants to be seen) only for who is `shown` to others."""

    report: Report
    shown: bool
    people: list[PersonRow]
    server_time: str


class ShownReply(Struct, frozen=True, kw_only=True):
    """As it is now."""

    shown: bool
    server_time: str


class ReportPaper(Struct, frozen=True, kw_only=True):
    """A report as a file, with the name that it is kept under; `body` is base64 in JSON."""

    name: str
    body: bytes
    server_time: str
