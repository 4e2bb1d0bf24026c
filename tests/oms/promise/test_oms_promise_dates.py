"""Days on which goods leave and arrive: weekends, public holidays, cut-offs in the site's own time."""

from datetime import UTC, date, datetime, time

import pytest

from oms.promise.dates import Because, Calendar, NoWorkingDay, promise, public_holidays

DUTCH = Calendar("Europe/Amsterdam", public="NL", cut_off=time(16))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("ordered", "ships", "arrives", "because"),
    [
        ("2026-11-23T14:59", "2026-11-23", "2026-11-24", Because.IN_STOCK),
        ("2026-11-23T15:00", "2026-11-24", "2026-11-25", Because.AFTER_CUT_OFF),
        # In summer the site's 16 o'clock is an hour earlier by the world's clock.
        ("2026-07-07T14:00", "2026-07-08", "2026-07-09", Because.AFTER_CUT_OFF),
        ("2026-11-27T16:00", "2026-11-30", "2026-12-01", Because.AFTER_CUT_OFF),
        ("2026-11-28T09:00", "2026-11-30", "2026-12-01", Because.CLOSED),
        # Both days of Christmas, a Friday and a Saturday, and the Sunday.
        ("2026-12-24T15:30", "2026-12-28", "2026-12-29", Because.AFTER_CUT_OFF),
        ("2026-12-31T10:00", "2026-12-31", "2027-01-01", Because.IN_STOCK),
        # Half past midnight there is still yesterday here.
        ("2026-11-22T23:30", "2026-11-23", "2026-11-24", Because.IN_STOCK),
    ],
)
def test_first_day(ordered, ships, arrives, because):
    found = promise(DUTCH, at(ordered))
    assert (found.ships.isoformat(), found.arrives.isoformat(), found.because) == (ships, arrives, because)


def test_goods_that_come_on_a_weekend_leave_after_it():
    found = promise(DUTCH, at("2026-11-23T09:00"), there=date(2026, 12, 5), transit_days=2)
    assert (found.ships, found.arrives, found.because) == (date(2026, 12, 7), date(2026, 12, 9), Because.EXPECTED)


def test_days_off_handling_and_the_carriers_own_days():
    shut = Calendar(off=frozenset({date(2026, 11, 24)}), handling_days=1)
    assert promise(shut, at("2026-11-23T09:00")).ships == date(2026, 11, 25)
    sundays = Calendar(weekdays=frozenset({7}))
    assert promise(Calendar(), at("2026-11-23T09:00"), delivered=sundays).arrives == date(2026, 11, 29)


def test_a_calendar_without_a_working_day_is_an_error():
    with pytest.raises(NoWorkingDay):
        promise(Calendar(weekdays=frozenset()), at("2026-11-23T09:00"))


def test_places_differ_and_unknown_ones_have_none():
    corpus_christi = date(2026, 6, 4)
    assert corpus_christi in public_holidays("DE-BY", 2026)
    assert corpus_christi not in public_holidays("DE-BE", 2026)
    assert public_holidays("XX", 2026) == frozenset()
