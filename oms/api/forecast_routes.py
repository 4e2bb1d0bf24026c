"""Forecasts for supervisors (device token and session) and programs (API key with scope `stock:read` or `stock:write`): what will be asked
for, how good that was, what stock it suggests; and what is said about ordering and promotions."""

import math
from datetime import date
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Struct

from oms.api.auth import program_or_supervisor
from oms.api.errors import server_time
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.forecast import desk, running
from oms.forecast.desk import BadTerms
from oms.people.keys import Scope
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
MAX_ITEMS = 1000
MAX_ROWS = 1000
#: How long one request goes on with a run; who asks again goes on.
_SECONDS = 20.0


class SessionRequest(Struct, frozen=True, kw_only=True):
    """`session` is the supervisor's; a program with an API key leaves it empty."""

    session: str = ""


class ItemsRequest(Struct, frozen=True, kw_only=True):
    """These `skus`, or else up to `limit` items that come `after` a SKU."""

    skus: list[str] = []
    after: str = ""
    limit: int = 200
    session: str = ""


class TermsRequest(Struct, frozen=True, kw_only=True):
    """All are kept or none."""

    terms: list[desk.TermsRow]
    session: str = ""


class PromotionsRequest(Struct, frozen=True, kw_only=True):
    """All are kept or none."""

    promotions: list[desk.PromotionRow]
    session: str = ""


class RunReply(Struct, frozen=True, kw_only=True):
    """`state` is `done`, or `running`: then the same again goes on with it. `items` are done so far."""

    run: str
    state: str
    items: int
    server_time: str


class ItemsReply(Struct, frozen=True, kw_only=True):
    """In order of SKU; `next` is what to ask `after` for more, empty at the end."""

    items: list[desk.ItemRow]
    next: str
    server_time: str


class AccuracyReply(Struct, frozen=True, kw_only=True):
    """What past forecasts were worth, and the last run (null: there was none)."""

    accuracy: list[desk.AccuracyRow]
    run: desk.RunRow | None
    server_time: str


class KeptReply(Struct, frozen=True, kw_only=True):
    """`reason` is a message code with its words, null when it was kept."""

    ids: list[str] = []
    reason: str | None = None
    params: dict[str, str | int] = {}


@post(
    "/v1/forecast/run", status_code=200, summary="Foresee all items now", sync_to_thread=True,
    operation_class=operation({"session": ""}),
)  # fmt: skip
def run(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SessionRequest]) -> RunReply:
    """200; 401; 403."""
    done = running.run(oms.works, oms.site, _writer(oms, request, data.session), _SECONDS)
    return RunReply(run=done.run, state=done.state, items=done.items, server_time=server_time())


@post(
    "/v1/forecast/items", status_code=200, summary="What will be asked for, and what stock that takes", sync_to_thread=True,
    operation_class=operation({"skus": ["TEA-250"]}),
)  # fmt: skip
def items(oms: NamedDependency[Oms], request: Asker, data: JSONBody[ItemsRequest]) -> ItemsReply:
    """200, without items that no run has seen; 401; 403; 413."""
    program_or_supervisor(oms, request, data.session, Scope.STOCK_READ)
    if len(data.skus) > MAX_ITEMS:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_ITEMS} items at a time")
    limit = min(MAX_ITEMS, max(1, data.limit))
    with oms.sessions() as db:
        found = desk.items(db, oms.site, [_plain(one) for one in data.skus], _plain(data.after), limit)
    more = not data.skus and len(found) == limit
    return ItemsReply(items=found, next=found[-1].sku if more else "", server_time=server_time())


@post(
    "/v1/forecast/accuracy", status_code=200, summary="How good forecasts were", sync_to_thread=True,
    operation_class=operation({"session": ""}),
)  # fmt: skip
def accuracy(oms: NamedDependency[Oms], request: Asker, data: JSONBody[SessionRequest]) -> AccuracyReply:
    """200; 401; 403."""
    program_or_supervisor(oms, request, data.session, Scope.STOCK_READ)
    with oms.sessions() as db:
        found = desk.accuracies(db, oms.site)
        return AccuracyReply(accuracy=found, run=desk.last_run(db, oms.site), server_time=server_time())


@post(
    "/v1/forecast/terms", status_code=200, summary="Keep what ordering items is like", sync_to_thread=True,
    operation_class=operation(
        {"terms": [{"sku": "TEA-250", "lead_days": 14, "lead_sd_days": 3, "service": 0.97, "unit_cost": "2.40", "pack": 12}]}
    ),
)  # fmt: skip
def keep_terms(oms: NamedDependency[Oms], request: Asker, data: JSONBody[TermsRequest]) -> KeptReply:
    """200, with a reason when they were not kept; 401; 403; 413."""
    actor = _writer(oms, request, data.session)
    _few(len(data.terms))
    rows = [_plain_terms(row) for row in data.terms]
    try:
        oms.works.run(oms.site, actor, lambda w: desk.keep_terms(w, rows))
    except BadTerms as error:
        return KeptReply(reason=error.code, params=error.words)
    return KeptReply()


@post(
    "/v1/forecast/promotions", status_code=200, summary="Keep days of promotions", sync_to_thread=True,
    operation_class=operation({"promotions": [{"sku": "TEA-250", "first": "2026-12-01", "last": "2026-12-06"}]}),
)  # fmt: skip
def keep_promotions(oms: NamedDependency[Oms], request: Asker, data: JSONBody[PromotionsRequest]) -> KeptReply:
    """200 with their ids, or with a reason when they were not kept; 401; 403; 413."""
    actor = _writer(oms, request, data.session)
    _few(len(data.promotions))
    rows = [
        desk.PromotionRow(first=_day(row.first), last=_day(row.last), sku=_plain(row.sku), id=_plain(row.id), gone=row.gone)
        for row in data.promotions
    ]  # fmt: skip
    try:
        return KeptReply(ids=oms.works.run(oms.site, actor, lambda w: desk.keep_promotions(w, rows)))
    except BadTerms as error:
        return KeptReply(reason=error.code, params=error.words)


def _plain_terms(row: desk.TermsRow) -> desk.TermsRow:
    words = {name: getattr(row, name) for name in desk.TermsRow.__struct_fields__}
    words |= {name: _plain(words[name]) for name in ("sku", "like_sku") if words[name]}
    # What is not a number is neither below the least nor above the most.
    if any(not math.isfinite(one) for one in words.values() if one is not None and not isinstance(one, str)):
        raise Refusal(400, ErrorCode.INVALID, "terms are numbers")
    return desk.TermsRow(**words)


def _day(day: date) -> date:
    """Days that the database and the calendar can reckon with."""
    return min(max(day, date(2000, 1, 1)), date(2200, 1, 1))


def _few(many: int) -> None:
    if many > MAX_ROWS:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {MAX_ROWS} at a time")


def _writer(oms: Oms, request: Asker, session: str) -> Actor:
    return program_or_supervisor(oms, request, session, Scope.STOCK_WRITE)


def _plain(text: str) -> str:
    return text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [run, items, accuracy, keep_terms, keep_promotions]
