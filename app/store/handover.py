"""What a hand-over between devices leaves in the store: work frozen here, work taken over from another, and whom to believe meanwhile.

Used by the hand-over service inside its units of work, and by the ports of sync.
"""

from collections.abc import Sequence
from hashlib import sha256

import msgspec
from msgspec import Raw, Struct
from sqlalchemy import Connection, select

from app.core.clock import Clock
from app.store.flow_states import FlowBook
from app.store.journal import JournalBook
from app.store.leases import TAKEN_JOBS, LeaseBook
from app.store.meta import MetaBook
from app.store.rows import RowBook
from app.store.tables import flow, journal, row
from sync.contract.codes import LeaseEnd
from sync.contract.facts import HandedItem
from sync.contract.handover import (
    Beside,
    HandedFlow,
    HandedLease,
    HandedRow,
    HandOver,
    Opened,
    Trust,
    beside_bytes,
    delegated_id,
)
from sync.contract.rows import WorkRow
from sync.contract.wire import Change, DeviceCredential, Lease, Token

#: So many hand-overs taken are remembered: long past any that the centre might not have heard of.
_TAKEN_MOST = 20
_JOBS_MOST = 100


class FrozenLease(Struct, frozen=True):
    """A lease as it stood when it was frozen; it goes on running out on the clock of `boot`."""

    lease_id: str
    item: str
    job: str
    token: Token
    ttl_s: int
    granted_mono: float
    boot: str


class Outgoing(Struct, frozen=True, kw_only=True):
    """The hand-over this device gives. `first` and `last` are op ids: the first fact the centre may not have, and the one that froze."""

    id: str
    first: str
    last: str = ""
    leases: list[FrozenLease]
    flows: list[HandedFlow]
    confirmed: bool = False


class Taken(Struct, frozen=True, kw_only=True):
    """A hand-over this device took: the op that says so, the leases it brought, and who gave it."""

    id: str
    op_id: str
    leases: list[str]
    label: str


class _Believed(Struct, frozen=True):
    """What the centre said last of this device and of those it shut out."""

    credential: DeviceCredential
    revoked: list[str]


