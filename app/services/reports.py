"""Figures of a period, from the centre, and as they were last seen while it is away. Implements `reports_ports.Reports`."""

from typing import Final

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.services.load_ports import Papers
from app.services.ports import Store
from app.services.reports_ports import ReportAsked, ReportSeen
from app.services.supervising import DeskCentre, Supervising
from sync.contract.reports import LookReport, MineReply, MyReport, ReportPaper, ReportReply, ShowMe, ShownReply

#: How long somebody waits for a report, and for an act.
LOOK_S: Final = 20.0
ACT_S: Final = 10.0
#: So many reports are remembered for when the centre is away.
_MOST: Final = 24


class ReportsService:
    """Owns what was last seen by whoever is signed in."""

    def __init__(self, store: Store, centre: DeskCentre, papers: Papers, clock: Clock) -> None:
        self._centre, self._papers, self._clock = centre, papers, clock
        self._seen: dict[ReportAsked, ReportSeen] = {}
        self._all = Supervising(store, centre, self._forget)
        self._mine = Supervising(store, centre, self._forget, everybody=True)

    def _forget(self) -> None:
        self._seen.clear()

    def online(self) -> bool:
        """See the port."""
        return self._centre.online()

    def look(self, asked: ReportAsked) -> Outcome[ReportSeen | None]:
        """See the port."""
        seen = self._own(asked) if asked.mine else self._everybody(asked)
        if isinstance(seen, Message):
            return Outcome("report", self._seen.get(asked) if seen.code is Code.NEEDS_CENTRE else None, seen)
        self._seen.pop(asked, None)
        self._seen[asked] = seen
        while len(self._seen) > _MOST:
            self._seen.pop(next(iter(self._seen)))
        return Outcome("report", seen)

    def show_me(self, shown: bool) -> Outcome[None]:
        """See the port."""
        reply = self._mine.ask(
            lambda session: self._centre.post(
                "/v1/reports/ranking", ShowMe(session=session, shown=shown), ShownReply, ACT_S
            )
        )
        return Outcome("report", None, reply) if isinstance(reply, Message) else Outcome("done", None, say(Code.SAVED))

    def save(self, asked: ReportAsked) -> Outcome[None]:
        """See the port."""
        reply = self._all.ask(
            lambda session: self._centre.post("/v1/reports/look/pdf", _question(asked, session), ReportPaper, LOOK_S)
        )
        if isinstance(reply, Message):
            return Outcome("report", None, reply)
        try:
            return Outcome("done", None, say(Code.PAPER_KEPT, name=self._papers.keep(reply.name, reply.body)))
        except OSError:
            return Outcome("report", None, say(Code.STORAGE_FULL))

    def _everybody(self, asked: ReportAsked) -> ReportSeen | Message:
        reply = self._all.ask(
            lambda session: self._centre.post("/v1/reports/look", _question(asked, session), ReportReply, LOOK_S)
        )
        if isinstance(reply, Message):
            return reply
        return ReportSeen(
            asked, reply.report, self._clock.mono(), tuple(reply.sites), tuple(reply.channels), tuple(reply.people)
        )

    def _own(self, asked: ReportAsked) -> ReportSeen | Message:
        def question(session: str) -> MyReport:
            return MyReport(
                session=session, days=asked.days, ago=asked.ago, every=asked.every, language=asked.language
            )  # fmt: skip

        reply = self._mine.ask(
            lambda session: self._centre.post("/v1/reports/mine", question(session), MineReply, LOOK_S)
        )
        if isinstance(reply, Message):
            return reply
        return ReportSeen(asked, reply.report, self._clock.mono(), people=tuple(reply.people), shown=reply.shown)


def _question(asked: ReportAsked, session: str) -> LookReport:
    return LookReport(
        days=asked.days, ago=asked.ago, every=asked.every, site=asked.site, channel=asked.channel,
        language=asked.language, session=session,
    )  # fmt: skip
