"""The requests of the sync API, from what the store holds at this moment. Used by the exchange."""

from dataclasses import dataclass

import msgspec
from msgspec import Struct

from sync.client import asks
from sync.client.calls import Call, Claim, GetNonce, GetToken, Open, Pull, Push, Put, Refork, Release, Renew
from sync.client.identity import own_key, public_hex, sign
from sync.client.ports import HeldLease, Identity, Ports
from sync.contract import proof
from sync.contract.version import MAX_PUSH_BYTES, PULL_SCHEMA
from sync.contract.wire import (
    ClaimRequest,
    NonceRequest,
    OpenRequest,
    PushRequest,
    ReforkRequest,
    RenewRequest,
    TokenRequest,
)

#: Room for the envelope around the bodies of a push.
_BODIES_MOST = MAX_PUSH_BYTES * 3 // 4


class LinkLost(Exception):
    """No answer: nobody there, cut, or silent for too long."""


class WrongKey(Exception):
    """Whoever answered does not hold the pinned key. Nothing was told to them."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, without address. `body` is JSON; `bearer` goes into the Authorization header; `idle_s` is how long the
    line may stay silent."""

    method: str
    path: str
    body: bytes = b""
    bearer: str = ""
    idle_s: float = 5.0
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, decompressed."""

    status: int
    body: bytes
    retry_after_s: int | None = None


class Requests:
    """Owns the bearer token of this run; everything else is in the ports."""

    def __init__(self, ports: Ports, app: str) -> None:
        self._ports = ports
        self._app = app
        self.bearer = ""

    def build(self, call: Call, held: tuple[HeldLease, ...]) -> Request:
        """The request for a call; `held` are the leases it may speak of. Raises `LookupError` when the store cannot say."""
        match call:
            case GetNonce():
                return _post("/v1/token/nonce", NonceRequest(device_id=self._identity.device_id))
            case GetToken(nonce=nonce):
                return _post("/v1/token", self._token_request(nonce))
            case Open():
                return self._post("/v1/sync/open", self._open_request())
            case Push(limit=limit):
                return self._post("/v1/sync/push", self._push_request(limit))
            case Refork():
                return _post("/v1/devices/refork", self._refork_request())
            case Pull():
                return self._pull_request(call)
            case Claim():
                return self._post("/v1/work/claim", _claim_request(call))
            case Renew():
                return self._post("/v1/work/renew", RenewRequest(leases=[asks.ref(lease) for lease in held]))
            case Release(claim_id=claim_id, lease_ids=ids):
                return self._post("/v1/work/release", asks.release(claim_id, ids, held))
            case Put(ask=ask, claim_id=claim_id):
                method, path, body = asks.question(ask, claim_id, held)
                return Request(method, path, body, self.bearer, asks.silence_s(ask))

    @property
    def _identity(self) -> Identity:
        identity = self._ports.meta.identity()
        if identity is None:
            raise LookupError("not paired")
        return identity

    def _post(self, path: str, body: Struct) -> Request:
        return _post(path, body, self.bearer)

    def _token_request(self, nonce: str) -> TokenRequest:
        me = self._identity
        signature = sign(self._ports.meta, proof.token(nonce, me.device_id, me.spki))
        return TokenRequest(device_id=me.device_id, nonce=nonce, signature=signature, pins=list(me.pins))

    def _open_request(self) -> OpenRequest:
        head = self._ports.journal.head()
        return OpenRequest(
            epoch=self._identity.epoch,
            next_seq=head.next_seq,
            chain=head.chain,
            cursor=self._ports.rows.cursor(),
            schema=PULL_SCHEMA,
            app=self._app,
            acked=self._ports.journal.acked(),
        )

    def _push_request(self, limit: int) -> PushRequest:
        journal = self._ports.journal
        ops = journal.pending(limit, _BODIES_MOST)
        first = ops[0].seq if ops else journal.head().next_seq
        before = journal.chain_at(first - 1)
        if before is None:
            raise LookupError(f"journal has no link before seq {first}")
        return PushRequest(epoch=self._identity.epoch, first_seq=first, prev_chain=before, ops=ops)

    def _refork_request(self) -> ReforkRequest:
        head = self._ports.journal.head()
        old = self._identity.device_id
        signature = sign(self._ports.meta, proof.refork(old, head.next_seq, head.chain))
        public = public_hex(own_key(self._ports.meta))
        return ReforkRequest(
            old_device=old, next_seq=head.next_seq, chain=head.chain, signature=signature, pubkey=public
        )

    def _pull_request(self, call: Pull) -> Request:
        query = [("cursor", self._ports.rows.cursor()), ("limit", str(call.limit)), ("wait", str(call.wait_s))]
        query.append(("schema", str(PULL_SCHEMA)))
        if call.digest:
            query += [("digest", "1"), ("content", "1")]
        return Request("GET", "/v1/sync/pull", b"", self.bearer, call.wait_s + 5.0, tuple(query))


def _post(path: str, body: Struct, bearer: str = "") -> Request:
    return Request("POST", path, msgspec.json.encode(body), bearer)


def _claim_request(call: Claim) -> ClaimRequest:
    policy = call.policy
    return ClaimRequest(
        claim_id=call.claim_id,
        want=call.want,
        kinds=list(policy.kinds),
        capacity=policy.capacity,
        zone=policy.zone,
        lane=policy.lane,
    )
