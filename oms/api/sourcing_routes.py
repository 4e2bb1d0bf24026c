"""Sourcing for supervisors (device token and session) and programs (API key with scope `orders`): why these sites, decide again, say no,
and what sites and rules are."""

from enum import StrEnum
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from oms.api.auth import admin
from oms.api.errors import server_time
from oms.api.orders_routes import who
from oms.bootstrap import Oms
from oms.db.work import Actor, Work
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.sourcing import desk
from oms.sourcing.codes import SourceRefusal
from oms.sourcing.decisions import Decision
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
_MOST_PLACES = 5000
_MOST_TEXT = 200


class Act(StrEnum):
    """`preview` changes nothing; `source` decides about what is open, `resource` also about what nobody began."""

    PREVIEW = "preview"
    SOURCE = "source"
    RESOURCE = "resource"


class LookRequest(Struct, frozen=True, kw_only=True):
    """`session` is the supervisor's; a program with an API key leaves it empty."""

    order: str
    session: str = ""


class ActRequest(Struct, frozen=True, kw_only=True):
    """As `LookRequest`."""

    order: str
    act: Act
    session: str = ""


class RejectRequest(Struct, frozen=True, kw_only=True):
    """Why the site cannot send it, in a word of its own."""

    reason: str
    session: str = ""


class SessionRequest(Struct, frozen=True, kw_only=True):
    """As `LookRequest`, about nothing in particular."""

    session: str = ""


class KeepSiteRequest(Struct, frozen=True, kw_only=True):
    """A site's row as a whole."""

    site: desk.SiteRow
    session: str = ""


class KeepRuleRequest(Struct, frozen=True, kw_only=True):
    """A rule's row as a whole."""

    rule: desk.RuleRow
    session: str = ""


class PlacesRequest(Struct, frozen=True, kw_only=True):
    """Places to keep; those of the same country and prefix are replaced."""

    places: list[desk.PlaceRow]
    session: str = ""


class NewSiteRequest(Struct, frozen=True, kw_only=True):
    """A site to add to this database."""

    site: str
    name: str = ""


class DecisionsReply(Struct, frozen=True, kw_only=True):
    """The decision that counts first."""

    decisions: list[desk.DecisionRow]
    server_time: str


class DecisionReply(Struct, frozen=True, kw_only=True):
    """What was decided, or would be; with `refused` nothing."""

    decision: desk.DecisionRow
    server_time: str


class SitesReply(Struct, frozen=True, kw_only=True):
    """All sites."""

    sites: list[desk.SiteRow]
    server_time: str


class RulesReply(Struct, frozen=True, kw_only=True):
    """All rules, in the order in which they are tried."""

    rules: list[desk.RuleRow]
    server_time: str


@post("/v1/sourcing/look", status_code=200, summary="Why these sites: decisions about an order", sync_to_thread=True)
def look(oms: NamedDependency[Oms], request: Asker, data: JSONBody[LookRequest]) -> DecisionsReply:
    """200; 401; 403 when not a supervisor. An order nobody decided about has none."""
    who(oms, request, data.session, Scope.SOURCING_READ)
    with oms.sessions() as db:
        found = desk.listed(db, _plain(data.order))
    return DecisionsReply(decisions=found, server_time=server_time())


@post("/v1/sourcing/act", status_code=200, summary="Decide about an order, or see what would be", sync_to_thread=True)
def act(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ActRequest]) -> DecisionReply:
    """200, also when refused: then with the reason; 401; 403 when not a supervisor; 404 unknown."""
    actor = who(oms, request, data.session, Scope.SOURCING_WRITE)
    return _told(oms.works.run(oms.site, actor, lambda w: desk.act(w, _plain(data.order), data.act)))


@post("/v1/orders/{number:str}/reject", status_code=200, summary="This site cannot send its part", sync_to_thread=True)
def reject(
    oms: NamedDependency[Oms], request: Asker, number: FromPath[str], data: JSONBody[RejectRequest]
) -> DecisionReply:
    """200 with what was decided instead, also when refused; 401; 403 when not a supervisor of the site; 404 unknown."""
    actor = who(oms, request, data.session, Scope.SOURCING_WRITE)
    return _told(oms.works.run(oms.site, actor, lambda w: desk.reject(w, _plain(number), _plain(data.reason))))


