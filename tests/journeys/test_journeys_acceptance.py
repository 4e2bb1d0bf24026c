"""The acceptance checks at the end of the description of the flows, on real clients against the real OMS: one test or more for each.

Shown elsewhere at full depth, and not repeated here:
* every form of a keyboard scanner's keys, key by key: `test_ui_wedge.py` and `test_devices_wedge*.py`; here what they do to a pick;
* a process killed after each tone: `test_journeys_kill_client.py` (real process, real OMS), `test_services_kill.py` (every moment);
* answers of the centre that are no success, request by request: `test_sync_told.py`, `test_sync_exchange.py`, `test_sync_patience.py`;
* a supervisor's part in weights and labels, word for word: `test_services_pack.py`.
No stock is kept by the pallet: that path of over-picking does not exist.
The six cases of cartons belong to the bench that makes several parcels.
"""

import time
from collections import Counter
from decimal import Decimal
from uuid import uuid4

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from app.core.messages import Code
from app.core.scan import ScanInput, ScanSource
from app.core.views import HomeView, PackStep, PickStep
from app.flows.duplicates import DuplicateRule
from app.services.api import Weight
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from oms.catalog.models import Bin, Carton, Item, ItemCode, Site, Zone
from oms.feed.models import DeadLetter, Lease, Op, OpSeq
from oms.orders.actions import release
from oms.orders.models import Order, OrderLine
from oms.picking.models import Job, WorkItem
from sync.contract.codes import BinKind, JobKind, JobState, OrderState
from sync.contract.facts import PickConfirm
from sync.contract.rows import OrderRow

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(150)]
TEA, CASE, CUP, MILK = "4006381333931", "14006381333938", "4006381333948", "4006381333962"
TEA_G = 250
GS = "\x1d"


@pytest.fixture
def hall(served):
    """TEA in A-01 and A-03 (six in a case), CUP in A-02, MILK by lot in A-04, a lane."""
    house, _ = served

    def more(w):
        w.db.add(Item(site_id=w.site, sku="MILK", name="Milk", weight_g=None, lot_tracked=True))
        w.db.add(Zone(site_id=w.site, code="P"))
        w.db.flush()
        for code, sku, qty in ((TEA, "TEA", 1), (CASE, "TEA", 6), (CUP, "CUP", 1), (MILK, "MILK", 1)):
            w.db.add(ItemCode(site_id=w.site, sku=sku, code=code.zfill(14), qty=qty))
            w.touch("item", sku)
        for code, zone, kind, seq in (("A-04", "A", BinKind.PICK, 40), ("LANE-1", "P", BinKind.LANE, 900)):
            w.db.add(Bin(site_id=w.site, code=code, zone=zone, kind=kind, seq=seq))
            w.touch("bin", code)
        w.move(uuid4().hex, 0, "MILK", "L7", "supplier", "bin:A-04", 50)

    house.act(more)
    return house


def begins(hand, *texts):
    """Takes the next work and scans its way into it."""
    hand.go("home")
    hand.until(lambda view: getattr(view, "jobs", ()))
    hand.press("next")
    hand._until(lambda: hand.shell.screen_name() == "pick" and hand.view is not None)
    return hand.scan(*texts)


def taken(house, kind="pick.confirm"):
    """Units by article in the facts that the OMS has."""
    units = Counter()
    for op in house.ask(select(Op).where(Op.kind == kind)):
        units[op.body["sku"]] += op.body["qty"]
    return dict(units)


# --- twenty identical scans ---


@pytest.mark.parametrize(
    ("rule", "pauses_ms", "counts"),
    [(DuplicateRule(), (50,), 20), (DuplicateRule(), (15, 85), 10), (DuplicateRule(0, 0), (15, 85), 20)],
    ids=["as fast as the trigger", "each twice with a cool-down", "each twice without"],
)
def test_twenty_scans_of_one_article_in_a_second(hall, hands, rule, pauses_ms, counts):
    hall.order("O1", ("TEA", 30))
    hand = hands("Handheld", duplicates=rule).sign_in()
    begins(hand, "T-1", "A-01")
    before, at = hand.shell.answered(), hand.client.clock.mono() + 1
    for n in range(20):
        hand.shell.bridge.on_scan(ScanInput(TEA, at, None, ScanSource.SERIAL, "corded"))
        at += pauses_ms[n % len(pauses_ms)] / 1000
    hand._until(lambda: hand.shell.answered() == before + 20)
    assert hand.view.in_hand == counts
    hand.quiet()
    assert taken(hall) == {"TEA": counts}
    assert (hall.balance("tote:T-1"), hall.balance("bin:A-01")) == (counts, 10_000 - counts)
    hall.check()


