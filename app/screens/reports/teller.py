"""Puts a figure into lines to read: what it is, what it means, what it was made of. Used by the view for its side."""

from __future__ import annotations

from app.screens.devices.cards import Line
from app.screens.floor.prose import Lines, head, plain, quiet, signed
from app.screens.reports.cells import counted_text, value_text
from app.screens.reports.presenter import ReportsState
from app.screens.reports.words import ReportsWord
from app.services.reports_ports import Figure, PersonRow, ReportSeen, Unit
from app.ui.texts import Texts

#: States and people told one by one.
_MOST = 14
_OF_PEOPLE = (Figure.PICKS_PER_HOUR, Figure.ACCURACY, Figure.SHORTS)


class ReportsTeller:
    """Owns nothing but the words of the window."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, state: ReportsState) -> list[Line]:
        """From top to bottom."""
        word, seen, row = self._texts.word, state.seen, state.current
        if seen is None or row is None:
            return []
        lines: Lines = [] if state.fresh else [signed("warn", word(ReportsWord.OLD, age=self._texts.age(state.old_s)))]
        lines += [head(row.name), Line(value_text(self._texts, row.value, row.unit), 34, 800)]
        lines += [plain(counted_text(self._texts, row)), Line(row.means, 17, 500, lines=9)]
        if row.figure is Figure.ORDERS:
            lines += self._states(seen)
        elif row.figure is Figure.AGEING:
            lines += self._ages(seen)
        elif row.figure in _OF_PEOPLE:
            lines += self._people(state, seen)
        return [*lines, quiet(self._about(state, seen))]

    def _about(self, state: ReportsState, seen: ReportSeen) -> str:
        word, report = self._texts.word, seen.report
        as_of = word(ReportsWord.AS_OF, time=self._texts.clock(report.made_at))
        if state.mine:
            return as_of
        site = word(ReportsWord.SITE_IS, name=report.site) if report.site else word(ReportsWord.ALL_SITES)
        channel = (
            word(ReportsWord.CHANNEL_IS, name=report.channel) if report.channel else word(ReportsWord.ALL_CHANNELS)
        )
        return " · ".join((site, channel, as_of))

    def _states(self, seen: ReportSeen) -> Lines:
        word, rows = self._texts.word, seen.report.states
        if not rows:
            return []
        told = [
            plain(
                word(
                    ReportsWord.STATE_LINE,
                    state=one.name,
                    channel=one.channel or word(ReportsWord.NO_CHANNEL),
                    n=one.orders,
                )
            )
            for one in sorted(rows, key=lambda one: -one.orders)[:_MOST]
        ]
        return [quiet(word(ReportsWord.STATES)), *told]

    def _ages(self, seen: ReportSeen) -> Lines:
        word = self._texts.word
        told = [plain(word(ReportsWord.AGE_LINE, age=one.name, n=one.orders)) for one in seen.report.ages if one.orders]
        return [quiet(word(ReportsWord.AGES)), *told] if told else []

    def _people(self, state: ReportsState, seen: ReportSeen) -> Lines:
        word = self._texts.word
        hint = plain(word(ReportsWord.SHOWN if seen.shown else ReportsWord.NOT_SHOWN)) if state.mine else quiet("")
        if not seen.people:
            return [hint]
        told = [self._person(n, one) for n, one in enumerate(seen.people[:_MOST], 1)]
        return [hint, quiet(word(ReportsWord.PEOPLE)), *told]

    def _person(self, place: int, one: PersonRow) -> Line:
        pieces = value_text(self._texts, one.picks_per_hour, Unit.PER_HOUR)
        accuracy = value_text(self._texts, one.accuracy, Unit.PERCENT)
        said = ReportsWord.PERSON_ME if one.mine else ReportsWord.PERSON_LINE
        text = self._texts.word(said, place=place, name=one.name, pieces=pieces, accuracy=accuracy)
        return signed("ask", text) if one.mine else plain(text)
