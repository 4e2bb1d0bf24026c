"""A day of returns at two sites, anything in any order: after each step goods, money, books, counts and states are right.

`ReturnsDay` is a hypothesis state machine; `walk` plays it on plain seeded dice for longer days than a search tries.
"""

import uuid
from collections import Counter
from decimal import Decimal as D
from inspect import signature
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from oms.catalog.models import Bin
from oms.money.codes import Money, PayState
from oms.money.currencies import part
from oms.money.keeping import done_by_hand, invoice_order
from oms.money.payment_models import Payment
from oms.returns import asking, deciding, receiving, scene, settling, terms
from oms.returns.codes import CameBy, Resolution, ReturnState
from oms.returns.models import CustomerReturn, ReturnLine, ReturnReceipt
from oms.returns.refused import Refused
from oms.returns.rules import RETURN, state_of
from oms.sales.codes import PaymentState
from oms.sales.models import CustomerOrder, CustomerOrderLine
from sync.contract import returns as wire
from sync.contract.codes import BinKind
from sync.contract.returns import Disposition, Grade, ReturnReason
from tests.oms.floors import CLERK, Floor
from tests.oms.money.till import priced, send
from tests.oms.returns.returns_books import DayBook

NTH = st.integers(0, 11)
QTY = st.integers(1, 3)
SIDE = st.integers(0, 1)
GRADE, WAY, WHY = (st.sampled_from(list(kind)) for kind in (Grade, Disposition, ReturnReason))
HOW = st.sampled_from(list(Resolution))
#: Steps after which the books are looked at: what goes wrong there stays wrong.
BOOKS_EVERY = 5
DECISIONS = ("approve", "refuse", "label_sent", "cancel")


