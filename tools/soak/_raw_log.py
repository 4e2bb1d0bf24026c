"""A device without a client: a log that somebody who measures or tests writes by hand, pushed through the feed's own functions."""

from dataclasses import dataclass, field
from uuid import uuid4

import msgspec

from oms.db.work import Actor, Work
from oms.feed import ingest, leases, opening
from oms.feed.refusals import Refusal
from oms.people.models import Device
from sync.contract import wire
from sync.contract.chain import canonical, chain_next, chain_start, content_hash
from sync.contract.codes import ErrorCode
from sync.contract.facts import WRITTEN, Fact
from sync.contract.wire import Op, Token
from tools.soak._warehouse import Warehouse

_NEVER = wire.Times(wall=0, mono=0, boot="")


@dataclass(slots=True)
class RawLog:
    """Owns one device's identity, the ops it has made and the chain before each."""

    house: Warehouse
    id: str = field(default_factory=lambda: uuid4().hex)
    ops: list[Op] = field(default_factory=list)
    chains: list[str] = field(default_factory=list)
    acked: int = 0

    def known(self) -> "RawLog":
        """Makes the server know this device."""
        start = chain_start(self.id)

        def act(w: Work) -> None:
            w.db.add(Device(id=self.id, site_id=w.site, label=self.id[:6], pubkey="", created_at=w.now, chain=start))

        self.house.act(act)
        self.chains = [start]
        return self

    def add(self, fact: Fact, item: str | None = None, token: Token | None = None) -> Op:
        """Records a fact."""
        kind, v = WRITTEN[type(fact)]
        return self.add_raw(kind, v, canonical(fact), item, token)

    def add_raw(self, kind: str, v: int, body: bytes, item: str | None = None, token: Token | None = None) -> Op:
        """Records any op."""
        op = Op(
            op_id=uuid4().hex,
            seq=len(self.ops) + 1,
            kind=kind,
            v=v,
            body=msgspec.Raw(body),
            t=_NEVER,
            item=item,
            token=token,
        )
        self.ops.append(op)
        hashed = content_hash(kind, v, item, token, None, body)
        self.chains.append(chain_next(self.chains[-1], op.op_id, hashed))
        return op

    def request(self, first: int = 1, count: int = 200, epoch: int = 1) -> wire.PushRequest:
        """A push of ops from number `first` on."""
        ops = self.ops[first - 1 : first - 1 + count]
        return wire.PushRequest(epoch=epoch, first_seq=first, prev_chain=self.chains[first - 1], ops=ops)

    def push(self, request: wire.PushRequest) -> wire.PushReply:
        """Sends a push as the route does."""

        def act(w: Work) -> tuple[Work, wire.PushReply]:
            return w, ingest.push(w, self.id, request)

        w, reply = self.house.oms.works.run(self.house.site, Actor("sync", device=self.id), act)
        return ingest.answered(reply, w.ver)

    def push_all(self, epoch: int = 1) -> list[wire.OpResult]:
        """Sends what is not acknowledged, page by page; the results."""
        results = []
        while self.acked < len(self.ops):
            reply = self.push(self.request(self.acked + 1, epoch=epoch))
            results += reply.results
            self.acked = reply.last_seq
        return results

    def open(self, epoch: int = 1) -> wire.OpenReply:
        """Compares logs; also renews whatever is held."""
        ask = wire.OpenRequest(
            epoch=epoch, next_seq=len(self.ops) + 1, chain=self.chains[-1], cursor="", schema=1, app="raw"
        )
        return self.house.act(lambda w: opening.open_log(w, self.id, ask))

    def again(self, epoch: int) -> list[wire.OpResult]:
        """After a restore: asks where the server's copy of this log ends, sees that it is a beginning of ours, and sends the rest."""
        last, chain = self._told(epoch - 1)
        if chain != self.chains[last]:
            raise ValueError(f"the server's log is not a beginning of {self.id}")
        self.acked = last
        return self.push_all(epoch)

    def _told(self, epoch: int) -> tuple[int, str]:
        """Where the server says this log ends, asked under an epoch that is over."""
        try:
            self.open(epoch)
        except Refusal as told:
            if told.code is ErrorCode.EPOCH and told.last_seq is not None:
                return told.last_seq, told.chain or ""
            raise
        raise ValueError(f"epoch {epoch} is not over")

    def claim(self, job: str | None = None, want: int = 1, capacity: int = 3) -> list[wire.Lease]:
        """Asks for work, or for one certain job."""
        ask = wire.ClaimRequest(claim_id=uuid4().hex, want=want, kinds=["pick"], capacity=capacity, job=job)
        return self.house.act(lambda w: leases.claim(w, self.id, ask)).leases
