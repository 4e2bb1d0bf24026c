"""Periods, their parts and what a figure is made of, without a database."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from oms.reports.asking import Asked, part_of
from oms.reports.floor import Picked
from oms.reports.papers import shown
from oms.reports.report import turns
from sync.contract.reports import Every, Unit

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def of(first, last, every):
    return Asked(date.fromisoformat(first), date.fromisoformat(last), every, AMSTERDAM, ("W",))


def test_a_period_is_parted_where_days_weeks_and_months_begin():
    assert of("2026-01-30", "2026-02-02", Every.DAY).parts == [
        date(2026, 1, 30),
        date(2026, 1, 31),
        date(2026, 2, 1),
        date(2026, 2, 2),
    ]
    # A Wednesday to the Monday after next: of the first week only what is in the period.
    weeks = of("2026-01-07", "2026-01-19", Every.WEEK)
    assert weeks.parts == [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)]
    assert weeks.bounds(weeks.parts[0])[0] == weeks.start
    assert weeks.bounds(weeks.parts[-1])[1] == weeks.end
    assert of("2025-12-31", "2026-03-01", Every.MONTH).parts == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
    ]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day, hours):
    one = of(day, day, Every.DAY)
    assert (one.end - one.start).total_seconds() == hours * 3600
    assert one.bounds(one.parts[0]) == (one.start, one.end)


def test_a_week_begins_on_monday():
    assert {part_of(date(2026, 11, n), Every.WEEK) for n in range(16, 23)} == {date(2026, 11, 16)}


def test_figures_without_anything_to_measure_are_none():
    assert (Picked().per_hour, Picked().accuracy) == (None, None)
    assert turns(5, 0, 0, 86_400)[0] is None
    assert turns(5, -3, 1, 86_400)[0] is None
    assert turns(5, 10, 10, 0)[0] is None
    assert turns(10, 30, 10, 365 * 86_400)[0] == 0.5
    assert Picked(10, 8, 2, 0.5).per_hour == 20
    assert Picked(10, 8, 2, 0.5).accuracy == 0.8


def test_figures_are_read_as_people_of_a_language_write_them():
    assert shown(0.98649, Unit.PERCENT, "de") == "98,6\N{NO-BREAK SPACE}%"
    assert shown(12_345.0, Unit.ORDERS, "en") == "12,345"
    assert shown(9.44, Unit.HOURS, "nl") == "9,4\N{NO-BREAK SPACE}h"
    assert shown(None, Unit.HOURS, "nl") == "–"


def test_the_first_moment_is_midnight_there():
    assert of("2026-11-22", "2026-11-22", Every.DAY).start == datetime(2026, 11, 21, 23, tzinfo=UTC)
