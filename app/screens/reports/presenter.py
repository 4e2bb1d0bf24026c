"""Figures of a period: of everybody for supervisors, one's own for whoever asks. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import LinkStatus, Person
from app.screens.charts import Charts
from app.screens.frame import Action, Frame, Phrase, Refusal, phrase
from app.screens.presenter import Presenter, Stage
from app.screens.reports.words import ReportsWord
from app.screens.words import Vocabulary, Word
from app.services.gate import SUPERVISES
from app.services.reports_ports import Every, FigureRow, ReportAsked, Reports, ReportSeen

#: What stands on the screen is asked for again when it is so old, in seconds.
LIVE_S: Final = 30.0
_MOST_AGO: Final = 3650


class Period(StrEnum):
    """How much is looked at."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Span:
    """A period: its days, how they are parted, and what its button says."""

    days: int
    every: Every
    word: Vocabulary


SPANS: Final = {
    Period.DAY: Span(1, Every.DAY, ReportsWord.PERIOD_DAY),
    Period.WEEK: Span(7, Every.DAY, ReportsWord.PERIOD_WEEK),
    Period.MONTH: Span(30, Every.DAY, ReportsWord.PERIOD_MONTH),
    Period.QUARTER: Span(91, Every.WEEK, ReportsWord.PERIOD_QUARTER),
}
_CLOSE: Final = Action("close", Word.BACK, "Esc")


@dataclass(frozen=True, slots=True)
class ReportsState:
    """What the screen draws. `opened`: on a handheld a figure covers the list; `charts`: it can be drawn; `fresh`: the centre answers;
    `old_s`: how long ago it came; `loading`: it has not yet."""

    frame: Frame
    period: Period
    mine: bool
    seen: ReportSeen | None
    current: FigureRow | None
    acts: tuple[Action, ...]
    opened: bool
    charts: bool
    fresh: bool
    old_s: float
    loading: bool