class ReturnsDay(RuleBasedStateMachine):
    """Two sites, two goods. Indexes choose among what exists, so that every draw is possible."""

    def __init__(self, oms):
        super().__init__()
        self.oms, self.tag = oms, uuid.uuid4().hex[:6]
        self.skus = (f"TEA-{self.tag}", f"CUP-{self.tag}")
        self.channel = f"shop-{self.tag}"
        self.orders, self.left, self.states = [], Counter(), {}
        self.invoiced_whole = set()
        self.done = Counter()
        self.last, self.steps = None, 0

    @initialize(fee=st.sampled_from(["0", "1.95", "50"]), percent=st.sampled_from([100, 70, 33, 0]), sending=st.booleans(),
                alone=st.sampled_from([None, "12.00"]))  # fmt: skip
    def open_the_houses(self, fee, percent, sending, alone):
        """Two sites with rules of their own."""
        self.floors = [Floor(self.oms, f"{side}-{self.tag}").build(skus=self.skus) for side in "SW"]
        self.hands = [floor.device() for floor in self.floors]
        for floor in self.floors:
            floor.act(lambda w: w.db.add(Bin(site_id=w.site, code="Q", zone="A", kind=BinKind.QUARANTINE, seq=99)))
            row = terms.ReturnRuleRow(
                site=floor.site, fee=fee, customer_pays=[ReturnReason.CHANGED_MIND, ReturnReason.OTHER],
                percent={Grade.B: percent, Grade.C: percent // 2}, sending_back=sending, approve_up_to=alone, refund_up_to=alone,
            )  # fmt: skip
            floor.act(lambda w, row=row: terms.keep_rule(w, row))
        self.book = DayBook(self)

    # What a test of money asks of a shop.

    def act(self, what, site=None):
        return self.oms.works.run(site or self.floors[0].site, CLERK, what)

    def ask(self, query):
        with self.oms.sessions() as db:
            return list(db.scalars(query))

    def lines_of(self, number):
        mine = select(CustomerOrderLine).where(CustomerOrderLine.order_no == number)
        return self.ask(mine.order_by(CustomerOrderLine.line_no))

    def tried(self, what):
        """Whether it was done; a refusal must have changed nothing, which the invariants see."""
        try:
            self.act(what)
        except Refused as no:
            self.done[no.code] += 1
            return False
        return True

    def backs(self):
        return self.ask(
            select(CustomerReturn).where(CustomerReturn.order_no.in_(self.orders)).order_by(CustomerReturn.number)
        )

    def any_back(self, nth):
        """The later ones rather than those that are long over."""
        found = self.backs()
        alive = [one for one in found if one.closed_at is None] or found
        return alive[nth % len(alive)].number if alive else None

    @rule(tea=QTY, cup=st.integers(0, 2), side=SIDE, sending=st.sampled_from(["0", "4.95"]), invoiced=st.booleans())
    def sell(self, tea, cup, side, sending, invoiced):
        """An order that was paid, and left from one site."""
        number = f"{self.tag}-{len(self.orders) + 1}"
        wanted = [(self.skus[0], tea, "3.33", "0.21"), (self.skus[1], cup, "10.00", None)]
        lines = [one for one in wanted if one[1]]
        priced(
            self,
            number,
            *lines,
            payment=PaymentState.CAPTURED,
            shipping=D(sending),
            currency="EUR",
            channel=self.channel,
        )
        floor = self.floors[side]
        for sku, qty, *_ in lines:
            for way in (("supplier", "bin:A-02"), ("bin:A-02", "shipped")):
                floor.act(lambda w, s=sku, n=qty, way=way: w.move(uuid.uuid4().hex, 0, s, "", *way, n))
            self.left[floor.site, sku] += qty
        send(self, number, floor.site, **{f"L{n}": one[1] for n, one in enumerate(lines, 1)})
        self.orders.append(number)
        if invoiced:
            self.invoice(len(self.orders) - 1)

    @rule(nth=NTH)
    def invoice(self, nth):
        """The customer asks for an invoice, perhaps when some of it is back already."""
        if self.orders:
            number = self.orders[nth % len(self.orders)]
            whole = not any(line.returned for line in self.lines_of(number))
            made, why = self.act(lambda w: invoice_order(w, number))
            assert bool(made) == (why is None)
            self.done["invoiced"] += bool(made)
            if made and whole:
                self.invoiced_whole.add(number)

    @rule(nth=NTH)
    def pay_back(self, nth):
        """What is due goes back to a customer."""
        due = self.ask(
            select(Payment.id)
            .where(Payment.order_no.in_(self.orders), Payment.state == PayState.DUE)
            .order_by(Payment.id)
        )
        if due:
            assert self.act(lambda w: done_by_hand(w, due[nth % len(due)], "in the shop")) is None
            self.done["paid back"] += 1

    @rule(nth=NTH, line=st.integers(1, 2), qty=QTY, why=WHY)
    def ask_for(self, nth, line, qty, why):
        if self.orders:
            number = self.orders[nth % len(self.orders)]
            wanted = [asking.Wanted(line, qty, why)]
            self.done["asked"] += self.tried(lambda w: asking.ask(w, number, wanted, CameBy.PROGRAM))

    @rule(nth=NTH, say=st.sampled_from(DECISIONS))
    def decide(self, nth, say):
        if number := self.any_back(nth):
            acts = {"approve": deciding.approve, "label_sent": deciding.label_sent, "cancel": deciding.cancel}
            act = acts.get(say) or (lambda w, n: deciding.refuse(w, n, "no"))
            self.done[say] += self.tried(lambda w: act(w, number))

    @rule(nth=NTH, side=SIDE, sku=SIDE, qty=QTY, grade=GRADE, way=WAY, known=st.booleans())
    def comes(self, nth, side, sku, qty, grade, way, known):
        """Out of a box on somebody's table: known by its return, or by its order; sent twice by a device that heard no answer."""
        if not self.orders:
            return
        back = self.any_back(nth)
        found = back if known and back else self.orders[nth % len(self.orders)]
        body = wire.ReturnReceive(
            box=uuid.uuid4().hex, receipt=uuid.uuid4().hex, sku=self.skus[sku], qty=qty, grade=grade, disposition=way, found=found,
            bin="A-01" if way is Disposition.RESTOCK else "",
        )  # fmt: skip
        hand = self.hands[side]
        prev = hand.chain
        op = hand.op(body)
        for _ in range(2):
            [result] = hand.push(op, prev=prev)
            assert result.outcome == "applied", result
        self.done["came"] += 1
        self.last = (side, body.box)

    @rule()
    def box_is_empty(self):
        if self.last is not None:
            side, box = self.last
            self.hands[side].report(wire.ReturnDone(box=box, grams=None))

    @rule(nth=NTH)
    def undo(self, nth):
        mine = select(ReturnReceipt).where(
            ReturnReceipt.site_id.in_([floor.site for floor in self.floors]), ReturnReceipt.undone_at.is_(None)
        )
        there = self.ask(mine.order_by(ReturnReceipt.at.desc(), ReturnReceipt.id))
        if there:
            one = there[nth % len(there)]
            side = 0 if one.site_id == self.floors[0].site else 1
            over = self.ask(select(CustomerReturn.closed_at).where(CustomerReturn.number == one.return_no))[0]
            result = self.hands[side].report(wire.ReturnUndo(box=one.box, receipt=one.id))
            assert (result.outcome == "diverted") == (over is not None), result

    @rule(nth=NTH)
    def that_is_all(self, nth):
        if number := self.any_back(nth):

            def do(w):
                found = scene.lock(w, number)
                if found.back.closed_at is None:
                    receiving.done(w, found, all_of_it=True)

            self.act(do)

    @rule(
        nth=NTH,
        how=HOW,
        said=st.sampled_from([None, "0", "1.00", "3.33", "6.66", "100"]),
        fee=st.sampled_from([None, "0", "2"]),
    )
    def close(self, nth, how, said, fee):
        """A person ends it, and presses twice."""
        number = self.any_back(nth)
        if number is None:
            return
        amounts = {} if said is None else {1: D(said)}
        wish = settling.Wish(how=how, amounts=amounts, fee=None if fee is None else D(fee))
        if self.tried(lambda w: settling.settle(w, number, wish)):
            self.done[how] += 1
            assert not self.tried(lambda w: settling.settle(w, number, wish))

    @rule(nth=NTH, side=SIDE, sku=SIDE, qty=QTY, grade=GRADE, how=HOW)
    def brought_and_ended(self, nth, side, sku, qty, grade, how):
        """Somebody stands at the counter."""
        if not self.orders:
            return
        number, way = (
            self.orders[nth % len(self.orders)],
            Disposition.RESTOCK if grade is Grade.A else Disposition.QUARANTINE,
        )
        self._counter(number, side, sku, qty, grade, way)
        mine = [one.number for one in self.backs() if one.order_no == number and one.closed_at is None]
        name = next(iter(mine), None)
        if name is not None:
            self.act(lambda w: receiving.done(w, scene.lock(w, name), all_of_it=True))
            self.done[how] += self.tried(lambda w: settling.settle(w, name, settling.Wish(how=how)))

    def _counter(self, number, side, sku, qty, grade, way):
        body = wire.ReturnReceive(
            box=uuid.uuid4().hex, receipt=uuid.uuid4().hex, sku=self.skus[sku], qty=qty, grade=grade, disposition=way,
            found=number,
        )  # fmt: skip
        assert self.hands[side].report(body).outcome == "applied"

    # --- what must hold ---

    @invariant()
    def everything_is_right(self):
        if not hasattr(self, "hands"):
            return
        backs = self.backs()
        lines = self.ask(select(ReturnLine).where(ReturnLine.return_no.in_([one.number for one in backs])))
        receipts = self.ask(select(ReturnReceipt).where(ReturnReceipt.return_no.in_([one.number for one in backs])))
        for floor in self.floors:
            floor.check()
            self._goods(floor, backs, receipts)
        for number in self.orders:
            self._money(number, backs, lines)
        for back in backs:
            self._state(back, receipts)
        self.steps += 1
        if not self.steps % BOOKS_EVERY:
            self.book.check()

    def _goods(self, floor, backs, receipts):
        """What is with customers is what left, less what came, and what was sent back to them."""
        sent_back = {one.number for one in backs if one.resolution is Resolution.SEND_BACK}
        for sku in self.skus:
            here = [one for one in receipts if (one.site_id, one.sku, one.undone_at) == (floor.site, sku, None)]
            came = sum(one.qty for one in here if one.return_no not in sent_back)
            assert floor.has("shipped", sku) == self.left[floor.site, sku] - came, (floor.site, sku)
            if not self.exchanged:
                inside = sum(
                    qty for (place, one, _), qty in floor.balances().items() if one == sku and place.startswith("bin:")
                )
                away = floor.has("scrap", sku) + floor.has("supplier", sku) + self.left[floor.site, sku]
                assert inside + away == came, (floor.site, sku, inside, away, came)

    @property
    def exchanged(self):
        return self.done[Resolution.EXCHANGE]

    def _money(self, number, backs, return_lines):
        [order] = self.ask(select(CustomerOrder).where(CustomerOrder.number == number))
        rows = self.ask(select(Payment).where(Payment.order_no == number))
        paid = sum((one.amount for one in rows if one.kind is Money.CAPTURE), D(0))
        back = sum((one.amount for one in rows if one.kind is Money.REFUND and one.state is not PayState.FAILED), D(0))
        mine = [one for one in backs if one.order_no == number]
        assert order.total + back == paid, (number, order.total, back, paid)
        assert back == sum((one.refund for one in mine), D(0))
        assert all(one.refund >= 0 for one in mine)
        closed = {one.number for one in mine if one.closed_at is not None}
        for line in self.lines_of(number):
            taken = [one for one in return_lines if one.order_line == line.line_no and one.return_no in closed]
            assert line.returned == sum(one.taken for one in taken) <= line.shipped
            gone = line.total - part(line.total, line.qty - line.returned, line.qty, order.currency)
            assert line.withheld + sum((one.refund for one in taken), D(0)) == gone
        for one in mine:
            assert (one.exchange_order is not None) == (one.resolution is Resolution.EXCHANGE)

    def _state(self, back, receipts):
        came = sum(one.qty for one in receipts if one.return_no == back.number and one.undone_at is None)
        follows = state_of(
            back.decision, came=came, looked_at=back.graded_at is not None, closed=back.closed_at is not None
        )
        assert back.state is follows
        before = self.states.get(back.number, back.state)
        assert reachable(before, back.state), (before, back.state)
        assert before is not ReturnState.CLOSED or back.state is ReturnState.CLOSED
        self.states[back.number] = back.state


def reachable(before, after):
    """Whether a state can become another in some steps of the table."""
    known, ahead = {before}, [before]
    while ahead:
        for then in RETURN[ahead.pop()]:
            if then not in known:
                known.add(then)
                ahead.append(then)
    return after in known


DRAWS = {
    "nth": lambda dice: dice.randint(0, 11),
    "qty": lambda dice: dice.randint(1, 3),
    "tea": lambda dice: dice.randint(1, 3),
    "cup": lambda dice: dice.randint(0, 2),
    "invoiced": lambda dice: dice.random() < 0.5,
    "side": lambda dice: dice.randint(0, 1),
    "sku": lambda dice: dice.randint(0, 1),
    "line": lambda dice: dice.randint(1, 2),
    "sending": lambda dice: dice.choice(["0", "4.95"]),
    "why": lambda dice: dice.choice(list(ReturnReason)),
    "say": lambda dice: dice.choice(DECISIONS),
    "grade": lambda dice: dice.choice(list(Grade)),
    "way": lambda dice: dice.choice(list(Disposition)),
    "known": lambda dice: dice.random() < 0.7,
    "how": lambda dice: dice.choice([Resolution.REFUND, *Resolution]),
    "said": lambda dice: dice.choice([None, None, "0", "1.00", "3.33", "6.66", "100"]),
    "fee": lambda dice: dice.choice([None, None, "0", "2"]),
}
RULES = (
    "sell", "invoice", "pay_back", "ask_for", "ask_for", "decide", "comes", "comes", "comes", "box_is_empty", "undo",
    "that_is_all", "that_is_all", "close", "close", "brought_and_ended", "brought_and_ended", "brought_and_ended",
)  # fmt: skip


def walk(oms, seed, steps):
    """A day of `steps` steps on the dice of `seed`; what was done, and what was refused."""
    dice = Random(seed)
    day = ReturnsDay(oms)
    day.open_the_houses(
        *(dice.choice(some) for some in (["0", "1.95", "50"], [100, 70, 33], [True, False], [None, "12.00"]))
    )
    for tea, cup in ((3, 2), (2, 0), (3, 1)):
        day.sell(tea, cup, dice.randint(0, 1), "4.95", invoiced=bool(tea % 2))
    for _ in range(steps):
        step = getattr(day, dice.choice(RULES))
        step(**{name: DRAWS[name](dice) for name in signature(step).parameters if name != "self"})
        day.everything_is_right()
    day.book.check()
    return day.done
