"""Single orders and carts with their exceptions, from the real pick screen to the real books and back over TCP.

Each journey is told as a text: what is released, what the hand does, and what the books say afterwards.
"""

from uuid import uuid4

import pytest
from pytestqt.exceptions import TimeoutError as NeverCame
from sqlalchemy import select

from app.core.messages import Code
from app.core.views import PickStep, PickView
from oms.catalog.models import Bin, Item, ItemCode, Zone
from oms.orders.actions import cancel, release_all
from oms.orders.models import Order, OrderLine
from oms.picking.build import trips_of
from sync.contract.codes import BinKind, Method, OrderState
from sync.contract.rows import WorkRow

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(150)]
CODES = {"TEA": "4006381333931", "CUP": "4006381333948", "JAR": "4006381333955"}
LINKS = pytest.mark.parametrize("link", ["online", "offline"])


@pytest.fixture
def hall(served):
    """TEA in A-01 and B-02, CUP in A-02, JAR in B-01; a case code of six teas; two lanes."""
    house, _ = served

    def more(w):
        w.db.add(Item(site_id=w.site, sku="JAR", name="Jar", weight_g=100))
        for zone in ("B", "P"):
            w.db.add(Zone(site_id=w.site, code=zone))
        w.db.flush()
        for sku, code in CODES.items():
            w.db.add(ItemCode(site_id=w.site, sku=sku, code=code, qty=1))
            w.touch("item", sku)
        w.db.add(ItemCode(site_id=w.site, sku="TEA", code="14006381333938", qty=6))
        places = (
            ("B-01", "B", BinKind.PICK, 100), ("B-02", "B", BinKind.PICK, 110), ("LANE-1", "P", BinKind.LANE, 900),
            ("LANE-2", "P", BinKind.LANE, 901),
        )  # fmt: skip
        for code, zone, kind, seq in places:
            w.db.add(Bin(site_id=w.site, code=code, zone=zone, kind=kind, seq=seq))
            w.touch("bin", code)
        w.move(uuid4().hex, 0, "JAR", "", "supplier", "bin:B-01", 100)

    house.act(more)
    return house


def released(house, method, **orders):
    """Orders let onto the floor by a method: `O1="TEA 2, CUP 1"`."""

    def do(w):
        for number, text in orders.items():
            w.db.add(Order(site_id=w.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name="Ada"))
            w.db.flush()
            for n, line in enumerate(text.split(", "), 1):
                sku, qty = line.split()
                w.db.add(OrderLine(site_id=w.site, order_no=number, line_no=n, sku=sku, qty=int(qty)))
            w.touch("order", number)
        w.db.flush()
        return release_all(w, tuple(orders), trips_of(method, 8))

    return house.act(do)


class Walk:
    """A picker at a real handheld who does what a text says: codes and names of goods are scanned, `>act` presses a button, `?STEP` is
    what the screen must ask for then, `!code` what it must refuse with, `-` cuts the link and `+` mends it."""

    def __init__(self, hand):
        self.hand = hand.sign_in()

    def opens(self, story, order):
        self.hand.go("home")
        self.hand.until(lambda view: any(order in job.title for job in getattr(view, "jobs", ())))
        self.hand.press("next")
        self._waits(
            f"the pick of {story}",
            lambda: self.hand.shell.screen_name() == "pick" and isinstance(self.hand.view, PickView),
        )
        return self

    def _waits(self, what, true):
        try:
            self.hand._until(true)
        except NeverCame as error:
            hand = self.hand
            raise AssertionError(f"{what}: {hand.shell.screen_name()} {hand.refusal} {hand.view}") from error

    def does(self, text):
        for word in text.split():
            self._does(word)
        return self.hand.view

    def _does(self, word):
        hand = self.hand
        if word == "-":
            hand.link.cut()
        elif word == "+":
            hand.link.mend()
            hand.quiet()
        elif word[0] == "?":
            wanted = PickStep(word[1:])
            self._waits(word, lambda: isinstance(hand.view, PickView) and hand.view.step is wanted)
        elif word[0] == "!":
            self._waits(word, lambda: hand.refusal is not None and hand.refusal.code is Code(word[1:]))
        elif word[0] == ">":
            hand.press(word[1:])
        else:
            hand.scan(CODES.get(word, word))
            # Where history says that a line goes wrong easily, each unit is looked at twice.
            if isinstance(hand.view, PickView) and hand.view.step is PickStep.CHECK and word in CODES:
                hand.scan(CODES[word])

    def hears(self, true):
        """Waits until the rows of the handheld say so."""

        def look():
            with self.hand.client.store.look() as u:
                return true(u)

        self._waits("the rows", look)

    def ends(self):
        self.hand.quiet()
        return self


@pytest.fixture
def walk(hall, hands):
    return Walk(hands("Handheld"))