# --- what a keyboard scanner makes of a scan ---

_ALT, _CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
_KEYS = {"\r": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab, GS: Qt.Key.Key_BracketRight, "\x02": Qt.Key.Key_B}


class Keyboard:
    """A scanner that types into the window of a client."""

    def __init__(self, hand):
        self._hand = hand
        self._at, self._last = 10_000.0, 0.0

    def strokes(self, *keys):
        """Keys of 3 ms each: a character, or (key, text, modifiers)."""
        # No hand pulls the trigger twice within the time in which an echo comes.
        now = self._hand.client.clock.mono
        self._hand._until(lambda: now() > self._last + 0.06)
        self._last, self._at = now(), self._at + 500
        for key in keys:
            code, text, held = key if isinstance(key, tuple) else (self._code(key), key, Qt.KeyboardModifier.NoModifier)
            self._at += 3
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, code, held, text)
                event.setTimestamp(int(self._at))
                QApplication.sendEvent(self._hand.shell.windowHandle(), event)

    def _code(self, char):
        if char in _KEYS:
            return _KEYS[char]
        return Qt.Key(ord(char.upper()))


_F13, _ALT_KEY = (Qt.Key.Key_F13, "", Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Alt, "", _ALT)
_MILK = f"01{MILK.zfill(14)}10L7"
#: How one unit of tea is scanned; all of them count one.
ONE_TEA = {
    "with Enter": (*TEA, "\r"),
    "with Tab": (*TEA, "\t"),
    "with two suffixes": (*TEA, "\r", "\n"),
    "prefix STX": ("\x02", *TEA, "\r"),
    "prefix F13": (_F13, *TEA, "\r"),
    "Alt pressed between": (*TEA[:6], _ALT_KEY, *TEA[6:], _ALT_KEY, "\r"),
    "AIM identifier": (*"]E0", *TEA, "\r"),
    "stray Enters around": ("\r", *TEA, "\r", "\r"),
}
#: How one unit of milk with its lot is scanned where the separator decides what the lot is.
ONE_MILK = {
    "GS as a character": (*_MILK, GS, *"301", "\r"),
    "GS as Ctrl+]": (*_MILK, (Qt.Key.Key_BracketRight, "", _CONTROL), *"301", "\r"),
    "GS as F12": (*_MILK, (Qt.Key.Key_F12, "", Qt.KeyboardModifier.NoModifier), *"301", "\r"),
    "GS by its number": (*_MILK, *((Qt.Key(ord(d)), d, _ALT) for d in "029"), *"301", "\r"),
    "GS as a tilde": (*"]C1", *_MILK, "~", *"301", "\r"),
    "AIM identifier of a GS1 symbol": (*"]d2", *_MILK, GS, *"301", "\r"),
}


