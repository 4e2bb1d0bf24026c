"""The log of facts: dense numbers, one hash chain, never an op lost. Facts are appended by the floor, read and marked by sync."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    Row,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)

from app.core.clock import Clock
from app.store.meta import MetaBook
from app.store.tables import journal
from sync.client.ports import JournalHead
from sync.contract import older
from sync.contract.chain import canonical, chain_next, chain_start, content_hash
from sync.contract.codes import Outcome
from sync.contract.facts import HANDLED, Fact
from sync.contract.wire import Op, Times, Token

KEEP_MS = 14 * 24 * 3600 * 1000

#: Literal, not bound: SQLite uses a partial index only when it can read the condition.
_PENDING: ColumnElement[bool] = literal_column("state = 'pending'")
_UNSETTLED: ColumnElement[bool] = literal_column("settled = 0")

# Built once: it runs with every scan.
_APPEND = insert(journal)
_COUNT = select(func.count()).select_from(journal).where(_PENDING)
_OLDEST = select(journal.c.wall).where(_PENDING).order_by(journal.c.seq).limit(1)
_FACTS = select(journal.c.kind, journal.c.v, journal.c.body, journal.c.item, journal.c.job, journal.c.seq).where(
    _UNSETTLED
)
_OF_JOB, _OF_KIND = journal.c.job == bindparam("of_job"), journal.c.kind == bindparam("of_kind")
#: What is unsettled, by whether a job and whether a kind is asked for.
_OPEN = {
    (False, False): _FACTS.order_by(journal.c.seq),
    (True, False): _FACTS.where(_OF_JOB).order_by(journal.c.seq),
    (False, True): _FACTS.where(_OF_KIND).order_by(journal.c.seq),
    (True, True): _FACTS.where(_OF_JOB, _OF_KIND).order_by(journal.c.seq),
}
_OPEN_JOBS = select(journal.c.job).where(_UNSETTLED, journal.c.job.is_not(None)).distinct()


class NotPaired(RuntimeError):
    """A fact was made on a device without an identity: there is no log to put it in."""


@dataclass(frozen=True, slots=True)
class LoggedFact:
    """A fact of this device whose effect the server's rows here do not contain yet."""

    fact: Fact
    item: str | None
    job: str | None
    seq: int


def recorded(job: ColumnElement[str], kinds: Iterable[str] = (), but: Iterable[str] = ()) -> Exists:
    """SQL: whether a fact of `job` was recorded here that counts, as far as anybody knows: of one of `kinds` if any are given, and none of
    `but`. What the centre diverted was done for nobody: who is given that job again begins it anew."""
    counts = journal.c.outcome.is_distinct_from(Outcome.DIVERTED)
    asked = exists().where(journal.c.job == job, counts, journal.c.kind.not_in(tuple(but)))
    return asked.where(journal.c.kind.in_(tuple(kinds))) if kinds else asked


