"""Goods from a site to another: units are at the one, on the way or at the other, never twice and never nowhere, whatever is told of them
and in whatever order."""

from collections import Counter
from itertools import count

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text

from oms.bootstrap import open_oms
from oms.catalog.models import Bin
from oms.feed.models import Change
from oms.feed.ports import FactContext
from oms.forecast import history
from oms.inventory.models import StockBalance
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.promise.availability import available
from oms.promise.models import ExpectedReceipt, ReceiptState
from oms.purchasing.receiving import Came
from oms.purchasing.run import projected
from oms.transfers import actions, receiving
from oms.transfers.codes import COMING, Refused, TransferCode, TransferState
from oms.transfers.models import Transfer, TransferLine
from oms.verify import verify
from sync.contract.codes import BinKind, JobKind, OrderState
from tests.oms.floors import Floor

pytestmark = pytest.mark.postgres
SKUS = ("TEA", "CUP")
NTH = st.integers(0, 9)


class Pair:
    """Sites W and S. What W ships goes through real jobs of a real handheld."""

    def __init__(self, oms, names=("W", "S")):
        self.oms = oms
        self.here, self.there = (Floor(oms, name).build(skus=SKUS) for name in names)
        self.hand = self.here.device()
        self.ids = count(1)
        self.there.act(lambda w: w.db.add(Bin(site_id=w.site, code="BAD", zone="A", kind=BinKind.QUARANTINE, seq=99)))
        for sku, bin in zip(SKUS, ("A-01", "A-02"), strict=True):
            self.here.stock(bin, sku, 100)

    def make(self, *lines, **words):
        return self.here.act(lambda w: actions.make(w, self.there.site, lines, **words))

    def ship(self, number, fewer=0):
        """Released, picked, packed and out of the house; `fewer` units of the first line are not found at the bench."""
        self.here.release(number)
        [job] = self.here.jobs_of(number, JobKind.PICK)
        self.hand.claim(job.id)
        for item in self.here.items_of(job.id):
            self.hand.pick(item, item.qty_req, tote=f"T{number}")
        self.hand.drop(job.id, tote=f"T{number}")
        [job] = self.here.jobs_of(number, JobKind.PACK)
        self.hand.claim(job.id, kinds=("pack",))
        box = self.here.parcel_of(number)
        for n, item in enumerate(self.here.items_of(job.id)):
            less = fewer if not n else 0
            if item.qty_req - less:
                self.hand.pack(item, box, item.qty_req - less)
            if less:
                self.hand.pack_short(item, less)
        self.hand.weigh(box, job.id)
        self.hand.label(box, job.id)
        self.hand.ship(box, job.id)

    def comes(self, number, sku, qty, damaged=0, id=None, lot=""):
        """What became of it; None where nothing may come of the transfer."""
        came = Came(id or f"{self.there.site}-op{next(self.ids)}", sku, qty, "bin:A-04", damaged, number, lot=lot)

        def do(w):
            transfer = receiving.under_way(w, number)
            return receiving.receive(w, transfer, came) if transfer else None

        return self.there.act(do)

    def taken_back(self, id):
        fact = FactContext(f"undo-{id}-{next(self.ids)}", None, None, None, "H", None, None)
        return self.there.act(lambda w: receiving.undo(w, id, fact))

    def enough(self, number):
        return self.there.act(lambda w: receiving.enough(w, receiving.under_way(w, number)))

    def state(self, number):
        return self.ask(select(Transfer.state).where(Transfer.number == number))[0]

    def lines(self, number):
        return self.ask(select(TransferLine).where(TransferLine.number == number).order_by(TransferLine.line_no))

    def ask(self, query):
        return self.here.ask(query)

    def on_the_way(self, number):
        """Units by item, by the books of both sites."""
        found = Counter()
        for row in self.ask(select(StockBalance).where(StockBalance.account == f"transit:{number}")):
            found[row.sku] += row.qty
        return {sku: units for sku, units in found.items() if units}

    def expected(self):
        mine = select(ExpectedReceipt).where(
            ExpectedReceipt.site_id == self.there.site, ExpectedReceipt.state == ReceiptState.EXPECTED
        )
        found = Counter()
        for row in self.ask(mine):
            found[row.sku] += row.qty - row.received
        return {sku: units for sku, units in found.items() if units}


