"""What each answer, refusal and silence means to the machine. Called by `machine.step` only."""

from collections.abc import Callable
from typing import Any

from sync.client.calls import (
    LEASE_ENTITY,
    Call,
    Changed,
    Claim,
    Claimed,
    Dropped,
    DropPool,
    EpochChanged,
    ForkFound,
    HttpRefused,
    NonceGiven,
    NothingNew,
    Opened,
    Pulled,
    Pushed,
    Reforked,
    Release,
    Released,
    Renewed,
    Result,
    Resync,
    Rewound,
    TokenGiven,
    Told,
    Unusable,
)
from sync.client.state import (
    BACKOFF_AWAY_S,
    BACKOFF_BUSY_S,
    CLAIM_AGAIN_S,
    CLAIM_SPREAD_S,
    DIGEST_AFTER_MISMATCH_S,
    DIGEST_EVERY_S,
    EMPTY_PULL_PAUSE_S,
    HEARTBEAT_S,
    PULL_LIMIT,
    PULL_LIMIT_LEAST,
    ROWS_GRACE_S,
    TROUBLE_RETRY_S,
    Flight,
    LaneName,
    Phase,
    Waiting,
    back_off,
    lane_of,
)
from sync.client.status import ClaimJob, Refused, Trouble
from sync.client.turn import Turn
from sync.contract.codes import ErrorCode
from sync.contract.version import MAX_OPS_PER_PUSH

#: What cannot be read is treated as a server in trouble: left alone for a while, asked again.
_UNREADABLE = HttpRefused(500, None)


def answered(turn: Turn, id: int, result: Result) -> None:
    """Call `id` was answered. Answers to calls given up meanwhile mean nothing."""
    lane = _lane_by_flight(turn, id)
    ask = _ask_by_flight(turn, id)
    if lane is None and ask is None:
        return
    turn.set(failures=0, retry_at=turn.now)
    if lane is not None:
        _fit(turn, turn.s.lanes[lane].flight, result)
        turn.lane(lane, flight=None)
    if isinstance(result, HttpRefused):
        _refused(turn, lane, ask, result)
    elif isinstance(result, Unusable):
        if result.foreign and lane is LaneName.PULL:
            # Rows from a newer server, in words this app was not taught.
            turn.set(trouble=Trouble.UPGRADE)
        _refused(turn, lane, ask, _UNREADABLE)
    elif ask is not None:
        _told(turn, ask, result)
    elif lane is not None:
        if not _no_progress(result):
            turn.land(lane)
        _DONE[type(result)](turn, result)


def _fit(turn: Turn, flight: Flight | None, result: Result) -> None:
    """What was let go is known to be; a claim was answered that was made when other work was wanted."""
    call: Call | None = flight.call if flight else None
    if isinstance(call, Release) and isinstance(result, Released):
        turn.set(let_go=turn.s.let_go - frozenset(call.lease_ids))
    if not isinstance(call, Claim):
        return
    if not isinstance(result, Claimed):
        if turn.s.strays:
            turn.reopen()
    elif call.policy.asks_like(turn.s.policy):
        turn.set(strays=False)
    else:
        turn.set(strays=False, let_go=turn.s.let_go | result.leases)


def _no_progress(result: Result) -> bool:
    """Answers that let a lane go round in circles: its back-off must grow. A nonce is worth nothing without the token."""
    return isinstance(result, Rewound | NonceGiven) or (isinstance(result, Pushed) and result.acked == 0)


def lost(turn: Turn, id: int, wrong_key: bool) -> None:
    """Call `id` got no answer."""
    lane = _lane_by_flight(turn, id)
    ask = _ask_by_flight(turn, id)
    if lane is None and ask is None:
        return
    if lane is not None:
        turn.lane(lane, flight=None)
    if ask is not None:
        turn.settle(ask)
    turn.set(trouble=Trouble.WRONG_KEY if wrong_key else _unless(turn, Trouble.WRONG_KEY))
    _link_failed(turn)


