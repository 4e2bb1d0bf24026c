"""How payments add up, which state of an order's money follows, and what is to be asked of a provider next. Pure; payments call it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol, TypeVar

from oms.money.codes import Money, PayState
from oms.money.currencies import ZERO
from oms.sales.codes import PaymentState
from oms.transitions import Transitions

_P = PaymentState

#: What an order's money may become. Providers tell late and out of order, so that a step may be passed over.
PAYMENT: Transitions[PaymentState] = {
    _P.NONE: frozenset({_P.PENDING, _P.AUTHORISED, _P.CAPTURED, _P.ON_TERMS, _P.FAILED}),
    _P.PENDING: frozenset({_P.NONE, _P.AUTHORISED, _P.CAPTURED, _P.ON_TERMS, _P.FAILED}),
    _P.FAILED: frozenset({_P.NONE, _P.PENDING, _P.AUTHORISED, _P.CAPTURED, _P.ON_TERMS}),
    # None again: it was let go.
    _P.AUTHORISED: frozenset({_P.NONE, _P.CAPTURED, _P.PARTLY_REFUNDED, _P.REFUNDED, _P.FAILED, _P.ON_TERMS}),
    _P.ON_TERMS: frozenset({_P.NONE, _P.AUTHORISED, _P.CAPTURED}),
    _P.CAPTURED: frozenset({_P.PARTLY_REFUNDED, _P.REFUNDED}),
    _P.PARTLY_REFUNDED: frozenset({_P.REFUNDED}),
    # Something was ordered in addition.
    _P.REFUNDED: frozenset({_P.PARTLY_REFUNDED}),
}

#: Digits as they stand on cards: 13 to 19, in groups or not.
_DIGITS: Final = re.compile(r"(?<![0-9])[2-6](?:[ -]?[0-9]){12,18}(?![0-9])")


class Paid(Protocol):
    """A payment (`oms.money.payment_models.Payment`)."""

    kind: Money
    state: PayState
    amount: Decimal
    provider: str
    token: str

    @property
    def asked(self) -> bool:
        """Whether it is a question of ours; else it was told."""


P = TypeVar("P", bound=Paid)


@dataclass(slots=True)
class Purse:
    """What happened to one authorisation (or payment) of one provider. `taken` and `back` count what is asked too."""

    provider: str
    token: str
    authorised: Decimal = ZERO
    taken: Decimal = ZERO
    back: Decimal = ZERO
    voided: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What could still be taken."""
        return max(ZERO, self.authorised - self.taken - self.voided)

    @property
    def held(self) -> Decimal:
        """What could be paid back."""
        return max(ZERO, self.taken - self.back)


@dataclass(frozen=True, slots=True)
class Ask:
    """Something to ask of a provider."""

    kind: Money
    provider: str
    token: str
    amount: Decimal


def purses(payments: Iterable[Paid], *, done: bool = False) -> list[Purse]:
    """What each authorisation stands at, counting what is under way too, or only what is `done`."""
    found: dict[tuple[str, str], Purse] = {}
    for one in payments:
        if one.state is PayState.FAILED or (done and one.state is not PayState.DONE):
            continue
        purse = found.setdefault((one.provider, one.token), Purse(one.provider, one.token))
        match one.kind:
            case Money.AUTHORISE:
                purse.authorised += one.amount
            case Money.CAPTURE:
                purse.taken += one.amount
            case Money.REFUND:
                purse.back += one.amount
            case Money.VOID:
                purse.voided += one.amount
    return list(found.values())


def state_of(payments: Sequence[Paid], now: PaymentState, total: Decimal) -> PaymentState:
    """The state that follows from what is done. Where nothing is, it stays as it was told."""
    if not payments:
        return now
    done = purses(payments, done=True)
    taken, back = sum((one.taken for one in done), ZERO), sum((one.back for one in done), ZERO)
    if now is PaymentState.ON_TERMS and taken < total:
        return now
    if taken:
        return _P.CAPTURED if not back else _P.REFUNDED if back >= taken else _P.PARTLY_REFUNDED
    if any(one.left for one in done):
        return _P.AUTHORISED
    if any(one.voided for one in done):
        return _P.NONE
    failed = any(one.kind in (Money.AUTHORISE, Money.CAPTURE) and one.state is PayState.FAILED for one in payments)
    return _P.FAILED if failed else now


def wanted(payments: Sequence[Paid], due: Decimal, take: Decimal) -> list[Ask]:
    """What to ask next: to take money until `take` is there, to pay back what is more than `due`, and to let go what will never be taken.
    What is under way counts as done, so that nothing is asked twice; what a provider gave back by itself is not taken again."""
    mine = purses(payments)
    asks: list[Ask] = []
    gift = gifts(payments, due)
    missing = take - sum((one.held for one in mine), ZERO) - gift
    for one in mine:
        amount = min(missing, one.left)
        if amount > 0:
            asks.append(Ask(Money.CAPTURE, one.provider, one.token, amount))
            one.taken += amount
            missing -= amount
    over = sum((one.held for one in mine), ZERO) - due
    for one in mine:
        amount = min(over, one.held)
        if amount > 0:
            asks.append(Ask(Money.REFUND, one.provider, one.token, amount))
            one.back += amount
            over -= amount
    if sum((one.held for one in mine), ZERO) + gift >= due:
        asks += [Ask(Money.VOID, one.provider, one.token, one.left) for one in mine if one.left]
    return asks


def gifts(payments: Iterable[Paid], due: Decimal) -> Decimal:
    """What providers told that they gave back although it was due: the shop's gift to its customer. What was not due any more is none."""
    live = [one for one in payments if one.state is not PayState.FAILED]
    told = sum((one.amount for one in live if one.kind is Money.REFUND and not one.asked), ZERO)
    asked = sum((one.amount for one in live if one.kind is Money.REFUND and one.asked), ZERO)
    taken = sum((one.amount for one in live if one.kind is Money.CAPTURE), ZERO)
    return max(ZERO, told - max(ZERO, taken - asked - due))


def hopeless(payments: Sequence[P]) -> list[P]:
    """Refunds not asked yet of money that will not be taken any more, the newest first."""
    found: list[P] = []
    for purse in purses(payments):
        over = purse.back - purse.taken
        for one in reversed(payments):
            mine = (one.provider, one.token) == (purse.provider, purse.token)
            if over > 0 and mine and one.kind is Money.REFUND and one.state is PayState.DUE:
                found.append(one)
                over -= one.amount
    return found


def looks_like_card(text: str) -> bool:
    """Whether there may be a card's number in it: such digits, with the check digit right. Better refuse a name than keep a card."""
    return any(_luhn(re.sub("[ -]", "", match[0])) for match in _DIGITS.finditer(text))


def _luhn(digits: str) -> bool:
    sums = [
        int(digit) if place % 2 == 0 else sum(divmod(2 * int(digit), 10))
        for place, digit in enumerate(reversed(digits))
    ]
    return sum(sums) % 10 == 0
