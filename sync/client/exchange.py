"""Turns the machine's calls into requests, and their answers into the store's next state. No network here, no timing decisions.

Used by the driver over TLS and by the simulation over a virtual link. Runs in the sync thread.
"""

import logging
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import Struct

from sync.client import asks
from sync.client.calls import (
    Call,
    Claim,
    Claimed,
    Dropped,
    EpochChanged,
    ForkFound,
    GetNonce,
    GetToken,
    HttpRefused,
    Local,
    NonceGiven,
    NothingNew,
    Open,
    Opened,
    Pull,
    Pulled,
    Push,
    Pushed,
    Put,
    Refork,
    Reforked,
    Release,
    Released,
    Renew,
    Renewed,
    Result,
    Resync,
    Rewound,
    TokenGiven,
)
from sync.client.ports import HeldLease, Ports
from sync.client.requests import Request, Requests, Response
from sync.contract.codes import ErrorCode, LeaseEnd
from sync.contract.wire import (
    ClaimReply,
    ErrorBody,
    Lease,
    NonceReply,
    OpenReply,
    PullReply,
    PushReply,
    ReforkReply,
    ReleaseReply,
    RenewReply,
    TokenReply,
)

_log = logging.getLogger(__name__)

S = TypeVar("S", bound=Struct)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was asked and in what situation: `digest` needs it to understand the answer."""

    call: Call
    request: Request
    sent_at: float
    held: tuple[HeldLease, ...] = ()


class Unreadable(Exception):
    """The server's answer is not what the contract says."""


