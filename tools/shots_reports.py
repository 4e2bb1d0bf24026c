"""Moments of the screen of reports, for the pictures and tests: figures of weeks that never were. Used by `shots_data` and `shots`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from math import sin
from typing import Any, Final

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.services.reports_ports import Every, Figure, FigureRow, PersonRow, Point, Report, ReportAsked, ReportSeen
from oms.reports.words import meanings, told
from sync.contract.reports import Age, AgeRow, StateRow

_LAST: Final = date(2026, 11, 22)
#: Figure -> (value, part, whole, how much it changes from part to part).
_VALUES: Final = {
    Figure.ORDERS: (1284.0, 1284.0, 1284.0, 0.35),
    Figure.FILL_RATE: (0.986, 5120.0, 5192.0, 0.012),
    Figure.ON_TIME: (0.957, 1131.0, 1182.0, 0.03),
    Figure.CYCLE_TIME: (9.4, 26.8, 1190.0, 0.25),
    Figure.PICKS_PER_HOUR: (143.2, 5204.0, 36.3, 0.14),
    Figure.ACCURACY: (0.994, 4211.0, 4236.0, 0.004),
    Figure.SHORTS: (72.0, 72.0, 31.0, 0.8),
    Figure.RETURNS: (0.041, 210.0, 5120.0, 0.4),
    Figure.STOCK_TURNS: (8.3, 5120.0, 32_180.0, 0.1),
    Figure.AGEING: (96.0, 131.0, 96.0, 0.0),
}
_STATES: Final = (
    ("shipped", "web", 803), ("shipped", "market", 281), ("in_work", "web", 92), ("sourced", "web", 41), ("held", "market", 14),
    ("backordered", "web", 28), ("cancelled", "web", 25),
)  # fmt: skip
_AGES: Final = {Age.DAY_1: 61, Age.DAYS_2: 19, Age.DAYS_7: 12, Age.DAYS_14: 3, Age.OLDER: 1}
PEOPLE: Final = (
    PersonRow(name="Sanne de Vries", pieces=1480, picks_per_hour=168.4, accuracy=0.997, mine=False),
    PersonRow(name="Jonas Weber", pieces=1204, picks_per_hour=151.0, accuracy=0.995, mine=True),
)
_OWN: Final = (Figure.PICKS_PER_HOUR, Figure.ACCURACY, Figure.SHORTS)


@dataclass(frozen=True, slots=True)
class ReportsMoment:
    """What the centre has to say at one moment; `away`: nothing, but it did `old_s` ago (None: never)."""

    away: bool = False
    old_s: float | None = 0.0
    shown: bool = False


READY = ReportsMoment()
OLD = ReportsMoment(away=True, old_s=25 * 60)
NEVER = ReportsMoment(away=True, old_s=None)
SHOWN = ReportsMoment(shown=True)


def report_of(asked: ReportAsked) -> Report:
    """A report as it was asked for."""
    last = _LAST - timedelta(days=asked.ago)
    first = last - timedelta(days=asked.days - 1)
    step = 7 if asked.every is Every.WEEK else 1
    days = [first + timedelta(days=n) for n in range(0, asked.days, step)]
    rows = [
        _row(one.figure, one.name, one.means, one.unit, days) for one in meanings(asked.language)
        if (one.figure in _OWN or not asked.mine) and ("channel" in one.by or not asked.channel)
    ]  # fmt: skip
    states = [
        StateRow(state=state, name=told("states", state, asked.language), channel=channel, orders=n)
        for state, channel, n in _STATES
        if asked.channel in ("", channel)
    ]
    ages = [AgeRow(age=age, name=told("ages", age, asked.language), orders=n) for age, n in _AGES.items()]
    return Report(
        since=first.isoformat(), through=last.isoformat(), every=asked.every, site=asked.site, channel=asked.channel, of="",
        zone="Europe/Amsterdam", language=asked.language, made_at="2026-11-22T14:08:00+01:00", figures=rows,
        states=[] if asked.mine else states, ages=[] if asked.mine else ages,
    )  # fmt: skip


def _row(figure: Figure, name: str, means: str, unit: Any, days: list[date]) -> FigureRow:
    value, part, whole, sway = _VALUES[figure]
    each = value / len(days) if figure in (Figure.ORDERS, Figure.SHORTS) else value
    points = [
        Point(day=day.isoformat(), value=each * (1 + sway * sin(1.7 * n + len(figure))), part=part, whole=whole)
        for n, day in enumerate(days)
    ]
    if figure in (Figure.FILL_RATE, Figure.ON_TIME, Figure.ACCURACY):
        points = [
            Point(day=one.day, value=min(1.0, one.value or 0), part=one.part, whole=one.whole) for one in points
        ]  # fmt: skip
    shown = [] if figure is Figure.AGEING else points
    return FigureRow(
        figure=figure, name=name, means=means, unit=unit, value=value, part=part, whole=whole, points=shown
    )


class CannedReports:
    """Reports as the moment in front says."""

    def __init__(self, canned: Any) -> None:
        self._canned = canned

    @property
    def _now(self) -> ReportsMoment:
        view = self._canned.moment.view
        return view if isinstance(view, ReportsMoment) else READY

    def online(self) -> bool:
        """See the port."""
        return not self._now.away

    def look(self, asked: ReportAsked) -> Outcome[ReportSeen | None]:
        """See the port."""
        now = self._now
        message = say(Code.NEEDS_CENTRE) if now.away else None
        if now.old_s is None:
            return Outcome("report", None, message)
        people = PEOPLE if now.shown or not asked.mine else ()
        seen = ReportSeen(
            asked, report_of(asked), time.monotonic() - now.old_s, ("MAIN", "NORTH"), ("market", "web"), people, now.shown
        )  # fmt: skip
        return Outcome("report", seen, message)

    def save(self, _asked: ReportAsked) -> Outcome[None]:
        """See the port."""
        return Outcome("done", None, say(Code.PAPER_KEPT, name="report-2026-11-16-2026-11-22.pdf"))

    def show_me(self, _shown: bool) -> Outcome[None]:
        """See the port."""
        return Outcome("done", None, say(Code.SAVED))
