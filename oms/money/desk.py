"""Asks payment providers what is due, beside the server's application: no order waits for a provider, and nothing is asked twice.

A payment is taken for a while (`again_at`), asked without a transaction, and settled. Who dies in between leaves it to be asked again
under the same key. Several servers may do it at once.
"""

import logging
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from oms.db.work import Actor, Work, Works
from oms.money import payments
from oms.money.codes import Money, MoneyCode, PayState
from oms.money.currencies import ZERO
from oms.money.payment_models import Payment
from oms.money.payment_rules import looks_like_card, purses
from oms.money.provider import Answer, Outcome, PaymentPort
from oms.sales.scene import lock_sale

_log = logging.getLogger(__name__)
_ACTOR: Final = Actor("payments")
_OPEN: Final = (PayState.DUE, PayState.UNSURE)
#: How often it looks, in seconds; how long a question is one server's own; and how many it takes at once.
EVERY_S: Final = 1.0
LEASE_S: Final = 60
_BATCH: Final = 20
_MOST_WAIT_S: Final = 3600


class PaymentDesk:
    """Owns the thread that asks."""

    def __init__(self, works: Works, site: str, ports: Mapping[str, PaymentPort], every_s: float = EVERY_S) -> None:
        self._works, self._site, self._ports, self._every_s = works, site, ports, every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="payments", daemon=True)

    def start(self) -> None:
        """Begins where there is a provider to ask; returns at once."""
        if self._ports:
            self._thread.start()

    def stop(self) -> None:
        """Ends after the question that is being asked."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(LEASE_S)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self.step()
            except SQLAlchemyError as error:
                _log.info("payments have to wait: %s", type(error).__name__)

    def step(self) -> int:
        """Asks what is due now; how many questions there were."""
        taken = self._works.run(self._site, _ACTOR, lambda w: take_due(w, list(self._ports)))
        for n, one in enumerate(taken):
            if self._stopping.is_set():
                return n
            answer = self._asked(one)
            self._works.run(self._site, _ACTOR, lambda w, one=one, answer=answer: settle(w, one.id, answer))  # type: ignore[misc]
        return len(taken)

    def _asked(self, one: Payment) -> Answer:
        port = self._ports[one.provider]
        ask = {Money.CAPTURE: port.capture, Money.REFUND: port.refund, Money.VOID: port.void}[one.kind]
        return ask(one.token, one.amount, one.currency, one.key)


def take_due(w: Work, providers: list[str]) -> list[Payment]:
    """Payments that are due now, taken for a minute; of each order only the oldest open one, for the next may hang on it. What cannot be
    asked any more (a refund of money that was never taken) fails here."""
    earlier = aliased(Payment)
    before = select(earlier.id).where(
        earlier.order_no == Payment.order_no,
        earlier.provider == Payment.provider,
        earlier.state.in_(_OPEN),
        (earlier.at < Payment.at) | ((earlier.at == Payment.at) & (earlier.key < Payment.key)),
    )
    due = select(Payment).where(
        Payment.state.in_(_OPEN), Payment.again_at <= w.now, Payment.provider.in_(providers), ~before.exists()
    )
    locked = due.order_by(Payment.again_at, Payment.id).limit(_BATCH).with_for_update(skip_locked=True)
    rows = list(w.db.scalars(locked))
    for row in rows:
        # From here on nobody knows whether it happened, until it is settled.
        row.state = PayState.UNSURE
        row.tries += 1
        row.again_at = w.now + timedelta(seconds=LEASE_S)
    good = [row for row in rows if not _pointless(w, row)]
    w.db.flush()
    for row in good:
        w.db.expunge(row)
    return good


def _pointless(w: Work, row: Payment) -> bool:
    if row.kind is not Money.REFUND or row.tries > 1:
        return False
    done = purses(payments.payments_of(w, row.order_no), done=True)
    held = sum((one.held for one in done if (one.provider, one.token) == (row.provider, row.token)), ZERO)
    if row.amount <= held:
        return False
    row.state, row.again_at, row.problem = PayState.FAILED, None, MoneyCode.MORE_THAN_PAID
    return True


def settle(w: Work, id: str, answer: Answer) -> None:
    """Writes an answer down, and what follows from it. Unsure: asked again later, each time after twice as long."""
    number = w.db.scalars(select(Payment.order_no).where(Payment.id == id)).one()
    sale = lock_sale(w, number)
    row = w.db.get_one(Payment, id, with_for_update=True, populate_existing=True)
    if row.state not in _OPEN:
        # The provider told by itself meanwhile.
        return
    if answer.outcome is Outcome.UNSURE:
        row.problem = answer.problem
        row.again_at = w.now + timedelta(seconds=min(_MOST_WAIT_S, 2 ** min(row.tries, 12)))
        return
    row.state = PayState.DONE if answer.outcome is Outcome.DONE else PayState.FAILED
    row.reference = "" if looks_like_card(answer.reference) else answer.reference
    row.problem, row.again_at, row.done_at = answer.problem, None, w.now
    if sale is not None:
        payments.tell(w, sale, row.kind, row.state, row.amount, reference=row.key)
        payments.after(w, sale, row)
