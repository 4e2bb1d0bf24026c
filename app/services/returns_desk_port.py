"""What the desk's screen of returns may ask, and what it is given. Implemented by `app.services.returns_desk`."""

from typing import Any, Protocol

from app.core.outcome import Outcome
from sync.contract.returns import ReturnReason
from sync.contract.returns_desk import (
    BackAllHere,
    BackClose,
    BackDecide,
    BackFigure,
    BackFound,
    BackLabel,
    BackLine,
    BackMakeLabel,
    BackReceipt,
    BackSheet,
    DeskAct,
    DeskCount,
    DeskReply,
)
from sync.contract.shipping import CarrierLabel

#: What a presenter may speak of without knowing the wire.
__all__ = [
    "BackActRequest",
    "BackAllHere",
    "BackClose",
    "BackDecide",
    "BackFigure",
    "BackFound",
    "BackLabel",
    "BackLine",
    "BackMakeLabel",
    "BackReceipt",
    "BackSheet",
    "CarrierLabel",
    "DeskAct",
    "DeskCount",
    "DeskReply",
    "ReturnReason",
    "ReturnsDesk",
]
#: A return's number, and what is to be done about it.
BackActRequest = tuple[str, BackDecide | BackMakeLabel | BackAllHere | BackClose]


class ReturnsDesk(Protocol):
    """Returns at the centre, in the shape in which the workbench asks. All but `online` wait for it and run on the network worker."""

    def online(self) -> bool:
        """Whether the centre answered last time."""

    def search(self, text: str, after: str = "") -> Outcome[Any]:
        """Returns that fit what was typed, newest first; `after` is the `next` of the page before."""

    def counts(self) -> Outcome[Any]:
        """How many there are of each group."""

    def sheet(self, number: str) -> Outcome[BackSheet | None]:
        """One return with all that is known of it."""

    def timeline(self, number: str) -> Outcome[Any]:
        """The figures of what came back: `entries`. They are of no return."""

    def act(self, request: BackActRequest) -> Outcome[tuple[Any, BackSheet | None]]:
        """Does something about a return; state `done` or `refused`, else nobody answered."""
