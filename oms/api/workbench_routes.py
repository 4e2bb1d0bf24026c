"""The order workbench for supervisors and customer service (device token and session) and for programs (API key, `workbench:*`): find
orders while typing, one order with its timeline, and everything that may be done to it."""

from collections.abc import Callable
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from oms.api.errors import server_time
from oms.api.orders_routes import who
from oms.bootstrap import Oms
from oms.db.work import Work
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from oms.sales import changing, desk, finding, parting
from oms.sales.codes import SaleState
from oms.sales.sheet import sheet_of
from oms.sales.timeline import timeline
from sync.contract import workbench as wb
from sync.contract import workbench_acts as acts
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
_MOST_PAGE, _MOST_ENTRIES, _MOST_BULK = 200, 500, 500
_MOST_TYPED = 300


@post("/v1/workbench/search", status_code=200, summary="Find orders while somebody types", sync_to_thread=True)
def search(oms: NamedDependency[Oms], request: Asker, data: JSONBody[wb.SearchRequest]) -> wb.SearchReply:
    """200; 401; 403 when not a supervisor."""
    who(oms, request, data.session, Scope.WORKBENCH_READ)
    limit = max(1, min(data.limit, _MOST_PAGE))
    with oms.sessions() as db:
        meant, hits, rows = finding.found(db, data.text[:_MOST_TYPED], data.after[:_MOST_TYPED], limit)
    return wb.SearchReply(
        found=rows, next=hits.next, total=hits.total, more_than=hits.more, words=meant.words,
        unknown=[wb.UnknownWord(text=one.text, may_be=list(one.may_be)) for one in meant.unknown], epoch=oms.epoch(),
        server_time=server_time(),
    )  # fmt: skip


@post("/v1/workbench/counts", status_code=200, summary="How many orders are in each state", sync_to_thread=True)
def counts(oms: NamedDependency[Oms], request: Asker, data: JSONBody[wb.CountsRequest]) -> wb.CountsReply:
    """200; 401; 403."""
    actor = who(oms, request, data.session, Scope.WORKBENCH_READ)
    return _counts(oms, finding.owner_of(actor.worker, actor.source))


@post("/v1/workbench/filters", status_code=200, summary="Keep a search, or forget it", sync_to_thread=True)
def keep_filter(oms: NamedDependency[Oms], request: Asker, data: JSONBody[wb.SaveFilterRequest]) -> wb.CountsReply:
    """200; 401; 403."""
    actor = who(oms, request, data.session, Scope.WORKBENCH_WRITE)
    oms.works.run(oms.site, actor, lambda w: finding.keep(w, _clean(data.name), _clean(data.text)))
    return _counts(oms, finding.owner_of(actor.worker, actor.source))


@post("/v1/workbench/sheet", status_code=200, summary="One order with everything about it", sync_to_thread=True)
def sheet(oms: NamedDependency[Oms], request: Asker, data: JSONBody[wb.SheetRequest]) -> wb.SheetReply:
    """200; 401; 403; 404 unknown."""
    who(oms, request, data.session, Scope.WORKBENCH_READ)
    made = _sheet(oms, request, _clean(data.order))
    if made is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    return wb.SheetReply(sheet=made, epoch=oms.epoch(), server_time=server_time())


@post("/v1/workbench/timeline", status_code=200, summary="Everything that happened to an order", sync_to_thread=True)
def show_timeline(oms: NamedDependency[Oms], request: Asker, data: JSONBody[wb.TimelineRequest]) -> wb.TimelineReply:
    """200, newest first; 401; 403; 404 unknown."""
    who(oms, request, data.session, Scope.WORKBENCH_READ)
    limit = max(1, min(data.limit, _MOST_ENTRIES))
    with oms.sessions() as db:
        page = timeline(db, _clean(data.order), after=_clean(data.after), limit=limit, icons=data.icons)
    if page is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    return wb.TimelineReply(
        order=data.order, entries=page.entries, next=page.next, epoch=oms.epoch(), server_time=server_time()
    )


@post("/v1/workbench/note", status_code=200, summary="Write a note about an order, or pin one", sync_to_thread=True)
def note(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.NoteRequest]) -> acts.ActReply:
    """200, also when refused: then with the reason; 401; 403; 404 unknown."""
    return _done(oms, request, data.session, lambda w: desk.write_note(w, data))


@post("/v1/workbench/hold", status_code=200, summary="Keep an order back", sync_to_thread=True)
def hold(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.HoldRequest]) -> acts.ActReply:
    """As `note`."""
    return _done(oms, request, data.session, lambda w: desk.hold(w, data.order, data.revision, data.because))


@post("/v1/workbench/release-hold", status_code=200, summary="Release a hold, with what mends it", sync_to_thread=True)
def release_hold(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.ReleaseHoldRequest]) -> acts.ActReply:
    """As `note`."""
    return _done(oms, request, data.session, lambda w: desk.release_hold(w, data))


