"""The store as `sync.client` sees it: its ports, each call one commit. Built by the bootstrap with `sync_ports(store)`."""

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from app.store.leases import FINISHING
from app.store.print_journal import KeptPrint, PrintedThing
from app.store.rows import NAMES
from app.store.store import Store, Unit
from sync.client.ports import HeldLease, Identity, JournalHead, Ports
from sync.contract.codes import JobKind, LeaseEnd, Outcome
from sync.contract.rows import WorkerRow
from sync.contract.wire import DeviceCredential, Lease, Notice, Op, OpResult, PullReply

_BREATH_S = 0.001

#: What the person is told of a fact that the centre could not read.
PARKED = Notice(action="saved_support_informed")


class SyncJournal:
    """`sync.client.ports.Journal` on the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def head(self) -> JournalHead:
        """See the port."""
        with self._store.look() as u:
            return u.journal.head()

    def pending(self, limit: int, max_bytes: int) -> list[Op]:
        """See the port."""
        with self._store.look() as u:
            return u.journal.pending(limit, max_bytes)

    def acked(self) -> int:
        """See the port."""
        with self._store.look() as u:
            return u.journal.acked()

    def chain_at(self, seq: int) -> str | None:
        """See the port."""
        with self._store.look() as u:
            return u.journal.chain_at(seq)

    def record_results(self, results: Sequence[OpResult], last_seq: int, chain: str, durable_through: int) -> None:
        """See the port."""

        def work(u: Unit) -> None:
            through = u.rows.through()
            for result in results:
                if u.journal.acknowledge(result.op_id, result.outcome, result.ver, through):
                    _file(u, result)
            u.meta.put("server_log", [last_seq, chain, durable_through])
            u.journal.prune(durable_through)

        self._store.run(work)

    def rewind(self, last_seq: int) -> None:
        """See the port."""
        self._store.run(lambda u: u.journal.rewind(last_seq))

    def resubmit_under(self, device_id: str) -> None:
        """See the port."""

        def work(u: Unit) -> None:
            _change(u, device_id=device_id)
            u.journal.renumber(device_id)
            u.people.wipe_all()

        self._store.run(work)

    def pending_count(self) -> int:
        """See the port."""
        with self._store.look() as u:
            return u.journal.pending_count()

    def oldest_pending_ms(self) -> int | None:
        """See the port."""
        with self._store.look() as u:
            return u.journal.oldest_pending_ms()


def _file(u: Unit, result: OpResult) -> None:
    """The instruction goes to the person; a job that was finished for nobody is not finished here, should it come again."""
    if result.outcome is Outcome.DIVERTED and (job := u.journal.job_of(result.op_id, FINISHING)):
        u.flows.forget(job)
        u.leases.lose(job)
    if result.notice is not None:
        u.notices.file(result.op_id, result.notice)
    elif result.outcome is Outcome.PARKED:
        u.notices.file(result.op_id, PARKED)


def _hear_of_people(u: Unit, page: PullReply) -> None:
    """Who may not be here any more is signed out with the page that says so; their work is put down for the next person."""
    for change in page.changes:
        if change.e == NAMES[WorkerRow]:
            row = u.rows.get(WorkerRow, change.id)
            if u.people.heard(change.id, row.trust_n if row else None):
                for kind in JobKind:
                    u.flows.put_down(kind.value)


class SyncRows:
    """`sync.client.ports.Rows` on the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cursor(self) -> str:
        """See the port."""
        with self._store.look() as u:
            return u.rows.cursor()

    def apply_page(self, page: PullReply) -> frozenset[str] | None:
        """See the port."""

        def work(u: Unit) -> frozenset[str] | None:
            if page.from_ != u.rows.cursor():
                return None
            touched = u.rows.apply(page)
            _hear_of_people(u, page)
            u.journal.settle(page.through)
            return touched

        return self._store.run(work)

    def reset(self) -> None:
        """See the port."""
        self._store.run(lambda u: u.rows.reset())

    def digest(self) -> str:
        """See the port."""
        with self._store.look() as u:
            return u.rows.digest()

    def content(self) -> str:
        """See the port."""
        total, after = 0, ("", "")
        while True:
            # Only this thread writes rows: between two looks scans may come and go, but the rows stay as they are.
            with self._store.look() as u:
                part, last = u.rows.content(after)
            total ^= part
            if last is None:
                return f"{total:016x}"
            after = last
            # A lock that is let go of and asked for at once comes back to the same thread, and a scan would wait for the last piece.
            time.sleep(_BREATH_S)