def test_a_keyboard_scanner_counts_each_unit_once_however_it_types(hall, hands):
    hall.order("O1", ("TEA", 50), ("MILK", 50))
    hand = hands("Handheld", wedge=True).sign_in()
    begins(hand, "T-1", "A-01")
    keyboard, wrong = Keyboard(hand), {}

    def counts(ways):
        for name, keys in ways.items():
            was, heard = hand.view.in_hand, hand.shell.answered()
            keyboard.strokes(*keys)
            hand._until(lambda heard=heard: hand.shell.answered() > heard)
            if hand.view.in_hand != was + 1 or hand.refusal is not None:
                wrong[name] = (hand.view.in_hand - was, hand.refusal)

    counts(ONE_TEA)
    # The second channel of one scanner: keys, and the same over a line of its own.
    was, answered = hand.view.in_hand, hand.shell.answered()
    keyboard.strokes(*TEA, "\r")
    hand.shell.bridge.on_scan(ScanInput(TEA, hand.client.clock.mono(), None, ScanSource.SERIAL, "corded"))
    hand._until(lambda: hand.shell.answered() == answered + 2)
    assert hand.view.in_hand == was + 1
    # No field of the screen takes part: nothing is composed out of keys.
    focus = hand.shell.focusWidget()
    assert focus is None or not focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    hand.press("skip")
    hand.until(lambda view: view.step is PickStep.BIN)
    hand.scan("A-04")
    counts(ONE_MILK)
    assert wrong == {}
    hand.quiet()
    assert taken(hall) == {"TEA": len(ONE_TEA) + 1, "MILK": len(ONE_MILK)}
    hall.check()


# --- too many ---

#: Two more are wanted; each of these is more than that.
SIX = {
    "a case": lambda hand: hand.scan(CASE),
    "a count in the code": lambda hand: hand.scan(f"01{TEA.zfill(14)}306"),
    "a number by hand": lambda hand: hand.press("number:6"),
    "a number by card": lambda hand: hand.scan("FH:QTY:6"),
    "a case twice": lambda hand: hand.scan(CASE, CASE),
    "the scale": lambda hand: on_scale(hand, 6 * TEA_G),
}


def on_scale(hand, grams):
    """Lays something on the counting scale of the cart, and has it counted."""
    hand.shell.bridge.on_weight(Weight(Decimal(grams), True, hand.client.clock.mono(), load=1))
    hand._until(lambda: any(act.intent == "weigh" for act in hand.shell.presenter.state().frame.actions))
    hand.press("weigh")


def weighed(w):
    """What a tea weighs is known."""
    w.db.get_one(Item, (w.site, "TEA")).weight_g = TEA_G
    w.touch("item", "TEA")


def test_too_many_is_the_same_answer_on_every_way_also_offline(hall, hands):
    hall.act(weighed)
    hall.order("O1", ("TEA", 3), ("CUP", 1))
    hand = hands("Handheld").sign_in()
    begins(hand, "T-1", "A-01", TEA)
    found = {}
    for link in ("online", "offline"):
        if link == "offline":
            hand.link.cut()
            hand._until(lambda: not hand.client._status.online)
        for name, does in SIX.items():
            hand.press("ok")
            hand._until(lambda: hand.refusal is None)
            does(hand)
            hand._until(lambda: hand.refusal is not None)
            found[name, link] = (hand.refusal.code, hand.refusal.words, hand.view.in_hand)
    assert set(map(str, found.values())) == {str((Code.TOO_MANY, {"n": 2}, 1))}, found
    # One by one they fit, and not one more.
    hand.scan(TEA, TEA)
    assert hand.view.step is PickStep.BIN
    hand.scan(TEA)
    assert hand.refusal.code is Code.SCAN_BIN_FIRST
    hand.link.mend()
    hand.quiet()
    assert taken(hall) == {"TEA": 3}
    hall.check()


# --- a queue that is not empty ---


def test_who_is_finished_leaves_nothing_behind(hall, hands):
    """The order is finished offline, the person signs out, the program ends: the centre hears all of it, the picks before the drop."""
    hall.order("O1", ("TEA", 2), ("CUP", 1))
    hand = hands("Handheld").sign_in()
    begins(hand, "T-1")
    hand.quiet()
    hand.link.cut()
    assert hand.scan("A-01", TEA, TEA, "A-02", CUP, "LANE-1").step is PickStep.DONE
    hand.press("sign_out")
    hand._until(lambda: hand.shell.screen_name() == "signin")
    with hand.client.store.look() as u:
        waiting = u.journal.pending_count()
    assert waiting >= 4
    hand.client.stop()
    assert taken(hall) == {}
    hand.link.mend()
    again = hands("Handheld", paired=True)
    again.quiet()
    arrived = hall.ask(select(Op.kind).join(OpSeq, OpSeq.op_id == Op.op_id).order_by(OpSeq.seq))
    assert arrived.count("pick.confirm") == 3
    assert arrived.index("job.drop") > max(n for n, kind in enumerate(arrived) if kind == "pick.confirm")
    assert set(hall.outcomes().values()) == {"applied"}
    [packing] = hall.ask(select(Job).where(Job.kind == JobKind.PACK))
    assert sorted((item.sku, item.qty_req) for item in hall.items_of(packing.id)) == [("CUP", 1), ("TEA", 2)]
    hall.check()


