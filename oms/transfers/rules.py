"""What a transfer may become, and how many units of it are still to come. Pure."""

from collections.abc import Collection, Mapping
from typing import Protocol

from oms.transfers.codes import TransferState
from oms.transitions import Transitions

_S = TransferState

#: What a transfer may become. Drawn in `docs/purchasing.md`.
TRANSFER: Transitions[TransferState] = {
    # Received before all of it has left: it went in several parcels.
    _S.MADE: frozenset({_S.IN_TRANSIT, _S.PARTLY, _S.RECEIVED, _S.CANCELLED}),
    _S.IN_TRANSIT: frozenset({_S.PARTLY, _S.RECEIVED, _S.CLOSED}),
    # Back again: a delivery was told by mistake.
    _S.PARTLY: frozenset({_S.MADE, _S.IN_TRANSIT, _S.RECEIVED, _S.CLOSED}),
    _S.RECEIVED: frozenset({_S.MADE, _S.IN_TRANSIT, _S.PARTLY, _S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.CANCELLED: frozenset(),
}


class Counted(Protocol):
    """The counts of a line (`oms.transfers.models.TransferLine`)."""

    qty: int
    shipped: int
    received: int
    damaged: int


def to_come(line: Counted, *, sent: bool) -> int:
    """Units that are still to come: of what has left, or of what was asked for as long as it has not."""
    return max(0, (line.shipped if sent else line.qty) - line.received - line.damaged)


def state_of(lines: Collection[Counted], *, sent: bool) -> TransferState:
    """The state of a transfer that is not over, by what came of it."""
    if not any(line.received or line.damaged for line in lines):
        return _S.IN_TRANSIT if sent else _S.MADE
    # As long as some of it has not left, there is more to come.
    return _S.PARTLY if not sent or any(to_come(line, sent=sent) for line in lines) else _S.RECEIVED


def account(number: str) -> str:
    """The goods of a transfer that have left the one site and not come to the other: what left is there at the one, and what came is
    missing from it at the other."""
    return f"transit:{number}"


def left_over(balances: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """By (item, lot): units that left and never came (below zero: more came than left), from the balances of both sites together."""
    return {key: units for key, units in sorted(balances.items()) if units}
