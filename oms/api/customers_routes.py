"""Customers for programs (scopes `customers:*`, `privacy`) and for supervisors (device token and session): find, look, change, merge."""

from collections.abc import Callable
from typing import Any, TypeVar

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from oms.api.auth import bearer, key_holder, program_or_supervisor
from oms.api.errors import server_time
from oms.api.examples import operation
from oms.bootstrap import Oms
from oms.customers import merging, privacy, queries, records
from oms.customers.codes import CustomerRefusal
from oms.customers.matching import Buyer, suggest
from oms.customers.queries import CustomerFound, CustomerSheet
from oms.customers.records import CustomerIn
from oms.db.work import Actor, Work
from oms.feed.refusals import Refusal
from oms.people.keys import Scope
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
T = TypeVar("T")
_MISSING = frozenset({CustomerRefusal.UNKNOWN_CUSTOMER})


class CustomerSearchRequest(Struct, frozen=True, kw_only=True):
    """`text` is what somebody typed so far. `session` is the supervisor's; a program leaves it empty."""

    text: str = ""
    limit: int = 20
    session: str = ""


class CustomersReply(Struct, frozen=True, kw_only=True):
    """The best first."""

    customers: list[CustomerFound]
    server_time: str


class CustomerLookRequest(Struct, frozen=True, kw_only=True):
    """`session` as in `CustomerSearchRequest`."""

    session: str = ""


class CustomerMakeRequest(Struct, frozen=True, kw_only=True):
    """`record` needs a name."""

    number: str
    record: CustomerIn
    session: str = ""


class CustomerChangeRequest(Struct, frozen=True, kw_only=True):
    """`revision` is the one that was looked at; null: whatever it is now."""

    record: CustomerIn
    revision: int | None = None
    session: str = ""


class CustomerNoteRequest(Struct, frozen=True, kw_only=True):
    """Something to remember."""

    text: str
    session: str = ""


class ConsentRequest(Struct, frozen=True, kw_only=True):
    """They agreed (or not) to `what`, and where they said so."""

    what: str
    given: bool
    said_in: str = ""
    session: str = ""


class MergeRequest(Struct, frozen=True, kw_only=True):
    """The record `gone` becomes a part of the one in the address."""

    gone: str
    session: str = ""


class MergeReply(Struct, frozen=True, kw_only=True):
    """`merge` can be undone under this id."""

    merge: str
    server_time: str


class AlikeRequest(Struct, frozen=True, kw_only=True):
    """What is known of somebody."""

    name: str = ""
    postcode: str = ""
    phone: str = ""
    session: str = ""


class EraseRequest(Struct, frozen=True, kw_only=True):
    """`because` is a word: `asked` or `retention`."""

    because: str = "asked"


class ErasedReply(Struct, frozen=True, kw_only=True):
    """`erasure` is the id of the record of it."""

    erasure: str
    server_time: str


@post(
    "/v1/customers/search", status_code=200, summary="Customers by what is typed so far", sync_to_thread=True,
    operation_class=operation({"text": "jansen", "limit": 20}),
)  # fmt: skip
def search(oms: NamedDependency[Oms], request: Asker, data: JSONBody[CustomerSearchRequest]) -> CustomersReply:
    """200. Number, or beginning of name, e-mail address, telephone number or postcode; at most 50."""
    program_or_supervisor(oms, request, data.session, Scope.CUSTOMERS_READ)
    with oms.sessions() as db:
        found = queries.search(db, data.text, max(1, min(data.limit, queries.MOST_FOUND)))
    return CustomersReply(customers=found, server_time=server_time())


@post(
    "/v1/customers/alike", status_code=200, summary="Customers who may be the same person", sync_to_thread=True,
    operation_class=operation({"name": "Ada Byron", "postcode": "3511 AB"}),
)  # fmt: skip
def alike(oms: NamedDependency[Oms], request: Asker, data: JSONBody[AlikeRequest]) -> CustomersReply:
    """200. By name and postcode, or telephone number: a suggestion for a person to decide on."""
    program_or_supervisor(oms, request, data.session, Scope.CUSTOMERS_READ)
    buyer = Buyer(name=_plain(data.name), postcode=_plain(data.postcode), phone=_plain(data.phone))
    with oms.sessions() as db:
        sheets = [one for id in suggest(db, buyer) if (one := queries.sheet(db, id)) is not None]
    found = [
        CustomerFound(id=one.id, number=one.number, name=one.name, email=one.email, kind=one.kind, flags=one.flags)
        for one in sheets
    ]
    return CustomersReply(customers=found, server_time=server_time())


