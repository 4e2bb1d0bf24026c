"""For who answers for data (scopes `admin`, `privacy`): how long records are kept, who may do what, all that is known of who works here."""

from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from oms import records
from oms.api.auth import admin, bearer, key_holder
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.db.work import Actor, Work
from oms.feed.refusals import Refusal
from oms.people import report, retention, staff_data
from oms.people.keys import Scope
from oms.people.report import Permission
from oms.people.retention import RuleSeen
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]


class KeepRequest(Struct, frozen=True, kw_only=True):
    """Records of this kind are kept for so many days."""

    kind: str
    days: int


class SweptReply(Struct, frozen=True, kw_only=True):
    """Kind -> how many records went."""

    swept: dict[str, int]


@get("/v1/admin/retention", summary="How long records are kept", sync_to_thread=True)
def list_rules(oms: NamedDependency[Oms], request: Asker) -> list[RuleSeen]:
    """200. What is not named is kept for good."""
    admin(oms, request)
    with oms.sessions() as db:
        return retention.rules(db)


@post(
    "/v1/admin/retention", status_code=204, summary="Keep records for longer or shorter", sync_to_thread=True,
    operation_class=operation({"kind": "mails", "days": 180}),
)  # fmt: skip
def keep_rule(oms: NamedDependency[Oms], request: Asker, data: JSONBody[KeepRequest]) -> None:
    """204; 400 no such kind, or not within its limits."""
    actor = admin(oms, request)
    try:
        oms.works.run(oms.site, actor, lambda w: retention.keep(w, data.kind, data.days))
    except retention.BadRule:
        raise Refusal(400, ErrorCode.INVALID, "no such kind, or not so many days") from None


@post("/v1/admin/retention/sweep", status_code=200, summary="Apply the rules now", sync_to_thread=True)
def sweep_now(oms: NamedDependency[Oms], request: Asker) -> SweptReply:
    """200. The server does it by itself once a day."""
    return SweptReply(swept=records.sweep(oms.works, [oms.site], admin(oms, request)))


@get("/v1/admin/permissions", summary="Who may do what", sync_to_thread=True)
def permissions(
    oms: NamedDependency[Oms], request: Asker, as_csv: FromQuery[bool] = False
) -> Response[list[Permission] | str]:
    """200, as JSON or as CSV."""
    admin(oms, request)
    with oms.sessions() as db:
        found = report.permissions(db, oms.site)
    if as_csv:
        return Response(report.as_csv(found), media_type="text/csv; charset=utf-8")
    return Response(found, media_type=MediaType.JSON)


@get(
    "/v1/admin/workers/{number:str}/export", summary="All that is known of a person who works here", sync_to_thread=True
)
def export(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> dict[str, Any]:
    """200; 404."""
    return oms.works.run(oms.site, _privacy(oms, request), lambda w: staff_data.export(w, _person(w, number)))


@post("/v1/admin/workers/{number:str}/erase", status_code=204, summary="Erase who a person was", sync_to_thread=True)
def erase(oms: NamedDependency[Oms], request: Asker, number: FromPath[str]) -> None:
    """204; 404; 409 they may still sign in. What they did stays, under a number that says nothing."""
    try:
        oms.works.run(oms.site, _privacy(oms, request), lambda w: staff_data.erase(w, _person(w, number)))
    except staff_data.StillHere:
        raise Refusal(409, ErrorCode.CONFLICT, "this person may still sign in") from None


def _person(w: Work, number: str) -> str:
    found = staff_data.by_number(w.db, w.site, number.replace("\0", ""))
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "nobody has this number")
    return found


def _privacy(oms: Oms, request: Asker) -> Actor:
    return Actor(f"key:{key_holder(oms, bearer(request), Scope.PRIVACY).name}")


ROUTES: list[HTTPRouteHandler] = [list_rules, keep_rule, sweep_now, permissions, export, erase]