def test_a_fact_the_centre_can_never_take_stops_none_behind_it_and_is_shown(hall, hands, expected_log):
    expected_log.append("parked op")
    hall.order("O1", ("TEA", 2), ("CUP", 1))
    hand = hands("Handheld").sign_in()
    begins(hand, "T-1", "A-01")
    hand.quiet()
    hand.link.cut()
    hand.scan(TEA)
    work = hall.ask(select(WorkItem).where(WorkItem.sku == "TEA"))[0]
    with hand.client.store.unit() as u:
        u.record(
            PickConfirm(job=work.job_id, sku="TEA", qty=2**70, from_bin="A-01", tote="T-1"), work.id
        )  # more than any book holds
    hand.scan(TEA, "A-02", CUP, "LANE-1")
    hand.link.mend()
    hand.quiet()
    assert [letter.kind for letter in hall.ask(select(DeadLetter))] == ["pick.confirm"]
    assert Counter(hall.outcomes().values())["parked"] == 1
    assert (hall.balance("tote:T-1"), hall.balance("tote:T-1", "CUP")) == (2, 1)
    assert hall.ask(select(Order.state)) == [OrderState.PICKED]
    hand._until(lambda: hand.shell.notices is not None and hand.shell.notices.first is not None)
    assert hand.shell.notices.first.code is Code.SAVED_SUPPORT_INFORMED


# --- errors stay ---


def test_an_error_stays_until_it_is_answered(hall, hands):
    hall.order("O1", ("TEA", 2), ("CUP", 1))
    hand = hands("Handheld").sign_in()
    begins(hand, "T-1", "A-01", TEA)
    hand.scan(CUP)
    wrong = hand.refusal
    assert wrong.code is Code.WRONG_ITEM
    # The centre goes and comes back, rows come, time passes.
    hand.link.cut()
    hand._until(lambda: not hand.client._status.online)
    hand.link.mend()
    hand.quiet()
    hall.order("O2", ("CUP", 1))
    hand._until(lambda: hand.client.look(lambda u: u.rows.get(OrderRow, "O2")) is not None)
    until = time.monotonic() + 0.3
    hand._until(lambda: time.monotonic() > until)
    assert hand.refusal == wrong
    hand.press("ok")
    hand._until(lambda: hand.refusal is None)
    hand.scan(CUP)
    assert hand.refusal is not None
    assert hand.scan(TEA).step is PickStep.BIN
    assert hand.refusal is None
    hand.quiet()
    assert taken(hall) == {"TEA": 2}


def test_no_old_order_is_left_in_hand_by_a_scan_that_fails(hall, hands):
    hall.order("O1", ("TEA", 2))
    hall.order("O2", ("TEA", 2))
    hand = hands("Handheld").sign_in()
    old = begins(hand, "T-1", "A-01", TEA).order
    [other] = {"O1", "O2"} - {old}
    hand.until(lambda _: hand.client.look(lambda u: len({lease.job for lease in u.leases.held()})) == 2)
    hand.press("leave")
    hand._until(lambda: hand.shell.screen_name() == "home")
    for text in ("O-99", TEA, "A-01", "T-77"):
        hand.scan(text)
        assert (hand.shell.screen_name(), isinstance(hand.view, HomeView)) == ("home", True), text
    hand.scan(other)
    hand._until(lambda: hand.shell.screen_name() == "pick" and hand.view is not None)
    assert (hand.view.order, hand.view.in_hand, hand.view.tote) == (other, 0, None)
    hand.quiet()
    assert taken(hall) == {"TEA": 1}
    hall.check()


