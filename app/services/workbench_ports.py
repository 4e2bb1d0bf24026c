"""What the order workbench may ask, and what it is given. Implemented by `app.services.workbench`."""

from typing import Protocol

from app.core.outcome import Outcome
from sync.contract.workbench import (
    Address,
    CountsReply,
    EventIcon,
    MergedWith,
    OrderFound,
    OrderSheet,
    SearchReply,
    SheetHold,
    SheetLine,
    SheetReason,
    StateCount,
    TimelineEntry,
    TimelineReply,
    UnknownWord,
    WorkbenchAct,
)
from sync.contract.workbench_acts import (
    ActResult,
    CancelOrderRequest,
    ChangeLine,
    ChangeOrderRequest,
    HoldRequest,
    MergeRequest,
    NoteRequest,
    PriorityRequest,
    ReleaseHoldRequest,
    ResourceRequest,
    SplitLine,
    SplitRequest,
    UnmergeRequest,
)

#: What is asked of one order; the service adds whose session it is.
ActRequest = (
    NoteRequest
    | HoldRequest
    | ReleaseHoldRequest
    | SplitRequest
    | MergeRequest
    | UnmergeRequest
    | ResourceRequest
    | ChangeOrderRequest
    | CancelOrderRequest
    | PriorityRequest
)
#: What came of it: the result (None where nobody answered) and the order as it is now.
Acted = tuple[ActResult | None, OrderSheet | None]

#: What a presenter may speak of without knowing the wire.
__all__ = [
    "ActRequest",
    "ActResult",
    "Acted",
    "Address",
    "CancelOrderRequest",
    "ChangeLine",
    "ChangeOrderRequest",
    "CountsReply",
    "EventIcon",
    "HoldRequest",
    "MergeRequest",
    "MergedWith",
    "NoteRequest",
    "OrderFound",
    "OrderSheet",
    "PriorityRequest",
    "ReleaseHoldRequest",
    "ResourceRequest",
    "SearchReply",
    "SheetHold",
    "SheetLine",
    "SheetReason",
    "SplitLine",
    "SplitRequest",
    "StateCount",
    "TimelineEntry",
    "TimelineReply",
    "UnknownWord",
    "UnmergeRequest",
    "Workbench",
    "WorkbenchAct",
]


class Workbench(Protocol):
    """Customer orders at the centre. All but `online` wait for it and run on the network worker."""

    def online(self) -> bool:
        """Whether the centre answered last time."""

    def search(self, text: str, after: str = "") -> Outcome[SearchReply | None]:
        """Orders that fit what was typed, newest first; `after` is the `next` of the page before."""

    def counts(self) -> Outcome[CountsReply | None]:
        """The figures over the list."""

    def sheet(self, order: str) -> Outcome[OrderSheet | None]:
        """One order with all that is known of it."""

    def timeline(self, order: str) -> Outcome[TimelineReply | None]:
        """What happened to it, newest first."""

    def act(self, request: ActRequest) -> Outcome[Acted]:
        """Does something to an order; state `done` or `refused`, else nobody answered."""