class ReportsPresenter(Presenter[ReportsState]):
    """Owns the period, whose figures, and the figure one stands on. `load_charts` makes plots drawable and takes its time: it runs on the
    network worker when the first one is wanted. `language` says which one names of figures are in."""

    name = "reports"

    def __init__(
        self, stage: Stage, reports: Reports, load_charts: Callable[[], None], person: Callable[[], Person | None],
        language: Callable[[], str],
    ) -> None:  # fmt: skip
        super().__init__(stage)
        self._reports, self._person, self._language = reports, person, language
        self._reset()
        self._charts = Charts(stage.network, load_charts, self.show)

    def _reset(self) -> None:
        self._period, self._back = Period.WEEK, 0
        self._site = self._channel = self._row = ""
        self._mine = True
        self._chosen = self._opened = self._asking = self._waiting = False
        self._seen: ReportSeen | None = None
        self._trouble: Message | None = None
        self._asked_at = float("-inf")

    # its time on the glass

    def enter(self) -> None:
        """Figures as they are now; whoever may see all begins there."""
        person = self._person()
        may = person is not None and bool(SUPERVISES & person.roles)
        if not self._chosen or not may:
            self._mine = not may
        self._opened = False
        super().enter()

    def refresh(self) -> None:
        """Shows what is known and asks for more."""
        self._ask()
        self.show()

    def on_link(self, link: LinkStatus) -> None:
        """Comes every second or so: the beat of figures that are live."""
        before = self.link
        super().on_link(link)
        if not self.in_front:
            return
        back = before is not None and link.online and not before.online
        if back or (self._online and self.stage.clock.mono() - self._asked_at >= LIVE_S):
            self._ask()
        if before is None or before.online != link.online or not link.online:
            self.show()

    def on_changes(self, changes: Any) -> None:
        """The feed says nothing of figures."""

    def on_fault(self) -> None:
        """See Presenter.on_fault."""
        self._asking = self._waiting = False
        self._charts.fail()
        super().on_fault()

    def forget(self) -> None:
        """See Presenter.forget."""
        super().forget()
        self._reset()

    def scan(self, scan: ScanInput) -> None:
        """Nothing here has a code."""
        self.stage.answered(scan, None)

    @property
    def _supervises(self) -> bool:
        person = self._person()
        return person is not None and bool(SUPERVISES & person.roles)

    @property
    def _wanted(self) -> ReportAsked:
        span = SPANS[self._period]
        asked = ReportAsked(span.days, span.every, self._language(), ago=self._back * span.days, mine=self._mine)
        return asked if self._mine else replace(asked, site=self._site, channel=self._channel)

    def _ask(self) -> None:
        if self._asking:
            return
        wanted = self._wanted
        self._asking, self._asked_at = True, self.stage.clock.mono()

        def took(outcome: Outcome[ReportSeen | None]) -> None:
            self._asking = False
            if wanted != self._wanted:
                self._ask()
                return
            self._trouble = outcome.message
            if outcome.view is not None or outcome.message is None or outcome.message.code is not Code.NEEDS_CENTRE:
                self._seen = outcome.view
            elif self._seen is not None and self._seen.asked != wanted:
                self._seen = None
            if self._seen is not None:
                self._charts.want()
            self.show()

        self.stage.network.submit(lambda: self._reports.look(wanted), took)

    # intents

    def intent(self, name: str, argument: str) -> None:
        """One act; unknown ones are ignored."""
        act = self._INTENTS.get(name)
        if act is not None:
            act(self, argument)

    def _to_period(self, argument: str) -> None:
        if argument in list(Period):
            self._period, self._back = Period(argument), 0
            self._again()

    def _earlier(self, _argument: str) -> None:
        if (self._back + 2) * SPANS[self._period].days <= _MOST_AGO:
            self._back += 1
            self._again()

    def _later(self, _argument: str) -> None:
        if self._back:
            self._back -= 1
            self._again()

    def _to_row(self, argument: str, *, opened: bool = False) -> None:
        if self._row != argument or self._opened != opened:
            self._row, self._opened = argument, opened
            self.show()

    def _whose(self, _argument: str) -> None:
        if self._supervises:
            self._mine, self._chosen = not self._mine, True
            self._again()

    def _other_site(self, _argument: str) -> None:
        if self._seen is not None and not self._mine:
            self._site = _next(self._site, self._seen.sites)
            self._again()

    def _other_channel(self, _argument: str) -> None:
        if self._seen is not None and not self._mine:
            self._channel = _next(self._channel, self._seen.channels)
            self._again()

    def _save(self, _argument: str) -> None:
        if self._mine or self._waiting:
            return
        wanted = self._wanted

        def took(outcome: Outcome[None]) -> None:
            self._waiting = False
            self.hear(outcome.message)
            self.show()

        self._waiting = True
        self.stage.network.submit(lambda: self._reports.save(wanted), took)
        self.show()

    def _show_me(self, _argument: str) -> None:
        seen = self._seen
        if seen is None or not self._mine or self._waiting:
            return
        wanted = not seen.shown

        def took(outcome: Outcome[None]) -> None:
            self._waiting = False
            self.hear(outcome.message)
            self._ask()
            self.show()

        self._waiting = True
        self.stage.network.submit(lambda: self._reports.show_me(wanted), took)
        self.show()

    def _close(self, _argument: str) -> None:
        if self._opened:
            self._opened = False
            self.show()
        else:
            self.stage.go("home")

    def _again(self) -> None:
        """What was asked for before is no answer to what is asked for now."""
        self._ask()
        self.show()

    # what is drawn

    @property
    def _online(self) -> bool:
        return self._reports.online() and (self.link is None or self.link.online)

    @property
    def _shown(self) -> ReportSeen | None:
        """What stands on the screen: only what was asked for."""
        return self._seen if self._seen is not None and self._seen.asked == self._wanted else None

    def state(self) -> ReportsState:
        """The screen now."""
        seen = self._shown
        rows = seen.report.figures if seen is not None else []
        current = next((row for row in rows if row.figure == self._row), rows[0] if rows else None)
        return ReportsState(
            frame=self.frame(),
            period=self._period,
            mine=self._mine,
            seen=seen,
            current=current,
            acts=self._acts(),
            opened=self._opened and current is not None,
            charts=self._charts.ready,
            fresh=self._online and self._trouble is None,
            old_s=self.stage.clock.mono() - seen.at if seen is not None else 0.0,
            loading=seen is None and self._trouble is None,
        )

    def frame(self) -> Frame:
        """What stands around it."""
        periods = tuple(
            Action(f"period:{period}", span.word, str(n)) for n, (period, span) in enumerate(SPANS.items(), 1)
        )
        return Frame(
            title=phrase(ReportsWord.TITLE),
            subtitle=self._days(),
            prompt=self._prompt(),
            choices=(*self._acts(), *periods),
            refusal=Refusal(self.refusal) if self.refusal else None,
            busy=phrase(Word.ONE_MOMENT) if self._waiting else None,
            help=(ReportsWord.HELP,),
            leave="close",
        )

    def _days(self) -> Phrase | None:
        seen = self._shown
        if seen is None:
            return None
        first, last = seen.report.since, seen.report.through
        return (
            phrase(ReportsWord.OF_DAY, date=first)
            if first == last
            else phrase(ReportsWord.OF_DAYS, first_date=first, last_date=last)
        )

    def _prompt(self) -> Message | Phrase:
        if not self._online:
            return say(Code.NEEDS_CENTRE)
        if self._trouble is not None:
            return self._trouble
        if self._shown is None:
            return phrase(Word.LOADING)
        if self._mine:
            return phrase(ReportsWord.CHOOSE_BESIDE if self._shown.shown else ReportsWord.CHOOSE_MINE)
        return phrase(ReportsWord.CHOOSE)

    def _acts(self) -> tuple[Action, ...]:
        seen = self._shown
        acts = [
            Action("earlier", ReportsWord.EARLIER, "F2"),
            Action("later", ReportsWord.LATER, "F3", enabled=self._back > 0),
        ]
        if seen is not None and not self._mine and len(seen.sites) > 1:
            acts.append(Action("site", ReportsWord.OTHER_SITE, "F6"))
        if seen is not None and not self._mine and seen.channels:
            acts.append(Action("channel", ReportsWord.OTHER_CHANNEL, "F7"))
        if not self._mine:
            acts.append(Action("save", ReportsWord.SAVE, "F4", enabled=self._online and not self._waiting))
        if self._mine and seen is not None:
            word = ReportsWord.HIDE_ME if seen.shown else ReportsWord.SHOW_ME
            acts.append(Action("show_me", word, "F9", enabled=self._online and not self._waiting))
        if self._supervises:
            acts.append(Action("whose", ReportsWord.ALL if self._mine else ReportsWord.MINE, "F8"))
        return tuple(acts)

    _INTENTS: Final[dict[str, Callable[[ReportsPresenter, str], None]]] = {
        "period": _to_period,
        "earlier": _earlier,
        "later": _later,
        "row": _to_row,
        "open": lambda self, argument: self._to_row(argument, opened=True),
        "whose": _whose,
        "site": _other_site,
        "channel": _other_channel,
        "show_me": _show_me,
        "save": _save,
        "close": _close,
    }


def _next(now: str, all_: tuple[str, ...]) -> str:
    """The one after it; all ('') after the last."""
    ring = ("", *all_)
    return ring[(ring.index(now) + 1) % len(ring)] if now in ring else ""
