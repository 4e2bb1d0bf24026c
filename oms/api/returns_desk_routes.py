"""Returns for the desk: supervisors signed in on a device, and programs with `returns:read`. What is done goes by `returns_routes`."""

from typing import Any, Final

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec.structs import replace

from oms.api.auth import asking
from oms.api.errors import server_time
from oms.bootstrap import Oms
from oms.people.keys import Scope
from oms.returns import desk
from oms.returns.queries import channel_of_return
from sync.contract.returns_desk import DeskReply, DeskRequest

Asker = Request[Any, Any, Any]
_MOST: Final = 200
_LONGEST: Final = 200


@post("/v1/returns/desk", status_code=200, summary="Returns as the desk looks at them", sync_to_thread=True)
def look(oms: NamedDependency[Oms], request: Asker, data: JSONBody[DeskRequest]) -> DeskReply:
    """200, with nothing where nothing fits; 401; 403."""
    asks = asking(oms, request, data.session, Scope.RETURNS_READ)
    text, number = (one.replace("\0", "")[:_LONGEST] for one in (data.text, data.number))
    with oms.sessions() as db:
        limit = min(_MOST, max(1, data.limit))
        made = desk.found(db, text, asks.channel, data.after.replace("\0", "")[:_LONGEST], limit)
        mine = bool(number) and asks.channel in ("", channel_of_return(db, number))
    if mine:
        made = replace(made, sheet=oms.works.run(oms.site, asks.actor, lambda w: desk.sheet(w, number)))
    if data.figures:
        made = replace(made, figures=oms.works.run(oms.site, asks.actor, lambda w: desk.figures(w, asks.channel)))
    return replace(made, server_time=server_time())


ROUTES: list[HTTPRouteHandler] = [look]
