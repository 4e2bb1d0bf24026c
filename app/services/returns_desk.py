"""Returns, as a supervisor asks the centre for them. Implements `returns_desk_port.ReturnsDesk`."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.services.ports import CentreRefused, Store
from app.services.returns_desk_port import BackActRequest
from app.services.supervising import DeskCentre, Supervising
from sync.contract.codes import ErrorCode
from sync.contract.returns_desk import (
    BackActed,
    BackAllHere,
    BackClose,
    BackDecide,
    BackFigure,
    BackFound,
    BackMakeLabel,
    BackSheet,
    DeskCount,
    DeskReply,
    DeskRequest,
)

#: How long somebody waits for a list and for an act.
LOOK_S: Final = 6.0
ACT_S: Final = 10.0
_PATHS: Final[dict[type[msgspec.Struct], str]] = {
    BackDecide: "decide",
    BackMakeLabel: "label",
    BackAllHere: "receive",
    BackClose: "close",
}
_NOTHING: Final = "return_unknown"
_CHANGED: Final = "return_changed_meanwhile"


@dataclass(frozen=True, slots=True)
class BacksFound:
    """Returns that fit, as the workbench lists what it finds."""

    found: tuple[BackFound, ...]
    total: int
    more_than: bool
    next: str | None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BackCounts:
    """The figures over the list."""

    counts: list[DeskCount]


@dataclass(frozen=True, slots=True)
class BackFigures:
    """What came back within thirty days."""

    entries: tuple[BackFigure, ...]


class ReturnsDeskService:
    """Owns nothing of the returns: what is shown is what the centre said."""

    def __init__(self, store: Store, centre: DeskCentre) -> None:
        self._centre = centre
        self._asks = Supervising(store, centre, lambda: None)

    def online(self) -> bool:
        """See the port."""
        return self._centre.online()

    def search(self, text: str, after: str = "") -> Outcome[Any]:
        """See the port."""
        reply = self._look(DeskRequest(text=text, after=after))
        if isinstance(reply, Message):
            return Outcome("search", None, reply)
        return Outcome("search", BacksFound(tuple(reply.found), reply.total, reply.more_than, reply.next))

    def counts(self) -> Outcome[Any]:
        """See the port."""
        reply = self._look(DeskRequest(limit=1))
        return (
            Outcome("counts", None, reply)
            if isinstance(reply, Message)
            else Outcome("counts", BackCounts(reply.counts))
        )

    def sheet(self, number: str) -> Outcome[BackSheet | None]:
        """See the port."""
        reply = self._look(DeskRequest(number=number, limit=1))
        return Outcome("sheet", None, reply) if isinstance(reply, Message) else Outcome("sheet", reply.sheet)

    def timeline(self, number: str) -> Outcome[Any]:
        """See the port."""
        reply = self._look(DeskRequest(figures=True, limit=1))
        if isinstance(reply, Message):
            return Outcome("timeline", None, reply)
        return Outcome("timeline", BackFigures(tuple(reply.figures)))

    def act(self, request: BackActRequest) -> Outcome[tuple[Any, BackSheet | None]]:
        """See the port. Who acts on what somebody changed meanwhile is told, and nothing is done."""
        number, body = request
        path = f"/v1/returns/{number}/{_PATHS[type(body)]}"

        def ask(session: str) -> BackActed:
            try:
                return self._centre.post(path, msgspec.structs.replace(body, session=session), BackActed, ACT_S)
            except CentreRefused as no:
                if no.code is not ErrorCode.CONFLICT:
                    raise
                return BackActed(done=False, reason=_CHANGED)

        reply = self._asks.ask(ask)
        if isinstance(reply, Message):
            return Outcome("away", (None, None), reply)
        now = self.sheet(number).view
        if reply.done:
            return Outcome("done", (None, now), say(Code.SAVED))
        return Outcome("refused", (None, now), say(Code.ORDER_NOT_DONE, reason=reply.reason or _NOTHING))

    def _look(self, body: DeskRequest) -> DeskReply | Message:
        return self._asks.ask(
            lambda s: self._centre.post("/v1/returns/desk", msgspec.structs.replace(body, session=s), DeskReply, LOOK_S)
        )
