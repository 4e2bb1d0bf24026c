"""A device's store in memory that keeps the promises of `sync.client.ports`: each call is one commit, whole or not at all.

It survives a crash of the device as a disk would (everything committed is there) and can be copied, which is what a clone is.
"""

from collections.abc import Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

import msgspec
from msgspec import Raw

from sync.client.ports import Clock, HeldLease, Identity, JournalHead, Ports
from sync.contract import digest
from sync.contract.chain import canonical, chain_next, chain_start, content_hash
from sync.contract.codes import LeaseEnd, Outcome
from sync.contract.facts import WRITTEN, Fact
from sync.contract.wire import DeviceCredential, Lease, Notice, Op, OpResult, PullReply, Times, Token

#: Facts that finish a job for the device that recorded them.
_FINISHING = ("job.drop", "parcel.ship")


@dataclass(slots=True)
class Entry:
    """One op in the journal."""

    op: Op
    job: str | None
    chain: str
    outcome: Outcome | None = None
    ver: int = 0


@dataclass(slots=True)
class MemoryStore:
    """Everything a device has on its disk. The port objects below share it."""

    clock: Clock
    entries: list[Entry] = field(default_factory=list)
    rows: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    cursor: str = ""
    through: int = 0
    leases: dict[str, HeldLease] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    #: The newest token ever held for each item: facts travel with it also when the lease has ended.
    rights: dict[str, Token] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    identity: Identity | None = None
    key: bytes | None = None
    #: Every op id whose commit was answered with a good tone.
    beeped: set[str] = field(default_factory=set)

    def ports(self) -> Ports:
        """The ports on this store."""
        return Ports(MemoryJournal(self), MemoryRows(self), MemoryLeases(self), MemoryMeta(self), self.clock)

    def copy(self, clock: Clock) -> "MemoryStore":
        """The same on another disk, with another clock."""
        return deepcopy(replace(self, clock=clock), {id(clock): clock})

    def append(self, op_id: str, fact: Fact, item: str | None, token: Token | None, session: str | None = None) -> Op:
        """Records a fact, as the floor does at a scan."""
        head = MemoryJournal(self).head()
        kind, v = WRITTEN[type(fact)]
        body = canonical(fact)
        times = Times(wall=self.clock.wall_ms(), mono=int(self.clock.mono() * 1000), boot=self.clock.boot_id())
        op = Op(
            op_id=op_id,
            seq=head.next_seq,
            kind=kind,
            v=v,
            body=Raw(body),
            t=times,
            item=item,
            token=token,
            session=session,
        )
        return self.append_op(op, _job(fact))

    def append_op(self, op: Op, job: str | None = None) -> Op:
        """Records any op at the end of the log; its `seq` must be the next one."""
        head = MemoryJournal(self).head()
        assert op.seq == head.next_seq
        hashed = content_hash(op.kind, op.v, op.item, op.token, op.session, bytes(op.body))
        self.entries.append(Entry(op, job, chain_next(head.chain, op.op_id, hashed)))
        self.beeped.add(op.op_id)
        return op

    def overlay(self) -> list[Entry]:
        """Ops whose effect the rows here do not contain yet."""
        return [e for e in self.entries if e.outcome is None or e.ver > self.through]


def _job(fact: Fact) -> str | None:
    job = getattr(fact, "job", None)
    return job if isinstance(job, str) else None


@dataclass(frozen=True, slots=True)
class MemoryJournal:
    """`ports.Journal` in memory."""

    disk: MemoryStore

    def head(self) -> JournalHead:
        """See the port."""
        entries = self.disk.entries
        if entries:
            return JournalHead(entries[-1].op.seq + 1, entries[-1].chain)
        return JournalHead(1, self._start())

    def _start(self) -> str:
        if self.disk.identity is None:
            raise LookupError("not paired")
        return chain_start(self.disk.identity.device_id)

    def pending(self, limit: int, max_bytes: int) -> list[Op]:
        """See the port."""
        ops: list[Op] = []
        size = 0
        for entry in self.disk.entries:
            if entry.outcome is not None:
                continue
            size += len(bytes(entry.op.body))
            if len(ops) == limit or (ops and size > max_bytes):
                break
            ops.append(entry.op)
        return ops

    def acked(self) -> int:
        """See the port."""
        return max((e.op.seq for e in self.disk.entries if e.outcome is not None), default=0)

    def chain_at(self, seq: int) -> str | None:
        """See the port."""
        if seq == 0:
            return self._start()
        return next((e.chain for e in self.disk.entries if e.op.seq == seq), None)

    def record_results(self, results: Sequence[OpResult], last_seq: int, chain: str, durable_through: int) -> None:
        """See the port."""
        by_id = {result.op_id: result for result in results}
        for entry in self.disk.entries:
            result = by_id.get(entry.op.op_id)
            if result is not None and entry.outcome is None:
                entry.outcome, entry.ver = result.outcome, result.ver
                if result.notice is not None:
                    self.disk.notices[result.op_id] = result.notice

    def rewind(self, last_seq: int) -> None:
        """See the port."""
        for entry in self.disk.entries:
            entry.ver = 0
            if entry.op.seq > last_seq:
                entry.outcome = None

    def resubmit_under(self, device_id: str) -> None:
        """See the port."""
        assert self.disk.identity is not None
        self.disk.identity = replace(self.disk.identity, device_id=device_id)
        chain = chain_start(device_id)
        for seq, entry in enumerate(self.disk.entries, start=1):
            op = entry.op
            hashed = content_hash(op.kind, op.v, op.item, op.token, op.session, bytes(op.body))
            chain = chain_next(chain, op.op_id, hashed)
            entry.op = msgspec.structs.replace(op, seq=seq)
            entry.chain, entry.outcome, entry.ver = chain, None, 0

    def pending_count(self) -> int:
        """See the port."""
        return sum(entry.outcome is None for entry in self.disk.entries)

    def oldest_pending_ms(self) -> int | None:
        """See the port."""
        first = next((e for e in self.disk.entries if e.outcome is None), None)
        return None if first is None else max(0, self.disk.clock.wall_ms() - first.op.t.wall)


