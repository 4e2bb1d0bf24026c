"""What the machine sends next, and when it wants to be woken. Called by `machine.step` only."""

from collections.abc import Iterator

from sync.client.calls import Claim, GetNonce, GetToken, Open, Pull, Push, Put, Refork, Release, Renew
from sync.client.state import (
    HEARTBEAT_S,
    TOKEN_MARGIN_S,
    WATCHDOG_S,
    LaneName,
    Phase,
    State,
    Waiting,
)
from sync.client.status import AskFate, ReleaseOrders, SignIn
from sync.client.turn import Turn
from sync.contract.version import MAX_PULL_WAIT_S


def schedule(turn: Turn) -> None:
    """Sends everything that may go now."""
    if turn.s.phase is Phase.UNPAIRED or turn.now < turn.s.retry_at:
        return
    if _free(turn, LaneName.MAIN):
        _main(turn)
    if turn.s.phase is not Phase.READY:
        return
    if _free(turn, LaneName.PULL) and not _push_first(turn):
        _pull(turn)
    if _free(turn, LaneName.WORK):
        _work(turn)
    for ask in turn.s.asks:
        if ask.flight is None and ask.answer is None and (_needs_no_log(ask) or not _push_first(turn)):
            turn.send_ask(ask, Put(ask.ask, ask.claim_id))


def _free(turn: Turn, name: LaneName) -> bool:
    lane = turn.s.lanes[name]
    return lane.flight is None and turn.now >= lane.retry_at


def _push_first(turn: Turn) -> bool:
    """Facts go up before anything comes down, unless the server is refusing them just now: then rows must not wait for ever."""
    return turn.s.local.waiting > 0 and turn.s.lanes[LaneName.MAIN].failures == 0


def _needs_no_log(ask: Waiting) -> bool:
    return isinstance(ask.ask, SignIn | AskFate | ReleaseOrders)


def _main(turn: Turn) -> None:
    s = turn.s
    match s.phase:
        case Phase.NONCE:
            turn.send(LaneName.MAIN, GetNonce())
        case Phase.TOKEN:
            turn.send(LaneName.MAIN, GetToken(s.nonce))
        case Phase.OPEN if not _claiming(s):
            turn.send(LaneName.MAIN, Open())
        case Phase.REFORK:
            turn.send(LaneName.MAIN, Refork())
        case Phase.READY if turn.now >= s.token_until - TOKEN_MARGIN_S:
            turn.set(phase=Phase.NONCE)
            turn.send(LaneName.MAIN, GetNonce())
        case Phase.READY if s.local.waiting > 0:
            turn.send(LaneName.MAIN, Push(s.push_limit))
        case _:
            pass


def _claiming(s: State) -> bool:
    """An open must not cross a claim under way: it would call the fresh grant lost."""
    return s.lanes[LaneName.WORK].flight is not None or any(ask.flight is not None for ask in s.asks)


def _pull(turn: Turn) -> None:
    s = turn.s
    wait = MAX_PULL_WAIT_S if s.current and s.head <= s.through else 0
    turn.send(LaneName.PULL, Pull(wait, s.pull_limit, digest=turn.now >= s.digest_at))


def _work(turn: Turn) -> None:
    s = turn.s
    free = s.policy.capacity - s.local.jobs
    unwanted = _unwanted(turn)
    if unwanted and not _push_first(turn):
        turn.send(LaneName.WORK, Release(turn.random_id(), unwanted))
    elif s.local.held and turn.now >= _renew_at(s):
        turn.send(LaneName.WORK, Renew())
    elif s.policy.kinds and free > 0 and s.current and s.local.waiting == 0 and turn.now >= s.claim_at:
        if not s.claim_id:
            turn.set(claim_id=turn.random_id())
        turn.send(LaneName.WORK, Claim(turn.s.claim_id, free, s.policy))


def _unwanted(turn: Turn) -> tuple[str, ...]:
    """The leases to give back: who began or opened the work meanwhile does it. Those not held any more are remembered until the
    server has heard of it: an open may bring them once more."""
    begun = frozenset(lease.lease_id for lease in turn.s.local.held if lease.in_hand)
    turn.set(let_go=turn.s.let_go - begun)
    return tuple(lease.lease_id for lease in turn.s.local.held if lease.lease_id in turn.s.let_go)


def _renew_at(s: State) -> float:
    """A third into the life of the oldest lease; at once when the clock it was counted on is gone."""
    return min(
        lease.granted_mono + lease.ttl_s / 3 if lease.boot_id == s.local.boot_id else 0.0 for lease in s.local.held
    )


def next_wake(s: State, now: float) -> float:
    """When to step again without any event; never later than the heartbeat, never in the past."""
    times = [t for t in _timers(s) if t > now]
    return min([now + HEARTBEAT_S, *times])


def _timers(s: State) -> Iterator[float]:
    yield s.retry_at
    yield s.claim_at
    yield s.token_until - TOKEN_MARGIN_S
    yield s.progress_at + WATCHDOG_S
    for lane in s.lanes.values():
        yield lane.flight.deadline if lane.flight else lane.retry_at
    for ask in s.asks:
        yield ask.deadline
    if s.local.held:
        yield _renew_at(s)
