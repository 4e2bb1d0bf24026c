"""Everything that may happen to what is promised, in any order, beside a plain model: nobody is promised what is not there."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from oms.bootstrap import open_oms
from oms.orders.models import Reservation
from oms.picking.models import WorkItem
from oms.promise import actions, keeping
from oms.promise.actions import BadPromise, ReceiptSaid, StockSaid
from oms.promise.availability import available
from oms.promise.keeping import Take
from oms.promise.models import Kept
from oms.verify import verify
from oms.waves import actions as waves
from oms.waves import desk
from sync.contract.codes import JobKind, Method, OrderState, ShortReason
from sync.contract.waves import MakeWaveRequest, WaveAct
from tests.oms.floors import Floor
from tests.oms.sales.shop import Shop

pytestmark = pytest.mark.postgres

SKUS = ("TEA", "CUP")
DAY = date(2030, 1, 1)
NTH = st.integers(0, 11)
SKU = st.sampled_from(SKUS)
QTY = st.integers(1, 4)


class PromiseMachine(RuleBasedStateMachine):
    """One site that keeps, releases and picks. What lies in bins and what the floor has reserved is counted from the books; what is kept
    for whom, what is to come and what is never sold is known here by heart."""

    def __init__(self, shop):
        super().__init__()
        self.shop, self.floor, self.site = shop, shop.warehouse, shop.warehouse.site
        #: (order or basket, line, sku, receipt) -> units
        self.kept = Counter()
        self.safety = Counter()
        #: id -> [sku, units still to come]
        self.receipts = {}
        #: number -> its lines [(sku, qty)]; `linked` are parts of customers' orders.
        self.orders = {}
        self.linked = set()
        self.baskets = []
        self.waves = []
        self.floor.stock("A-01", "TEA", 6).stock("A-02", "TEA", 4).stock("A-03", "CUP", 5)
        self.hand = self.floor.device()

    def act(self, what):
        return self.shop.act(what, self.site)

    # --- the model ---

    def here(self, sku):
        """(units in bins that may be sold from, units reserved), counted from the books."""
        doubted = {e.params["bin"] for e in self.floor.exceptions("count_bin") if e.params["sku"] == sku}
        bins = [(a, q) for (a, s, _), q in self.floor.balances().items() if s == sku and a.startswith("bin:")]
        return sum(q for a, q in bins if a[4:] not in doubted), self.floor.reserved(sku)

    def kept_of(self, sku, receipt=None, holder=None):
        return sum(
            qty for (who, _, s, r), qty in self.kept.items() if (s, r) == (sku, receipt) and holder in (None, who)
        )

    def now(self, sku):
        hand, reserved = self.here(sku)
        return hand - reserved - self.kept_of(sku) - self.safety[sku]

    def to_come(self, receipt):
        sku, units = self.receipts[receipt]
        return units - self.kept_of(sku, receipt)

    def use(self, number):
        """Its stock is reserved now."""
        for line_no, (sku, qty) in enumerate(self.orders[number], 1):
            self.kept[number, line_no, sku, None] -= min(qty, self.kept[number, line_no, sku, None])

    def keep_again(self, number):
        """Its stock is reserved no more: it is kept as far as nobody else has it."""
        for line_no, (sku, qty) in enumerate(self.orders[number], 1):
            key = (number, line_no, sku, None)
            self.kept[key] += max(0, min(qty - self.kept[key], self.now(sku)))

    def may_go(self, number):
        """Whether a release finds every line, by what is promised and by what lies there."""
        for sku, qty in self.orders[number]:
            hand, reserved = self.here(sku)
            mine = min(qty, self.kept_of(sku, holder=number)) if number in self.linked else 0
            free = self.now(sku) + self.safety[sku]
            promised = self.kept_of(sku) > 0
            if hand - reserved < qty or (promised and qty - mine > max(0, free)):
                return False
        return True

    def state(self, number):
        return self.floor.order_of(number).state

    def some(self, among, nth):
        listed = sorted(among)
        return listed[nth % len(listed)] if listed else None

    # --- what customers do ---

    @rule(tea=QTY, cup=st.integers(0, 2))
    def sell(self, tea, cup):
        """A customer orders; what was had of it goes to the site's own order."""
        if len(self.orders) >= 8:
            return
        number, wanted = f"{self.site}-N{len(self.orders) + 1}", [("TEA", tea), *([("CUP", cup)] if cup else [])]
        before = {sku: max(0, self.now(sku)) for sku in SKUS}
        self.shop.order(number, *wanted)
        takes = [Take(line_no, self.site, sku, qty) for line_no, (sku, qty) in enumerate(wanted, 1)]
        lacking = {one.take: one.could for one in self.act(lambda w: keeping.keep(w, number, takes))}
        assert lacking == {take: before[take.sku] for take in takes if take.qty > before[take.sku]}
        if lacking:
            self.act(lambda w: keeping.let_go(w, number))
            return
        self.shop.part(number, self.site, *((take.line_no, take.qty) for take in takes))
        self.orders[number] = wanted
        self.linked.add(number)
        self.kept.update({(number, take.line_no, take.sku, None): take.qty for take in takes})

    @rule(sku=SKU, qty=QTY, nth=NTH)
    def sell_what_comes(self, sku, qty, nth):
        """Promised of goods that are expected; no site's order yet."""
        receipt = self.some([one for one, (of, _) in self.receipts.items() if of == sku], nth)
        if receipt is None:
            return
        number, there = f"{self.site}-L{uuid4().hex[:6]}", max(0, self.to_come(receipt))
        self.shop.order(number, (sku, qty))
        lacking = self.act(lambda w: keeping.keep(w, number, [Take(1, self.site, sku, qty, receipt)]))
        assert [one.could for one in lacking] == ([there] if qty > there else [])
        if not lacking:
            self.kept[number, 1, sku, receipt] += qty

    @rule(sku=SKU, qty=QTY)
    def fill_a_basket(self, sku, qty):
        basket, there = uuid4().hex, max(0, self.now(sku))
        [(site, could)] = self.shop.act(
            lambda w: keeping.keep_anywhere(w, basket, [(sku, qty, self.site)], "", w.now + timedelta(hours=1))
        )
        assert (site, could) == ((self.site, qty) if qty <= there else (None, there))
        if site:
            self.baskets.append(basket)
            self.kept[basket, 1, sku, None] = qty

    @rule(nth=NTH, over=st.booleans(), swept=st.booleans())
    def basket_ends(self, nth, over, swept):
        """Left by its customer, or its time is over."""
        if not self.baskets:
            return
        basket = self.baskets.pop(nth % len(self.baskets))
        if over:
            past = update(Kept).where(Kept.basket == basket)
            self.act(lambda w: w.db.execute(past.values(until=w.now - timedelta(seconds=1))))
        else:
            self.act(lambda w: keeping.let_basket_go(w, basket))
        if over and swept:
            assert self.act(keeping.forget_expired) >= 1
        self.forget(basket)

    @rule(nth=NTH, qty=QTY)
    def customer_wants_less(self, nth, qty):
        """Of goods that come; the later promise goes first."""
        number = self.some({who for (who, _, _, receipt), units in self.kept.items() if receipt and units}, nth)
        if number is None:
            return
        [key] = [key for key, units in self.kept.items() if key[0] == number and units]
        gone = self.act(lambda w: keeping.let_go(w, number, 1, qty=qty))
        assert gone == min(qty, self.kept[key])
        self.kept[key] -= gone

    def forget(self, holder):
        for key in [key for key in self.kept if key[0] == holder]:
            del self.kept[key]

    # --- what is said of stock ---

    @rule(sku=SKU, units=st.integers(0, 3))
    def say_safety(self, sku, units):
        self.act(lambda w: actions.say_stock(w, StockSaid(sku=sku, site=self.site, safety=units)))
        self.safety[sku] = units

    @rule(sku=SKU, units=st.integers(0, 6), nth=NTH)
    def say_receipt(self, sku, units, nth):
        """New, or another number of one that is known; never less than was promised of it."""
        known = self.some(self.receipts, nth) if nth % 2 else None
        id, of = (known, self.receipts[known][0]) if known else (f"R{uuid4().hex[:6]}", sku)
        said = ReceiptSaid(id=id, sku=of, site=self.site, qty=units, day=DAY)
        if units < self.kept_of(of, id):
            with pytest.raises(BadPromise, match="receipt_is_promised"):
                self.act(lambda w: actions.say_receipt(w, said))
            return
        self.act(lambda w: actions.say_receipt(w, said))
        self.receipts[id] = [of, units]
        if units == 0:
            del self.receipts[id]

    @rule(nth=NTH, less=st.integers(0, 2))
    def goods_arrive(self, nth, less):
        """All of them, or fewer than were expected: then the rest still comes."""
        receipt = self.some(self.receipts, nth)
        if receipt is None:
            return
        sku, units = self.receipts[receipt]
        came = max(1, units - less)
        self.floor.stock("A-04", sku, came)
        told = self.act(lambda w: actions.arrived(w, receipt, came))
        rest = came
        for key in sorted((key for key in self.kept if key[3] == receipt and self.kept[key]), key=lambda key: key[:2]):
            if self.kept[key] > rest:
                break
            rest -= self.kept[key]
            assert key[0] in told
            self.kept[(*key[:3], None)] += self.kept.pop(key)
        self.receipts[receipt][1] -= came
        if not self.receipts[receipt][1]:
            del self.receipts[receipt]

    # --- what the floor does ---

    @rule(sku=SKU, qty=QTY)
    def direct_order(self, sku, qty):
        if len(self.orders) < 8:
            number = f"D{len(self.orders) + 1}"
            self.floor.order(number, (sku, qty))
            self.orders[number] = [(sku, qty)]

    @rule(nth=NTH)
    def release(self, nth):
        number = self.some([one for one in self.orders if self.state(one) is OrderState.OPEN], nth)
        if number is None or self.reserved_for(number):
            return
        may = self.may_go(number)
        assert bool(self.floor.release(number).job) == may
        if may:
            self.use(number)

    @rule(nth=NTH)
    def cancel(self, nth):
        number = self.some(self.orders, nth)
        if number is None:
            return
        before = self.states()
        self.floor.cancel(number)
        self.follow(before)

    @rule(short=st.booleans())
    def pick(self, short):
        """The next step of somebody's walk; nothing may be found there."""
        before = self.states()
        item = self.next_item()
        if item is None:
            return
        if short:
            self.hand.short(item, item.qty_req - item.qty_done, ShortReason.NOT_FOUND)
        else:
            self.hand.pick(item, item.qty_req - item.qty_done, f"T-{item.job_id[:8]}")
        if all(one.state not in ("open", "leased") for one in self.floor.items_of(item.job_id)):
            self.hand.drop(item.job_id, f"T-{item.job_id[:8]}")
        self.follow(before)

    @rule(first=NTH, second=NTH)
    def plan_a_wave(self, first, second):
        free = [one for one in self.orders if self.state(one) is OrderState.OPEN and not self.reserved_for(one)]
        numbers = {self.some(free, first), self.some(free, second)} - {None}
        made = self.floor.act(
            lambda w: desk.make(w, MakeWaveRequest(orders=sorted(numbers), name="by hand", method=Method.CLUSTER))
        )
        if made.reason is not None:
            return
        before = {sku: min(0, self.now(sku) + self.safety[sku]) for sku in SKUS}
        self.floor.act(lambda w: waves.act(w, made.wave, WaveAct.PLAN, []))
        self.waves.append((made.wave, numbers))
        for number in numbers:
            if self.reserved_for(number):
                self.use(number)
        assert all(not self.kept_of(sku) or self.now(sku) + self.safety[sku] >= before[sku] for sku in SKUS)

    @rule(nth=NTH, let_go=st.booleans())
    def end_a_wave(self, nth, let_go):
        """It goes onto the floor, or its plan is undone."""
        if not self.waves:
            return
        wave, numbers = self.waves.pop(nth % len(self.waves))
        before, planned = self.states(), {number for number in numbers if self.reserved_for(number)}
        what = WaveAct.RELEASE if let_go else WaveAct.CANCEL
        self.floor.act(lambda w: waves.act(w, wave, what, []))
        for number in sorted(planned & self.linked):
            if self.state(number) is OrderState.OPEN and not self.reserved_for(number):
                self.keep_again(number)
        self.follow({number: state for number, state in before.items() if number not in planned})

    def next_item(self):
        for _ in range(2):
            mine = select(WorkItem).where(
                WorkItem.site_id == self.site, WorkItem.kind == JobKind.PICK, WorkItem.state.in_(["open", "leased"]),
                WorkItem.id.in_(list(self.hand.tokens)),
            )  # fmt: skip
            if found := self.floor.ask(mine.order_by(WorkItem.order_no, WorkItem.line_no, WorkItem.seq)):
                return found[0]
            self.hand.claim(kinds=["pick"])
        return None

    def reserved_for(self, number):
        mine = Reservation.site_id == self.site, Reservation.order_no == number
        return sum(self.floor.ask(select(Reservation.qty).where(*mine)))

    def states(self):
        return {number: self.state(number) for number in self.orders}

    def follow(self, before):
        """What was kept for a part ends with it, and begins again when its floor gives it back."""
        for number in sorted(self.linked):
            state = self.state(number)
            if state is before.get(number, state):
                continue
            if state is OrderState.CANCELLED:
                self.use(number)
            elif state is OrderState.OPEN and not self.reserved_for(number):
                self.keep_again(number)

    # --- what must hold ---

    @invariant()
    def what_is_promised_is_what_the_model_says(self):
        with self.shop.oms.sessions() as db:
            told = available(db, SKUS)
            rows = db.scalars(
                select(Kept).where((Kept.until.is_(None)) | (Kept.until > datetime.now(UTC)), Kept.site_id == self.site)
            ).all()
        assert Counter({key: units for key, units in self.kept.items() if units}) == sum_of(
            ((row.order_no or row.basket, row.line_no, row.sku, row.receipt), row.qty) for row in rows
        )
        for sku in SKUS:
            free = told[sku][self.site]
            assert (free.on_hand, free.reserved) == self.here(sku)
            assert (free.kept, free.safety, free.now) == (self.kept_of(sku), self.safety[sku], self.now(sku))
            coming = {one.receipt: one.units for one in free.coming}
            expected = {id: self.to_come(id) for id, (of, _) in self.receipts.items() if of == sku}
            assert coming == {id: units for id, units in expected.items() if units > 0}
            assert all(units >= 0 for units in expected.values())


def sum_of(pairs):
    """The units of each key together."""
    found = Counter()
    for key, units in pairs:
        found[key] += units
    return found


@pytest.fixture
def new_shop(database_url):
    """Shops on one database, each with two sites of its own; the books of all of them must be right in the end."""
    oms = open_oms(database_url)
    made = count(1)

    def make():
        n = next(made)
        return Shop(oms, Floor(oms, f"W{n}").build(), Floor(oms, f"S{n}").build())

    yield make
    findings = verify(oms.engine).findings
    oms.close()
    assert findings == []


@pytest.mark.slow
def test_whatever_happens_nobody_is_promised_what_is_not_there(new_shop):
    run_state_machine_as_test(
        lambda: PromiseMachine(new_shop()),
        settings=settings(max_examples=15, stateful_step_count=25, phases=[Phase.generate]),
    )