@post("/v1/workbench/split", status_code=200, summary="Make a second order of some lines", sync_to_thread=True)
def split(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.SplitRequest]) -> acts.ActReply:
    """As `note`."""
    return _done(oms, request, data.session, lambda w: parting.split(w, data.order, data.revision, data.lines))


@post("/v1/workbench/merge", status_code=200, summary="Take the lines of another order over", sync_to_thread=True)
def merge(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.MergeRequest]) -> acts.ActReply:
    """As `note`."""
    return _done(oms, request, data.session, lambda w: parting.merge(w, data))


@post("/v1/workbench/unmerge", status_code=200, summary="Take a merge back", sync_to_thread=True)
def unmerge(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.UnmergeRequest]) -> acts.ActReply:
    """As `note`."""
    return _done(oms, request, data.session, lambda w: parting.unmerge(w, data))


@post("/v1/workbench/resource", status_code=200, summary="Choose an order's sites anew", sync_to_thread=True)
def resource(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.ResourceRequest]) -> acts.ActReply:
    """As `note`."""
    return _done(oms, request, data.session, lambda w: desk.source_anew(w, data.order, data.revision))


@post(
    "/v1/workbench/change",
    status_code=200,
    summary="Change lines, address, service, days or flags",
    sync_to_thread=True,
)
def change(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.ChangeOrderRequest]) -> acts.ActReply:
    """As `note`."""
    return _done(oms, request, data.session, lambda w: changing.change(w, data))


@post("/v1/workbench/cancel", status_code=200, summary="Cancel an order, or lines of it", sync_to_thread=True)
def cancel(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.CancelOrderRequest]) -> acts.ActReply:
    """As `note`."""
    return _done(
        oms, request, data.session, lambda w: changing.cancel(w, data.order, data.revision, data.because, data.lines)
    )


@post("/v1/workbench/priority", status_code=200, summary="Raise or lower an order's priority", sync_to_thread=True)
def priority(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.PriorityRequest]) -> acts.ActReply:
    """As `note`."""
    return _done(oms, request, data.session, lambda w: desk.prioritise(w, data.order, data.revision, data.priority))


@post("/v1/workbench/bulk", status_code=200, summary="One act for a selection of orders", sync_to_thread=True)
def bulk(oms: NamedDependency[Oms], request: Asker, data: JSONBody[acts.BulkRequest]) -> acts.ActReply:
    """200 with one result per order, each done or not by itself; 400 for an act that is not for selections; 401; 403; 413 too many."""
    actor = who(oms, request, data.session, Scope.WORKBENCH_WRITE)
    if len(data.orders) > _MOST_BULK:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"at most {_MOST_BULK} orders at a time")
    if data.act not in wb.BULK_ACTS:
        raise Refusal(400, ErrorCode.INVALID, "that is done one by one")
    results = [
        oms.works.run(oms.site, actor, lambda w, one=one: _of_many(w, data, one))  # type: ignore[misc]
        for one in data.orders
    ]
    return acts.ActReply(results=results, epoch=oms.epoch(), server_time=server_time())


def _of_many(w: Work, data: acts.BulkRequest, one: acts.Chosen) -> acts.ActResult:
    number = _clean(one.order)
    if data.act is wb.WorkbenchAct.CANCEL:
        return changing.cancel(w, number, one.revision, data.because, [])
    if data.act is wb.WorkbenchAct.PRIORITY:
        return desk.prioritise(w, number, one.revision, data.priority or 0)
    asked = acts.ReleaseHoldRequest(order=number, because=data.because, revision=one.revision)
    return desk.release_hold(w, asked)


def _done(oms: Oms, request: Asker, session: str, act: Callable[[Work], acts.ActResult]) -> acts.ActReply:
    """One act, and the order as it is then; 404 when there is no such order."""
    actor = who(oms, request, session, Scope.WORKBENCH_WRITE)
    result = oms.works.run(oms.site, actor, act)
    made = _sheet(oms, request, _clean(result.order))
    if made is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such order")
    return acts.ActReply(results=[result], sheet=made, epoch=oms.epoch(), server_time=server_time())


def _sheet(oms: Oms, request: Asker, number: str) -> wb.OrderSheet | None:
    with oms.sessions() as db:
        return sheet_of(db, number, finding.today(), request.app.state.telling.mail.public_url)


def _counts(oms: Oms, owner: str) -> wb.CountsReply:
    epoch = oms.epoch()
    with oms.sessions() as db:
        return wb.CountsReply(
            counts=finding.counts(db), filters=finding.kept(db, owner), states=[state.value for state in SaleState],
            channels=finding.channels(db), sites=finding.sites(db), epoch=epoch, server_time=server_time(),
        )  # fmt: skip


def _clean(text: str) -> str:
    """Nothing that a text in the database cannot hold."""
    return text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [
    search, counts, keep_filter, sheet, show_timeline, note, hold, release_hold, split, merge, unmerge, resource, change,
    cancel, priority, bulk,
]  # fmt: skip
