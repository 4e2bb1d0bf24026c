"""Push: a device's facts come in, each once and in order, each with its effect in the same transaction. Called by the sync routes.

A fact is never refused; what cannot be read or handled is parked and the log goes on. Only an envelope that cannot be this device's
log is refused, and then nothing of it is kept.
"""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.db.work import Work
from oms.feed import delegation, handlers, leases, prelock
from oms.feed.log import Log, chain_at, lock_log
from oms.feed.models import DeadLetter, Op, OpSeq
from oms.feed.ports import Credit, FactContext
from oms.feed.refusals import Refusal
from oms.people.models import Session as FloorSession
from sync.contract import wire
from sync.contract.chain import chain_next, content_hash
from sync.contract.codes import ErrorCode, Outcome
from sync.contract.facts import HANDLED
from sync.contract.version import MAX_OPS_PER_PUSH
from sync.contract.wire import Notice, OpResult, PushReply, PushRequest, Token

_log = logging.getLogger(__name__)

#: A push is answered for a prefix once it has taken this long: the device must hear something before it gives up.
_BUDGET_S = 4.0
_INT64 = 2**63 - 1
#: So many ops share a savepoint: what one of them spoils is done again one by one.
_TOGETHER = 20
_PARKED = Credit(Outcome.PARKED, Notice(action="saved_support_informed"))


@dataclass(slots=True)
class _Arrived:
    """An op with its link in the log and what was decided about it; `token` is the one it was judged by."""

    op: wire.Op
    chain: str
    digest: str
    token: Token | None = None
    credit: Credit = _PARKED
    known_ver: int | None = None
    known: bool = False


#: Says what comes of an op that was never seen.
_Judge = Callable[["_Push", _Arrived], Credit]


@dataclass(slots=True)
class _Push:
    """One push under way. `maker` is the device whose facts these are, `carried` when another device brings them."""

    w: Work
    log: Log
    maker: str
    carried: bool = False
    tokens: delegation.Tokens | None = None
    arrived: list[_Arrived] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    workers: dict[str, str | None] = field(default_factory=dict)


def push(w: Work, device_id: str, request: PushRequest) -> PushReply:
    """Takes in one push and answers for all of it or a prefix. Results carry `ver` only after the unit of work has committed: pass
    them through `answered`. Raises `Refusal` and then nothing was kept."""
    _check_envelope(request)
    delegation.lock_logs(w, device_id, delegation.carried(request.ops))
    log = lock_log(w, device_id, request.epoch)
    _check_place(w.db, log, request)
    this = _Push(w, log, device_id)
    _take_all(this, request)
    _store(this)
    leases.renew_all(w, device_id)
    return _reply(this)


def take_carried(w: Work, log: Log, maker: str, request: PushRequest) -> bool:
    """Takes in facts of another device that a push brought along, into their own `log`, as facts of `maker`; whether all of them could be
    taken. They must start at or before the end of that log, and on the same link. Raises `Refusal`."""
    this = _Push(w, log, maker, carried=True)
    _take_all(this, request)
    _store(this)
    return len(this.arrived) == len(request.ops)


def _take_all(this: _Push, request: PushRequest) -> None:
    """Decides about the ops in their order, until all are done or time is up."""
    digests = [_digest(op) for op in request.ops]
    known = _known_ops(this.w.db, [op.op_id for op in request.ops])
    new = [op for op in request.ops if op.op_id not in known]
    new += [op for over in delegation.carried(new) for op in over.ops]
    if len(new) > 1:
        prelock.lock_for(this.w, new)
    link, coming = request.prev_chain, []
    for op, digest in zip(request.ops, digests, strict=True):
        link = chain_next(link, op.op_id, digest)
        coming.append(_Arrived(op, link, digest.hex()))
    until = math.inf if this.carried else time.monotonic() + _BUDGET_S
    for first in range(0, len(coming), _TOGETHER):
        if not _take_some(this, coming[first : first + _TOGETHER], known, until):
            return


def _take_some(this: _Push, some: Sequence[_Arrived], known: Mapping[str, Op], until: float) -> bool:
    """Decides about these; whether all of them could be. In one savepoint for all (ADR 0028) until one makes trouble; then nothing is left
    of them, and each has its own."""
    if len(some) > 1:
        arrived, letters = len(this.arrived), len(this.letters)
        try:
            with this.w.savepoint():
                return _take(this, some, known, until, _applied)
        except Exception as error:
            if _is_of_all(error):
                raise
            del this.arrived[arrived:], this.letters[letters:]
            this.tokens = None
            this.workers.clear()
    try:
        return _take(this, some, known, until, _applied_or_parked)
    except Refusal as no:
        if no.code is ErrorCode.FORK or not this.arrived:
            raise
        # What came before it is good; the next push starts with the bad one.
        return False


