"""Typed orders: what is sent is on the disk first and one order in the end, and the presenter beside a centre that answers late."""

from collections import deque

import pytest

from app.core.messages import Code
from app.core.outcome import Outcome
from app.screens.order_entry import typing
from app.screens.order_entry.presenter import OrderEntryPresenter
from app.screens.presenter import Stage
from app.services.order_entry import AGAIN_S, OrderEntryService
from app.services.order_entry_ports import AddressIn, EntryLine, EntryPayment, EntryPlace, EntryTaken, TypedOrder
from app.services.ports import CentreAway, CentreRefused
from sync.contract.codes import ErrorCode
from tools.shots_entry import CUSTOMERS, ITEMS, CannedEntry, EntryMoment


class Centre:
    """Takes orders, one for each key, or says why not."""

    def __init__(self):
        self.says, self.orders, self.asked, self.there = [], {}, [], True

    def online(self):
        return self.there

    def post(self, path, body, reads, timeout_s):
        assert path == "/v1/order-entry/take"
        self.asked.append(body.order)
        said = self.says.pop(0) if self.says else None
        if isinstance(said, CentreRefused):
            raise said
        number = self.orders.setdefault(body.order.key, f"P{len(self.orders) + 1}")
        if said is not None:
            # It was taken, and the answer got lost.
            raise said
        return EntryTaken(key=body.order.key, number=number, held=False, holds=[], epoch=1, server_time="")


@pytest.fixture
def desk(floor):
    floor.person("supervisor")
    made = OrderEntryService(floor.store, Centre(), floor.clock, lambda: made.rung.append(True))
    made.rung, made.centre = [], made._centre
    return made


def order(key="key-00001", **words):
    return TypedOrder(key=key, placed_at="", **{"name": "Ada", "lines": [EntryLine(sku="TEA", qty=2)], **words})


def test_what_is_taken_is_not_kept_here(desk):
    sent = desk.send(order())
    assert (sent.state, sent.view.number, sent.message.code) == ("taken", "P1", Code.ENTRY_TAKEN)
    assert desk.waiting().view == 0
    assert desk.run() is None
    assert len(desk.centre.asked) == 1


def test_a_lost_answer_makes_one_order(desk):
    desk.centre.says = [CentreAway(), CentreAway()]
    sent = desk.send(order())
    assert (sent.state, sent.message.code, desk.rung) == ("waiting", Code.ENTRY_WAITS, [True])
    assert desk.run() == AGAIN_S
    assert desk.waiting().view == 1
    assert desk.run() is None
    assert desk.waiting().view == 0
    assert desk.centre.orders == {"key-00001": "P1"}
    assert desk.centre.asked == [order()] * 3


def test_away_nobody_is_asked_and_all_go_in_turn_when_it_is_back(desk):
    desk.centre.there = False
    for n in range(3):
        assert desk.send(order(f"key-0000{n}")).state == "waiting"
    assert desk.centre.asked == []
    desk.centre.there = True
    assert desk.run() is None
    assert [one.key for one in desk.centre.asked] == ["key-00000", "key-00001", "key-00002"]


def test_what_is_never_taken_is_said_and_not_sent_again(desk):
    desk.centre.says = [CentreRefused(ErrorCode.TOO_LARGE)]
    sent = desk.send(order())
    assert (sent.state, sent.message.code) == ("refused", Code.ENTRY_REFUSED)
    assert desk.waiting().view == 0


def test_it_waits_for_somebody_who_may_send_it(desk, floor):
    desk.centre.says = [CentreRefused(ErrorCode.FORBIDDEN)]
    assert desk.send(order()).state == "waiting"
    assert desk.waiting().view == 1
    assert desk.run() is None
    assert desk.centre.orders == {"key-00001": "P1"}


def test_what_is_being_typed_is_kept_for_who_types_it_until_it_is_sent(desk, floor):
    assert desk.kept().view is None
    desk.keep(order())
    desk.keep(order(note="Ring first"))
    again = OrderEntryService(floor.store, Centre(), floor.clock, lambda: None)
    assert again.kept().view == order(note="Ring first")
    # Another order takes its place, and one with nothing in it leaves nothing.
    desk.keep(order("key-00002"))
    assert again.kept().view == order("key-00002")
    desk.keep(TypedOrder(key="key-00003", placed_at="now"))
    assert again.kept().view is None
    desk.keep(order())
    assert desk.send(order()).state == "taken"
    assert again.kept().view is None
    desk.keep(order())
    desk.centre.there = False
    assert desk.send(order()).state == "waiting"
    assert (again.kept().view, desk.waiting().view) == (None, 1)


def test_what_was_being_typed_is_nobody_elses(desk, floor):
    desk.keep(order())
    floor.person("supervisor", id="other")
    assert desk.kept().view is None
    # Whoever types next has the place.
    desk.keep(order("key-00002"))
    assert desk.kept().view == order("key-00002")


class Later:
    """A worker whose jobs wait until the test lets the oldest one run."""

    def __init__(self):
        self.jobs = deque()

    def submit(self, job, done, failed=None):
        self.jobs.append((job, done))

    def run(self):
        while self.jobs:
            job, done = self.jobs.popleft()
            done(job())


class Canned:
    def __init__(self, moment):
        self.moment = moment


class Moment:
    view = EntryMoment()


class Still:
    def mono(self):
        return 1.0