# --- split, postponed, taken over ---


def test_after_a_split_each_unit_is_in_one_tote_and_one_packing_job(hall, hands):
    hall.order("O1", ("TEA", 3), ("CUP", 1))
    hand = hands("Handheld").sign_in()
    begins(hand, "T-1", "A-01", TEA)
    hand.press("full")
    hand.until(lambda view: view.step is PickStep.FULL)
    hand.scan("LANE-1")
    assert (hand.view.step, hand.view.tote) == (PickStep.TOTE, None)
    hand.scan("T-2")
    assert (hand.view.tote, hand.view.in_hand, hand.view.take) == ("T-2", 1, 3)
    hand.scan("A-01", TEA, TEA, "A-02", CUP, "LANE-1")
    hand.quiet()
    [packing] = hall.ask(select(Job).where(Job.kind == JobKind.PACK))
    wanted = Counter((item.from_bin, item.sku, item.qty_req) for item in hall.items_of(packing.id))
    assert wanted == Counter({("T-1", "TEA", 1): 1, ("T-2", "TEA", 2): 1, ("T-2", "CUP", 1): 1})
    assert [(item.holder, item.lease_until) for item in hall.items_of(packing.id)] == [(None, None)] * 3
    hall.check()


def test_what_is_left_for_later_comes_again_as_if_nobody_had_begun_it(hall, hands):
    hall.order("O1", ("TEA", 2), ("CUP", 1))
    hand = hands("Handheld").sign_in()
    begins(hand, "T-1", "A-01", TEA)
    hand.press("short")
    hand.until(lambda view: view.step is PickStep.SHORT)
    hand.press("short:pick_later")
    hand.until(lambda view: view.step is PickStep.BIN)
    hand.scan("A-02", CUP, "LANE-1")
    hand.quiet()
    [rest] = hall.ask(select(Job).where(Job.kind == JobKind.PICK, Job.state == JobState.OPEN))
    [item] = hall.items_of(rest.id)
    assert (rest.tote, item.sku, item.qty_req, item.qty_done) == (None, "TEA", 1, 0)
    hand.go("home")
    hand.until(lambda view: [card.id for card in view.jobs] == [rest.id])
    shown = begins(hand, "T-2", "A-01")
    assert (shown.job, shown.tote, shown.in_hand, shown.take, shown.lines_done) == (rest.id, "T-2", 0, 1, 0)
    hand.scan(TEA, "LANE-1")
    hand.quiet()
    [packing] = hall.ask(select(Job).where(Job.kind == JobKind.PACK))
    assert {item.from_bin for item in hall.items_of(packing.id)} == {"T-1", "T-2"}
    hall.check()


def test_after_a_take_over_nothing_is_the_first_person_s_any_more(hall, hands):
    hall.order("O1", ("TEA", 3))
    hand = hands("Handheld").sign_in()
    begins(hand, "T-1", "A-01", TEA)
    hand.quiet()
    other = hands("Second").sign_in()
    other.scan("O1")
    assert other.refusal.code is Code.OFFER_TAKE_OVER
    other.scan("O1")
    other._until(lambda: other.shell.screen_name() == "pick" and other.view is not None)
    assert other.view.step is PickStep.TOTE
    shown = other.scan("T-1")
    assert (shown.step, shown.in_hand, shown.take, shown.tote) == (PickStep.BIN, 1, 3, "T-1")
    mine = other.client.look(lambda u: u.device_id())
    assert hall.ask(select(WorkItem.holder)) == [mine]
    assert hall.ask(select(Lease.device).where(Lease.ended_at.is_(None))) == [mine]
    other.scan("A-01", TEA, TEA, "LANE-1")
    other.quiet()
    hand._until(lambda: hand.client.look(lambda u: u.rows.get(OrderRow, "O1")).state is OrderState.PICKED)
    hand.scan(TEA)
    assert hand.refusal is not None
    hand.quiet()
    assert taken(hall) == {"TEA": 3}
    hall.check()


# --- the bench, with everything around it off ---