@get("/v1/customers/{id:str}", summary="A customer with history and value", sync_to_thread=True)
def get_customer(oms: NamedDependency[Oms], request: Asker, id: FromPath[str]) -> CustomerSheet:
    """200; 404. For programs."""
    key_holder(oms, bearer(request), Scope.CUSTOMERS_READ)
    return _sheet(oms, id)


@post(
    "/v1/customers/{id:str}/look", status_code=200, summary="A customer with history and value, for a supervisor",
    sync_to_thread=True, operation_class=operation({"session": "3f0c"}),
)  # fmt: skip
def look(
    oms: NamedDependency[Oms], request: Asker, id: FromPath[str], data: JSONBody[CustomerLookRequest]
) -> CustomerSheet:
    """200; 404."""
    program_or_supervisor(oms, request, data.session, Scope.CUSTOMERS_READ)
    return _sheet(oms, id)


@post(
    "/v1/customers", status_code=201, summary="A new customer", sync_to_thread=True,
    operation_class=operation(
        {"number": "K-1001", "record": {"name": "Ada Byron", "email": "ada@example.com", "language": "nl", "flags": ["vip"]}}
    ),
)  # fmt: skip
def make(oms: NamedDependency[Oms], request: Asker, data: JSONBody[CustomerMakeRequest]) -> CustomerSheet:
    """201; 400 a value that cannot be kept; 409 the number is taken."""
    actor = program_or_supervisor(oms, request, data.session, Scope.CUSTOMERS_WRITE)
    id = _act(oms, actor, lambda w: records.make(w, data.number, data.record).id)
    return _sheet(oms, id)


@post(
    "/v1/customers/{id:str}/change", status_code=200, summary="Change a customer", sync_to_thread=True,
    operation_class=operation(
        {"revision": 3, "record": {"flags": ["vip"], "addresses": [{"street": "Kade 1", "postcode": "3511 AB", "city": "Utrecht"}]}}
    ),
)  # fmt: skip
def change(
    oms: NamedDependency[Oms], request: Asker, id: FromPath[str], data: JSONBody[CustomerChangeRequest]
) -> CustomerSheet:
    """200; 400; 404; 409 somebody changed it, or it is merged or erased. What is left out stays; lists are whole."""
    actor = program_or_supervisor(oms, request, data.session, Scope.CUSTOMERS_WRITE)
    _act(oms, actor, lambda w: records.change_record(w, _plain(id), data.revision, data.record))
    return _sheet(oms, id)


@post(
    "/v1/customers/{id:str}/notes", status_code=204, summary="Write something down about a customer", sync_to_thread=True,
    operation_class=operation({"text": "Rings twice"}),
)  # fmt: skip
def note(oms: NamedDependency[Oms], request: Asker, id: FromPath[str], data: JSONBody[CustomerNoteRequest]) -> None:
    """204; 400; 404; 409."""
    actor = program_or_supervisor(oms, request, data.session, Scope.CUSTOMERS_WRITE)
    _act(oms, actor, lambda w: records.note_about(w, _plain(id), data.text))


@post(
    "/v1/customers/{id:str}/consents", status_code=204, summary="What a customer agreed to", sync_to_thread=True,
    operation_class=operation({"what": "newsletter", "given": True, "said_in": "checkout"}),
)  # fmt: skip
def consent(oms: NamedDependency[Oms], request: Asker, id: FromPath[str], data: JSONBody[ConsentRequest]) -> None:
    """204; 400; 404; 409. The newest of a `what` counts; none is ever changed."""
    actor = program_or_supervisor(oms, request, data.session, Scope.CUSTOMERS_WRITE)
    _act(oms, actor, lambda w: records.consent(w, _plain(id), data.what, data.given, data.said_in))


