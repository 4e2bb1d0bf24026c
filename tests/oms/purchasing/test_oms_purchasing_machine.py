"""Everything that may happen to orders at suppliers, in any order, beside a plain model: what is expected is what is open, what came is
on the books, and nothing is ordered twice."""

import gc
import uuid
from collections import Counter
from itertools import count

import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from oms.feed.ports import FactContext
from oms.inventory.models import StockMove
from oms.promise.keeping import Take, keep
from oms.promise.models import Kept
from oms.purchasing import actions, receiving, undoing
from oms.purchasing.actions import Answer
from oms.purchasing.codes import COMING, LIVE, BuyState, Refused
from oms.purchasing.models import PurchaseDelivery, PurchaseLine, PurchaseOrder
from oms.purchasing.run import projected
from oms.verify import verify
from tests.oms.purchasing.buyer import Buyer

pytestmark = pytest.mark.postgres

NTH = st.integers(0, 9)
SKU = st.sampled_from(("TEA", "CUP"))
LEVELS = {"TEA": (10, 30), "CUP": (5, 9)}


class BuyMachine(RuleBasedStateMachine):
    """One site that buys from one supplier. What came is counted here by heart."""

    def __init__(self, buyer):
        super().__init__()
        self.buyer = buyer
        self.ids = count(1)
        #: op -> [(sku, good, broken)]
        self.came = {}
        for sku, (point, upto) in LEVELS.items():
            buyer.level(sku, point, upto)

    def act(self, what):
        """Whether it was done."""
        try:
            self.buyer.act(what)
        except Refused:
            return False
        return True

    def orders(self, *states):
        found = self.buyer.ask(select(PurchaseOrder).order_by(PurchaseOrder.number))
        return [one.number for one in found if not states or one.state in states]

    def pick(self, nth, *states):
        found = self.orders(*states)
        return found[nth % len(found)] if found else None

    @rule()
    def run(self):
        before = self.ordered()
        self.buyer.run()
        after = self.ordered()
        with self.buyer.oms.sessions() as db:
            stock = projected(db, "W", LEVELS)
        left = {
            one.supplier for one in self.buyer.ask(select(PurchaseOrder)) if one.run_day and one.state not in LIVE[:3]
        }
        for sku, (point, upto) in LEVELS.items():
            # Enough, or today's order has left; and never more than what packs and prices make of it.
            assert left or stock[sku].units > point
            assert after[sku] == before[sku] or stock[sku].units < upto + 48
        self.buyer.run()
        assert self.ordered() == after

    def ordered(self):
        return Counter({
            sku: sum(line.qty for line in self.buyer.ask(select(PurchaseLine).where(PurchaseLine.sku == sku))) for sku in LEVELS
        })  # fmt: skip

    @rule(sku=SKU, qty=st.integers(1, 20))
    def by_hand(self, sku, qty):
        self.buyer.make((sku, qty))

    @rule(nth=NTH, what=st.sampled_from((actions.approve, actions.send)))
    def goes_on(self, nth, what):
        if number := self.pick(nth):
            self.act(lambda w: what(w, number))

    @rule(nth=NTH, qty=st.integers(0, 40))
    def confirmed(self, nth, qty):
        if number := self.pick(nth, *COMING):
            self.act(lambda w: actions.confirm(w, number, {1: Answer(qty)}))

    @rule(nth=NTH)
    def called_off(self, nth):
        if number := self.pick(nth):
            self.act(lambda w: actions.call_off(w, number))

    @rule(nth=NTH, sku=SKU, good=st.integers(0, 30), broken=st.integers(0, 3), blind=st.booleans())
    def comes(self, nth, sku, good, broken, blind):
        if not good + broken:
            return
        id = f"op{next(self.ids)}"
        number = "" if blind else self.pick(nth) or ""
        self.buyer.comes(sku, good, number, damaged=broken, id=id)
        assert self.buyer.comes(sku, good, number, damaged=broken, id=id).again
        self.came[id] = (sku, good, broken)

    @precondition(lambda self: self.came)
    @rule(nth=NTH)
    def taken_back(self, nth):
        id = sorted(self.came)[nth % len(self.came)]

        def do(w):
            fact = FactContext(f"undo-{id}-{next(self.ids)}", None, None, None, "H", None, w.now)
            return undoing.undo(w, id, fact)

        if self.buyer.act(do):
            del self.came[id]
            assert not self.buyer.act(do)

    @rule(nth=NTH)
    def over(self, nth):
        if number := self.pick(nth):
            self.buyer.act(lambda w: receiving.enough(w, number))

    @rule(nth=NTH, qty=st.integers(1, 6))
    def promised(self, nth, qty):
        """A customer is promised some of what is to come."""
        open_units = sorted(self.buyer.expected().items())
        if not open_units:
            return
        receipt, _ = open_units[nth % len(open_units)]
        sku = next(line.sku for line in self.buyer.ask(select(PurchaseLine)) if line.receipt == receipt)
        number = f"W{next(self.ids)}"
        self.buyer.order(number, (sku, qty))
        self.buyer.act(lambda w: keep(w, number, [Take(1, "W", sku, qty, receipt)]))

    @invariant()
    def expected_is_open(self):
        states = {one.number: one.state for one in self.buyer.ask(select(PurchaseOrder))}
        lines = self.buyer.ask(select(PurchaseLine))
        due = {line.receipt: line.open for line in lines if states[line.order_no] in COMING and line.open}
        assert self.buyer.expected() == due
        promised = Counter()
        for kept in self.buyer.ask(select(Kept).where(Kept.receipt.is_not(None))):
            promised[kept.receipt] += kept.qty
        assert all(units <= due.get(receipt, 0) for receipt, units in promised.items())
        over = (BuyState.RECEIVED, BuyState.CLOSED, BuyState.CANCELLED)
        assert not any(line.open for line in lines if states[line.order_no] in over)

    @invariant()
    def books_are_what_came(self):
        moves = self.buyer.ask(select(StockMove).where(StockMove.site_id == "W"))
        booked = Counter()
        for move in moves:
            booked[move.sku] += (move.from_account == "supplier") * move.qty - (
                move.to_account == "supplier"
            ) * move.qty
        told = Counter()
        for sku, good, broken in self.came.values():
            told[sku] += good + broken
        assert +booked == +told
        kept = Counter()
        for one in self.buyer.ask(select(PurchaseDelivery)):
            kept[one.sku] += one.qty + one.damaged
        assert +kept == +told
        assert verify(self.buyer.oms.engine).findings == []

    @invariant()
    def lines_are_what_came_for_them(self):
        on_lines, on_orders = Counter(), Counter()
        for line in self.buyer.ask(select(PurchaseLine)):
            on_lines[line.order_no, line.line_no] += line.received + line.damaged
        for one in self.buyer.ask(select(PurchaseDelivery).where(PurchaseDelivery.order_no.is_not(None))):
            on_orders[one.order_no, one.line_no] += one.qty + one.damaged
        assert +on_lines == +on_orders

    @invariant()
    def one_order_a_day(self):
        made = [one.supplier for one in self.buyer.ask(select(PurchaseOrder)) if one.run_day]
        assert len(made) == len(set(made))


@pytest.fixture
def new_buyer(postgres):
    """Makes a shop on a database of its own; all of them must end with true books."""
    made = []

    def make():
        name = f"t_{uuid.uuid4().hex[:12]}"
        admin.execute(f"CREATE DATABASE {name} TEMPLATE floorhand_template")
        made.append((name, Buyer.open(postgres.url(name)).equip()))
        return made[-1][1]

    where = f"host={postgres.url('postgres').query['host']} user=postgres dbname=postgres"
    with psycopg.connect(where, autocommit=True) as admin:
        yield make
        for name, buyer in made:
            buyer.close()
            gc.collect()
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.slow
def test_any_day_at_the_dock_ends_with_true_books(new_buyer):
    run_state_machine_as_test(
        lambda: BuyMachine(new_buyer()),
        settings=settings(max_examples=6, stateful_step_count=20, phases=[Phase.generate], deadline=None),
    )
