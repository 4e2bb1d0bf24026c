"""A day of customer orders over two sites, anything in any order: after each step counts, goods, money, states and feeds are right.

`SalesDay` is a hypothesis state machine; `walk` plays it on plain seeded dice, for the soak and for longer days than a search tries.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from inspect import signature
from random import Random
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select, update

from oms.catalog.models import Bin, Item
from oms.channels.models import Channel, ChannelKind
from oms.money.payment_rules import PAYMENT
from oms.orders import actions as orders
from oms.orders.models import Order, OrderLine, Reservation
from oms.orders.rules import ORDER, REOPENED
from oms.packing.models import Parcel
from oms.picking.models import Job, WorkItem
from oms.promise.models import Kept
from oms.sales.altering import Change, More, change
from oms.sales.cancelling import cancel, returned
from oms.sales.capture import Address, CaptureResult, SaleDraft, SaleDraftLine, capture
from oms.sales.codes import PaymentState, SaleState, Splitting
from oms.sales.due import due
from oms.sales.floors import Refused
from oms.sales.holds import hold, release_hold
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderEvent, OrderHold, SubstituteOffer
from oms.sales.offers import answered
from oms.sales.onward import go_on
from oms.sales.rules import SALE, Part, state_of
from oms.sales.scene import lock_sale
from oms.sales.working import OrderDesk
from oms.sourcing.codes import Rest
from oms.sourcing.models import SourceRule
from sync.contract.codes import BinKind, JobKind, OrderState, ParcelState, ShortReason, Substitution
from tests.oms.floors import CLERK, Floor
from tests.oms.sales.sales_money import NTH, OUTCOMES, PAID, PRICE, TOLD, MoneySteps

QTY = st.integers(1, 4)
SIDE = st.integers(0, 1)
HOME = Address("Ada", "Kade 1", "3511 AB", "Utrecht", "", "NL")
ENDED = {SaleState.CANCELLED, SaleState.RETURNED}


@dataclass
class Seen:
    """What the customer agreed to, as the day knows it without asking: units by line, and the last state."""

    state: SaleState
    payment: PaymentState
    wants: Counter = field(default_factory=Counter)
    #: The worth of the most that its customer ever had.
    most: Decimal = Decimal(0)


class SalesDay(MoneySteps, RuleBasedStateMachine):
    """Two sites, two goods of which one may replace the other. Indexes choose among what exists, so every draw is possible."""

    def __init__(self, oms):
        super().__init__()
        self.oms = oms
        self.tag = uuid4().hex[:6]
        self.tea, self.cup = f"TEA-{self.tag}", f"CUP-{self.tag}"
        self.seen = {}
        self.parts = {}
        self.steps = 0
        self.told = 0
        self.answered = Counter()

    @initialize(tea=st.integers(0, 8), more=st.integers(0, 8), rest=st.sampled_from(list(Rest)))
    def open_the_houses(self, tea, more, rest):
        """A few goods on both sides, and what becomes of what neither has."""
        self.floors = [Floor(self.oms, f"{side}-{self.tag}").build(skus=(self.tea, self.cup)) for side in "SW"]
        self.hands = [floor.device() for floor in self.floors]
        for floor in self.floors:
            floor.act(lambda w: w.db.add(Bin(site_id=w.site, code="Q", zone="A", kind=BinKind.QUARANTINE, seq=99)))
        self.act(lambda w: self._open(w, rest))
        for floor, units in zip(self.floors, (tea, more), strict=True):
            for bin, sku, qty in (("A-01", self.tea, units), ("A-02", self.cup, more), ("A-03", self.tea, 1)):
                if qty:
                    floor.stock(bin, sku, qty)

    def _open(self, w, rest):
        w.db.add(SourceRule(id=self.tag, rank=1, name="day", channels=[self.tag], rest=rest))
        w.db.add(Channel(code=self.tag, kind=ChannelKind.WEB, name="Web", created_at=w.now, prefix=f"{self.tag}-"))
        w.db.execute(update(Item).where(Item.sku == self.tea).values(substitutes=[self.cup]))

    def act(self, what):
        return self.oms.works.run(self.floors[0].site, CLERK, what)

    def ask(self, query):
        with self.oms.sessions() as db:
            return list(db.scalars(query))

    def sales(self):
        mine = select(CustomerOrder).where(CustomerOrder.channel == self.tag)
        return self.ask(mine.order_by(CustomerOrder.captured_at, CustomerOrder.number))

    def lines_of(self, number):
        mine = select(CustomerOrderLine).where(CustomerOrderLine.order_no == number)
        return self.ask(mine.order_by(CustomerOrderLine.line_no))

    def any_sale(self, nth):
        sales = self.sales()
        return sales[nth % len(sales)].number if sales else None

    def tried(self, what):
        """Whether it was done; a refusal must have changed nothing, which the invariants see."""
        try:
            self.act(what)
        except Refused:
            return False
        return True

    @rule(
        tea=QTY,
        cup=st.integers(0, 3),
        splitting=st.sampled_from(list(Splitting)),
        say=st.sampled_from(list(Substitution)),
        paid=st.sampled_from(PAID),
    )
    def capture(self, tea, cup, splitting, say, paid):
        """An order comes in, its money taken, promised, or still to come."""
        self.steps += 1
        lines = [SaleDraftLine(sku=self.tea, qty=tea, price=PRICE)]
        lines += [SaleDraftLine(sku=self.cup, qty=cup, price=PRICE)] if cup else []
        draft = SaleDraft(
            channel=self.tag, reference=str(self.steps), email=f"a{self.steps}@example.org", ship=HOME, lines=lines,
            total=PRICE * (tea + cup), splitting=splitting, substitution=say, payment=paid,
        )  # fmt: skip
        [got] = self.act(lambda w: capture(w, [draft]))
        assert got.result is CaptureResult.CREATED, got
        self.seen[got.number] = Seen(SaleState.ACCEPTED, paid, Counter({1: tea, 2: cup}))
        self.source(len(self.seen) - 1)

    @rule(nth=NTH)
    def source(self, nth):
        """It goes on by itself."""
        if number := self.any_sale(nth):
            self.act(lambda w: go_on(w, lock_sale(w, number)))

    @rule()
    def time_goes_by(self):
        """Everything that is due is looked at."""
        OrderDesk(self.oms.works, self.floors[0].site).step()

    @rule(nth=NTH)
    def keep_back(self, nth):
        number = self.any_sale(nth)
        if number and self.seen[number].state not in ENDED:
            self.act(lambda w: hold(w, lock_sale(w, number), "order_held_by_hand"))

    @rule(nth=NTH)
    def let_go(self, nth):
        held = select(OrderHold.order_no, OrderHold.id).where(OrderHold.released_at.is_(None))
        with self.oms.sessions() as db:
            waiting = db.execute(held.where(OrderHold.order_no.startswith(self.tag)).order_by(OrderHold.at)).all()
        if waiting:
            number, id = waiting[nth % len(waiting)]
            self.act(lambda w: self._let_go(w, number, id))

    def _let_go(self, w, number, id):
        sale = lock_sale(w, number)
        assert release_hold(w, sale, id, "fine") is None
        go_on(w, sale)

    @rule(side=SIDE, nth=NTH)
    def release(self, side, nth):
        """A site lets one of its orders onto its floor."""
        floor = self.floors[side]
        mine = floor.ask(self._of(Order, side).order_by(Order.number))
        if mine:
            floor.release(mine[nth % len(mine)].number)

    def _of(self, model, side):
        return select(model).where(model.site_id == self.floors[side].site)

    @rule(side=SIDE, nth=NTH, qty=QTY)
    def pick(self, side, nth, qty):
        if item := self._item(side, JobKind.PICK, nth):
            self.hands[side].claim(item.job_id)
            self.hands[side].pick(item, min(qty, item.qty_req), tote=f"T{item.order_no}")

    @rule(side=SIDE, nth=NTH)
    def undo(self, side, nth):
        item = self._item(side, JobKind.PICK, nth)
        tote = item and f"T{item.order_no}"
        if item and item.qty_done and self.floors[side].has(f"tote:{tote}", item.sku):
            self.hands[side].undo(item, 1, tote)

    @rule(side=SIDE, nth=NTH, reason=st.sampled_from([ShortReason.NOT_FOUND, ShortReason.DAMAGED]))
    def short(self, side, nth, reason):
        if item := self._item(side, JobKind.PICK, nth):
            self.hands[side].claim(item.job_id)
            self.hands[side].short(item, item.qty_req - item.qty_done or 1, reason)

    @rule(side=SIDE, nth=NTH)
    def pick_all(self, side, nth):
        """A whole trip, set down at the lane."""
        if first := self._item(side, JobKind.PICK, nth):
            hand = self.hands[side]
            hand.claim(first.job_id)
            for item in self.floors[side].items_of(first.job_id):
                if item.qty_done < item.qty_req:
                    hand.pick(item, item.qty_req - item.qty_done, tote=f"T{item.order_no}")
            hand.drop(first.job_id, tote=f"T{first.order_no}")

    @rule(side=SIDE, nth=NTH)
    def drop(self, side, nth):
        if item := self._item(side, JobKind.PICK, nth):
            self.hands[side].claim(item.job_id)
            self.hands[side].drop(item.job_id, tote=f"T{item.order_no}")

    @rule(side=SIDE, nth=NTH, lose=st.booleans())
    def pack_and_ship(self, side, nth, lose):
        """What is at the bench goes out, or with a unit missing."""
        item = self._item(side, JobKind.PACK, nth, ("open", "leased"))
        if item is None:
            return
        hand, floor = self.hands[side], self.floors[side]
        hand.claim(item.job_id, kinds=("pack",))
        for one in floor.items_of(item.job_id):
            box = self._box(side, one.order_no)
            left = one.qty_req - one.qty_done
            if box and left > lose:
                hand.pack(one, box, left - lose)
            if lose and left:
                hand.pack_short(one, 1)
        box = self._box(side, item.order_no)
        if box:
            hand.weigh(box, item.job_id)
            hand.label(box, item.job_id)
            hand.ship(box, item.job_id)

    @rule(side=SIDE, nth=NTH)
    def whole_way(self, side, nth):
        """One order of a site from its shelf to the truck, with nothing in between."""
        self.release(side, nth)
        self.pick_all(side, nth)
        self.pack_and_ship(side, 0, lose=False)

    def _box(self, side, number):
        mine = self._of(Parcel, side).where(Parcel.order_no == number, Parcel.state == ParcelState.PLANNED)
        return next(iter(self.floors[side].ask(mine.order_by(Parcel.number))), None)

    def _item(self, side, kind, nth, states=None):
        mine = self._of(WorkItem, side).where(WorkItem.kind == kind)
        live = select(Job.id).where(Job.state.in_(("open", "active")))
        mine = mine.where(WorkItem.job_id.in_(live)) if states is None else mine.where(WorkItem.state.in_(states))
        found = self.floors[side].ask(
            mine.order_by(WorkItem.order_no, WorkItem.line_no, WorkItem.seq, WorkItem.from_bin, WorkItem.id)
        )
        return found[nth % len(found)] if found else None

    @rule(nth=NTH, line=st.integers(1, 2), qty=st.integers(0, 6))
    def change_quantity(self, nth, line, qty):
        number = self.any_sale(nth)
        if number and self.tried(lambda w: change(w, number, Change(lines={line: qty}))):
            self._wants(number, line, qty)

    def _wants(self, number, line, qty):
        """What replaced a line is a line of its own; the line itself wants so many."""
        self.seen[number].wants[line] = qty

    @rule(nth=NTH, qty=QTY)
    def one_line_more(self, nth, qty):
        number = self.any_sale(nth)
        if number and len(self.lines_of(number)) < 5:
            self.tried(lambda w: change(w, number, Change(more=[More(self.cup, qty, PRICE)])))

    @rule(nth=NTH, street=st.sampled_from(["Singel 1", "Singel 2"]))
    def move_house(self, nth, street):
        if number := self.any_sale(nth):
            self.tried(lambda w: change(w, number, Change(ship={"street": street})))

    @rule(nth=NTH)
    def call_off(self, nth):
        if number := self.any_sale(nth):
            self.tried(lambda w: cancel(w, number))

    @rule(nth=NTH, line=st.integers(1, 3))
    def call_off_a_line(self, nth, line):
        if number := self.any_sale(nth):
            self.tried(lambda w: cancel(w, number, line=line))

    @rule(side=SIDE, nth=NTH)
    def site_calls_it_off(self, side, nth):
        """A supervisor of the site takes a part off the floor."""
        mine = self.floors[side].ask(self._of(Order, side).order_by(Order.number))
        if mine:
            self.floors[side].act(lambda w: orders.cancel(w, mine[nth % len(mine)].number))

    @rule(nth=NTH, side=SIDE, line=st.integers(1, 3), qty=QTY)
    def bring_back(self, nth, side, line, qty):
        if number := self.any_sale(nth):
            site = self.floors[side].site
            self.tried(lambda w: returned(w, number, line, qty, site=site, bin="A-04"))

    @rule(nth=NTH, yes=st.booleans())
    def answer(self, nth, yes):
        open_ = select(SubstituteOffer).where(SubstituteOffer.answered_at.is_(None))
        offers = self.ask(open_.where(SubstituteOffer.order_no.startswith(self.tag)).order_by(SubstituteOffer.at))
        if offers:
            one = offers[nth % len(offers)]
            self.tried(lambda w: answered(w, one.order_no, one.line_no, accepted=yes, code=one.code))

    @rule(side=SIDE, tea=st.booleans(), qty=QTY)
    def goods_come(self, side, tea, qty):
        self.floors[side].stock("A-01" if tea else "A-02", self.tea if tea else self.cup, qty)

    @rule(side=SIDE, nth=NTH)
    def put_back(self, side, nth):
        waiting = self.floors[side].exceptions("put_back")
        if waiting:
            self.hands[side].acknowledge(waiting[nth % len(waiting)].id)

    @invariant()
    def everything_is_right(self):
        if not hasattr(self, "hands"):
            return
        for floor in self.floors:
            floor.check()
            self._no_more_promised_than_there_is(floor)
        for sale in self.sales():
            lines = self.lines_of(sale.number)
            self._lines_conserve(sale, lines)
            self._money_conserves(lines)
            seen = self.seen[sale.number]
            seen.most = max(seen.most, PRICE * sum(line.shipped - line.returned for line in lines))
            # What leaves while it is held is not paid for.
            held = bool(self.ask(select(OrderHold.id).where(OrderHold.order_no == sale.number)))
            self.money_is_right(sale, lines, held=held, most=seen.most)
            self._states_follow(sale, lines)

    def _no_more_promised_than_there_is(self, floor):
        """Goods belong to one order each: what a floor reserved and what is kept for customers is there."""
        reserved = select(func.sum(Reservation.qty)).where(Reservation.site_id == floor.site)
        kept = select(func.sum(Kept.qty)).where(Kept.site_id == floor.site, Kept.receipt.is_(None))
        for sku in (self.tea, self.cup):
            there = sum(
                qty for (place, one, _), qty in floor.balances().items() if one == sku and place.startswith("bin:")
            )
            mine = (floor.ask(reserved.where(Reservation.sku == sku))[0] or 0) + (
                floor.ask(kept.where(Kept.sku == sku))[0] or 0
            )
            assert mine <= max(there, 0), (floor.site, sku, mine, there)

    def _lines_conserve(self, sale, lines):
        """Counted again from the floors' own books."""
        assigned, shipped = Counter(), Counter()
        parts = {(p.site_id, p.number): p for p in self.ask(select(Order).where(Order.customer_order == sale.number))}
        site_lines = select(OrderLine).where(OrderLine.order_no.in_([number for _, number in parts]))
        skus = {line.line_no: line.sku for line in lines}
        for one in self.ask(site_lines):
            part = parts.get((one.site_id, one.order_no))
            if part is None or part.state is OrderState.CANCELLED or one.customer_line is None:
                continue
            if part.state is OrderState.SHIPPED:
                shipped[one.customer_line] += one.packed
            elif one.sku == skus[one.customer_line] or part.state in ("picked", "packing", "label_pending"):
                early = part.state in ("open", "held", "released", "picking")
                assigned[one.customer_line] += one.qty if early else max(0, one.qty - one.short)
        for line in lines:
            assert line.open >= 0
            assert (line.assigned, line.shipped) == (assigned[line.line_no], shipped[line.line_no]), (sale.number, line)
            assert line.backordered == 0 or sale.state not in ENDED

    def _money_conserves(self, lines):
        """Everything is paid for at 2.50; what is off or back is the customer's again, to the cent."""
        keeps = sum(line.qty - line.cancelled - line.returned for line in lines)
        assert due(lines) == PRICE * keeps, [(line.line_no, line.qty, line.cancelled, line.total) for line in lines]

    def _states_follow(self, sale, lines):
        parts = self.ask(select(Order).where(Order.customer_order == sale.number))
        held = bool(
            self.ask(select(OrderHold.id).where(OrderHold.order_no == sale.number, OrderHold.released_at.is_(None)))
        )
        follows = state_of(lines, [Part(part.state, part.ready_at is not None) for part in parts], held=held)
        assert sale.state is follows, (sale.number, sale.state, follows)
        assert reachable(SALE, self.seen[sale.number].state, sale.state)
        assert reachable(PAYMENT, self.seen[sale.number].payment, sale.payment)
        self.seen[sale.number].state, self.seen[sale.number].payment = sale.state, sale.payment
        for part in parts:
            before = self.parts.get((part.site_id, part.number), part.state)
            assert reachable({**ORDER, **REOPENED}, before, part.state)
            self.parts[part.site_id, part.number] = part.state

    def teardown(self):
        """In the end nothing of a good order is undecided, nobody is owed an answer, and devices know what there is."""
        if not hasattr(self, "hands"):
            return
        desk = OrderDesk(self.oms.works, self.floors[0].site)
        for _ in range(4):
            desk.step()
        self.everything_is_right()
        for sale in self.sales():
            held = self.ask(select(OrderHold).where(OrderHold.order_no == sale.number, OrderHold.released_at.is_(None)))
            assert held or sale.state in ENDED or not any(line.open for line in self.lines_of(sale.number)), sale
            kinds = self.ask(select(OrderEvent.kind).where(OrderEvent.order_no == sale.number))
            assert kinds[0] == "order.captured"
        for floor in self.floors:
            floor.check_feed()
            # The next day's sourcing must not find these goods.
            for (place, sku, lot), qty in floor.balances().items():
                if place.startswith("bin:") and qty > 0:
                    floor.act(
                        lambda w, p=place, s=sku, lo=lot, q=qty: w.move(uuid4().hex, 0, s, lo, p, "count_adjust", q)
                    )