@pytest.fixture
def printer(tmp_path):
    """A printer that is switched on until the stations that use it are closed: asked for before `hands`, it ends after them."""
    sim = ZplSim(tmp_path / "labels", PrinterBuild(print_s=0.0))
    sim.start()
    yield sim
    sim.stop()


@pytest.fixture
def bench(printer, hall, hands):
    """A station with a printer; the order O1 of two teas and a milk that nobody ever weighed waits for it in T-1."""

    def boxes(w):
        w.db.add(Carton(site_id=w.site, code="BOX-1", name="box", inner_length_mm=300, inner_width_mm=200, inner_height_mm=200,
                        outer_length_mm=310, outer_width_mm=210, outer_height_mm=210, tare_g=100, max_g=9000))  # fmt: skip
        w.touch("carton", "BOX-1")

    hall.act(boxes)
    hall.act(addressed)
    picker = hands("Handheld").sign_in()
    begins(picker, "T-1", "A-01", TEA, TEA, "A-04", _MILK, "LANE-1")
    assert picker.view.step is PickStep.DONE
    picker.quiet()
    station = hands("Bench", desk=True, lane="LANE-1", printers=((printer.url, "Printer"),)).sign_in()
    station.go("pack")
    station.open("T-1", lambda view: view.step is PackStep.UNITS)
    station.quiet()
    station.printer = printer
    return station


def addressed(w):
    """An order with an address to go to, and the site with one that it comes from."""
    site = w.db.get_one(Site, w.site)
    site.ship_from = ["We", "Here"]
    w.touch("site", w.site)
    w.db.add(
        Order(
            site_id=w.site, number="O1", state=OrderState.OPEN, placed_at=w.now, ship_name="Ada", ship_street="Street 1",
            ship_city="Town", ship_country="NL", carrier="DHL", service="parcel",
        )
    )  # fmt: skip
    w.db.flush()
    for n, (sku, qty) in enumerate((("TEA", 2), ("MILK", 1)), 1):
        w.db.add(OrderLine(site_id=w.site, order_no="O1", line_no=n, sku=sku, qty=qty))
    w.touch("order", "O1")
    w.db.flush()
    assert release(w, "O1").job


def boxed(station, grams):
    """Packs everything, chooses the box, and puts it on the scale."""
    station.scan(TEA, TEA, _MILK, "BOX-1")
    assert station.view.step is PackStep.WEIGHT, station.refusal
    at = station.client.clock.mono()
    station.shell.bridge.on_weight(Weight(Decimal(grams), True, at, load=1))


def ships(station, hall):
    """The label comes out, is scanned back, and the parcel is gone; also in the books."""
    station.until(lambda view: view.step is PackStep.SCAN_BACK)
    station.scan(f"00{station.view.sscc}")
    station.until(lambda view: view.step in (PackStep.WAITING, PackStep.DONE))
    station.link.mend()
    station.quiet()
    assert hall.ask(select(Order.state)) == [OrderState.SHIPPED]
    hall.check()


def test_a_weight_that_nobody_knows_is_learned_and_blocks_nothing(bench, hall):
    boxed(bench, 1234)
    ships(bench, hall)


def test_a_printer_that_is_off_holds_the_parcel_and_it_is_never_called_shipped(bench, hall, expected_log):
    expected_log.append("no link")  # the printer is switched off on purpose
    bench.printer.stop()
    bench._until(
        lambda: any("Printer" in chip.text and chip.text != "Printer" for chip in bench.shell.chrome.strip.chips.chips)
    )
    boxed(bench, 1234)
    bench.until(lambda view: view.step in (PackStep.LABEL, PackStep.LABEL_UNSURE))
    bench.quiet()
    assert hall.ask(select(Order.state)) != [OrderState.SHIPPED]
    bench.printer.start()
    ships(bench, hall)
    assert len(bench.printer.labels) == 1


def test_a_station_without_centre_and_carrier_ships_and_tells_them_later(bench, hall):
    bench.link.cut()
    boxed(bench, 1234)
    bench.until(lambda view: view.step is PackStep.SCAN_BACK)
    assert hall.ask(select(Order.state)) != [OrderState.SHIPPED]
    ships(bench, hall)