@pytest.fixture(scope="module")
def oms(postgres):
    import psycopg

    host = postgres.url("postgres").query["host"]
    with psycopg.connect(f"host={host} user=postgres dbname=postgres", autocommit=True) as admin:
        admin.execute("CREATE DATABASE transfers TEMPLATE floorhand_template")
    made = open_oms(postgres.url("transfers"))
    yield made
    assert verify(made.engine).findings == []
    made.close()


@pytest.fixture
def pair(oms, request):
    return Pair(oms, names=(f"W-{request.node.name[:30]}", f"S-{request.node.name[:30]}"))


def test_goods_are_at_one_site_on_the_way_or_at_the_other(pair):
    number = pair.make(("TEA", 10), ("CUP", 4))
    assert pair.expected() == {"TEA": 10, "CUP": 4}
    assert pair.on_the_way(number) == {}
    with pair.oms.sessions() as db:
        stock = projected(db, pair.there.site, ["TEA"])["TEA"]
        [coming] = available(db, ["TEA"])["TEA"][pair.there.site].coming
    assert (stock.on_hand, stock.on_order, coming.units, coming.receipt) == (0, 10, 10, f"{number}/1")
    # Nobody there is shown what has not left.
    shown = select(Change.body).where(
        Change.site_id == pair.there.site, Change.ent == "purchase", Change.ent_id == number
    )
    assert pair.ask(shown) == [None]
    pair.ship(number, fewer=1)
    assert pair.state(number) is TransferState.IN_TRANSIT
    assert pair.on_the_way(number) == pair.expected() == {"TEA": 9, "CUP": 4}
    assert '"open": 9' in str(pair.ask(shown)[0]) or '"open":9' in str(pair.ask(shown)[0])
    assert pair.here.has("shipped") == 0
    # Six good ones and a broken one came; more of the cups than left.
    assert pair.comes(number, "TEA", 6, damaged=1).over == 0
    assert pair.comes(number, "CUP", 5).over == 1
    assert pair.state(number) is TransferState.PARTLY
    assert (pair.there.has("bin:A-04"), pair.there.has("bin:BAD"), pair.there.has("bin:A-04", "CUP")) == (6, 1, 5)
    assert pair.on_the_way(number) == {"TEA": 2, "CUP": -1}
    assert pair.expected() == {"TEA": 2}
    pair.enough(number)
    told = {(one.kind, one.params["sku"], one.params["n"]) for one in pair.there.exceptions()}
    assert told >= {("delivery_short", "TEA", 2), ("delivery_over", "CUP", 1)}
    # Two never come; the cup was there all the time, and a count at the other site will miss it.
    assert pair.here.act(lambda w: actions.close(w, number)) == {"TEA": 2, "CUP": -1}
    assert pair.on_the_way(number) == pair.expected() == {}
    assert (pair.there.has("count_adjust"), pair.there.has("count_adjust", "CUP")) == (2, -1)
    assert pair.ask(shown) == [None]
    assert pair.comes(number, "TEA", 1) is None


def test_told_twice_it_is_booked_once_and_what_was_a_mistake_is_taken_back(pair):
    number = pair.make(("TEA", 5))
    pair.ship(number)
    assert pair.comes(number, "TEA", 5, id="a").promised == []
    assert pair.comes(number, "TEA", 5, id="a").again
    assert pair.state(number) is TransferState.RECEIVED
    assert pair.taken_back("a") is True
    assert pair.taken_back("a") is None
    assert pair.state(number) is TransferState.IN_TRANSIT
    assert pair.on_the_way(number) == pair.expected() == {"TEA": 5}
    assert pair.comes(number, "TEA", 5, id="b").over == 0
    # It has gone on: somebody has to look.
    pair.there.act(lambda w: w.move("sold", 0, "TEA", "", "bin:A-04", "shipped", 1))
    assert pair.taken_back("b") is False
    assert pair.there.exceptions("task_not_done")