class Exchange:
    """Stands between the machine and the ports, for as long as the program runs."""

    def __init__(self, ports: Ports, app: str) -> None:
        self._ports = ports
        self._requests = Requests(ports, app)

    def local(self) -> Local:
        """What the store says now, for the machine."""
        ports = self._ports
        if ports.meta.identity() is None:
            return Local(paired=False)
        return Local(
            paired=True,
            waiting=ports.journal.pending_count(),
            oldest_ms=ports.journal.oldest_pending_ms(),
            held=tuple(ports.leases.held()),
            boot_id=ports.clock.boot_id(),
            unnamed=ports.leases.unnamed(),
        )

    def met(self, spki: str) -> None:
        """The server answered under this key, one of those that are trusted: tokens are asked for under it."""
        identity = self._ports.meta.identity()
        if identity is not None and spki != identity.spki and spki in identity.others:
            self._ports.meta.save_pins((spki, *(pin for pin in identity.pins if pin != spki)))

    def prepare(self, call: Call) -> Sent:
        """The request for a call, from what the store holds at this moment."""
        held = tuple(self._ports.leases.held()) if isinstance(call, Renew | Put) else ()
        if isinstance(call, Release):
            # From this moment they are nobody's here: who began one before the server has heard of it would do it for nobody.
            held = tuple(self._ports.leases.let_go(call.lease_ids))
        return Sent(call, self._requests.build(call, held), self._ports.clock.mono(), held)

    def digest(self, sent: Sent, response: Response) -> Result:
        """Writes what the answer means into the store and says what it was. Raises `Unreadable` when it cannot be read."""
        if response.status == 204:
            return NothingNew()
        if not 200 <= response.status < 300:
            return self._refused(response)
        match sent.call:
            case GetNonce():
                return NonceGiven(_read(response, NonceReply).nonce)
            case GetToken():
                return self._token(_read(response, TokenReply))
            case Open():
                return self._opened(sent, _read(response, OpenReply))
            case Push():
                return self._pushed(_read(response, PushReply))
            case Refork():
                return self._reforked(_read(response, ReforkReply))
            case Pull(digest=asked):
                return self._pulled(_read(response, PullReply), asked)
            case Claim():
                return self._claimed(sent, _read(response, ClaimReply))
            case Renew():
                return self._renewed(sent, _read(response, RenewReply))
            case Release():
                _read(response, ReleaseReply)
                return Released()
            case Put(ask=ask):
                try:
                    return asks.told(self._ports, ask, sent.sent_at, response.body)
                except msgspec.MsgspecError as error:
                    raise Unreadable(str(error)) from error

    def _refused(self, response: Response) -> Result:
        try:
            body = msgspec.json.decode(response.body, type=ErrorBody)
        except msgspec.MsgspecError:
            # Something between us and the server answered in its place.
            return HttpRefused(response.status, None, response.retry_after_s)
        if response.status == 409:
            match body.error:
                case ErrorCode.EPOCH:
                    return self._epoch_changed(body)
                case ErrorCode.FORK:
                    return ForkFound()
                case ErrorCode.GAP:
                    return self._gap(body)
        if response.status == 410 and body.error in (ErrorCode.FLOOR, ErrorCode.SCHEMA):
            self._ports.rows.reset()
            return Resync()
        return HttpRefused(response.status, body.error, response.retry_after_s or body.retry_after_s, body.detail)

    def _agrees(self, last_seq: int | None, chain: str | None) -> bool:
        """Whether the server's copy of this log is a beginning of it. A pruned link counts as a difference: what was pruned is in
        the backup by rule, so a server without it has another log."""
        return last_seq is not None and self._ports.journal.chain_at(last_seq) == chain

    def _epoch_changed(self, body: ErrorBody) -> Result:
        ports = self._ports
        if body.last_seq is None:
            # Only an open tells where the log stands.
            return Rewound()
        if not self._agrees(body.last_seq, body.chain_at_last):
            ports.rows.reset()
            ports.meta.save_epoch(body.epoch)
            return ForkFound()
        ports.journal.rewind(body.last_seq)
        ports.rows.reset()
        # Last: after a crash before this line the whole is done again.
        ports.meta.save_epoch(body.epoch)
        return EpochChanged()

    def _gap(self, body: ErrorBody) -> Result:
        if body.last_seq is None or not self._agrees(body.last_seq, body.chain_at_last):
            return ForkFound()
        self._ports.journal.rewind(body.last_seq)
        return Rewound()

    def _token(self, reply: TokenReply) -> TokenGiven:
        self._requests.bearer = reply.access
        identity = self._ports.meta.identity()
        # Heard over the pinned link, so from who holds a key that is trusted already.
        if identity is not None and reply.pins and set(reply.pins) != set(identity.pins):
            self._ports.meta.save_pins(tuple(reply.pins))
        if reply.credential is not None:
            self._ports.meta.save_trust(reply.credential, reply.revoked)
        return TokenGiven(reply.ttl_s)

    def _opened(self, sent: Sent, reply: OpenReply) -> Result:
        if not self._agrees(reply.last_seq, reply.chain_at_last):
            return ForkFound()
        had = {lease.lease_id for lease in self._ports.leases.held()}
        granted = {lease.lease_id for lease in reply.leases}
        self._keep(reply.leases, sent.sent_at)
        if gone := sorted(had - granted):
            self._ports.leases.drop(gone, LeaseEnd.RECLAIMED)
        # Nothing new is acknowledged; but what a backup holds by now may be forgotten.
        self._ports.journal.record_results([], reply.last_seq, reply.chain_at_last, reply.durable_through)
        if reply.kinds:
            self._ports.meta.save_kinds(reply.kinds)
        return Opened(reply.head, reply.upgrade_in_s, reply.claims_in_s, frozenset(granted - had))

    def _pushed(self, reply: PushReply) -> Pushed:
        self._ports.journal.record_results(reply.results, reply.last_seq, reply.chain, reply.durable_through)
        return Pushed(len(reply.results), reply.head, reply.reopen)

    def _reforked(self, reply: ReforkReply) -> Reforked:
        held = [lease.lease_id for lease in self._ports.leases.held()]
        self._ports.journal.resubmit_under(reply.device_id)
        self._requests.bearer = ""
        if held:
            self._ports.leases.drop(held, LeaseEnd.FORKED)
        return Reforked()

    def _of_another_epoch(self, epoch: int) -> bool:
        """The server went back in time since the last open: only an open says what that means for the log."""
        identity = self._ports.meta.identity()
        return identity is None or identity.epoch != epoch

    def _pulled(self, page: PullReply, digest_asked: bool) -> Result:
        if self._of_another_epoch(page.epoch):
            return Rewound()
        rows = self._ports.rows
        try:
            changed = rows.apply_page(page)
        except msgspec.MsgspecError as error:
            raise Unreadable(f"a row is not what this app knows: {error}") from error
        if changed is None:
            return Dropped()
        same = None
        if digest_asked and page.digest is not None and not page.more:
            same = rows.digest() == page.digest and page.content in (None, rows.content())
            if not same:
                _log.warning("the rows here are not those of the centre: all of them are fetched again")
                rows.reset()
        return Pulled(changed, page.more, page.through, page.head, same)

    def _claimed(self, sent: Sent, reply: ClaimReply) -> Result:
        self._keep(reply.leases, sent.sent_at)
        if self._of_another_epoch(reply.epoch):
            return Rewound()
        leases = frozenset(lease.lease_id for lease in reply.leases)
        return Claimed(len({lease.job for lease in reply.leases}), reply.wait_s, leases)

    def _renewed(self, sent: Sent, reply: RenewReply) -> Renewed:
        by_id = {lease.lease_id: lease for lease in sent.held}
        kept: list[Lease] = []
        for result in reply.results:
            old = by_id.get(result.lease_id)
            if old and result.ttl_s is not None:
                kept.append(
                    Lease(lease_id=old.lease_id, item=old.item, job=old.job, token=old.token, ttl_s=result.ttl_s)
                )
            elif old:
                self._ports.leases.drop([old.lease_id], result.lost or LeaseEnd.RECLAIMED)
        self._keep(kept, sent.sent_at)
        return Renewed()

    def _keep(self, leases: list[Lease], sent_at: float) -> None:
        """Leases run from when they were asked for: the answer's way back is on the device's account, never on the server's."""
        if leases:
            self._ports.leases.store(leases, sent_at, self._ports.clock.boot_id())


def _read(response: Response, type_: type[S]) -> S:
    try:
        return msgspec.json.decode(response.body, type=type_)
    except msgspec.MsgspecError as error:
        raise Unreadable(str(error)) from error
