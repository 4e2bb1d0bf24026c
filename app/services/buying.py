"""Orders to suppliers, as a supervisor asks the centre for them. Implements `buying_port.Buying`."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.services.buying_port import BuyActRequest
from app.services.ports import Store
from app.services.supervising import DeskCentre, Supervising
from sync.contract.buying_desk import (
    BuyActed,
    BuyAlerts,
    BuyCount,
    BuyDeskReply,
    BuyDeskRequest,
    BuyFound,
    BuySheet,
)

#: How long somebody waits for a list and for an act.
LOOK_S: Final = 6.0
ACT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class OrdersFound:
    """Orders that fit, as the workbench lists what it finds."""

    found: tuple[BuyFound, ...]
    total: int
    more_than: bool
    next: str | None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuyCounts:
    """The figures over the list."""

    counts: list[BuyCount]


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """Items to look at, by kind."""

    entries: tuple[BuyAlerts, ...]


class BuyingService:
    """Owns nothing of the orders: what is shown is what the centre said."""

    def __init__(self, store: Store, centre: DeskCentre) -> None:
        self._centre = centre
        self._asks = Supervising(store, centre, lambda: None)

    def online(self) -> bool:
        """See the port."""
        return self._centre.online()

    def search(self, text: str, after: str = "") -> Outcome[Any]:
        """See the port."""
        reply = self._look(BuyDeskRequest(text=text, after=after))
        if isinstance(reply, Message):
            return Outcome("search", None, reply)
        return Outcome("search", OrdersFound(tuple(reply.found), reply.total, reply.more_than, reply.next))

    def counts(self) -> Outcome[Any]:
        """See the port."""
        reply = self._look(BuyDeskRequest(limit=1))
        if isinstance(reply, Message):
            return Outcome("counts", None, reply)
        return Outcome("counts", BuyCounts(reply.counts))

    def sheet(self, number: str) -> Outcome[BuySheet | None]:
        """See the port."""
        reply = self._look(BuyDeskRequest(number=number, limit=1))
        return Outcome("sheet", None, reply) if isinstance(reply, Message) else Outcome("sheet", reply.sheet)

    def timeline(self, number: str) -> Outcome[Any]:
        """See the port."""
        reply = self._look(BuyDeskRequest(alerts=True, limit=1))
        if isinstance(reply, Message):
            return Outcome("timeline", None, reply)
        return Outcome("timeline", ToLookAt(tuple(reply.alerts)))

    def act(self, request: BuyActRequest) -> Outcome[tuple[Any, BuySheet | None]]:
        """See the port. Who acts on an order that came to something else meanwhile is told, and nothing is done."""
        number, body = request
        path = f"/v1/purchasing/orders/{number}/act"
        reply = self._asks.ask(
            lambda s: self._centre.post(path, msgspec.structs.replace(body, session=s), BuyActed, ACT_S)
        )
        if isinstance(reply, Message):
            return Outcome("away", (None, None), reply)
        now = self.sheet(number).view
        if reply.reason is None:
            return Outcome("done", (None, now), say(Code.SAVED))
        return Outcome("refused", (None, now), say(Code.ORDER_NOT_DONE, reason=reply.reason))

    def _look(self, body: BuyDeskRequest) -> BuyDeskReply | Message:
        return self._asks.ask(
            lambda s: self._centre.post(
                "/v1/purchasing/desk", msgspec.structs.replace(body, session=s), BuyDeskReply, LOOK_S
            )
        )