def picked(house, order):
    """(sku, picked, short) of each line of an order."""
    lines = house.ask(select(OrderLine).where(OrderLine.order_no == order).order_by(OrderLine.line_no))
    return [(line.sku, line.picked, line.short) for line in lines]


# --- one order ---

SINGLE = {
    "plain": ({"O1": "TEA 2, CUP 1"}, "T-1 A-01 TEA TEA A-02 CUP LANE-1 ?done", {"O1": [("TEA", 2, 0), ("CUP", 1, 0)]}),
    "wrong bin, wrong item, too many": (
        {"O1": "TEA 2, CUP 1"},
        "T-1 A-02 !wrong_bin A-01 CUP !wrong_item 14006381333938 !too_many TEA TEA A-02 CUP LANE-1 ?done",
        {"O1": [("TEA", 2, 0), ("CUP", 1, 0)]},
    ),
    "a case and a number": (
        {"O1": "TEA 9"},
        "T-1 A-01 14006381333938 >number:4 !too_many >ok >number:3 ?drop LANE-1 ?done",
        {"O1": [("TEA", 9, 0)]},
    ),
    "short, and taken back": (
        {"O1": "TEA 3, CUP 1"},
        "T-1 A-01 TEA >short ?short >short:not_found ?bin >undo ?item TEA TEA ?bin A-02 CUP LANE-1 ?done",
        {"O1": [("TEA", 3, 0), ("CUP", 1, 0)]},
    ),
    "nothing there at all": ({"O1": "JAR 1"}, "T-1 B-01 >short ?short >short:damaged ?done", {"O1": [("JAR", 0, 1)]}),
    "skipped and come back to": (
        {"O1": "TEA 1, CUP 1"},
        "T-1 A-01 >skip ?bin A-02 CUP ?bin A-01 TEA LANE-1 ?done",
        {"O1": [("TEA", 1, 0), ("CUP", 1, 0)]},
    ),
    "tote full": (
        {"O1": "TEA 2, CUP 1"},
        "T-1 A-01 TEA >full ?full T-2 ?item TEA A-02 CUP LANE-1 ?done",
        {"O1": [("TEA", 2, 0), ("CUP", 1, 0)]},
    ),
    "tote full at the lane": (
        {"O1": "TEA 2"},
        "T-1 A-01 TEA >full ?full LANE-1 ?tote T-2 ?item TEA LANE-1 ?done",
        {"O1": [("TEA", 2, 0)]},
    ),
    "taken back at the lane": (
        {"O1": "TEA 2"},
        "T-1 A-01 TEA TEA ?drop >undo ?item TEA LANE-1 ?done",
        {"O1": [("TEA", 2, 0)]},
    ),
    "online: not here, so it joins the walk elsewhere": (
        {"O1": "TEA 1, CUP 1"},
        "T-1 A-01 >short ?short >short:not_found ?bin A-02 CUP ?bin A-03 TEA ?drop LANE-1 ?done",
        {"O1": [("TEA", 1, 0), ("CUP", 1, 0)]},
    ),
}


#: A cart of two orders that both want teas.
TWO = {"O1": "TEA 2, CUP 1", "O2": "TEA 1, JAR 1"}
AFTER = {"O1": [("TEA", 2, 0), ("CUP", 1, 0)], "O2": [("TEA", 1, 0), ("JAR", 1, 0)]}
UP = "C-7 T-1 T-2 ?bin A-01 TEA TEA TEA ?sort"
REST = "?bin A-02 CUP T-1 ?bin B-01 JAR T-2 ?drop LANE-1 ?done"
CLUSTER = {
    "plain": (TWO, f"{UP} T-1 T-2 {REST}", AFTER),
    "wrong slot, wrong tote, undone": (
        TWO,
        f"{UP} C-7-2 !wrong_slot T-2 !wrong_slot C-7-1 >undo ?sort T-1 C-7-2 {REST}",
        AFTER,
    ),
    "totes later, unloaded one by one": (
        TWO,
        "C-7 >walk ?bin A-01 TEA TEA TEA ?sort T-1 T-1 T-2 T-2 ?bin A-02 CUP T-1 ?bin B-01 JAR T-2 ?drop "
        "T-1 LANE-1 T-2 LANE-1 ?done",
        AFTER,
    ),
    "a slot is full": (
        TWO,
        f"{UP} >ask:fits >number:1 T-3 T-3 T-2 ?bin A-02 CUP T-3 ?bin B-01 JAR T-2 ?drop LANE-1 ?done",
        AFTER,
    ),
    "the cart is full": (
        TWO,
        f"{UP} T-1 T-2 ?bin >unload ?drop LANE-1 ?bin A-02 CUP ?sort T-3 T-3 ?bin B-01 JAR ?sort T-4 T-4 ?drop LANE-1 ?done",
        AFTER,
    ),
    "short: the later order goes without and is looked for elsewhere": (
        TWO,
        "C-7 T-1 T-2 ?bin A-01 TEA TEA >short ?short >short:not_found ?sort T-1 " + REST,
        {"O1": [("TEA", 2, 0), ("CUP", 1, 0)], "O2": [("TEA", 0, 0), ("JAR", 1, 0)]},
    ),
}


