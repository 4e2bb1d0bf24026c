"""How a return moves through its states, what is suggested for goods that came, and what of their worth is paid back. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Final, Protocol

from oms.money.currencies import ZERO, coin
from oms.returns.codes import Decision, ReturnState
from oms.transitions import Transitions
from sync.contract.returns import Grade, ReturnReason

_S = ReturnState
_BEFORE: Final = frozenset({_S.ASKED, _S.APPROVED, _S.REFUSED, _S.LABEL_SENT, _S.CANCELLED})
_CAME: Final = frozenset({_S.PARTLY_RECEIVED, _S.GRADED})

#: What a return may become. Goods come whatever was said about them; what is taken back leads back. Drawn in `docs/returns.md`.
RETURN: Transitions[ReturnState] = {
    _S.ASKED: frozenset({_S.APPROVED, _S.REFUSED, _S.CANCELLED, *_CAME}),
    _S.APPROVED: frozenset({_S.LABEL_SENT, _S.CANCELLED, *_CAME}),
    # Somebody thought better of it.
    _S.REFUSED: frozenset({_S.APPROVED, *_CAME}),
    _S.LABEL_SENT: frozenset({_S.CANCELLED, *_CAME}),
    _S.PARTLY_RECEIVED: frozenset({_S.GRADED, *_BEFORE}),
    # One more box came, or the last one was not empty.
    _S.GRADED: frozenset({_S.CLOSED, _S.PARTLY_RECEIVED, *_BEFORE}),
    _S.CLOSED: frozenset(),
    _S.CANCELLED: _CAME,
}
#: Nothing more is expected of it.
OVER: Final = frozenset({_S.CLOSED, _S.CANCELLED, _S.REFUSED})

_SAID: Final = {
    Decision.OPEN: _S.ASKED,
    Decision.APPROVED: _S.APPROVED,
    Decision.LABEL_SENT: _S.LABEL_SENT,
    Decision.REFUSED: _S.REFUSED,
    Decision.CANCELLED: _S.CANCELLED,
}


def state_of(decision: Decision, *, came: int, looked_at: bool, closed: bool) -> ReturnState:
    """The state that follows from what was said, how many units came, and whether people are done with them."""
    if closed:
        return _S.CLOSED
    if looked_at:
        return _S.GRADED
    return _S.PARTLY_RECEIVED if came else _SAID[decision]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is taken back (`oms.returns.models.ReturnRule`); these where nobody said otherwise. Amounts in the order's currency."""

    window_days: int = 30
    reasons: Collection[str] = ()
    photo_reasons: Collection[str] = ()
    customer_pays: Collection[str] = ()
    fee: Decimal = ZERO
    kept_skus: Collection[str] = ()
    approve_up_to: Decimal | None = None
    refund_up_to: Decimal | None = None
    percent: Mapping[str, int] = field(default_factory=dict)
    sending_back: bool = True
    rate_sign: int = 50
    label_carrier: str = ""
    label_service: str = ""

    def takes(self, reason: ReturnReason) -> bool:
        """Whether something is taken back for this reason."""
        return not self.reasons or reason in self.reasons

    def fee_for(self, reasons: Iterable[ReturnReason]) -> Decimal:
        """What the customer pays for a return with lines of these reasons; nothing when we are to blame for one of them."""
        asked = list(reasons)
        return self.fee if asked and all(reason in self.customer_pays for reason in asked) else ZERO


class Judged(Protocol):
    """Units that came (`oms.returns.models.ReturnReceipt`)."""

    qty: int
    grade: Grade


def percent_of(terms: Terms, grade: Grade, reason: ReturnReason) -> int:
    """What is paid back of the worth of such units, in percent. Where we sent the wrong thing, that is what comes back."""
    named = terms.percent.get(grade.value)
    if grade is Grade.WRONG_ITEM and reason is not ReturnReason.WRONG_ITEM:
        return 0 if named is None else named
    # What came broken to the customer is not their fault.
    ours = reason in (ReturnReason.DAMAGED, ReturnReason.DEFECTIVE, ReturnReason.WRONG_ITEM)
    return 100 if named is None or ours else named


def payable(
    worth: Decimal, units: int, came: Iterable[Judged], reason: ReturnReason, terms: Terms, currency: str
) -> Decimal:
    """What is paid back for `units` that are worth so much, of those that came, in whole coins; never more than they are worth. Of more
    units than `units` the better ones count."""
    percents = sorted((percent_of(terms, one.grade, reason) for one in came for _ in range(one.qty)), reverse=True)
    counted = percents[:units]
    if not counted:
        return ZERO
    share = Decimal(sum(counted)) / (100 * units)
    return min(worth, (worth * share).quantize(coin(currency), ROUND_DOWN)) if share < 1 else worth


def less_fee(refunds: Mapping[int, Decimal], fee: Decimal) -> dict[int, Decimal]:
    """What is left of each line's refund when the fee is taken off, the first line first. Never below 0."""
    left, kept = fee, {}
    for line, amount in sorted(refunds.items()):
        off = min(left, amount)
        kept[line] = amount - off
        left -= off
    return kept