@dataclass(frozen=True, slots=True)
class MemoryRows:
    """`ports.Rows` in memory."""

    disk: MemoryStore

    def cursor(self) -> str:
        """See the port."""
        return self.disk.cursor

    def apply_page(self, page: PullReply) -> frozenset[str] | None:
        """See the port."""
        disk = self.disk
        if page.from_ != disk.cursor:
            return None
        for change in page.changes:
            if change.deleted:
                disk.rows.pop((change.e, change.id), None)
            else:
                disk.rows[(change.e, change.id)] = (change.v, bytes(change.d))
        disk.cursor, disk.through = page.to, page.through
        return frozenset(change.e for change in page.changes)

    def reset(self) -> None:
        """See the port."""
        self.disk.rows.clear()
        self.disk.cursor, self.disk.through = "", 0

    def digest(self) -> str:
        """See the port."""
        return digest.of((e, id, v) for (e, id), (v, _) in self.disk.rows.items())

    def content(self) -> str:
        """See the port."""
        return digest.of_bodies((e, id, v, body) for (e, id), (v, body) in self.disk.rows.items())


@dataclass(frozen=True, slots=True)
class MemoryLeases:
    """`ports.Leases` in memory."""

    disk: MemoryStore

    def held(self) -> list[HeldLease]:
        """See the port."""
        facts = [(entry.job, entry.op.kind) for entry in self.disk.entries]
        finished = {job for job, kind in facts if kind in _FINISHING}
        started = {job for job, _ in facts}
        leases = self.disk.leases.values()
        return [replace(lease, started=lease.job in started) for lease in leases if lease.job not in finished]

    def unnamed(self) -> bool:
        """See the port. Rows give no rights here."""
        return False

    def store(self, leases: Sequence[Lease], granted_mono: float, boot_id: str) -> None:
        """See the port."""
        for le in leases:
            held = HeldLease(le.lease_id, le.item, le.job, le.token, le.ttl_s, granted_mono, boot_id, False)
            self.disk.leases[le.lease_id] = held
            self.disk.rights[le.item] = max(le.token, self.disk.rights.get(le.item, le.token))

    def drop(self, lease_ids: Sequence[str], reason: str) -> None:
        """See the port."""
        for id in lease_ids:
            if self.disk.leases.pop(id, None) is not None:
                self.disk.dropped[id] = reason

    def let_go(self, lease_ids: Collection[str]) -> list[HeldLease]:
        """See the port."""
        free = [lease for lease in self.held() if lease.lease_id in lease_ids and not lease.in_hand]
        self.drop([lease.lease_id for lease in free], LeaseEnd.RELEASED)
        return free


@dataclass(frozen=True, slots=True)
class MemoryMeta:
    """`ports.Meta` in memory."""

    disk: MemoryStore

    def identity(self) -> Identity | None:
        """See the port."""
        return self.disk.identity

    def waiting_elsewhere(self, cluster_id: str) -> int:
        """See the port."""
        here = self.disk.identity
        return 0 if here is None or here.cluster_id == cluster_id else MemoryJournal(self.disk).pending_count()

    def save_identity(self, identity: Identity) -> None:
        """See the port."""
        before, self.disk.identity = self.disk.identity, identity
        if before is not None and before.device_id != identity.device_id:
            MemoryJournal(self.disk).resubmit_under(identity.device_id)
            MemoryRows(self.disk).reset()
            self.disk.leases.clear()

    def save_epoch(self, epoch: int) -> None:
        """See the port."""
        assert self.disk.identity is not None
        self.disk.identity = replace(self.disk.identity, epoch=epoch)

    def save_pins(self, pins: tuple[str, ...]) -> None:
        """See the port."""
        assert self.disk.identity is not None
        self.disk.identity = replace(self.disk.identity, spki=pins[0], others=pins[1:])

    def save_addresses(self, addresses: tuple[str, ...]) -> None:
        """See the port."""
        assert self.disk.identity is not None
        self.disk.identity = replace(self.disk.identity, addresses=addresses)

    def save_kinds(self, kinds: dict[str, list[int]]) -> None:
        """See the port. Simulated devices and servers are of one age."""

    def device_key(self) -> bytes | None:
        """See the port."""
        return self.disk.key

    def save_device_key(self, key: bytes) -> None:
        """See the port."""
        self.disk.key = key

    def save_trust(self, credential: DeviceCredential, revoked: Sequence[str]) -> None:
        """See the port. Simulated devices hand nothing to each other."""
