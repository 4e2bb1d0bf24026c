"""The questions a person waits for: how each is put to the server and what its answer leaves in the store."""

import msgspec

from sync.client.calls import Result, Told
from sync.client.ports import HeldLease, Ports
from sync.client.status import Ask, AskFate, ClaimJob, FetchPaper, GiveBack, Paper, PostToDesk, ReleaseOrders, SignIn
from sync.contract.codes import JobKind, LeaseEnd
from sync.contract.version import MAX_PICK_JOBS
from sync.contract.wire import (
    ClaimReply,
    ClaimRequest,
    LeaseRef,
    OpFate,
    ReleaseOrdersReply,
    ReleaseOrdersRequest,
    ReleaseReply,
    ReleaseRequest,
    SessionReply,
    SessionRequest,
)

#: Usual questions are answered at once.
_SILENCE_S = 5.0


def question(ask: Ask, claim_id: str, held: tuple[HeldLease, ...]) -> tuple[str, str, bytes]:
    """Method, path and JSON body of a question. `held` gives the tokens of leases to hand back."""
    encode = msgspec.json.encode
    match ask:
        case SignIn(badge=badge, number=number, pin=pin):
            return "POST", "/v1/sessions", encode(SessionRequest(badge=badge, number=number, pin=pin))
        case ReleaseOrders(orders=orders, session=session):
            body = ReleaseOrdersRequest(orders=list(orders), session=session)
            return "POST", "/v1/orders/release", encode(body)
        case AskFate(op_id=op_id):
            return "GET", f"/v1/ops/{op_id}", b""
        case PostToDesk(path=path, body=sent):
            return "POST", path, sent
        case FetchPaper(path=path):
            return "GET", path, b""
        case ClaimJob(job=job, tote=tote, take_over=over, kinds=only):
            kinds = list(only) or [kind.value for kind in JobKind]
            claim = ClaimRequest(
                claim_id=claim_id, want=1, kinds=kinds, capacity=MAX_PICK_JOBS, job=job, tote=tote, take_over=over
            )
            return "POST", "/v1/work/claim", encode(claim)
        case GiveBack(lease_ids=ids):
            return "POST", "/v1/work/release", encode(release(claim_id, ids, held))


def ref(lease: HeldLease) -> LeaseRef:
    """How a lease is spoken of to the server."""
    return LeaseRef(lease_id=lease.lease_id, token=lease.token)


def release(claim_id: str, ids: tuple[str, ...], held: tuple[HeldLease, ...]) -> ReleaseRequest:
    """Gives back those of the leases `ids` that are held."""
    return ReleaseRequest(claim_id=claim_id, leases=[ref(lease) for lease in held if lease.lease_id in ids])


def silence_s(ask: Ask) -> float:
    """How long the line may stay silent while the server thinks about it, seconds."""
    return ask.silence_s if isinstance(ask, PostToDesk) else _SILENCE_S


def told(ports: Ports, ask: Ask, sent_at: float, body: bytes) -> Result:
    """Reads the answer; leases gained or given back are in the store before the person hears of it."""
    decode = msgspec.json.decode
    match ask:
        case SignIn():
            return Told(decode(body, type=SessionReply))
        case ReleaseOrders():
            return Told(decode(body, type=ReleaseOrdersReply))
        case AskFate():
            return Told(decode(body, type=OpFate))
        case PostToDesk(reads=reads):
            return Told(decode(body, type=reads))
        case FetchPaper():
            return Told(Paper(body))
        case ClaimJob():
            claim = decode(body, type=ClaimReply)
            if claim.leases:
                ports.leases.store(claim.leases, sent_at, ports.clock.boot_id())
            return Told(claim, claim.ver)
        case GiveBack(lease_ids=ids):
            ports.leases.drop(ids, LeaseEnd.RELEASED)
            return Told(decode(body, type=ReleaseReply))
