"""What a payment provider or a shop tells by itself: authorised, captured, refunded, voided, failed. Each once, by the teller's
name of it. The route calls it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from oms.money import payments
from oms.money.codes import Money, MoneyCode, PayState
from oms.money.currencies import ZERO, rounded
from oms.money.payment_models import Payment
from oms.money.payment_rules import looks_like_card
from oms.sales.models import CustomerOrder
from oms.sales.scene import lock_sale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms.db.work import Work
    from oms.sales.scene import Sale


class Told(StrEnum):
    """What happened, in the teller's words."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    VOIDED = "voided"
    FAILED = "failed"


class PaymentEvent(Struct, frozen=True, kw_only=True):
    """One event. The order is named by `order` (ours) or by `channel` and `reference` (theirs). `token` is the handle of the authorisation,
    `payment` the teller's name of this act, `key` our idempotency key where it answers a question of ours."""

    id: str
    kind: Told
    amount: Decimal
    currency: str
    order: str = ""
    channel: str = ""
    reference: str = ""
    token: str = ""
    payment: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event: `taken`, `known`, or `refused` with why."""

    id: str
    result: str
    code: str = ""


_KIND: Final = {
    Told.AUTHORISED: Money.AUTHORISE,
    Told.CAPTURED: Money.CAPTURE,
    Told.REFUNDED: Money.REFUND,
    Told.VOIDED: Money.VOID,
    Told.FAILED: Money.AUTHORISE,
}
_MOST: Final = Decimal(10) ** 9
_MOST_NAME: Final = 200


def take(w: "Work", provider: str, events: "Sequence[PaymentEvent]") -> list[Taken]:
    """Keeps what a provider tells, each event by itself."""
    return [_take(w, provider, event) for event in events]


def _take(w: "Work", provider: str, event: PaymentEvent) -> Taken:
    wrong = _unusable(event)
    if wrong is not None:
        return Taken(event.id[:_MOST_NAME] if wrong is not MoneyCode.LOOKS_LIKE_CARD else "", "refused", wrong)
    sale = _order(w, event)
    if sale is None:
        return Taken(event.id, "refused", MoneyCode.UNKNOWN)
    if event.currency != sale.order.currency or event.amount != rounded(event.amount, event.currency):
        return Taken(event.id, "refused", MoneyCode.BAD_CURRENCY)
    key = f"event:{provider}:{event.id}"
    if _known(w, sale, provider, event, key):
        return Taken(event.id, "known")
    state = PayState.FAILED if event.kind is Told.FAILED else PayState.DONE
    code = payments.record(
        w, sale, _KIND[event.kind], event.amount, key, provider=provider, token=event.token, reference=event.payment,
        state=state,
    )  # fmt: skip
    return Taken(event.id, "taken") if code is None else Taken(event.id, "refused", code)


def _unusable(event: PaymentEvent) -> MoneyCode | None:
    texts = (event.id, event.token, event.payment, event.key, event.order, event.channel, event.reference)
    if any(looks_like_card(text) for text in texts):
        return MoneyCode.LOOKS_LIKE_CARD
    named = all(len(text) <= _MOST_NAME and text.isprintable() for text in texts) and event.id
    if not named or not event.amount.is_finite() or not ZERO <= event.amount < _MOST:
        return MoneyCode.NOTHING_TO_DO
    return None


def _order(w: "Work", event: PaymentEvent) -> "Sale | None":
    number = event.order
    if not number and event.channel and event.reference:
        theirs = select(CustomerOrder.number).where(
            CustomerOrder.channel == event.channel, CustomerOrder.reference == event.reference
        )
        number = w.db.scalars(theirs).first() or ""
    return lock_sale(w, number) if number else None


def _known(w: "Work", sale: "Sale", provider: str, event: PaymentEvent, key: str) -> bool:
    """Told before, or the end of something that we asked: that is settled by it."""
    rows = payments.payments_of(w, sale.order.number)
    if any(row.key == key for row in rows):
        return True
    mine = next((row for row in rows if _is_answer(row, provider, event)), None)
    if mine is None:
        return False
    if mine.state in (PayState.DUE, PayState.UNSURE):
        _settled(w, sale, mine, event)
    return True


def _is_answer(row: Payment, provider: str, event: PaymentEvent) -> bool:
    if row.provider != provider or row.kind is not _KIND[event.kind] or row.state is PayState.FAILED:
        return False
    return bool(event.key and event.key == row.key) or bool(event.payment and event.payment == row.reference)


def _settled(w: "Work", sale: "Sale", row: Payment, event: PaymentEvent) -> None:
    row.state, row.reference, row.again_at, row.done_at = PayState.DONE, event.payment, None, w.now
    payments.tell(w, sale, row.kind, row.state, row.amount, reference=row.key)
    payments.after(w, sale, row)
