"""What stands behind the board's words: when a device is dark, which acts settle what, and what names a preview. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Final

from oms.picking.codes import ExceptionKind
from sync.contract.board import BoardAct, DeviceState, HeldJob
from sync.contract.codes import OrderState, ShortReason

#: An idle device is heard of at least every 25 s (the long poll); four missed in a row are no coincidence.
DARK_AFTER: Final = timedelta(seconds=120)
#: Devices that nobody has heard of for so long, and that hold nothing, are not on the floor.
FORGOTTEN_AFTER: Final = timedelta(days=14)
#: How long a job is kept for a device before anybody may take it.
KEEP_FOR: Final = timedelta(minutes=10)
#: Priorities a supervisor may give, 1 the most urgent.
PRIORITIES: Final = range(1, 10)

#: Orders to which more can still be picked.
PICKABLE: Final = frozenset({OrderState.RELEASED, OrderState.PICKING})

_SHORTS = frozenset(reason.value for reason in ShortReason)


def standing(seen_s: int | None, left_s: int | None) -> DeviceState:
    """How a device stands that was heard of `seen_s` ago (None: never); `left_s` of its shortest claim (None: it holds nothing)."""
    if seen_s is not None and seen_s <= DARK_AFTER.total_seconds():
        return DeviceState.LIVE
    if left_s is None:
        return DeviceState.AWAY
    return DeviceState.DARK if left_s > 0 else DeviceState.OVERDUE


def is_short(kind: str, params: dict[str, str | int], order_no: str | None) -> bool:
    """Whether an exception is a picker's short: a count request with the reason of a short, for an order."""
    return kind == ExceptionKind.COUNT_BIN and order_no is not None and params.get("reason") in _SHORTS


def acts_for(*, asked: bool, short: bool, decision: str, missing: int, can_add: bool) -> list[BoardAct]:
    """What a supervisor can do about an open exception. A short that lacks units can be made good as long as more can be picked."""
    if asked:
        return [BoardAct.SUBSTITUTE, BoardAct.APPROVE]
    acts = []
    if decision == BoardAct.APPROVE:
        acts.append(BoardAct.WITHDRAW)
    elif short and missing and not decision:
        acts.append(BoardAct.APPROVE)
        if can_add:
            acts.append(BoardAct.REALLOCATE)
    return [*acts, BoardAct.RESOLVE]


def version_of(state: DeviceState, jobs: Iterable[HeldJob], tokens: Iterable[tuple[str, int, int]]) -> str:
    """Names what a preview speaks of: it changes with every pick, grant and cancel, and not with the mere passing of time."""
    parts = [state.value]
    parts += [f"{job.job}:{job.lines_done}:{job.units_done}:{job.tote or ''}:{job.handed_over:d}" for job in jobs]
    parts += [f"{item}:{epoch}.{n}" for item, epoch, n in sorted(tokens)]
    return sha256("|".join(parts).encode()).hexdigest()[:24]