def test_what_is_called_off_is_expected_no_more_and_what_has_left_cannot_be(pair):
    number = pair.make(("TEA", 5))
    pair.here.act(lambda w: actions.cancel(w, number))
    assert (pair.state(number), pair.expected()) == (TransferState.CANCELLED, {})
    assert pair.here.order_of(number).state is OrderState.CANCELLED
    number = pair.make(("TEA", 5))
    # Called off as the order that it is, it comes to the same.
    pair.here.cancel(number)
    assert (pair.state(number), pair.expected()) == (TransferState.CANCELLED, {})
    number = pair.make(("TEA", 5))
    with pytest.raises(Refused) as no:
        pair.here.act(lambda w: actions.close(w, number))
    assert no.value.code is TransferCode.NOT_NOW
    pair.ship(number)
    with pytest.raises(Refused) as no:
        pair.here.act(lambda w: actions.cancel(w, number))
    assert no.value.code is TransferCode.NOT_NOW
    [box] = pair.ask(select(Parcel).where(Parcel.order_no == number))
    assert box.shipped_at is not None


@pytest.mark.parametrize(
    ("to", "lines", "code"),
    [
        ("nowhere", [("TEA", 1)], TransferCode.UNKNOWN_SITE),
        ("\0", [("TEA", 1)], TransferCode.UNKNOWN_SITE),
        (None, [("TEA", 1)], TransferCode.SAME_SITE),
        ("there", [], TransferCode.NOTHING_TO_DO),
        ("there", [("TEA", 1), ("TEA", 2)], TransferCode.NOTHING_TO_DO),
        ("there", [("NOBODY", 1)], TransferCode.UNKNOWN_ITEM),
        ("there", [("TEA\0", 1)], TransferCode.UNKNOWN_ITEM),
        ("there", [("TEA", 0)], TransferCode.BAD_UNITS),
        ("there", [("TEA", 10**9)], TransferCode.BAD_UNITS),
    ],
)
def test_what_cannot_be_meant_is_refused(two_sites, to, lines, code):
    to = {"there": two_sites.there.site, None: two_sites.here.site}.get(to, to)
    with pytest.raises(Refused) as no:
        two_sites.here.act(lambda w: actions.make(w, to, lines))
    assert no.value.code is code
    assert two_sites.ask(select(Transfer).where(Transfer.site_id == two_sites.here.site)) == []


@pytest.fixture(scope="module")
def two_sites(oms):
    return Pair(oms, names=("W-refusals", "S-refusals"))


def test_a_transfer_is_no_demand(pair):
    number = pair.make(("TEA", 50))
    pair.here.order("O-1", ("TEA", 3))
    with pair.oms.sessions.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        db.execute(
            text("UPDATE sales_order SET placed_at = placed_at - interval '3 days' WHERE site_id = :site"),
            {"site": pair.here.site},
        )
        history.refresh(db, pair.here.site)
        asked = db.scalar(text("SELECT sum(ordered) FROM demand_day WHERE site_id = :site"), {"site": pair.here.site})
    assert asked == 3
    assert pair.ask(select(Order.transfer_to).where(Order.number == number)) == [pair.there.site]


