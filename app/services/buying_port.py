"""What the buyer's desk may ask, and what it is given. Implemented by `app.services.buying`."""

from typing import Any, Protocol

from app.core.outcome import Outcome
from sync.contract.buying_desk import (
    BuyAct,
    BuyActAsk,
    BuyAlert,
    BuyAlerts,
    BuyAnswer,
    BuyCount,
    BuyDeskReply,
    BuyFound,
    BuyLine,
    BuySheet,
)

#: What a presenter may speak of without knowing the wire.
__all__ = [
    "BuyAct",
    "BuyActAsk",
    "BuyActRequest",
    "BuyAlert",
    "BuyAlerts",
    "BuyAnswer",
    "BuyCount",
    "BuyDeskReply",
    "BuyFound",
    "BuyLine",
    "BuySheet",
    "Buying",
]
#: An order's number, and what is to be done about it.
BuyActRequest = tuple[str, BuyActAsk]


class Buying(Protocol):
    """Orders to suppliers at the centre, in the shape in which the workbench asks. All but `online` wait for it and run on the network
    worker."""

    def online(self) -> bool:
        """Whether the centre answered last time."""

    def search(self, text: str, after: str = "") -> Outcome[Any]:
        """Orders that fit what was typed, newest first; `after` is the `next` of the page before."""

    def counts(self) -> Outcome[Any]:
        """How many there are of each group."""

    def sheet(self, number: str) -> Outcome[BuySheet | None]:
        """One order with all that is known of it."""

    def timeline(self, number: str) -> Outcome[Any]:
        """The items to look at: `entries`. They are of no order."""

    def act(self, request: BuyActRequest) -> Outcome[tuple[Any, BuySheet | None]]:
        """Does something about an order; state `done` or `refused`, else nobody answered."""
