"""A log with a key, that hands work over to another and takes it over, by hand: for tests and soaks of hand-overs."""

from dataclasses import dataclass, field
from hashlib import sha256
from uuid import uuid4

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from oms.people.models import Device
from oms.picking.models import WorkItem
from sync.contract.facts import HandedItem, HandoverReceived, LeaseHandedOver, PickConfirm
from sync.contract.handover import Beside, HandedLease, HandOver, beside_bytes, core_bytes, pack_core, to_sign
from sync.contract.wire import Lease, Op
from tools.soak._raw_log import RawLog


@dataclass(slots=True)
class GivingLog(RawLog):
    """Owns what a `RawLog` owns, the device's key, and the leases it works under."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    tokens: dict[str, Lease] = field(default_factory=dict)

    def join(self) -> "GivingLog":
        """Makes the server know this device and its key."""
        self.known()
        public = self.key.public_key().public_bytes_raw().hex()
        self.house.act(lambda w: w.db.execute(update(Device).where(Device.id == self.id).values(pubkey=public)))
        return self

    def take(self, job: str) -> "GivingLog":
        """Claims a job."""
        self.tokens |= {lease.item: lease for lease in self.claim(job)}
        return self

    def pick(self, item: WorkItem, qty: int, tote: str = "T-1") -> Op:
        """Takes units into the tote."""
        body = PickConfirm(job=item.job_id, sku=item.sku, qty=qty, from_bin=item.from_bin, tote=tote)
        return self.add(body, item.id, self.tokens[item.id].token)

    def give(self, *items: WorkItem, since: int | None = None) -> HandoverReceived:
        """Hands items over: what the one who takes them records. `since`: the last fact that is known to be kept."""
        id = uuid4().hex
        leases = [self.tokens[item.id] for item in items]
        self.add(LeaseHandedOver(handover=id, leases=[HandedItem(item=le.item, token=le.token) for le in leases]))
        first = self.acked if since is None else since
        over = HandOver(
            id=id, cluster_id=self.house.oms.cluster_id, site=self.house.site, device=self.id, epoch=1, first_seq=first + 1,
            prev_chain=self.chains[first], chain=self.chains[-1], ops=list(self.ops[first:]),
            leases=[
                HandedLease(lease_id=le.lease_id, item=le.item, job=le.job, token=le.token, left_ms=1000) for le in leases
            ],
            beside=sha256(beside_bytes(Beside())).hexdigest(),
        )  # fmt: skip
        core = core_bytes(over)
        signature = self.key.sign(to_sign(core)).hex()
        return HandoverReceived(handover=id, device=self.id, digest="0" * 64, core=pack_core(core), signature=signature)

    def receive(self, fact: HandoverReceived, giver: "GivingLog") -> Op:
        """Takes over what `giver` showed, and works under its leases."""
        self.tokens |= giver.tokens
        return self.add(fact)

    def units(self) -> int:
        """Units that this device's facts took out of bins."""
        picks = [op for op in self.ops if op.kind == "pick.confirm"]
        return sum(msgspec.json.decode(op.body, type=PickConfirm).qty for op in picks)
