"""Dates and times in element strings: what is a date (`date_fault` and its kin, for `linters`), and which day it means (`day_of`)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable

from devices.codecs.gs1.faults import Fault, Gs1Error, whole

Linter = Callable[[str], Fault | None]


def _non_digit(value: str) -> Fault | None:
    for at, char in enumerate(value):
        if char not in "0123456789":
            return Fault("NON_DIGIT_CHARACTER", at, 1)
    return None


def date_fault(year_digits: int, *, day_may_be_zero: bool) -> Linter:
    """The rule for dates with a year of 2 or 4 digits, then month and day."""
    size = year_digits + 4
    centuries = 2000 if year_digits == 2 else 0

    def lint(value: str) -> Fault | None:
        if len(value) != size:
            return whole("DATE_TOO_SHORT" if len(value) < size else "DATE_TOO_LONG", value)
        found = _non_digit(value)
        if found:
            return found
        year, month, day = int(value[:year_digits]), int(value[-4:-2]), int(value[-2:])
        if not 1 <= month <= 12:
            return Fault("ILLEGAL_MONTH", year_digits, 2)
        if day > days_in(centuries + year, month) or (day == 0 and not day_may_be_zero):
            return Fault("ILLEGAL_DAY", year_digits + 2, 2)
        return None

    return lint


def days_in(year: int, month: int) -> int:
    """Number of days; knows the year 0 too, in which `calendar` does not believe."""
    if month == 2:
        return 29 if calendar.isleap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def two_digits_fault(name: str, most: int) -> Linter:
    """The rule for an hour, minute or second alone."""

    def lint(value: str) -> Fault | None:
        if len(value) != 2:
            return whole(f"{name}_TOO_SHORT" if len(value) < 2 else f"{name}_TOO_LONG", value)
        found = _non_digit(value)
        return found or (whole(f"ILLEGAL_{name}", value) if int(value) > most else None)

    return lint


def hour_minute_fault(value: str) -> Fault | None:
    """The rule for hour and minute together."""
    if len(value) != 4:
        return whole("HOUR_WITH_MINUTE_TOO_SHORT" if len(value) < 4 else "HOUR_WITH_MINUTE_TOO_LONG", value)
    found = _non_digit(value)
    if found:
        return found
    if int(value[:2]) > 23:
        return Fault("ILLEGAL_HOUR", 0, 2)
    return Fault("ILLEGAL_MINUTE", 2, 2) if int(value[2:]) > 59 else None


def day_of(digits: str, today: dt.date) -> dt.date:
    """The day that YYMMDD means, seen from `today`; day 00 is the last of the month. Gs1Error if there is no such day."""
    year, month, day = century(int(digits[:2]), today.year), int(digits[2:4]), int(digits[4:6])
    if not (1 <= month <= 12 and day <= days_in(year, month)):
        raise Gs1Error(f"no such day: {digits}")
    return dt.date(year, month, day or days_in(year, month))


def century(two_digits: int, this_year: int) -> int:
    """Four-digit year by GS1's sliding window (General Specifications 7.12): at most 49 years back and 50 ahead."""
    start = this_year - this_year % 100
    distance = two_digits - this_year % 100
    if distance >= 51:
        return start - 100 + two_digits
    if distance <= -50:
        return start + 100 + two_digits
    return start + two_digits