class SyncLeases:
    """`sync.client.ports.Leases` on the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def held(self) -> list[HeldLease]:
        """See the port. Those taken over from another device are not known to the server yet: it is not asked about them."""
        with self._store.look() as u:
            untold = u.hand_overs.untold()
            return [lease for lease in u.leases.held() if lease.lease_id not in untold]

    def unnamed(self) -> bool:
        """See the port."""
        with self._store.look() as u:
            return u.leases.unnamed()

    def store(self, leases: Sequence[Lease], granted_mono: float, boot_id: str) -> None:
        """See the port."""
        self._store.run(lambda u: u.leases.store(leases, granted_mono, boot_id))

    def drop(self, lease_ids: Sequence[str], reason: str) -> None:
        """See the port."""
        self._store.run(lambda u: u.leases.drop(lease_ids, reason))

    def let_go(self, lease_ids: Collection[str]) -> list[HeldLease]:
        """See the port."""

        def work(u: Unit) -> list[HeldLease]:
            free = [lease for lease in u.leases.held() if lease.lease_id in lease_ids and not lease.in_hand]
            u.leases.drop([lease.lease_id for lease in free], LeaseEnd.RELEASED)
            return free

        return self._store.run(work)


class SyncMeta:
    """`sync.client.ports.Meta` on the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def identity(self) -> Identity | None:
        """See the port."""
        with self._store.look() as u:
            return u.meta.identity()

    def waiting_elsewhere(self, cluster_id: str) -> int:
        """See the port."""
        with self._store.look() as u:
            identity = u.meta.identity()
            return 0 if identity is None or identity.cluster_id == cluster_id else u.journal.pending_count()

    def save_identity(self, identity: Identity) -> None:
        """See the port. A log begun under another identity goes on under the new one; a log with facts that wait for another centre
        is not handed to this one: raises `WaitingForAnother`."""
        self._store.run(lambda u: _pair(u, identity))

    def save_epoch(self, epoch: int) -> None:
        """See the port."""
        self._store.run(lambda u: _change(u, epoch=epoch))

    def save_pins(self, pins: tuple[str, ...]) -> None:
        """See the port."""
        self._store.run(lambda u: _change(u, spki=pins[0], others=pins[1:]))

    def save_addresses(self, addresses: tuple[str, ...]) -> None:
        """See the port."""
        self._store.run(lambda u: _change(u, addresses=addresses))

    def save_kinds(self, kinds: dict[str, list[int]]) -> None:
        """See the port."""
        self._store.run(lambda u: u.journal.server_reads(kinds))

    def device_key(self) -> bytes | None:
        """See the port."""
        return self._store.key.load()

    def save_device_key(self, key: bytes) -> None:
        """See the port."""
        self._store.key.save(key)

    def save_trust(self, credential: DeviceCredential, revoked: Sequence[str]) -> None:
        """See the port."""
        self._store.run(lambda u: u.hand_overs.keep_trust(credential, revoked))


class WaitingForAnother(RuntimeError):
    """This device holds facts that another centre has not acknowledged."""


def _pair(u: Unit, identity: Identity) -> None:
    before = u.meta.identity()
    if before is not None and before.cluster_id != identity.cluster_id:
        waiting = u.journal.pending_count()
        if waiting:
            raise WaitingForAnother(f"{waiting} facts wait for centre {before.cluster_id}")
        u.forget_centre()
    u.meta.put("identity", identity)
    if before is not None and before.device_id != identity.device_id:
        u.journal.renumber(identity.device_id)
        u.people.wipe_all()
        # Their session is one of a device that is no more.
        u.people.sign_out()


def _change(u: Unit, **news: Any) -> None:
    identity = u.meta.identity()
    if identity is not None:
        u.meta.put("identity", replace(identity, **news))


class PrintJournal:
    """`devices.print_journal.PrintJournal` on the store, in plain types: states and verdicts are words. Each call is one commit."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, job: PrintedThing, state: str, detail: str) -> None:
        """See the port: on the disk before it returns."""

        def work(u: Unit) -> None:
            if state == "queued":
                u.prints.keep(job)
            u.prints.record(job.job_id, str(state), detail)

        self._store.run(work)

    def decided(self, job_id: str, verdict: str, who: str) -> None:
        """See the port."""
        self._store.run(lambda u: u.prints.decided(job_id, str(verdict), who))

    def find(self, job_id: str) -> KeptPrint | None:
        """See the port."""
        with self._store.look() as u:
            return u.prints.find(job_id)

    def latest_of(self, identity: str) -> str | None:
        """See the port."""
        with self._store.look() as u:
            return u.prints.latest_of(identity)

    def unsettled(self) -> Sequence[KeptPrint]:
        """See the port."""
        with self._store.look() as u:
            return u.prints.unsettled()


def sync_ports(store: Store) -> Ports:
    """All ports of sync on one store."""
    return Ports(SyncJournal(store), SyncRows(store), SyncLeases(store), SyncMeta(store), store.clock)
