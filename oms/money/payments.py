"""Payments of customer orders: what was told and asked, what state follows, and what is asked next. Capture, changes, shipments and
the desk that asks providers call it. The order is locked by whoever calls."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from oms.finance import sales as books
from oms.money.codes import CaptureWhen, Money, MoneyCode, PayState
from oms.money.currencies import ZERO
from oms.money.due import shipped_worth
from oms.money.gate import let_through
from oms.money.models import OrderMoney
from oms.money.payment_models import Payment
from oms.money.payment_rules import PAYMENT, Ask, hopeless, looks_like_card, purses, state_of, wanted
from oms.sales.codes import EventKind, PaymentState
from oms.sales.events import note
from oms.sales.models import CustomerOrder
from oms.transitions import can

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sales.scene import Sale

_GOOD = frozenset({PaymentState.AUTHORISED, PaymentState.CAPTURED, PaymentState.ON_TERMS})


def payments_of(w: "Work", order_no: str) -> Sequence[Payment]:
    """All payments of an order, the oldest first."""
    w.db.flush()
    mine = select(Payment).where(Payment.order_no == order_no).order_by(Payment.at, Payment.id)
    return w.db.scalars(mine).all()


def told_at_capture(w: "Work", order: CustomerOrder) -> None:
    """The channel said that its order is authorised or paid: that is believed, as a payment in the channel's own hands."""
    if order.payment not in (PaymentState.AUTHORISED, PaymentState.CAPTURED) or order.total <= 0:
        return
    kind = Money.CAPTURE if order.payment is PaymentState.CAPTURED else Money.AUTHORISE
    w.db.add(
        Payment(
            id=uuid.uuid4().hex, order_no=order.number, kind=kind, state=PayState.DONE, amount=order.total,
            currency=order.currency, at=w.now, key=f"told:{order.number}", done_at=w.now,
        )
    )  # fmt: skip


def record(
    w: "Work",
    sale: "Sale",
    kind: Money,
    amount: Decimal,
    key: str,
    *,
    provider: str,
    token: str = "",
    reference: str = "",
    state: PayState = PayState.DONE,
    problem: str = "",
) -> MoneyCode | None:
    """Something that has happened with the order's money, and everything that follows from it. None, or why it cannot be kept."""
    if any(looks_like_card(text) for text in (key, token, reference)):
        return MoneyCode.LOOKS_LIKE_CARD
    rows = payments_of(w, sale.order.number)
    if kind is Money.REFUND and state is PayState.DONE:
        held = sum((one.held for one in purses(rows, done=True)), ZERO)
        if amount > held:
            return MoneyCode.MORE_THAN_PAID
    told = _told(rows)
    if told is not None and kind is not Money.REFUND and state is PayState.DONE:
        # The channel said at capture that it has the money; now the provider that has it is named.
        _named(w, rows, provider, token)
        if told.kind is kind:
            told.key, told.reference, told.amount = key, reference, amount
            follow(w, sale)
            return None
    w.db.add(
        Payment(
            id=uuid.uuid4().hex, order_no=sale.order.number, kind=kind, state=state, amount=amount,
            currency=sale.order.currency, at=w.now, key=key, provider=provider, token=token, reference=reference,
            problem=problem, done_at=w.now,
        )
    )  # fmt: skip
    tell(w, sale, kind, state, amount, reference=key)
    if kind is Money.REFUND:
        # What was to be paid back, and not asked yet, is reckoned anew from what is left.
        _give_up_hopeless(payments_of(w, sale.order.number))
    follow(w, sale)
    return None


def _give_up_hopeless(rows: Sequence[Payment]) -> None:
    for one in hopeless(rows):
        one.state, one.again_at, one.problem = PayState.FAILED, None, MoneyCode.MORE_THAN_PAID


def _named(w: "Work", rows: Sequence[Payment], provider: str, token: str) -> None:
    """What was the channel's is this provider's, with what was asked of it or done there since: nothing is asked of both."""
    for row in rows:
        if not row.provider:
            row.provider, row.token = provider, token
            row.again_at = w.now if row.state is PayState.DUE else row.again_at


def _told(rows: Sequence[Payment]) -> Payment | None:
    return next((one for one in rows if one.key == f"told:{one.order_no}" and not one.provider), None)


def tell(w: "Work", sale: "Sale", kind: Money, state: PayState, amount: Decimal, *, reference: str) -> None:
    """Notes a payment on the order's timeline, once."""
    paid_back = kind is Money.REFUND and state is PayState.DONE
    what = EventKind.REFUNDED if paid_back else EventKind.PAYMENT
    note(
        w, sale.order.number, what, key=f"payment:{reference}:{state}", payment=str(kind), state=str(state),
        amount=str(amount), currency=sale.order.currency,
    )  # fmt: skip


def after(w: "Work", sale: "Sale", row: Payment) -> None:
    """What follows when a question was settled. Nothing is asked anew where the provider refused: a person looks at it."""
    if row.state is PayState.DONE:
        follow(w, sale)
        return
    rows = payments_of(w, sale.order.number)
    _give_up_hopeless(rows)
    _settle(w, sale, rows)


def follow(w: "Work", sale: "Sale") -> list[Ask]:
    """Settles the state of the locked order's money, and asks for what follows: to take what was shipped, to pay back what is not due any
    more, to let go the rest. What was asked is returned; again asks nothing."""
    rows = payments_of(w, sale.order.number)
    _settle(w, sale, rows)
    books.follow(w, sale)
    if not rows:
        return []
    asks = wanted(rows, sale.order.total, _to_take(w, sale))
    for n, ask in enumerate(asks, len(rows) + 1):
        w.db.add(_asked(w, sale, ask, n))
    w.db.flush()
    return asks


def _asked(w: "Work", sale: "Sale", ask: Ask, n: int) -> Payment:
    """Without a provider of ours the money is in the channel's hands: it is asked of people, and told when it is done."""
    return Payment(
        id=uuid.uuid4().hex, order_no=sale.order.number, kind=ask.kind, state=PayState.DUE, amount=ask.amount,
        currency=sale.order.currency, at=w.now, key=f"{sale.order.number}:{ask.kind}:{n}", provider=ask.provider,
        token=ask.token, again_at=w.now if ask.provider else None,
    )  # fmt: skip


def _to_take(w: "Work", sale: "Sale") -> Decimal:
    money = w.db.get(OrderMoney, sale.order.number)
    if sale.held or sale.order.payment is PaymentState.ON_TERMS:
        return ZERO
    if money is not None and money.capture is CaptureWhen.AT_ONCE:
        return sale.order.total
    return min(sale.order.total, shipped_worth(sale))


def _settle(w: "Work", sale: "Sale", rows: Sequence[Payment]) -> None:
    order = sale.order
    then = state_of(rows, order.payment, order.total)
    if can(PAYMENT, order.payment, then):
        order.payment = then
    if order.payment in _GOOD:
        let_through(w, sale, MoneyCode.PAYMENT_MISSING)