def _take(this: _Push, some: Sequence[_Arrived], known: Mapping[str, Op], until: float, judge: _Judge) -> bool:
    log = this.log
    for one in some:
        if this.arrived and time.monotonic() > until:
            return False
        seq = one.op.seq
        if seq <= log.device.last_seq and chain_at(this.w.db, log.device, seq) != one.chain:
            raise log.refuse(409, ErrorCode.FORK, f"seq {seq}")
        _take_in(this, one, known, judge)
        this.arrived.append(one)
    return True


def _check_envelope(request: PushRequest) -> None:
    ops = request.ops
    if len(ops) > MAX_OPS_PER_PUSH:
        raise Refusal(413, ErrorCode.TOO_LARGE, f"{len(ops)} ops")
    if request.first_seq < 1 or [op.seq for op in ops] != list(range(request.first_seq, request.first_seq + len(ops))):
        raise Refusal(400, ErrorCode.ENVELOPE, "seq is not dense")
    if not _is_hex(request.prev_chain, 64) or not all(_is_hex(op.op_id, 32) for op in ops):
        raise Refusal(400, ErrorCode.ENVELOPE, "ids are lower case hex")


def _is_hex(text: str, digits: int) -> bool:
    return len(text) == digits and all(c in "0123456789abcdef" for c in text)


def _check_place(db: Session, log: Log, request: PushRequest) -> None:
    """The push must start at or before the end of the log, and on the same link."""
    if request.first_seq > log.device.last_seq + 1:
        raise log.refuse(409, ErrorCode.GAP)
    if chain_at(db, log.device, request.first_seq - 1) != request.prev_chain:
        raise log.refuse(409, ErrorCode.FORK, "prev_chain")


def _digest(op: wire.Op) -> bytes:
    try:
        return content_hash(op.kind, op.v, op.item, op.token, op.session, bytes(op.body))
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Refusal(400, ErrorCode.ENVELOPE, f"body of seq {op.seq} is not JSON") from error


def _known_ops(db: Session, op_ids: list[str]) -> dict[str, Op]:
    return {op.op_id: op for op in db.scalars(select(Op).where(Op.op_id.in_(op_ids)))}


def _take_in(this: _Push, one: _Arrived, known: Mapping[str, Op], judge: _Judge) -> None:
    """Decides about one op: known ones keep what was decided the first time."""
    before = next((a for a in this.arrived if a.op.op_id == one.op.op_id), None)
    stored = known.get(one.op.op_id)
    if (before and before.digest != one.digest) or (stored and stored.content_hash != one.digest):
        raise Refusal(422, ErrorCode.ID_REUSE, one.op.op_id)
    if before:
        one.credit, one.known, one.known_ver = before.credit, True, before.known_ver
    elif stored:
        notice = msgspec.convert(stored.notice, Notice) if stored.notice else None
        one.credit, one.known, one.known_ver = Credit(stored.outcome, notice), True, stored.ver
    else:
        one.token = _token(this, one.op)
        one.credit = judge(this, one)


def _token(this: _Push, op: wire.Op) -> Token | None:
    """The token a fact really carries: a device that took work over offline knows only the giver's."""
    if op.token is None or op.item is None:
        return op.token
    if this.tokens is None:
        this.tokens = delegation.tokens_of(this.w, this.maker)
    return this.tokens.get((op.item, op.token), op.token)


def _applied(this: _Push, one: _Arrived) -> Credit:
    """Runs the handler; raises whatever goes wrong in there."""
    op = one.op
    if op.kind == delegation.RECEIVED:
        this.tokens = None
    body_type = HANDLED.get((op.kind, op.v))
    handler = handlers.find(body_type) if body_type else None
    if body_type is None or handler is None:
        return _park(this, op, "nobody handles this kind and version")
    body = msgspec.json.decode(op.body, type=body_type)
    credit: Credit = handler(this.w, _context(this, one), body)
    this.w.db.flush()
    return credit


def _applied_or_parked(this: _Push, one: _Arrived) -> Credit:
    """Runs the handler in a savepoint; whatever goes wrong in there parks this op and no other."""
    try:
        with this.w.savepoint():
            return _applied(this, one)
    except Exception as error:
        if _is_of_all(error):
            raise
        reason = type(error.orig).__name__ if isinstance(error, DBAPIError) else f"{type(error).__name__}: {error}"
        return _park(this, one.op, reason)


def _is_of_all(error: Exception) -> bool:
    """Whether it is trouble of the whole transaction and not of what was just done in it."""
    if not isinstance(error, DBAPIError):
        return False
    return isinstance(error.orig, DeadlockDetected | SerializationFailure) or error.connection_invalidated


def _park(this: _Push, op: wire.Op, reason: str) -> Credit:
    this.letters.append(
        DeadLetter(
            site_id=this.w.site,
            op_id=op.op_id,
            device=this.log.device.id,
            seq=op.seq,
            kind=_clean(op.kind),
            v=_int64(op.v),
            raw=msgspec.json.encode(op).decode(),
            reason=_clean(reason)[:2000],
            at=this.w.now,
        )
    )
    return _PARKED