class TransferMachine(RuleBasedStateMachine):
    """Transfers both of whose sites do what they like. What was shipped and came is counted here by heart."""

    nth = count(1)

    def __init__(self, oms):
        super().__init__()
        self.oms = oms

    @initialize()
    def open(self):
        tag = next(self.nth)
        self.pair = Pair(self.oms, names=(f"WM{tag}", f"SM{tag}"))
        self.made, self.sent, self.came, self.closed = [], {}, {}, set()

    def pick(self, nth):
        return self.made[nth % len(self.made)] if self.made else None

    def act(self, what):
        try:
            return self.pair.here.act(what)
        except Refused:
            return None

    @rule(tea=st.integers(1, 6), cup=st.integers(0, 3))
    def make(self, tea, cup):
        self.made.append(self.pair.make(("TEA", tea), *([("CUP", cup)] if cup else [])))

    @rule(nth=NTH, fewer=st.integers(0, 1))
    def ship(self, nth, fewer):
        number = self.pick(nth)
        if number is None or self.pair.here.order_of(number).state is not OrderState.OPEN:
            return
        wanted = {line.sku: line.qty for line in self.pair.lines(number) if line.qty}
        fewer = min(fewer, wanted["TEA"] - 1)
        self.pair.ship(number, fewer)
        self.sent[number] = wanted | {"TEA": wanted["TEA"] - fewer}

    @rule(nth=NTH, sku=st.sampled_from(SKUS), good=st.integers(0, 7), bad=st.integers(0, 2))
    def comes(self, nth, sku, good, bad):
        number = self.pick(nth)
        if number is None or not good + bad:
            return
        id = f"{self.pair.there.site}-{number}-{next(self.pair.ids)}"
        if self.pair.comes(number, sku, good, bad, id=id) is not None:
            assert self.pair.comes(number, sku, good, bad, id=id).again
            self.came[id] = (number, sku, good + bad)

    @rule(nth=NTH)
    def back(self, nth):
        if self.came:
            id = sorted(self.came)[nth % len(self.came)]
            if self.pair.taken_back(id):
                del self.came[id]

    @rule(nth=NTH)
    def over(self, nth):
        number = self.pick(nth)
        if number and self.pair.state(number) in COMING:
            self.pair.enough(number)

    @rule(nth=NTH)
    def cancel(self, nth):
        if number := self.pick(nth):
            self.act(lambda w: actions.cancel(w, number))

    @rule(nth=NTH)
    def close(self, nth):
        number = self.pick(nth)
        if number and self.act(lambda w: actions.close(w, number)) is not None:
            self.closed.add(number)

    @invariant()
    def every_unit_is_somewhere(self):
        if not hasattr(self, "pair"):
            return
        expected = Counter()
        for number in self.made:
            came = Counter()
            for of, sku, units in self.came.values():
                if of == number:
                    came[sku] += units
            state, left = self.pair.state(number), Counter(self.sent.get(number, {}))
            way = {sku: left[sku] - came[sku] for sku in SKUS if left[sku] != came[sku]}
            assert self.pair.on_the_way(number) == ({} if number in self.closed else way)
            lines = self.pair.lines(number)
            assert +Counter({line.sku: line.received + line.damaged for line in lines}) == +came
            if state not in (TransferState.CLOSED, TransferState.CANCELLED):
                base = left if number in self.sent else Counter({line.sku: line.qty for line in lines})
                expected.update({sku: max(0, base[sku] - came[sku]) for sku in SKUS})
        assert self.pair.expected() == dict(+expected)
        there = sum(
            (
                Counter({sku: units})
                for (account, sku, _), units in self.pair.there.balances().items()
                if account.startswith("bin:")
            ),
            Counter(),
        )
        assert there == +sum((Counter({sku: units}) for _, sku, units in self.came.values()), Counter())
        self.pair.here.check_feed()
        self.pair.there.check_feed()

    def teardown(self):
        assert verify(self.oms.engine).findings == []


@pytest.mark.slow
def test_whatever_is_told_of_transfers_every_unit_is_somewhere(oms):
    run_state_machine_as_test(
        lambda: TransferMachine(oms),
        settings=settings(max_examples=4, stateful_step_count=14, phases=[Phase.generate], deadline=None),
    )
