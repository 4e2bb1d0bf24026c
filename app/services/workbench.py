"""Customer orders, as a supervisor asks the centre for them. Implements `workbench_ports.Workbench`."""

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.services.ports import Store
from app.services.supervising import DeskCentre, Supervising
from app.services.workbench_ports import Acted, ActRequest
from sync.contract.workbench import (
    CountsReply,
    CountsRequest,
    OrderSheet,
    SearchReply,
    SearchRequest,
    SheetReply,
    SheetRequest,
    TimelineReply,
    TimelineRequest,
    WorkbenchAct,
    WorkbenchRefusal,
)
from sync.contract.workbench_acts import (
    ActReply,
    CancelOrderRequest,
    ChangeOrderRequest,
    HoldRequest,
    MergeRequest,
    NoteRequest,
    PriorityRequest,
    ReleaseHoldRequest,
    ResourceRequest,
    SplitRequest,
    UnmergeRequest,
)

R = TypeVar("R", bound=Struct)

#: How long somebody waits for a list and for an act.
LOOK_S: Final = 6.0
ACT_S: Final = 10.0
_BASE: Final = "/v1/workbench/"
_ACTS: Final[dict[type[Struct], WorkbenchAct]] = {
    NoteRequest: WorkbenchAct.NOTE,
    HoldRequest: WorkbenchAct.HOLD,
    ReleaseHoldRequest: WorkbenchAct.RELEASE_HOLD,
    SplitRequest: WorkbenchAct.SPLIT,
    MergeRequest: WorkbenchAct.MERGE,
    UnmergeRequest: WorkbenchAct.UNMERGE,
    ResourceRequest: WorkbenchAct.RESOURCE,
    ChangeOrderRequest: WorkbenchAct.CHANGE,
    CancelOrderRequest: WorkbenchAct.CANCEL,
    PriorityRequest: WorkbenchAct.PRIORITY,
}


class WorkbenchService:
    """Owns nothing of the orders: what is shown is what the centre said."""

    def __init__(self, store: Store, centre: DeskCentre) -> None:
        self._centre = centre
        self._asks = Supervising(store, centre, lambda: None)

    def online(self) -> bool:
        """See the port."""
        return self._centre.online()

    def search(self, text: str, after: str = "") -> Outcome[SearchReply | None]:
        """See the port."""
        return self._look("search", lambda s: SearchRequest(session=s, text=text, after=after), SearchReply)

    def counts(self) -> Outcome[CountsReply | None]:
        """See the port."""
        return self._look("counts", lambda s: CountsRequest(session=s), CountsReply)

    def sheet(self, order: str) -> Outcome[OrderSheet | None]:
        """See the port."""
        found = self._look("sheet", lambda s: SheetRequest(session=s, order=order), SheetReply)
        return Outcome("sheet", found.view.sheet if found.view is not None else None, found.message)

    def timeline(self, order: str) -> Outcome[TimelineReply | None]:
        """See the port."""
        return self._look("timeline", lambda s: TimelineRequest(session=s, order=order), TimelineReply)

    def act(self, request: ActRequest) -> Outcome[Acted]:
        """See the port."""
        path = _BASE + _ACTS[type(request)]
        reply = self._asks.ask(
            lambda s: self._centre.post(path, msgspec.structs.replace(request, session=s), ActReply, ACT_S)
        )
        if isinstance(reply, Message):
            return Outcome("away", (None, None), reply)
        result = next(iter(reply.results), None)
        if result is None or result.reason is None:
            return Outcome("done", (result, reply.sheet), say(Code.SAVED))
        if result.reason == WorkbenchRefusal.CHANGED_MEANWHILE:
            return Outcome("refused", (result, reply.sheet), say(Code.ORDER_CHANGED, order=result.order))
        return Outcome("refused", (result, reply.sheet), say(Code.ORDER_NOT_DONE, reason=result.reason))

    def _look(self, name: str, body: Callable[[str], Struct], reads: type[R]) -> Outcome[R | None]:
        reply = self._asks.ask(lambda s: self._centre.post(_BASE + name, body(s), reads, LOOK_S))
        return Outcome(name, None, reply) if isinstance(reply, Message) else Outcome(name, reply)