class Typing:
    """The presenter with what it asked, said, and where it went."""

    def __init__(self, kept=None):
        """`kept`: what was being typed when the program ended."""
        self.entry, self.network, self.said, self.shown = CannedEntry(Canned(Moment())), Later(), [], []
        self.store = Later()
        self.entry.kept = lambda: Outcome("kept", kept)
        stage = Stage(
            self.store, self.network, Still(), lambda _s: None, self.said.append, lambda _s: None, lambda *_: None
        )
        self.presenter = OrderEntryPresenter(stage, self.entry, self.shown.append)
        self.presenter.enter()
        self.network.run()

    def press(self, *intents):
        for intent in intents:
            self.presenter.on_intent(intent)
        return self.presenter.state()

    def does(self, *intents):
        for intent in intents:
            self.press(intent)
            self.network.run()
        return self.presenter.state()


@pytest.fixture
def typed():
    return Typing()


def test_an_item_is_added_with_how_many_and_again_on_its_line(typed):
    state = typed.does("entered:3*TEA-EG", "entered:TEA-EG", "entered:CUP-BL")
    assert [(one.sku, one.qty) for one in state.order.lines] == [("TEA-EG", 4), ("CUP-BL", 1)]
    assert [(one.looked.sku, one.looked.free) for one in state.rows] == [("TEA-EG", 40), ("CUP-BL", 0)]


def test_what_was_typed_is_kept_at_once_and_there_again(typed):
    kept = []
    typed.entry.keep = kept.append
    typed.does("entered:3*TEA-EG", "extras", "pick:option gift")
    typed.store.run()
    assert [(len(one.lines), one.gift) for one in kept] == [(1, False), (1, True)]
    again = Typing(kept[-1])
    again.store.run()
    again.network.run()
    state = again.presenter.state()
    assert (state.order, [one.looked.sku for one in state.rows]) == (kept[-1], ["TEA-EG"])
    # Who was quicker than the disk goes on with what they type.
    quick = Typing(kept[-1])
    quick.does("entered:CUP-BL")
    quick.store.run()
    assert [one.sku for one in quick.presenter.state().order.lines] == ["CUP-BL"]


def test_of_several_that_fit_the_one_stood_on_is_taken(typed):
    state = typed.does("typed:earl")
    assert [one.sku for one in state.rows] == ["TEA-EG", "TEA-EG-250"]
    state = typed.does("step:1", "entered:earl")
    assert [one.sku for one in state.order.lines] == ["TEA-EG-250"]


def test_an_answer_to_what_was_typed_before_is_dropped(typed):
    typed.press("typed:earl")
    typed.press("typed:cup")
    typed.network.run()
    assert [one.sku for one in typed.presenter.state().rows] == ["CUP-BL"]
    typed.press("entered:TEA-EG")
    typed.press("customer")
    typed.network.run()
    assert typed.presenter.state().order.lines == []


def test_pressed_twice_it_is_sent_once_and_shown(typed):
    typed.does("entered:TEA-EG", "customer", "typed:ada", "entered:ada")
    typed.network.jobs.clear()
    typed.press("send", "send", "entered:CUP-BL")
    typed.network.run()
    assert typed.shown == ["P100101"]
    assert typed.presenter.state().order.lines == []


def test_without_items_or_customer_it_stays(typed):
    typed.does("send")
    assert typed.presenter.refusal.code is Code.ENTRY_NO_LINES
    typed.press("ok")
    typed.does("entered:TEA-EG", "send")
    assert typed.presenter.refusal.code is Code.ENTRY_NO_NAME
    assert typed.shown == []


def test_a_quantity_of_nothing_takes_the_line_out_and_who_is_gone_leaves_nothing(typed):
    state = typed.does("entered:TEA-EG", "pick:line 1")
    assert state.question.field.value == "1"
    assert typed.does("entered:7").order.lines[0].qty == 7
    assert typed.does("pick:line 1", "entered:0").order.lines == []
    typed.does("entered:TEA-EG", "customer", "typed:ada", "entered:ada")
    typed.presenter.forget()
    state = typed.presenter.state()
    assert (state.order.name, state.order.lines, state.look) == ("", [], None)


def test_fetched_paid_and_a_gift(typed):
    state = typed.does(
        "entered:TEA-EG", "way", "pick:option S", "pay", "pick:option at_till", "extras", "pick:option gift"
    )
    assert (state.order.pick_up_site, state.order.payment, state.order.gift) == ("S", EntryPayment.AT_TILL, True)
    state = typed.does("pick:option note", "entered:Ring first")
    assert state.order.note == "Ring first"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("TEA", (1, "TEA")),
        ("3*TEA", (3, "TEA")),
        ("12 x Earl Grey", (12, "Earl Grey")),
        ("0*TEA", (1, "0*TEA")),
        ("3*", (1, "3*")),
    ],
)
def test_how_many_of_what(text, meant):
    assert typing.times(text) == meant


def test_a_known_customer_brings_the_address_and_a_new_one_is_asked():
    made = typing.of_customer(order(), CUSTOMERS[0])
    assert (made.customer, made.ship_to.city) == (CUSTOMERS[0].number, "Utrecht")
    assert [one.value for one in typing.new_customer("bob@example.org").fields] == ["", "", "bob@example.org"]
    assert [one.value for one in typing.new_customer("Bob").fields] == ["Bob", "", ""]
    assert [one.key for one in typing.way((EntryPlace(site="S", name="Store"),)).options] == ["", "S"]
    assert typing.address(order()).fields[-1].value == "NL"
    assert AddressIn() == order().ship_to


def test_an_order_is_never_longer_than_the_centre_takes():
    full = order(lines=[EntryLine(sku=f"S{n}") for n in range(typing.MOST_LINES)])
    assert typing.with_item(full, ITEMS[0].sku, "", 1) is None
    assert typing.with_item(full, "S3", "", 1).lines[3].qty == 2
    assert typing.with_item(full, "S3", "", typing.MOST) is None
