"""How a fact about a work item counts, and which way jobs and work items may change. Pure: the fact handlers of picking and packing,
the lease keeper and the verifier ask it."""

from dataclasses import dataclass
from enum import StrEnum

from oms.transitions import Transitions
from sync.contract.codes import JobState, Outcome, ShortReason, WorkState
from sync.contract.wire import Token

WORK: Transitions[WorkState] = {
    WorkState.OPEN: frozenset({WorkState.LEASED, WorkState.SHORT, WorkState.CANCELLED}),
    WorkState.LEASED: frozenset({WorkState.OPEN, WorkState.DONE, WorkState.SHORT, WorkState.CANCELLED}),
    # An undo opens a finished line again.
    WorkState.DONE: frozenset({WorkState.LEASED, WorkState.CANCELLED}),
    # A short can be taken back while the trip is out.
    WorkState.SHORT: frozenset({WorkState.LEASED, WorkState.CANCELLED}),
    WorkState.CANCELLED: frozenset(),
}

JOB: Transitions[JobState] = {
    # A later leg when its tote arrives, a planned job when its wave is let go; a leg with nothing left to do is skipped.
    JobState.WAITING: frozenset({JobState.OPEN, JobState.DONE, JobState.CANCELLED}),
    # A wave that is taken back waits again.
    JobState.OPEN: frozenset({JobState.WAITING, JobState.ACTIVE, JobState.DONE, JobState.CANCELLED}),
    JobState.ACTIVE: frozenset({JobState.OPEN, JobState.DONE, JobState.CANCELLED}),
    JobState.DONE: frozenset(),
    JobState.CANCELLED: frozenset(),
}

LIVE = frozenset({JobState.OPEN, JobState.ACTIVE})
#: Not over yet, whether anybody can take it or not.
AHEAD = LIVE | {JobState.WAITING}
UNFINISHED = frozenset({WorkState.OPEN, WorkState.LEASED})

#: Reasons that say "it is not there": nothing more is allocated from the bin until somebody counted it.
DOUBTS_BIN = frozenset({ShortReason.NOT_FOUND, ShortReason.WRONG_ITEM_IN_BIN})


class Why(StrEnum):
    """Why a fact counts as it does."""

    FITS = "fits"
    LATE = "late"
    ADOPTED = "adopted"
    STALE = "stale"
    FORGED = "forged"
    NOT_HOLDER = "not_holder"
    CLOSED = "closed"
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"
    WRONG_ITEM = "wrong_item"


@dataclass(frozen=True, slots=True)
class ItemState:
    """What the verdict needs to know of a work item. `epoch` is the server's own; `lease_over` by the server's clock."""

    state: WorkState
    token: Token
    holder: str | None
    qty_req: int
    qty_done: int
    epoch: int
    lease_over: bool = False
    job_live: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a fact counts. `adopt`: the item takes the fact's token and device as its own."""

    outcome: Outcome
    why: Why
    adopt: bool = False

    @property
    def credited(self) -> bool:
        """Whether the item's count moves."""
        return self.outcome is not Outcome.DIVERTED


def diverted(why: Why) -> Verdict:
    """The fact happened, but not for this item."""
    return Verdict(Outcome.DIVERTED, why)


def credit(item: ItemState, token: Token | None, device: str, qty: int) -> Verdict:
    """The verdict on a fact that changes the count of `item` by `qty` units (negative: undo; 0: closes the line short).

    Tokens compare as pairs and grow on grant, reassignment and cancel, never on expiry: what was done after the lease ran out still
    counts while nobody else was given the item. A larger token than the item's is a grant that a restored server has forgotten.
    """
    if token is None or token < item.token:
        return diverted(Why.STALE)
    if not _takes(item, qty):
        return diverted(Why.CLOSED)
    if not 0 <= item.qty_done + qty <= item.qty_req:
        return diverted(Why.TOO_MANY)
    return _by_right(item, token, device)


def carry(item: ItemState, token: Token | None, device: str) -> Verdict:
    """The verdict on goods of `item`, picked before, that went from one container into another: also of a line that is finished or
    short, for it is then that they are sorted."""
    if token is None or token < item.token:
        return diverted(Why.STALE)
    if not item.job_live or item.state is WorkState.CANCELLED:
        return diverted(Why.CLOSED)
    return _by_right(item, token, device)


def _by_right(item: ItemState, token: Token, device: str) -> Verdict:
    """Whether this device may, by a token that is not below the item's."""
    if token > item.token:
        # Only a time line before the restore can know more than this server; its epoch is below the present one.
        return Verdict(Outcome.APPLIED_LATE, Why.ADOPTED, adopt=True) if token[0] < item.epoch else diverted(Why.FORGED)
    if item.holder != device:
        return diverted(Why.NOT_HOLDER)
    if item.state is WorkState.OPEN:
        # It was freed when the lease ran out, and nobody else has taken it.
        return Verdict(Outcome.APPLIED_LATE, Why.LATE, adopt=True)
    return Verdict(Outcome.APPLIED_LATE, Why.LATE) if item.lease_over else Verdict(Outcome.APPLIED, Why.FITS)


def _takes(item: ItemState, qty: int) -> bool:
    """Whether the item can still change in this direction: a finished line only by an undo."""
    if not item.job_live:
        return False
    return item.state in UNFINISHED or (item.state is WorkState.DONE and qty != 0)


def counted(state: WorkState, qty_req: int, qty_done: int) -> WorkState:
    """State of an item somebody holds, after its count changed to `qty_done`."""
    if state in UNFINISHED or state is WorkState.DONE:
        return WorkState.DONE if qty_done == qty_req else WorkState.LEASED
    return state


def holds(job_state: JobState, holder: str | None, device: str) -> Verdict:
    """The verdict on a fact about a whole job (it carries no token): the holder's counts, and anybody's while nobody holds it."""
    if job_state not in LIVE:
        return diverted(Why.CLOSED)
    if holder is None:
        return Verdict(Outcome.APPLIED_LATE, Why.ADOPTED, adopt=True)
    return Verdict(Outcome.APPLIED, Why.FITS) if holder == device else diverted(Why.NOT_HOLDER)
