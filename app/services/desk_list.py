"""A list at the centre that a desk looks at while somebody types, in the shape in which the workbench shows it. The services of returns and
of buying are made of it."""

from dataclasses import dataclass
from typing import Any, Final

from app.core.messages import Message
from app.core.outcome import Outcome
from app.services.ports import Store
from app.services.supervising import DeskCentre, Supervising

#: How long somebody waits for a list and for an act.
LOOK_S: Final = 6.0
ACT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that fit what was typed."""

    found: tuple[Any, ...]
    total: int
    more_than: bool
    next: str | None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures over the list."""

    counts: list[Any]


@dataclass(frozen=True, slots=True)
class Entries:
    """The second page."""

    entries: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One route that answers everything: its path, what it is asked and answers (`sync.contract`), and its field that asks for the second
    page and bears it."""

    path: str
    asks: Any
    reads: Any
    second: str


class DeskList:
    """Owns nothing of what is listed: what is shown is what the centre said."""

    def __init__(self, store: Store, centre: DeskCentre, listed: Listed) -> None:
        self.centre, self._listed = centre, listed
        self.asks = Supervising(store, centre, lambda: None)

    def online(self) -> bool:
        """Whether the centre answered last time."""
        return self.centre.online()

    def search(self, text: str, after: str = "") -> Outcome[Any]:
        """What fits, the newest first; `after` is the `next` of the page before."""
        reply = self._look(text=text, after=after)
        if isinstance(reply, Message):
            return Outcome("search", None, reply)
        return Outcome("search", Found(tuple(reply.found), reply.total, reply.more_than, reply.next))

    def counts(self) -> Outcome[Any]:
        """How many there are of each group."""
        reply = self._look(limit=1)
        return Outcome("counts", None, reply) if isinstance(reply, Message) else Outcome("counts", Counts(reply.counts))

    def sheet(self, number: str) -> Outcome[Any]:
        """One of them with all that is known of it."""
        reply = self._look(number=number, limit=1)
        return Outcome("sheet", None, reply) if isinstance(reply, Message) else Outcome("sheet", reply.sheet)

    def timeline(self, number: str) -> Outcome[Any]:
        """The second page: it is of no one row."""
        reply = self._look(**{self._listed.second: True, "limit": 1})
        if isinstance(reply, Message):
            return Outcome("timeline", None, reply)
        return Outcome("timeline", Entries(tuple(getattr(reply, self._listed.second))))

    def _look(self, **asked: Any) -> Any:
        one = self._listed
        return self.asks.ask(lambda s: self.centre.post(one.path, one.asks(session=s, **asked), one.reads, LOOK_S))
