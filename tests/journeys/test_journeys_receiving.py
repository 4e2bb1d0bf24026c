"""Goods that come in, from the real screen to the real books and back over TCP: received, labelled, put away and counted, also without a
network."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import select

from app.core.messages import Code
from app.core.views_receive import LabelsStand, ReceiveStep
from app.core.views_work import TaskStep
from devices.model import Reason
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from oms.catalog.models import Bin, Item, ItemCode, Zone
from oms.feed.models import FloorException
from oms.inventory.models import Lot, StockMove
from oms.picking.models import WorkItem
from oms.picking.taskwork import ask_count
from oms.promise.models import ExpectedReceipt, ReceiptState
from oms.purchasing import actions, keeping
from oms.purchasing.codes import BuyState
from oms.purchasing.keeping import PriceSaid, SupplierItemSaid, SupplierSaid
from oms.purchasing.models import PurchaseLine, PurchaseOrder
from sync.contract.codes import BinKind, JobKind
from tools.labels.decode import decode, render_zpl

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(200)]
CODES = {"TEA": "4006381333931", "CUP": "4006381333948", "JAM": "4006381333955"}
TEA, CUP, JAM = CODES.values()


@pytest.fixture
def dock(served):
    """A dock, a quarantine, JAM with lots and days, and a supplier of all three."""
    house, _ = served

    def more(w):
        w.db.add(Item(site_id=w.site, sku="JAM", name="Jam", weight_g=100, lot_tracked=True, expiry_tracked=True))
        w.db.add(Zone(site_id=w.site, code="IN"))
        w.db.flush()
        for sku, code in CODES.items():
            w.db.add(ItemCode(site_id=w.site, sku=sku, code=code.zfill(14), qty=1))
            w.touch("item", sku)
        for code, kind in (("DOCK", BinKind.LANE), ("BAD", BinKind.QUARANTINE)):
            w.db.add(Bin(site_id=w.site, code=code, zone="IN", kind=kind, seq=900))
            w.touch("bin", code)
        keeping.keep_suppliers(
            w, [SupplierSaid(code="TEACO", name="Tea & Co", email="o@tea.example", over_percent=10, under_percent=10)]
        )
        prices = [PriceSaid(units=1, price=Decimal(2))]
        keeping.keep_items(w, [SupplierItemSaid(supplier="TEACO", sku=sku, prices=prices) for sku in CODES])
        number = actions.make(w, "TEACO", [("TEA", 10), ("CUP", 4), ("JAM", 3)])
        actions.send(w, number)
        return number

    house.number = house.act(more)
    return house


@pytest.fixture
def printer(tmp_path):
    """A label printer by TCP, simulated to the byte; keeps what it prints. Asked for before `hands`: it ends after its stations."""
    made = ZplSim(tmp_path / "labels", PrinterBuild(print_s=0.0))
    made.start()
    yield made
    made.stop()


def labelled(hand, printer, number=""):
    """Has what was put down last labelled, once for all of it or `number` of a unit each; what scanners read on each label."""
    before = len(printer.labels)
    QTest.keyClick(hand.shell, Qt.Key.Key_F7)
    hand.until(lambda view: view.step is ReceiveStep.LABELS)
    for key in number:
        QTest.keyClick(hand.shell.focusWidget(), key)
    QTest.keyClick(hand.shell.focusWidget(), Qt.Key.Key_Return if number else Qt.Key.Key_F5)
    hand.until(lambda view: view.step is ReceiveStep.GOODS and view.labels is LabelsStand.PRINTED)
    drawn = [render_zpl(label.zpl, "zplkit", 101.6, 50.8, 8) for label in printer.labels[before:]]
    return [text.decode() for png in drawn for _, text in decode(png)]


def expected(house):
    rows = house.ask(select(ExpectedReceipt).where(ExpectedReceipt.state == ReceiptState.EXPECTED))
    return {row.sku: row.qty - row.received for row in rows if row.qty > row.received}


def came(house):
    """(item, units, where) of what came from suppliers to the dock or quarantine, less what was taken back."""
    found = {}
    for move in house.ask(select(StockMove)):
        for place, sign in ((move.to_account, 1), (move.from_account, -1)):
            other = move.from_account if sign > 0 else move.to_account
            if other == "supplier" and place in ("bin:DOCK", "bin:BAD"):
                found[move.sku, place] = found.get((move.sku, place), 0) + sign * move.qty
    return {key: units for key, units in found.items() if units}


@pytest.mark.parametrize("link", ["online", "offline"])
def test_a_delivery_is_received_labelled_put_away_and_counted(dock, printer, hands, link):
    hand = hands("Handheld", printers=((printer.url, "Printer"),)).sign_in()
    hand.go("receive")
    hand.until(lambda view: [card.order for card in view.expected] == [dock.number])
    shown = hand.scan(dock.number)
    assert (shown.step, shown.sender, shown.open) == (ReceiveStep.GOODS, "Tea & Co", 17)
    if link == "offline":
        hand.link.cut()
    hand.scan(TEA)
    hand.press("ask_number")
    hand.press("typed:8")
    hand.until(lambda view: view.in_hand == 8)
    hand.press("broken")
    hand.until(lambda view: view.hand[0].damaged == 1)
    shown = hand.scan("DOCK")
    assert (shown.in_hand, shown.open) == (0, 9)
    # One label for the seven that are whole.
    [of_tea] = labelled(hand, printer)
    assert of_tea == f"020{TEA}377"
    # A lot and a day, typed; then the place.
    assert hand.scan(JAM).step is ReceiveStep.LOT
    assert hand.scan("L-7").step is ReceiveStep.DAY
    hand.press("typed:991332")
    hand._until(lambda: hand.refusal is not None)
    assert hand.refusal.code is Code.RECEIVE_BAD_DAY
    hand.press("typed:301200")
    hand.until(lambda view: view.step is ReceiveStep.GOODS)
    hand.scan("DOCK")
    # Its label knows what was typed: scanned it is the item, the lot and the day.
    [of_jam] = labelled(hand, printer, "1")
    assert of_jam == f"010{JAM}1730123110L-7"
    assert [(line.qty, line.lot) for line in hand.scan(of_jam).hand] == [(1, "L-7")]
    hand.press("undo")
    hand.until(lambda view: view.in_hand == 0)
    # A mistake: those cups never came.
    hand.scan(CUP, "DOCK")
    hand.press("undo")
    hand.until(lambda view: view.open == 8)
    # An item of no order is refused here.
    hand.scan("NOTHING")
    assert hand.refusal is not None
    hand.press("finish")
    hand.until(lambda view: view.step is ReceiveStep.DONE)
    if link == "offline":
        assert came(dock) == {}
        hand.link.mend()
    hand.quiet()
    assert came(dock) == {("TEA", "bin:DOCK"): 7, ("TEA", "bin:BAD"): 1, ("JAM", "bin:DOCK"): 1}
    # TEA lacks 2 of 10, JAM 2 of 3, CUP all of 4.
    assert expected(dock) == {"TEA": 2, "JAM": 2, "CUP": 4}
    [order] = dock.ask(select(PurchaseOrder))
    assert order.state is BuyState.PARTLY
    assert {line.sku: (line.received, line.damaged) for line in dock.ask(select(PurchaseLine))} == {
        "TEA": (7, 1), "CUP": (0, 0), "JAM": (1, 0)
    }  # fmt: skip
    assert [(lot.lot, lot.expiry.isoformat()) for lot in dock.ask(select(Lot)) if lot.sku == "JAM"] == [
        ("L-7", "2030-12-31")
    ]
    short = dock.ask(select(FloorException).where(FloorException.kind == "delivery_short"))
    assert {one.params["sku"] for one in short} == {"TEA", "JAM"}
    # Put away where the same item lies.
    tasks = {task.sku: task for task in dock.ask(select(WorkItem).where(WorkItem.kind == JobKind.PUT_AWAY))}
    assert (tasks["TEA"].qty_req, tasks["TEA"].to_place) == (7, "A-01")
    hand.press("leave")
    hand.go("tasks")
    hand.until(lambda view: {task.kind for task in view.tasks} == {"put_away"})
    hand.open(TEA, lambda view: view.step is TaskStep.FROM)
    hand.scan("DOCK")
    if link == "offline":
        hand.link.cut()
    # The label says how many there are.
    assert (hand.scan(of_tea).step, hand.view.hand) == (TaskStep.TO, 7)
    assert hand.scan("A-01").step is TaskStep.DONE
    hand.link.mend()
    hand.quiet()
    hand._until(lambda: (dock.balance("bin:DOCK"), dock.balance("bin:A-01")) == (0, 10_007))
    # And counted, one more than the books say.
    dock.act(lambda w: ask_count(w, "A-01", "TEA"))
    hand._until(
        lambda: any(task.kind == "count" for task in hand.view.tasks) or (hand.go("home") and hand.go("tasks") and None)
    )
    hand.open("A-01", lambda view: view.step is TaskStep.COUNT)
    if link == "offline":
        hand.link.cut()
    hand.scan(TEA)
    hand.press("number")
    hand.until(lambda view: view.step is TaskStep.NUMBER)
    hand.press("typed:10008", "finish")
    hand.until(lambda view: view.step is TaskStep.DONE)
    hand.link.mend()
    hand.quiet()
    hand._until(lambda: dock.balance("bin:A-01") == 10_008)
    dock.check()


def test_goods_that_nobody_expects_are_booked_and_a_supervisor_looks(dock, printer, hands):
    hand = hands("Handheld", printers=((printer.url, "Printer"),)).sign_in()
    hand.go("receive")
    hand.until(lambda view: view.expected)
    hand.scan("PO-UNKNOWN")
    assert hand.refusal.code is Code.RECEIVE_NOT_HERE
    hand.press("blind")
    hand.until(lambda view: view.step is ReceiveStep.GOODS and not view.named)
    hand.link.cut()
    hand.scan(CUP, CUP, "DOCK")
    # A label that does not come out is told wherever one is; the goods stay booked, and it is printed when somebody asks again.
    printer.fault(Reason.COVER_OPEN, True)
    hand.press("labels", "one_label")
    hand.until(lambda view: view.labels is LabelsStand.PRINTING)
    hand.go("home")
    queue = hand.client.hub.prints
    hand._until(lambda: any(queue.cancel(report.job_id, "somebody") for report in queue.reports()))
    hand._until(lambda: hand.shell.notices.first is not None)
    assert hand.shell.notices.first.code is Code.GOODS_LABEL_FAILED
    hand.press("ok")
    printer.repair()
    hand.go("receive")
    hand.until(lambda view: view.labels is LabelsStand.FAILED)
    assert (hand.view.in_hand, printer.labels) == (0, [])
    assert labelled(hand, printer) == [f"020{CUP}372"]
    hand.link.mend()
    hand.quiet()
    # The one order that waits for cups gets them.
    assert came(dock) == {("CUP", "bin:DOCK"): 2}
    assert expected(dock)["CUP"] == 2
