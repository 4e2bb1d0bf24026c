"""Everything the sync machine remembers between two steps, and its fixed times. Frozen values; `machine.step` makes the next one."""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Final

from sync.client.calls import Call, GetNonce, GetToken, Local, Open, Pull, Push, Refork
from sync.client.status import Answer, Ask, ClaimPolicy, Trouble
from sync.contract.version import MAX_OPS_PER_PUSH, MAX_PULL_WAIT_S

#: Absolute limits per call in seconds; a pull gets its wait on top.
DEADLINE_S: Final = 10.0
TOKEN_DEADLINE_S: Final = 6.0
PULL_GRACE_S: Final = 5.0
BACKOFF_FIRST_S: Final = 0.5
#: A server that answers "not now" is left alone for longer than a link on which nobody answers at all.
BACKOFF_BUSY_S: Final = 15.0
BACKOFF_AWAY_S: Final = 5.0
TROUBLE_RETRY_S: Final = 60.0
TOKEN_MARGIN_S: Final = 60.0
WATCHDOG_S: Final = 60.0
#: Without news, an idle device asks for work again after this long.
CLAIM_AGAIN_S: Final = 10.0
CLAIM_SPREAD_S: Final = 0.5
DIGEST_EVERY_S: Final = 3600.0
DIGEST_AFTER_MISMATCH_S: Final = 600.0
EMPTY_PULL_PAUSE_S: Final = 0.2
PULL_LIMIT: Final = 500
PULL_LIMIT_LEAST: Final = 20
#: A right that the server does not know of is asked about no more often than this.
NAMES_AGAIN_S: Final = 60.0
#: How long an answer may wait for the rows that belong to it.
ROWS_GRACE_S: Final = 2.0
#: No state is left alone for longer than this.
HEARTBEAT_S: Final = 5.0


class Phase(StrEnum):
    """How far the device has got with the server."""

    UNPAIRED = "unpaired"
    NONCE = "nonce"
    TOKEN = "token"  # noqa: S105
    OPEN = "open"
    REFORK = "refork"
    READY = "ready"


class LaneName(StrEnum):
    """Calls in one lane follow each other; lanes run side by side."""

    MAIN = "main"
    PULL = "pull"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Flight:
    """A call under way. Past `deadline` it counts as lost."""

    id: int
    call: Call
    deadline: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One call at a time, and when the next may go after a refusal."""

    flight: Flight | None = None
    retry_at: float = 0.0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person's question. With an `answer` it only waits for the rows of version `ver`."""

    ask_id: int
    ask: Ask
    claim_id: str
    deadline: float
    flight: int | None = None
    answer: Answer | None = None
    ver: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """The machine's memory. All times are monotonic seconds."""

    since: float
    local: Local = field(default=Local(paired=False))
    phase: Phase = Phase.UNPAIRED
    nonce: str = ""
    lanes: dict[LaneName, Lane] = field(default_factory=lambda: {name: Lane() for name in LaneName})
    asks: tuple[Waiting, ...] = ()
    failures: int = 0
    retry_at: float = 0.0
    online: bool = False
    trouble: Trouble | None = None
    token_until: float = 0.0
    head: int = 0
    through: int = 0
    #: False until a pull since the last open has shown where the feed ends.
    current: bool = False
    #: True once the log and the leases were compared; a new token alone does not need that again.
    opened: bool = False
    synced_at: float | None = None
    push_limit: int = MAX_OPS_PER_PUSH
    pull_limit: int = PULL_LIMIT
    policy: ClaimPolicy = field(default=ClaimPolicy())
    claim_id: str = ""
    claim_at: float = 0.0
    #: A claim was made for work that is not wanted any more, and its answer is not known: what turns up unheard of is from it.
    strays: bool = False
    #: Leases to give back.
    let_go: frozenset[str] = frozenset()
    #: Before then it is not asked again what rights are called that came with rows.
    names_at: float = 0.0
    digest_at: float = 0.0
    progress_at: float = 0.0
    stalls: int = 0
    upgrade_by: float | None = None
    work_from: float | None = None
    next_id: int = 1


def first_state(now: float, policy: ClaimPolicy) -> State:
    """A machine just started."""
    return State(since=now, policy=policy, progress_at=now)


def back_off(failures: int, most: float, rng: Random) -> float:
    """Seconds to wait after so many failures in a row: full jitter over an exponentially growing span, never nothing at all."""
    span = min(most, BACKOFF_FIRST_S * 2.0 ** min(failures - 1, 10))
    return rng.uniform(0.05, span)


def lane_of(call: Call) -> LaneName:
    """The lane a machine's own call belongs to."""
    match call:
        case GetNonce() | GetToken() | Open() | Push() | Refork():
            return LaneName.MAIN
        case Pull():
            return LaneName.PULL
        case _:
            return LaneName.WORK


def allowed_s(call: Call) -> float:
    """How long a call may take."""
    match call:
        case GetNonce() | GetToken():
            return TOKEN_DEADLINE_S
        case Pull(wait_s=wait):
            return min(wait, MAX_PULL_WAIT_S) + PULL_GRACE_S
        case _:
            return DEADLINE_S
