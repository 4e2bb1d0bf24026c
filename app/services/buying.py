"""Orders to suppliers, as a supervisor asks the centre for them. Implements `buying_port.Buying`."""

from typing import Any

from msgspec.structs import replace

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.services.buying_port import BuyActRequest
from app.services.desk_list import ACT_S, DeskList, Listed
from app.services.ports import Store
from app.services.supervising import DeskCentre
from sync.contract.buying_desk import BuyActed, BuyDeskReply, BuyDeskRequest, BuySheet


class BuyingService(DeskList):
    """The list of orders; its second page are the items to look at."""

    def __init__(self, store: Store, centre: DeskCentre) -> None:
        super().__init__(store, centre, Listed("/v1/purchasing/desk", BuyDeskRequest, BuyDeskReply, "alerts"))

    def act(self, request: BuyActRequest) -> Outcome[tuple[Any, BuySheet | None]]:
        """See the port. Who acts on an order that came to something else meanwhile is told, and nothing is done."""
        number, body = request
        path = f"/v1/purchasing/orders/{number}/act"
        reply = self.asks.ask(lambda s: self.centre.post(path, replace(body, session=s), BuyActed, ACT_S))
        if isinstance(reply, Message):
            return Outcome("away", (None, None), reply)
        now = self.sheet(number).view
        if reply.reason is None:
            return Outcome("done", (None, now), say(Code.SAVED))
        return Outcome("refused", (None, now), say(Code.ORDER_NOT_DONE, reason=reply.reason))