def _context(this: _Push, one: _Arrived) -> FactContext:
    op = one.op
    return FactContext(
        op_id=op.op_id,
        item=op.item,
        token=one.token,
        session=op.session,
        device=this.maker,
        worker=_worker(this, op.session),
        received_at=this.w.now,
    )


def _worker(this: _Push, session: str | None) -> str | None:
    if session is None or "\0" in session:
        return None
    if session not in this.workers:
        this.workers[session] = this.w.db.scalar(
            select(FloorSession.worker_id).where(FloorSession.id == session, FloorSession.site_id == this.w.site)
        )
    return this.workers[session]


def _store(this: _Push) -> None:
    """Writes ops, their place in the log and the log's new end. New ops get their feed version at the commit."""
    db, device = this.w.db, this.log.device
    new = [one for one in this.arrived if not one.known]
    placed = [one for one in this.arrived if one.op.seq > device.last_seq]
    db.flush()
    if new:
        db.execute(insert(Op), [_op_row(this, one) for one in new])
        ids = [one.op.op_id for one in new]
        this.w.at_version(lambda at, ver: _set_version(at, ids, ver))
    if placed:
        rows = [{"device": device.id, "seq": a.op.seq, "op_id": a.op.op_id, "chain": a.chain} for a in placed]
        db.execute(insert(OpSeq), rows)
        device.last_seq, device.chain = placed[-1].op.seq, placed[-1].chain
    for one in this.letters:
        _log.error("parked op %s of device %s (%s@%d): %s", one.op_id, one.device, one.kind, one.v, one.reason)
    db.add_all(this.letters)
    if not this.carried:
        device.last_seen = this.w.now


def _set_version(db: Session, op_ids: list[str], ver: int) -> None:
    versioned = update(Op).where(Op.op_id.in_(op_ids)).values(ver=ver)
    db.execute(versioned.execution_options(synchronize_session=False))


def _op_row(this: _Push, one: _Arrived) -> dict[str, Any]:
    op, credit = one.op, one.credit
    return {
        "op_id": op.op_id,
        "site_id": this.w.site,
        "kind": _clean(op.kind),
        "v": _int64(op.v),
        "content_hash": one.digest,
        "body": _plain(msgspec.json.decode(op.body)),
        "outcome": credit.outcome,
        "first_device": this.maker,
        "received_at": this.w.now,
        "item": _clean(op.item) if op.item is not None else None,
        "tok_epoch": _int64(one.token[0]) if one.token else None,
        "tok_n": _int64(one.token[1]) if one.token else None,
        "session": _clean(op.session) if op.session is not None else None,
        "worker_id": _worker(this, op.session),
        "wall_ms": _int64(op.t.wall),
        "mono_ms": _int64(op.t.mono),
        "boot": _clean(op.t.boot),
        "notice": msgspec.to_builtins(credit.notice) if credit.notice else None,
    }


def _clean(text: str) -> str:
    """PostgreSQL cannot store a zero character; a scanner can send one. The content hash keeps the truth."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}")


def _plain(value: Any) -> Any:
    match value:
        case str():
            return _clean(value)
        case list():
            return [_plain(v) for v in value]
        case dict():
            return {_clean(k): _plain(v) for k, v in value.items()}
        case _:
            return value


def _int64(number: int) -> int:
    return max(-_INT64, min(_INT64, number))


def _reply(this: _Push) -> PushReply:
    w, device = this.w, this.log.device
    results = [
        OpResult(
            seq=one.op.seq,
            op_id=one.op.op_id,
            outcome=one.credit.outcome,
            ver=one.known_ver or 0,
            duplicate=one.known,
            notice=one.credit.notice,
        )
        for one in this.arrived
    ]
    return PushReply(
        results=results,
        last_seq=device.last_seq,
        chain=device.chain,
        head=w.db.scalars(select(Site.ver).where(Site.id == w.site)).one(),
        durable_through=durable_through(w.db, device.id, this.log.covered),
        epoch=this.log.epoch,
        server_time="",
        reopen=any(one.op.kind == delegation.RECEIVED for one in this.arrived),
    )


def durable_through(db: Session, device: str, covered_ver: int) -> int:
    """The highest seq of a log up to which everything is in an off-machine backup that holds the feed up to `covered_ver`."""
    if covered_ver <= 0:
        return 0
    first_outside = (
        select(OpSeq.seq)
        .join(Op, Op.op_id == OpSeq.op_id)
        .where(OpSeq.device == device, Op.ver > covered_ver)
        .order_by(OpSeq.seq)
        .limit(1)
    )
    first = db.scalar(first_outside)
    if first is not None:
        return first - 1
    last = db.scalar(select(OpSeq.seq).where(OpSeq.device == device).order_by(OpSeq.seq.desc()).limit(1))
    return last or 0


def answered(reply: PushReply, ver: int) -> PushReply:
    """`reply` with the version its new ops were committed under."""
    if not ver:
        return reply
    results = [msgspec.structs.replace(r, ver=r.ver or ver) for r in reply.results]
    return msgspec.structs.replace(reply, results=results, head=max(reply.head, ver))