class JournalBook:
    """Owns the `journal` table and the head of the log."""

    def __init__(self, connection: Connection, meta: MetaBook, clock: Clock) -> None:
        self._db = connection
        self._meta = meta
        self._clock = clock

    # --- the floor ---

    def append(self, fact: Fact, item: str | None, token: Token | None, session: str | None) -> str:
        """Writes a fact at the end of the log, inside the running unit of work; returns its op id. Raises `NotPaired`."""
        head = self.head()
        kind, v, fact = older.worded(fact, self._server_reads)
        body = canonical(fact)
        op_id = uuid4().hex
        digest = content_hash(kind, v, item, token, session, body)
        chain = chain_next(head.chain, op_id, digest)
        values: dict[str, Any] = {
            "seq": head.next_seq, "op_id": op_id, "kind": kind, "v": v, "item": item, "job": getattr(fact, "job", None),
            "tok_epoch": token[0] if token else None, "tok_n": token[1] if token else None, "session": session,
            "body": body, "digest": digest, "chain": chain, "wall": self._clock.wall_ms(),
            "mono": int(self._clock.mono() * 1000), "boot": self._clock.boot_id(), "state": "pending", "settled": 0,
        }  # fmt: skip
        self._db.execute(_APPEND, values)
        self._put_head(JournalHead(head.next_seq + 1, chain))
        return op_id

    def unsettled(self, job: str | None = None, kind: str | None = None) -> list[LoggedFact]:
        """Facts not contained in the rows here, oldest first; of one job or of all, of one kind or of all."""
        asked = _OPEN[(job is not None, kind is not None)]
        return [
            LoggedFact(msgspec.json.decode(r.body, type=HANDLED[(r.kind, r.v)]), r.item, r.job, r.seq)
            for r in self._db.execute(asked, {"of_job": job, "of_kind": kind})
        ]

    def unsettled_jobs(self) -> frozenset[str]:
        """The jobs that those facts are about."""
        return frozenset(self._db.execute(_OPEN_JOBS).scalars())

    # --- sync ---

    def head(self) -> JournalHead:
        """Where the log stands. Raises `NotPaired` before the device has an identity."""
        head = self._meta.get("head", JournalHead)
        if head is not None:
            return head
        identity = self._meta.identity()
        if identity is None:
            raise NotPaired("this device is not paired")
        return JournalHead(1, chain_start(identity.device_id))

    def pending(self, limit: int, max_bytes: int) -> list[Op]:
        """See `sync.client.ports.Journal.pending`."""
        ops: list[Op] = []
        size = 0
        for r in self._db.execute(select(journal).where(_PENDING).order_by(journal.c.seq).limit(limit)):
            size += len(r.body)
            if ops and size > max_bytes:
                break
            ops.append(_op(r))
        return ops

    def acked(self) -> int:
        """See `sync.client.ports.Journal.acked`."""
        last = select(journal.c.seq).where(journal.c.state == "acked").order_by(journal.c.seq.desc()).limit(1)
        return self._db.execute(last).scalar() or max(0, self._pruned().next_seq - 1)

    def seq_of(self, op_id: str) -> int | None:
        """Where an op stands in the log now; None when it is not in it (any more)."""
        return self._db.execute(select(journal.c.seq).where(journal.c.op_id == op_id)).scalar()

    def last_op_id(self) -> str:
        """The newest op; empty in an empty log."""
        return self._db.execute(select(journal.c.op_id).order_by(journal.c.seq.desc()).limit(1)).scalar() or ""

    def between(self, first: int, last: int) -> list[Op]:
        """The ops from number `first` to `last`."""
        asked = select(journal).where(journal.c.seq.between(first, last)).order_by(journal.c.seq)
        return [_op(r) for r in self._db.execute(asked)]

    def chain_at(self, seq: int) -> str | None:
        """See `sync.client.ports.Journal.chain_at`."""
        pruned = self._pruned()
        if seq == pruned.next_seq - 1:
            return pruned.chain
        if seq == 0:
            identity = self._meta.identity()
            return chain_start(identity.device_id) if identity else None
        return self._db.execute(select(journal.c.chain).where(journal.c.seq == seq)).scalar()

    def acknowledge(self, op_id: str, outcome: str, ver: int, through: int) -> bool:
        """Marks one op acknowledged; False when it is unknown or was acknowledged before."""
        marked = self._db.execute(
            update(journal)
            .where(journal.c.op_id == op_id, journal.c.state == "pending")
            .values(state="acked", outcome=outcome, ver=ver, settled=int(ver <= through))
        )
        return marked.rowcount == 1

    def job_of(self, op_id: str, kinds: Iterable[str]) -> str | None:
        """The job of an op, if it is of one of `kinds`."""
        asked = select(journal.c.job).where(journal.c.op_id == op_id, journal.c.kind.in_(tuple(kinds)))
        return self._db.execute(asked).scalar()

    def settle(self, through: int) -> None:
        """The rows now contain everything up to version `through`: acknowledged ops up to it leave the overlay."""
        done = update(journal).where(_UNSETTLED, journal.c.state == "acked", journal.c.ver <= through)
        self._db.execute(done.values(settled=1))

    def rewind(self, last_seq: int) -> None:
        """See `sync.client.ports.Journal.rewind`."""
        kept = update(journal).where(journal.c.seq <= last_seq, journal.c.state == "acked")
        self._db.execute(kept.values(settled=1))
        again = update(journal).where(journal.c.seq > last_seq)
        self._db.execute(again.values(state="pending", settled=0, outcome=None, ver=None))

    def renumber(self, device_id: str) -> None:
        """Every op kept gets a new number from 1 and a new chain under `device_id`, and is pending again."""
        chain = chain_start(device_id)
        self._put_pruned(JournalHead(1, chain))
        moves = []
        ops = self._db.execute(select(journal.c.op_id, journal.c.digest).order_by(journal.c.seq)).all()
        for seq, op in enumerate(ops, start=1):
            chain = chain_next(chain, op.op_id, op.digest)
            # Negative first: a new number may still be another op's old one.
            moves.append({"op": op.op_id, "new_seq": -seq, "new_chain": chain})
        for move in moves:
            op_id, seq, link = move["op"], move["new_seq"], move["new_chain"]
            self._db.execute(update(journal).where(journal.c.op_id == op_id).values(seq=seq, chain=link))
        again = update(journal).values(seq=-journal.c.seq, state="pending", settled=0, outcome=None, ver=None)
        self._db.execute(again)
        self._put_head(JournalHead(len(moves) + 1, chain))

    def pending_count(self) -> int:
        """Ops not acknowledged."""
        return int(self._db.execute(_COUNT).scalar_one())

    def oldest_pending_ms(self) -> int | None:
        """Age in ms of the oldest op not acknowledged, by the device's own clock; None when nothing waits."""
        wall = self._db.execute(_OLDEST).scalar()
        return None if wall is None else max(0, self._clock.wall_ms() - int(wall))

    def prune(self, durable_through: int) -> int:
        """Deletes from the old end what is acknowledged, contained in the rows, held by an off-machine backup and older than 14 days;
        returns how many ops. The link of the newest one deleted is kept."""
        horizon = self._clock.wall_ms() - KEEP_MS
        keep = select(func.min(journal.c.seq)).where(
            (journal.c.state == "pending")
            | (journal.c.settled == 0)
            | (journal.c.seq > durable_through)
            | (journal.c.wall > horizon)
        )
        first_kept: int = self._db.execute(keep).scalar() or self.head().next_seq
        last = self._db.execute(select(journal.c.chain).where(journal.c.seq == first_kept - 1)).scalar()
        if last is None:
            return 0
        self._put_pruned(JournalHead(first_kept, last))
        return self._db.execute(journal.delete().where(journal.c.seq < first_kept)).rowcount

    def server_reads(self, kinds: dict[str, list[int]]) -> None:
        """Remembers the facts the server handles; writes only when they have changed."""
        if kinds != self._meta.get("kinds", dict[str, list[int]]):
            self._meta.put("kinds", kinds)

    def _server_reads(self, kind: str) -> list[int]:
        return (self._meta.get("kinds", dict[str, list[int]]) or {}).get(kind, [])

    def _pruned(self) -> JournalHead:
        return self._meta.get("pruned", JournalHead) or JournalHead(0, "")

    def _put_pruned(self, upto: JournalHead) -> None:
        self._meta.put("pruned", upto)

    def _put_head(self, head: JournalHead) -> None:
        self._meta.put("head", head)


def _op(r: Row[Any]) -> Op:
    return Op(
        op_id=r.op_id, seq=r.seq, kind=r.kind, v=r.v, body=msgspec.Raw(r.body),
        t=Times(wall=r.wall, mono=r.mono, boot=r.boot), item=r.item,
        token=None if r.tok_n is None else (r.tok_epoch, r.tok_n), session=r.session,
    )  # fmt: skip
