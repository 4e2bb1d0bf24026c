"""The money of a day of customer orders: what providers tell and answer, what people do in a channel, and whether every cent is where it
belongs after each step, by the payments' own table. `SalesDay` has it beside what happens to goods."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select, update

from oms.money.codes import Money, MoneyCode, PayState
from oms.money.desk import settle, take_due
from oms.money.events import PaymentEvent, Told, take
from oms.money.keeping import done_by_hand
from oms.money.payment_models import Payment
from oms.money.payment_rules import PAYMENT, state_of
from oms.money.provider import Answer, Outcome
from oms.sales.codes import PaymentState
from oms.transitions import can

PRICE = Decimal("2.50")
NTH = st.integers(0, 11)
TOLD = (Told.AUTHORISED, Told.AUTHORISED, Told.CAPTURED, Told.FAILED)
OUTCOMES = (Outcome.DONE, Outcome.DONE, Outcome.DONE, Outcome.REFUSED, Outcome.UNSURE)
#: How far the money is that a channel tells of at capture.
PAID = (PaymentState.CAPTURED, PaymentState.CAPTURED, PaymentState.AUTHORISED, PaymentState.PENDING)


class MoneySteps:
    """Steps of a `SalesDay`; the day's tag is the name of its provider, so that days in one database do not answer for each other."""

    @rule(nth=NTH, kind=st.sampled_from(TOLD), all_of_it=st.booleans())
    def provider_tells(self, nth, kind, all_of_it):
        """An authorisation of all that is due or of a unit less, money that was taken already, or a card that was refused."""
        sales = self.sales()
        if not sales:
            return
        sale = sales[nth % len(sales)]
        amount = self._really_taken(sale, kind) or sale.total - (0 if all_of_it else PRICE)
        if amount <= 0:
            return
        self.told += 1
        name = f"{self.tag}-{self.told}"
        event = PaymentEvent(
            id=name, kind=kind, amount=amount, currency="EUR", order=sale.number, token=name, payment=name
        )
        [got] = self.act(lambda w: take(w, self.tag, [event]))
        assert got.result == "taken", got
        assert [one.result for one in self.act(lambda w: take(w, self.tag, [event]))] == ["known"]

    def _really_taken(self, sale, kind):
        """What the channel said it took: its provider tells the same."""
        said = select(Payment.amount).where(Payment.key == f"told:{sale.number}", Payment.provider == "")
        return next(iter(self.ask(said.where(Payment.kind == Money.CAPTURE))), None) if kind is Told.CAPTURED else None

    @rule(nth=NTH, outcome=st.sampled_from(OUTCOMES))
    def provider_answers(self, nth, outcome):
        """What is due is asked, one answer comes; of the others nobody knows yet. Time goes by until it is asked again."""
        later = update(Payment).where(Payment.provider == self.tag, Payment.again_at.is_not(None))
        self.act(lambda w: w.db.execute(later.values(again_at=w.now)))
        asked = self.act(lambda w: take_due(w, [self.tag]))
        if asked:
            one = asked[nth % len(asked)]
            if one.kind is Money.REFUND and outcome is Outcome.DONE and one.amount > self._held(one):
                # It gave a part of it back by itself meanwhile.
                outcome = Outcome.REFUSED
            answer = Answer(outcome, reference=f"did {one.key}" if outcome is Outcome.DONE else "", problem="")
            self.act(lambda w: settle(w, one.id, answer))
            self.answered[one.kind, outcome] += 1

    @rule(nth=NTH, all_of_it=st.booleans())
    def provider_pays_back(self, nth, all_of_it):
        """Somebody pays money back at the provider, and it is told of: all that was taken there, or a unit's price."""
        taken = select(Payment).where(Payment.provider == self.tag, Payment.kind == Money.CAPTURE)
        rows = self.ask(taken.where(Payment.state == PayState.DONE).order_by(Payment.at, Payment.id))
        if not rows or (held := self._held(one := rows[nth % len(rows)])) <= 0:
            return
        asked = self._asked_to_take(one.order_no)
        self.told += 1
        name, amount = f"{self.tag}-{self.told}", held if all_of_it else min(PRICE, held)
        event = PaymentEvent(
            id=name,
            kind=Told.REFUNDED,
            amount=amount,
            currency="EUR",
            order=one.order_no,
            token=one.token,
            payment=name,
        )
        [got] = self.act(lambda w: take(w, self.tag, [event]))
        assert got.result == "taken", got
        assert [again.result for again in self.act(lambda w: take(w, self.tag, [event]))] == ["known"]
        assert self._asked_to_take(one.order_no) == asked
        self.answered[Money.REFUND, "told"] += 1

    def _held(self, one):
        """What the provider has of the money that this payment is about."""
        same = select(Payment).where(
            Payment.provider == one.provider, Payment.token == one.token, Payment.state == PayState.DONE
        )
        rows = self.ask(same.where(Payment.order_no == one.order_no))
        return _sum(rows, Money.CAPTURE) - _sum(rows, Money.REFUND)

    def _asked_to_take(self, number):
        """Questions of ours for an order's money."""
        return self.ask(
            select(Payment.key).where(Payment.order_no == number, Payment.kind == Money.CAPTURE).order_by(Payment.key)
        )

    @rule(nth=NTH)
    def people_see_to_it(self, nth):
        """Money in a channel's own hands is taken or paid back by somebody there."""
        mine = select(Payment).where(Payment.provider == "", Payment.state == PayState.DUE)
        waiting = self.ask(mine.where(Payment.order_no.startswith(self.tag)).order_by(Payment.at, Payment.id))
        if waiting:
            one = waiting[nth % len(waiting)]
            assert self.act(lambda w: done_by_hand(w, one.id, "desk")) is None
            self.answered[one.kind, "by hand"] += 1

    def money_is_right(self, sale, lines, *, held, most):
        """What was taken and not paid back is the worth of what the customer has, and what is kept for what is still to come; what is
        neither is on its way back. `held`: a hold is open, or was while something left: then money is not taken. `most`: the most that
        the customer ever had, which is all that we ever ask for; what a provider gave back of it by itself stays given."""
        rows = self.ask(select(Payment).where(Payment.order_no == sale.number).order_by(Payment.at, Payment.id))
        owed = PRICE * sum(line.qty - line.cancelled - line.returned for line in lines)
        gone = PRICE * sum(line.shipped - line.returned for line in lines)
        assert sale.total == owed, sale.number
        refused = {one.kind for one in rows if one.state is PayState.FAILED and one.problem != MoneyCode.MORE_THAN_PAID}
        live = [one for one in rows if one.state is not PayState.FAILED]
        at_hand = _sum(live, Money.CAPTURE) - _sum(live, Money.REFUND)
        where = (sale.number, owed, gone, [(one.kind, one.state, one.amount, one.token) for one in rows])
        assert at_hand <= owed or Money.REFUND in refused, where
        back = _sum([one for one in live if not one.asked], Money.REFUND)
        assert at_hand + back >= min(gone, _could_be_taken(live)) or Money.CAPTURE in refused or held, where
        asked = [one for one in live if one.asked]
        assert _sum(asked, Money.CAPTURE) - _sum(asked, Money.REFUND) <= most or Money.REFUND in refused, (most, where)
        self._no_purse_gives_more_than_it_has(live, where)
        then = state_of(rows, sale.payment, sale.total)
        assert then is sale.payment or not can(PAYMENT, sale.payment, then), where

    def _no_purse_gives_more_than_it_has(self, live, where):
        for purse in _purses(live):
            done = [one for one in purse if one.state is PayState.DONE]
            assert _sum(done, Money.REFUND) <= _sum(done, Money.CAPTURE), where
            if not any(_is_told(one) for one in purse):
                assert _sum(purse, Money.CAPTURE) + _sum(purse, Money.VOID) <= _sum(purse, Money.AUTHORISE), where


def _purses(rows):
    found = defaultdict(list)
    for one in rows:
        found[one.provider, one.token].append(one)
    return list(found.values())


def _could_be_taken(rows):
    """Of each purse what was authorised and not let go, or was taken without asking."""
    return sum(
        max(
            _sum(purse, Money.AUTHORISE) - _sum(purse, Money.VOID),
            _sum([one for one in purse if _is_told(one)], Money.CAPTURE),
        )
        for purse in _purses(rows)
    )


def _is_told(one):
    """Money that was taken without a question of ours."""
    return one.kind is Money.CAPTURE and (one.key.startswith(("told:", "event:")))


def _sum(rows, kind):
    return sum((one.amount for one in rows if one.kind is kind), Decimal(0))
