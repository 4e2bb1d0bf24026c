"""Returns, as a supervisor asks the centre for them. Implements `returns_desk_port.ReturnsDesk`."""

from typing import Any, Final

import msgspec

from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.services.desk_list import ACT_S, DeskList, Listed
from app.services.ports import CentreRefused, Store
from app.services.returns_desk_port import BackActRequest
from app.services.supervising import DeskCentre
from sync.contract.codes import ErrorCode
from sync.contract.returns_desk import (
    BackActed,
    BackAllHere,
    BackClose,
    BackDecide,
    BackMakeLabel,
    BackSheet,
    DeskReply,
    DeskRequest,
)

_PATHS: Final[dict[type[msgspec.Struct], str]] = {
    BackDecide: "decide",
    BackMakeLabel: "label",
    BackAllHere: "receive",
    BackClose: "close",
}
_NOTHING: Final = "return_unknown"
_CHANGED: Final = "return_changed_meanwhile"


class ReturnsDeskService(DeskList):
    """The list of returns; its second page are the figures of what came back."""

    def __init__(self, store: Store, centre: DeskCentre) -> None:
        super().__init__(store, centre, Listed("/v1/returns/desk", DeskRequest, DeskReply, "figures"))

    def act(self, request: BackActRequest) -> Outcome[tuple[Any, BackSheet | None]]:
        """See the port. Who acts on what somebody changed meanwhile is told, and nothing is done."""
        number, body = request
        path = f"/v1/returns/{number}/{_PATHS[type(body)]}"

        def ask(session: str) -> BackActed:
            try:
                return self.centre.post(path, msgspec.structs.replace(body, session=session), BackActed, ACT_S)
            except CentreRefused as no:
                if no.code is not ErrorCode.CONFLICT:
                    raise
                return BackActed(done=False, reason=_CHANGED)

        reply = self.asks.ask(ask)
        if isinstance(reply, Message):
            return Outcome("away", (None, None), reply)
        now = self.sheet(number).view
        if reply.done:
            return Outcome("done", (None, now), say(Code.SAVED))
        return Outcome("refused", (None, now), say(Code.ORDER_NOT_DONE, reason=reply.reason or _NOTHING))
