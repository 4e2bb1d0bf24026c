"""Orders to suppliers for the desk: supervisors signed in on a device, and programs with `purchasing:read`. What is done goes by
`purchasing_routes`."""

from typing import Any, Final

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec.structs import replace
from sqlalchemy import func, select

from oms.api.auth import program_or_supervisor
from oms.api.errors import server_time
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.people.keys import Scope
from oms.purchasing import looking
from sync.contract.buying_desk import BuyDeskReply, BuyDeskRequest

Asker = Request[Any, Any, Any]
_MOST: Final = 200
_LONGEST: Final = 200


@post(
    "/v1/purchasing/desk", status_code=200, summary="Orders to suppliers as the desk looks at them", sync_to_thread=True,
    operation_class=operation({"text": "tea late", "alerts": True}),
)  # fmt: skip
def look(oms: NamedDependency[Oms], request: Asker, data: JSONBody[BuyDeskRequest]) -> BuyDeskReply:
    """200, with nothing where nothing fits; 401; 403."""
    program_or_supervisor(oms, request, data.session, Scope.PURCHASING_READ)
    text, number, after = (one.replace("\0", "")[:_LONGEST] for one in (data.text, data.number, data.after))
    with oms.sessions() as db:
        now = db.scalars(select(func.clock_timestamp())).one()
        made = looking.found(db, oms.site, now.date(), text, after, min(_MOST, max(1, data.limit)))
        if number:
            made = replace(made, sheet=looking.sheet(db, oms.site, now.date(), number))
        if data.alerts:
            made = replace(made, alerts=looking.to_look_at(db, oms.site, now))
    return replace(made, server_time=server_time())


ROUTES: list[HTTPRouteHandler] = [look]
