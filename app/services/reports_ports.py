"""What the screen of reports may ask, and what it is given. Implemented by `app.services.reports`."""

from dataclasses import dataclass
from typing import Protocol

from app.core.outcome import Outcome
from sync.contract.reports import Every, Figure, FigureRow, PersonRow, Point, Report, Unit

#: What a presenter may speak of without knowing the wire.
__all__ = [
    "Every",
    "Figure",
    "FigureRow",
    "PersonRow",
    "Point",
    "Report",
    "ReportAsked",
    "ReportSeen",
    "Reports",
    "Unit",
]


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """The last `days` days, or those before the last `ago`, parted by `every`. `mine`: one's own figures; else all, of `site` and `channel`
    ('' all of them)."""

    days: int
    every: Every
    language: str
    ago: int = 0
    mine: bool = False
    site: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ReportSeen:
    """A report, what else can be asked for, and who wants to be seen (`shown`: oneself too). `at` is when it came, on the clock that never
    steps back."""

    asked: ReportAsked
    report: Report
    at: float
    sites: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    people: tuple[PersonRow, ...] = ()
    shown: bool = False


class Reports(Protocol):
    """Figures of a period. All but `online` ask the centre and run on the network worker."""

    def online(self) -> bool:
        """Whether the centre answered last time."""

    def look(self, asked: ReportAsked) -> Outcome[ReportSeen | None]:
        """The report; where the centre does not answer the same one as it was last seen, with the message why."""

    def save(self, asked: ReportAsked) -> Outcome[None]:
        """Keeps a report as a PDF; the message says under which name."""

    def show_me(self, shown: bool) -> Outcome[None]:
        """Whether others see one's figures beside theirs; `done` when it was kept."""