class HandOverBook:
    """Owns the hand-over entries of the `meta` table; works through the other books."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        meta: MetaBook,
        rows: RowBook,
        journal: JournalBook,
        leases: LeaseBook,
        flows: FlowBook,
    ) -> None:
        self._db = connection
        self._clock = clock
        self._meta = meta
        self._rows = rows
        self._journal = journal
        self._leases = leases
        self._flows = flows

    # --- whom to believe ---

    def keep_trust(self, credential: DeviceCredential, revoked: Sequence[str]) -> None:
        """What the centre says of this device, and whom it has shut out."""
        self._meta.put("believed", _Believed(credential, list(revoked)))

    def credential(self) -> DeviceCredential | None:
        """This device's own; None until the centre gave one, and after its identity changed."""
        believed, me = self._meta.get("believed", _Believed), self._meta.identity()
        if believed is None or me is None or believed.credential.device_id != me.device_id:
            return None
        return believed.credential

    def trust(self) -> Trust | None:
        """What others are judged by; None when this device was never told."""
        believed, me = self._meta.get("believed", _Believed), self._meta.identity()
        if believed is None or me is None or believed.credential.cluster_id != me.cluster_id:
            return None
        return Trust(
            device=me.device_id, cluster_id=me.cluster_id, site=me.site, epoch=me.epoch,
            signer=believed.credential.signer, revoked=believed.revoked,
        )  # fmt: skip

    # --- giving ---

    def outgoing(self) -> Outgoing | None:
        """The newest hand-over given here; None when there was none, or its log is no longer this device's."""
        out = self._meta.get("outgoing", Outgoing)
        if out is None or not out.last or self._journal.seq_of(out.last) is None:
            return None
        return out

    def worth_giving(self) -> tuple[int, int]:
        """(jobs held, facts that wait): what a hand-over made now would carry."""
        return len({lease.job for lease in self._leases.held()}), self._journal.pending_count()

    def begin(self, id: str) -> list[HandedItem]:
        """Notes what is about to be frozen; the items and tokens for the fact that freezes them."""
        held = self._leases.held()
        frozen = [
            FrozenLease(le.lease_id, le.item, le.job, le.token, le.ttl_s, le.granted_mono, le.boot_id) for le in held
        ]
        jobs = {lease.job for lease in frozen}
        found = self._db.execute(select(flow).where(flow.c.job.in_(jobs), flow.c.finished == 0).order_by(flow.c.job))
        flows = [HandedFlow(job=r.job, kind=r.kind, v=r.v, d=Raw(r.body)) for r in found]
        pending = self._journal.pending(1, 1)
        first = pending[0].op_id if pending else ""
        self._meta.put("outgoing", Outgoing(id=id, first=first, leases=frozen, flows=flows))
        return [HandedItem(item=lease.item, token=lease.token) for lease in frozen]

    def freeze(self) -> None:
        """The newest fact of the log froze it: nothing of it is done here any more."""
        out = self._meta.get("outgoing", Outgoing)
        if out is None:
            raise RuntimeError("nothing was begun")
        last = self._journal.last_op_id()
        self._meta.put("outgoing", msgspec.structs.replace(out, first=out.first or last, last=last))
        self._leases.drop([lease.lease_id for lease in out.leases], LeaseEnd.HANDED_OVER)
        for job in {lease.job for lease in out.leases}:
            self._flows.forget(job)

    def confirm(self) -> None:
        """Somebody has it."""
        out = self.outgoing()
        if out is not None:
            self._meta.put("outgoing", msgspec.structs.replace(out, confirmed=True))

    def parcel(self, *, items: bool = True) -> tuple[HandOver, bytes]:
        """What is signed of the outgoing hand-over, with what is left of each lease now, and the bytes that travel beside it. Without
        `items` it is smaller. Raises RuntimeError when there is none."""
        out, me = self.outgoing(), self._meta.identity()
        if out is None or me is None:
            raise RuntimeError("nothing was given")
        first, last = self._journal.seq_of(out.first), self._journal.seq_of(out.last)
        if first is None or last is None:
            raise RuntimeError("the log does not hold what was frozen")
        beside = beside_bytes(Beside(rows=self._rows_of(out, items), flows=out.flows))
        over = HandOver(
            id=out.id, cluster_id=me.cluster_id, site=me.site, device=me.device_id, epoch=me.epoch, first_seq=first,
            prev_chain=self._journal.chain_at(first - 1) or "", chain=self._journal.chain_at(last) or "",
            ops=self._journal.between(first, last), leases=[self._handed(lease) for lease in out.leases],
            beside=sha256(beside).hexdigest(),
        )  # fmt: skip
        return over, beside

    def _handed(self, lease: FrozenLease) -> HandedLease:
        """Nobody counted while the device was off: then nothing is left."""
        passed = self._clock.mono() - lease.granted_mono if lease.boot == self._clock.boot_id() else lease.ttl_s
        left = max(0, int((lease.ttl_s - passed) * 1000))
        return HandedLease(lease_id=lease.lease_id, item=lease.item, job=lease.job, token=lease.token, left_ms=left)

    def _rows_of(self, out: Outgoing, items: bool) -> list[HandedRow]:
        jobs = sorted({lease.job for lease in out.leases})
        work = [one for job in jobs for one in self._rows.find(WorkRow, "job", job)]
        wanted = [("job", job) for job in jobs] + [("work", one.id) for one in work]
        wanted += [("item", sku) for sku in sorted({one.sku for one in work})] if items else []
        found = []
        for e, id in wanted:
            r = self._db.execute(select(row.c.v, row.c.body).where(row.c.e == e, row.c.id == id)).first()
            if r is not None:
                found.append(HandedRow(e=e, id=id, v=r.v, d=Raw(r.body)))
        return found

    # --- taking ---

    def taken(self) -> list[Taken]:
        """Hand-overs taken here, oldest first."""
        return self._meta.get("taken", list[Taken]) or []

    def adopt(self, opened: Opened) -> None:
        """Rows, rights and standings of what the newest fact of the log took over. Rights run from now, for what was left at signing.
        Raises `msgspec.MsgspecError` when a row cannot be read."""
        over = opened.over
        self._rows.learn([Change(e=one.e, id=one.id, v=one.v, d=one.d) for one in opened.beside.rows])
        named = [(delegated_id(over.id, lease.item), lease) for lease in over.leases]
        now, boot = self._clock.mono(), self._clock.boot_id()
        leases = [
            Lease(lease_id=id, item=le.item, job=le.job, token=le.token, ttl_s=max(0, le.left_ms) // 1000)
            for id, le in named
        ]
        self._leases.store(leases, now, boot)
        jobs = {lease.job for lease in leases}
        before = [job for job in self._meta.get(TAKEN_JOBS, list[str]) or [] if job not in jobs]
        self._meta.put(TAKEN_JOBS, [*before, *sorted(jobs)][-_JOBS_MOST:])
        for standing in opened.beside.flows:
            if standing.job in jobs:
                self._flows.forget(standing.job)
                self._flows.keep(standing.job, standing.kind, standing.v, bytes(standing.d))
        taken = Taken(
            id=over.id, op_id=self._journal.last_op_id(), leases=[id for id, _ in named], label=opened.credential.label
        )
        self._meta.put("taken", [*self.taken(), taken][-_TAKEN_MOST:])

    def untold(self) -> frozenset[str]:
        """Leases taken over that the centre has not heard of yet."""
        taken = self.taken()
        if not taken:
            return frozenset()
        waiting = set(
            self._db.scalars(
                select(journal.c.op_id).where(
                    journal.c.op_id.in_([one.op_id for one in taken]), journal.c.state == "pending"
                )
            )
        )
        return frozenset(lease for one in taken if one.op_id in waiting for lease in one.leases)