def too_slow(turn: Turn, flight: Flight) -> None:
    """A call ran out of time: ask for less next time, and treat the link as gone."""
    name = lane_of(flight.call)
    turn.lane(name, flight=None)
    if name is LaneName.MAIN:
        turn.set(push_limit=max(1, turn.s.push_limit // 4))
    elif name is LaneName.PULL:
        turn.set(pull_limit=max(PULL_LIMIT_LEAST, turn.s.pull_limit // 4))
    _link_failed(turn)


def _link_failed(turn: Turn) -> None:
    turn.abort_all()
    for ask in turn.s.asks:
        turn.settle(ask)
    turn.effects.append(DropPool())
    failures = turn.s.failures + 1
    turn.set(failures=failures, retry_at=turn.now + back_off(failures, BACKOFF_AWAY_S, turn.rng))
    turn.offline()
    turn.reopen()


def _unless(turn: Turn, trouble: Trouble) -> Trouble | None:
    return None if turn.s.trouble is trouble else turn.s.trouble


def _lane_by_flight(turn: Turn, id: int) -> LaneName | None:
    return next((name for name, lane in turn.s.lanes.items() if lane.flight and lane.flight.id == id), None)


def _ask_by_flight(turn: Turn, id: int) -> Waiting | None:
    return next((ask for ask in turn.s.asks if ask.flight == id), None)


def _refused(turn: Turn, lane: LaneName | None, ask: Waiting | None, no: HttpRefused) -> None:
    if no.status == 401 and no.code in (None, ErrorCode.UNAUTHENTICATED):
        _token_gone(turn, lane, ask)
        return
    if no.code is ErrorCode.REVOKED:
        _revoked(turn)
    elif no.code is ErrorCode.DEVICE_UNKNOWN and lane is LaneName.MAIN:
        _forgotten(turn)
    if ask is not None:
        turn.settle(ask, Refused(no.code or ErrorCode.BUSY, no.detail, no.retry_after_s))
        return
    if lane is None:
        return
    if no.status == 413:
        turn.set(push_limit=max(1, turn.s.push_limit // 2))
    if no.status == 426:
        turn.set(trouble=Trouble.UPGRADE)
        turn.wait_lane(lane, TROUBLE_RETRY_S, TROUBLE_RETRY_S)
    else:
        turn.wait_lane(lane, BACKOFF_BUSY_S, no.retry_after_s or 0.0)


def _token_gone(turn: Turn, lane: LaneName | None, ask: Waiting | None) -> None:
    """The token ended (the server forgets it at will). The question, if it was one, is put again under the next one."""
    if ask is not None:
        turn.put_ask(_unsent(ask))
    if lane is LaneName.MAIN and turn.s.phase in (Phase.NONCE, Phase.TOKEN, Phase.REFORK):
        turn.wait_lane(lane, BACKOFF_BUSY_S)
        turn.offline()
    turn.set(phase=Phase.NONCE)


def _unsent(ask: Waiting) -> Waiting:
    return Waiting(ask.ask_id, ask.ask, ask.claim_id, ask.deadline)


def _forgotten(turn: Turn) -> None:
    """A restored server does not know this identity. It may know an older one of the same key; else somebody must pair again."""
    if turn.s.phase is Phase.REFORK:
        _revoked(turn)
    else:
        turn.offline()
        turn.set(phase=Phase.REFORK, opened=False)


def _revoked(turn: Turn) -> None:
    turn.abort_all()
    turn.offline()
    turn.set(trouble=Trouble.REVOKED, phase=Phase.NONCE)
    turn.lane(LaneName.MAIN, retry_at=turn.now + TROUBLE_RETRY_S)


def _told(turn: Turn, ask: Waiting, result: Result) -> None:
    if not isinstance(result, Told):
        turn.settle(ask)
        return
    if isinstance(ask.ask, ClaimJob):
        turn.effects.append(Changed(frozenset({LEASE_ENTITY})))
    deadline = min(ask.deadline, turn.now + ROWS_GRACE_S)
    done = Waiting(ask.ask_id, ask.ask, ask.claim_id, deadline, None, result.answer, result.ver)
    turn.put_ask(done)
    _settle_rows(turn)


def _settle_rows(turn: Turn) -> None:
    """Answers whose rows have arrived go out."""
    for ask in turn.s.asks:
        if ask.answer is not None and ask.ver <= turn.s.through:
            turn.settle(ask)


def _nonce(turn: Turn, result: NonceGiven) -> None:
    turn.set(nonce=result.nonce, phase=Phase.TOKEN)


def _token(turn: Turn, result: TokenGiven) -> None:
    phase = Phase.READY if turn.s.opened else Phase.OPEN
    turn.set(token_until=turn.now + result.ttl_s, phase=phase, nonce="")
    if turn.s.opened:
        # A token may have been refused in between (an answer that came twice): no open follows that would say that we are back.
        turn.back()
    turn.calm()


def _opened(turn: Turn, result: Opened) -> None:
    turn.back()
    upgrade_by = None if result.upgrade_in_s is None else turn.now + result.upgrade_in_s
    turn.set(phase=Phase.READY, opened=True, head=result.head, progress_at=turn.now, upgrade_by=upgrade_by)
    # What the server does not speak of any more is gone there too.
    turn.set(let_go=turn.s.let_go & frozenset(lease.lease_id for lease in turn.s.local.held))
    if turn.s.strays:
        turn.set(strays=False, let_go=turn.s.let_go | result.gained)
    _work_from(turn, result.claims_in_s)
    turn.calm()
    turn.effects.append(Changed(frozenset({LEASE_ENTITY})))


def _work_from(turn: Turn, closed_s: int) -> None:
    turn.set(work_from=turn.now + closed_s if closed_s else None)


def _pushed(turn: Turn, result: Pushed) -> None:
    turn.set(head=max(turn.s.head, result.head))
    if result.acked == 0:
        turn.wait_lane(LaneName.MAIN, BACKOFF_BUSY_S)
        return
    turn.set(progress_at=turn.now, push_limit=min(MAX_OPS_PER_PUSH, turn.s.push_limit * 2))
    if result.reopen:
        turn.reopen()


def _rewound(turn: Turn, _: Rewound) -> None:
    turn.wait_lane(LaneName.MAIN, BACKOFF_BUSY_S)
    turn.reopen()


def _epoch(turn: Turn, _: EpochChanged) -> None:
    """The new time line starts again at its own beginning."""
    turn.set(head=0, through=0)
    turn.reopen()


def _fork(turn: Turn, _: ForkFound) -> None:
    turn.set(phase=Phase.REFORK, opened=False)


def _reforked(turn: Turn, _: Reforked) -> None:
    turn.set(phase=Phase.NONCE, claim_id="", strays=False)
    turn.effects.append(Changed(frozenset({LEASE_ENTITY})))


def _pulled(turn: Turn, result: Pulled) -> None:
    s = turn.s
    turn.set(
        through=result.through,
        head=max(result.head, result.through),
        current=not result.more,
        trouble=None,
        pull_limit=min(PULL_LIMIT, s.pull_limit * 2),
    )
    turn.moved()
    if not result.more:
        turn.set(synced_at=turn.now)
    if result.changed:
        turn.effects.append(Changed(result.changed))
    if "job" in result.changed:
        # New work wakes every idle device of the site; they need not all ask in the same instant.
        turn.set(claim_at=min(s.claim_at, turn.now + turn.rng.uniform(0.0, CLAIM_SPREAD_S)))
    if result.digest_ok is not None:
        turn.set(digest_at=turn.now + (DIGEST_EVERY_S if result.digest_ok else DIGEST_AFTER_MISMATCH_S))
    if result.digest_ok is False:
        turn.set(through=0, current=False)
    _settle_rows(turn)


def _nothing_new(turn: Turn, _: NothingNew) -> None:
    turn.set(current=True, synced_at=turn.now, head=turn.s.through, trouble=None)
    turn.moved()
    # A server that is about to end lets go of its polls at once, and the next one too.
    turn.lane(LaneName.PULL, retry_at=turn.now + EMPTY_PULL_PAUSE_S)


def _dropped(turn: Turn, _: Dropped) -> None:
    turn.set(current=False)


def _resync(turn: Turn, _: Resync) -> None:
    turn.set(through=0)
    turn.reopen()


def _claimed(turn: Turn, result: Claimed) -> None:
    turn.set(claim_id="", claim_at=turn.now + (0.0 if result.jobs else CLAIM_AGAIN_S))
    _work_from(turn, result.closed_s)
    if result.jobs:
        turn.effects.append(Changed(frozenset({LEASE_ENTITY})))


def _renewed(turn: Turn, _: Renewed) -> None:
    turn.lane(LaneName.WORK, retry_at=turn.now + HEARTBEAT_S)
    turn.effects.append(Changed(frozenset({LEASE_ENTITY})))


def _released(turn: Turn, _: Released) -> None:
    turn.set(claim_at=turn.now)
    turn.effects.append(Changed(frozenset({LEASE_ENTITY})))


_DONE: dict[type[Any], Callable[[Turn, Any], None]] = {
    NonceGiven: _nonce,
    TokenGiven: _token,
    Opened: _opened,
    Pushed: _pushed,
    Rewound: _rewound,
    EpochChanged: _epoch,
    ForkFound: _fork,
    Reforked: _reforked,
    Pulled: _pulled,
    NothingNew: _nothing_new,
    Dropped: _dropped,
    Resync: _resync,
    Claimed: _claimed,
    Renewed: _renewed,
    Released: _released,
}