def tells(hall, walk, method, stories):
    """Walks all stories one after the other at one handheld, each with orders of its own and every second one out of reach of the centre;
    what the books say differently."""
    wrong = {}
    for n, (story, (wants, text, after)) in enumerate(stories.items(), 1):
        numbers = {name: f"{name}-{n}" for name in wants}
        released(hall, method, **{numbers[name]: lines for name, lines in wants.items()})
        walk.opens(story, numbers["O1"])
        words = " ".join(f"{word[:2]}{n}{word[2:]}" if word[:2] in ("T-", "C-") else word for word in text.split())
        walk.does(words if n % 2 or story.startswith("online") else f"- {words} +")
        walk.ends()
        found = {name: picked(hall, numbers[name]) for name in wants}
        if found != after:
            wrong[story] = (after, found)
    return wrong


def test_one_order(hall, walk):
    assert tells(hall, walk, Method.SINGLE, SINGLE) == {}
    hall.check()


def test_several_orders_on_a_cart(hall, walk):
    assert tells(hall, walk, Method.CLUSTER, CLUSTER) == {}
    hall.check()


# --- changes while somebody picks ---


@LINKS
def test_a_cancelled_order_goes_back_bin_by_bin(hall, walk, link):
    before = (hall.balance("bin:A-01"), hall.balance("bin:A-02", "CUP"))
    released(hall, Method.SINGLE, O1="TEA 2, CUP 1")
    walk.opens("cancelled", "O1").does("T-1 A-01 TEA TEA ?bin")
    walk.ends()
    if link == "offline":
        walk.does("-")
    hall.act(lambda w: cancel(w, "O1"))
    if link == "offline":
        # Nobody has told the picker: the cup is taken all the same.
        walk.does("A-02 CUP ?drop +")
        # The picker stands at the bin of the cup: it goes back first.
        walk.does("?back_item CUP ?back_bin A-01")
    walk.does("?back_item")
    assert walk.hand.view.banner is None or walk.hand.view.banner.code is Code.ORDER_TAKEN_AWAY
    walk.does("TEA TEA")
    walk.does("?done")
    walk.ends()
    assert (hall.balance("bin:A-01"), hall.balance("bin:A-02", "CUP")) == before
    assert (hall.balance("tote:T-1"), hall.balance("tote:T-1", "CUP")) == (0, 0)
    assert not [each for each in hall.exceptions() if each.state == "open"]
    hall.check()


def test_one_cancelled_order_of_a_cart_comes_out_of_its_tote(hall, walk):
    before = hall.balance("bin:A-01")
    released(hall, Method.CLUSTER, O1="TEA 2, CUP 1", O2="TEA 1, JAR 1")
    walk.opens("cart", "O1").does("C-7 T-1 T-2 ?bin A-01 TEA TEA TEA ?sort T-1 T-2 ?bin")
    walk.ends()
    hall.act(lambda w: cancel(w, "O1"))
    # The picker still stands at the bin of the teas: they go back at once.
    walk.does("?back_item TEA TEA ?bin B-01 JAR ?sort T-2 ?drop LANE-1 ?done")
    walk.ends()
    assert (hall.balance("tote:T-1"), hall.balance("tote:T-2"), hall.balance("bin:A-01")) == (0, 1, before - 1)
    assert picked(hall, "O2") == [("TEA", 1, 0), ("JAR", 1, 0)]
    assert not [each for each in hall.exceptions() if each.state == "open"]
    hall.check()


def test_work_is_taken_over_by_scanning_its_order(hall, walk, hands):
    released(hall, Method.SINGLE, O1="TEA 2, CUP 1")
    walk.opens("begun", "O1").does("T-1 A-01 TEA")
    walk.ends()
    other = Walk(hands("Second"))
    other.hand.go("home")
    other.hand.scan("O1")
    assert other.hand.refusal.code is Code.OFFER_TAKE_OVER
    other.hand.scan("O1")
    other.does("?tote T-1 ?bin A-01 TEA A-02 CUP ?drop LANE-1 ?done")
    other.ends()
    walk.hears(
        lambda u: all(row.token > u.leases.right(row.id).token for row in u.rows.all(WorkRow) if row.kind == "pick")
    )
    walk.does("TEA !taken_over")
    walk.ends()
    assert picked(hall, "O1") == [("TEA", 2, 0), ("CUP", 1, 0)]
    hall.check()
