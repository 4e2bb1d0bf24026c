"""The sync machine of one device: pure, no I/O, no clock. The driver (and the simulation) feed it events and carry out its effects.

`step` handles one event, then does what time demands (deadlines, watchdog), then sends whatever may be sent. Push goes before
pull, claims wait until nothing is pending and the rows are current; every state has a way out after a bounded time.
"""

from dataclasses import replace
from random import Random

from sync.client import answers, plan
from sync.client.calls import (
    Abort,
    Answered,
    Asked,
    Claim,
    DropPool,
    Effect,
    Event,
    LetGo,
    LinkUp,
    Local,
    Lost,
    PolicySet,
    Ticked,
)
from sync.client.state import BACKOFF_BUSY_S, NAMES_AGAIN_S, WATCHDOG_S, Lane, LaneName, Phase, State
from sync.client.status import ClaimPolicy
from sync.client.turn import Turn

__all__ = ["next_wake", "step"]

next_wake = plan.next_wake


def step(state: State, event: Event, local: Local, now: float, rng: Random) -> tuple[State, list[Effect]]:
    """One event in, the next state and what to do now out. `local` is what the store says, `now` monotonic seconds."""
    turn = Turn(state, local, now, rng)
    _notice_pairing(turn)
    _handle(turn, event)
    _expire(turn)
    _ask_names(turn)
    _watch(turn)
    plan.schedule(turn)
    turn.report(state)
    return turn.s, turn.effects


def _notice_pairing(turn: Turn) -> None:
    if turn.s.local.paired and turn.s.phase is Phase.UNPAIRED:
        turn.set(phase=Phase.NONCE)
    elif not turn.s.local.paired and turn.s.phase is not Phase.UNPAIRED:
        turn.abort_all()
        turn.set(phase=Phase.UNPAIRED)


def _handle(turn: Turn, event: Event) -> None:
    match event:
        case Ticked():
            pass
        case LinkUp():
            _link_up(turn)
        case PolicySet(policy=policy):
            _policy_set(turn, policy)
        case LetGo(lease_ids=ids):
            turn.set(let_go=turn.s.let_go | ids)
        case Asked():
            turn.take_ask(event)
        case Answered(id=id, result=result):
            answers.answered(turn, id, result)
        case Lost(id=id, wrong_key=wrong_key):
            answers.lost(turn, id, wrong_key)


def _policy_set(turn: Turn, policy: ClaimPolicy) -> None:
    """What a claim for other work still brings goes back. One whose answer never came may have brought something: an open shows it."""
    before = turn.s.policy
    turn.set(policy=policy, claim_at=turn.now)
    if not turn.s.claim_id or policy.asks_like(before):
        return
    turn.set(claim_id="", strays=True)
    flight = turn.s.lanes[LaneName.WORK].flight
    if flight is None or not isinstance(flight.call, Claim):
        turn.reopen()


def _link_up(turn: Turn) -> None:
    """A long poll over the old link may be half open: start over with an open, at once."""
    turn.abort_all()
    turn.effects.append(DropPool())
    lanes = {name: replace(lane, retry_at=turn.now, failures=0) for name, lane in turn.s.lanes.items()}
    turn.set(lanes=lanes, failures=0, retry_at=turn.now)
    turn.reopen()


def _ask_names(turn: Turn) -> None:
    """A right that came with a row is renewed like the others once it has a name, and that an open brings."""
    if turn.s.local.unnamed and turn.s.phase is Phase.READY and turn.now >= turn.s.names_at:
        turn.set(names_at=turn.now + NAMES_AGAIN_S)
        turn.reopen()


def _expire(turn: Turn) -> None:
    for lane in list(turn.s.lanes.values()):
        if lane.flight and turn.now >= lane.flight.deadline:
            turn.effects.append(Abort(lane.flight.id))
            answers.too_slow(turn, lane.flight)
    for ask in turn.s.asks:
        if turn.now >= ask.deadline:
            if ask.flight is not None:
                # Whether the server acted is not known: an open shows what it has granted.
                turn.effects.append(Abort(ask.flight))
                turn.reopen()
            turn.settle(ask)


def _watch(turn: Turn) -> None:
    """Something is to be done and nothing has moved for a minute although the server answers: distrust every connection."""
    s = turn.s
    busy = s.local.waiting > 0 or s.head > s.through
    if not busy or not s.online:
        turn.set(progress_at=turn.now)
    elif turn.now - s.progress_at >= WATCHDOG_S:
        turn.abort_all()
        turn.effects.append(DropPool())
        lanes = {name: _at_once(lane, turn.now) for name, lane in turn.s.lanes.items()}
        turn.set(token_until=turn.now, lanes=lanes, progress_at=turn.now, stalls=s.stalls + 1)
        turn.reopen()


def _at_once(lane: Lane, now: float) -> Lane:
    """Forgets the back-off, but not a longer pause that the server has asked for."""
    return lane if lane.retry_at > now + BACKOFF_BUSY_S else replace(lane, retry_at=now)