def reachable(table, before, after):
    """Whether a state can become another in some steps of a table: one unit of work may take several."""
    known, ahead = {before}, [before]
    while ahead:
        for then in table.get(ahead.pop(), ()):
            if then not in known:
                known.add(then)
                ahead.append(then)
    return after in known


DRAWS = {
    "nth": lambda dice: dice.randint(0, 11),
    "qty": lambda dice: dice.randint(1, 4),
    "tea": lambda dice: dice.randint(1, 4),
    "cup": lambda dice: dice.randint(0, 3),
    "side": lambda dice: dice.randint(0, 1),
    "line": lambda dice: dice.randint(1, 2),
    "paid": lambda dice: dice.choice(PAID),
    "kind": lambda dice: dice.choice(TOLD),
    "outcome": lambda dice: dice.choice(OUTCOMES),
    "all_of_it": lambda dice: dice.random() < 0.75,
    "yes": lambda dice: dice.random() < 0.5,
    "lose": lambda dice: dice.random() < 0.25,
    "splitting": lambda dice: dice.choice(list(Splitting)),
    "say": lambda dice: dice.choice(list(Substitution)),
    "reason": lambda dice: dice.choice([ShortReason.NOT_FOUND, ShortReason.DAMAGED]),
    "street": lambda dice: dice.choice(["Singel 1", "Singel 2"]),
}
RULES = (
    *("capture", "capture", "source", "time_goes_by", "time_goes_by", "keep_back", "let_go", "let_go"),
    *(
        "release",
        "release",
        "release",
        "release",
        "pick",
        "pick",
        "undo",
        "short",
        "pick_all",
        "pick_all",
        "pick_all",
        "drop",
    ),
    *(
        "pack_and_ship",
        "pack_and_ship",
        "pack_and_ship",
        "whole_way",
        "whole_way",
        "whole_way",
        "change_quantity",
        "change_quantity",
        "one_line_more",
        "move_house",
    ),
    *(
        "call_off",
        "call_off_a_line",
        "site_calls_it_off",
        "bring_back",
        "bring_back",
        "answer",
        "goods_come",
        "goods_come",
        "put_back",
    ),
    *("provider_tells", "provider_answers", "provider_answers", "people_see_to_it", "provider_pays_back"),
)


def walk(oms, seed, steps):
    """A day of `steps` steps on the dice of `seed`; what states orders were seen in, and what was answered about money."""
    dice = Random(seed)
    day = SalesDay(oms)
    day.open_the_houses(dice.randint(0, 8), dice.randint(0, 8), dice.choice(list(Rest)))
    states = Counter()
    for _ in range(steps):
        step = getattr(day, dice.choice(RULES))
        names = [name for name in signature(step).parameters if name != "self"]
        step(**{name: DRAWS[name](dice) for name in names})
        day.everything_is_right()
        states.update(one.state for one in day.seen.values())
    day.teardown()
    return states, day.answered