@post(
    "/v1/customers/{id:str}/merge", status_code=200, summary="Two records are one customer", sync_to_thread=True,
    operation_class=operation({"gone": "6f1d2b0c"}),
)  # fmt: skip
def merge(oms: NamedDependency[Oms], request: Asker, id: FromPath[str], data: JSONBody[MergeRequest]) -> MergeReply:
    """200; 404; 409 one of them is merged or erased, or both are the same."""
    actor = program_or_supervisor(oms, request, data.session, Scope.CUSTOMERS_WRITE)
    done = _act(oms, actor, lambda w: merging.merge(w, _plain(id), _plain(data.gone)))
    return MergeReply(merge=done, server_time=server_time())


@post(
    "/v1/customers/merges/{merge_id:str}/undo", status_code=204, summary="They are two after all", sync_to_thread=True,
    operation_class=operation({}),
)  # fmt: skip
def unmerge(
    oms: NamedDependency[Oms], request: Asker, merge_id: FromPath[str], data: JSONBody[CustomerLookRequest]
) -> None:
    """204; 404; 409 undone before, or merged or erased since. What came to the kept record after the merge stays with it."""
    actor = program_or_supervisor(oms, request, data.session, Scope.CUSTOMERS_WRITE)
    _act(oms, actor, lambda w: merging.undo(w, _plain(merge_id)))


@get("/v1/customers/{id:str}/export", summary="All of a person's data", sync_to_thread=True, media_type=MediaType.JSON)
def export(
    oms: NamedDependency[Oms], request: Asker, id: FromPath[str], as_text: FromQuery[bool] = False
) -> Response[Any]:
    """200 as JSON, or with `as_text` as plain text for the person; 404. Needs `privacy`; is audited."""
    actor = Actor(f"key:{key_holder(oms, bearer(request), Scope.PRIVACY).name}")
    found = _act(oms, actor, lambda w: privacy.export(w, _plain(id)))
    if as_text:
        return Response(privacy.readable(found), media_type="text/plain; charset=utf-8")
    return Response(found, media_type=MediaType.JSON)


@post(
    "/v1/customers/{id:str}/erase", status_code=200, summary="Erase a person's data", sync_to_thread=True,
    operation_class=operation({"because": "asked"}),
)  # fmt: skip
def erase(oms: NamedDependency[Oms], request: Asker, id: FromPath[str], data: JSONBody[EraseRequest]) -> ErasedReply:
    """200; 404; 409 while orders are open (`open_orders`), or gone already. Orders and amounts stay, who they were for does not."""
    actor = Actor(f"key:{key_holder(oms, bearer(request), Scope.PRIVACY).name}")
    because = _plain(data.because).strip()[:40]
    if not because:
        raise Refusal(400, ErrorCode.INVALID, "because is a word")
    done = _act(oms, actor, lambda w: privacy.erase(w, _plain(id), because))
    return ErasedReply(erasure=done, server_time=server_time())


def _act(oms: Oms, actor: Actor, act: Callable[[Work], T]) -> T:
    try:
        return oms.works.run(oms.site, actor, act)
    except records.Refused as refused:
        raise _refusal(refused) from None


def _refusal(refused: records.Refused) -> Refusal:
    words = "".join(f" {name}={value}" for name, value in refused.words.items() if value != "")
    if refused.code in _MISSING:
        return Refusal(404, ErrorCode.NOT_FOUND, f"{refused.code}{words}")
    if refused.code is CustomerRefusal.BAD_VALUE:
        return Refusal(400, ErrorCode.INVALID, f"{refused.code}{words}")
    return Refusal(409, ErrorCode.CONFLICT, f"{refused.code}{words}")


def _sheet(oms: Oms, id: str) -> CustomerSheet:
    with oms.sessions() as db:
        found = queries.sheet(db, _plain(id))
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, CustomerRefusal.UNKNOWN_CUSTOMER)
    return found


def _plain(text: str) -> str:
    return text.replace("\0", "")


ROUTES: list[HTTPRouteHandler] = [
    search, alike, get_customer, look, make, change, note, consent, merge, unmerge, export, erase,
]  # fmt: skip
