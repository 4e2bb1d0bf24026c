"""Codes of reports: figures, steps of a period, ages of open orders."""

from enum import StrEnum
from typing import Final


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


#: Age -> hours that it is less than. Older is all the rest.
AGES: Final = {Age.DAY_1: 24, Age.DAYS_2: 48, Age.DAYS_7: 168, Age.DAYS_14: 336}
#: A picker who does nothing for longer is not picking, in minutes.
BREAK_MIN: Final = 10
#: Scans by which something other than what was needed would have been taken, put or left (codes of the client).
WRONG_SCANS: Final = (
    "wrong_item", "wrong_bin", "wrong_lot", "wrong_tote", "wrong_slot", "too_many", "not_in_order", "unknown_code", "out_of_date",
    "serial_not_here", "not_on_cart",
)  # fmt: skip


class ReportRefusal(StrEnum):
    """Why there is no such report."""

    BAD_PERIOD = "report_bad_period"
    TOO_LONG = "report_too_long"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_LANGUAGE = "report_unknown_language"