@post("/v1/sourcing/sites", status_code=200, summary="Sites and what they cost", sync_to_thread=True)
def list_sites(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SessionRequest]) -> SitesReply:
    """200; 401; 403 when not a supervisor."""
    who(oms, request, data.session, Scope.SOURCING_READ)
    with oms.sessions() as db:
        return SitesReply(sites=desk.sites(db), server_time=server_time())


@post("/v1/sourcing/sites/keep", status_code=200, summary="Keep what a site is and costs", sync_to_thread=True)
def keep_site(oms: NamedDependency[Oms], request: Asker, data: JSONBody[KeepSiteRequest]) -> SitesReply:
    """200 with all sites; 401; 403 when not a supervisor; 404 unknown."""
    actor = who(oms, request, data.session, Scope.SOURCING_WRITE)
    if "\0" in f"{data.site.site}{data.site.country}{data.site.postcode}" or not oms.works.run(
        oms.site, actor, lambda w: desk.keep_site(w, data.site)
    ):
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such site")
    with oms.sessions() as db:
        return SitesReply(sites=desk.sites(db), server_time=server_time())


@post("/v1/sourcing/rules", status_code=200, summary="Rules, in the order in which they are tried", sync_to_thread=True)
def list_rules(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SessionRequest]) -> RulesReply:
    """200; 401; 403 when not a supervisor."""
    who(oms, request, data.session, Scope.SOURCING_READ)
    with oms.sessions() as db:
        return RulesReply(rules=desk.rules(db), server_time=server_time())


@post("/v1/sourcing/rules/keep", status_code=200, summary="Keep a rule", sync_to_thread=True)
def keep_rule(oms: NamedDependency[Oms], request: Asker, data: JSONBody[KeepRuleRequest]) -> RulesReply:
    """200 with all rules; 401; 403 when not a supervisor."""
    actor = who(oms, request, data.session, Scope.SOURCING_WRITE)
    oms.works.run(oms.site, actor, lambda w: desk.keep_rule(w, data.rule))
    with oms.sessions() as db:
        return RulesReply(rules=desk.rules(db), server_time=server_time())


@post("/v1/sourcing/places", status_code=204, summary="Keep where postcodes are", sync_to_thread=True)
def keep_places(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PlacesRequest]) -> None:
    """204; 401; 403 when not a supervisor; 413."""
    actor = who(oms, request, data.session, Scope.SOURCING_WRITE)
    if len(data.places) > _MOST_PLACES:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {_MOST_PLACES} places at a time")
    oms.works.run(oms.site, actor, lambda w: desk.keep_places(w, data.places))


@post("/v1/admin/sites", status_code=201, summary="Add a site to this database", sync_to_thread=True)
def add_site(oms: NamedDependency[Oms], request: Asker, data: JSONBody[NewSiteRequest]) -> SitesReply:
    """201 with all sites; 400 without an id; 401; 403; 409 when there is one."""
    actor: Actor = admin(oms, request)
    site = _plain(data.site).strip()
    if not site:
        raise Refusal(400, ErrorCode.INVALID, "a site has an id")

    def do(w: Work) -> bool:
        return desk.add_site(w, site, _plain(data.name))

    if not oms.works.run(site, actor, do):
        raise Refusal(409, ErrorCode.CONFLICT, "there is such a site")
    with oms.sessions() as db:
        return SitesReply(sites=desk.sites(db), server_time=server_time())


def _told(decision: Decision) -> DecisionReply:
    if decision.refused is SourceRefusal.UNKNOWN_ORDER:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    return DecisionReply(decision=desk.told(decision), server_time=server_time())


def _plain(text: str) -> str:
    return text.replace("\0", "")[:_MOST_TEXT]


ROUTES: list[HTTPRouteHandler] = [
    look, act, reject, list_sites, keep_site, list_rules, keep_rule, keep_places, add_site,
]  # fmt: skip
