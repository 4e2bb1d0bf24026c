"""Two handhelds with real windows, the server away: what one shows is read off its screen, typed into the other, and work goes on there.
Afterwards the server hears of it in either order, and its books are exact."""

import time

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage

from app.bootstrap import Client, Place, pair_place
from app.core.messages import Code
from app.core.scan import ScanInput
from app.core.views import PickStep
from app.demo.seats import WedgeSeat
from app.demo.show import KeptInMemory
from app.screens.preferences import Preferences
from oms.catalog.models import Bin
from sync.contract.codes import BinKind
from sync.contract.pairing import PairingText

pytestmark = pytest.mark.postgres


class Handheld(WedgeSeat):
    """A handheld on a link of its own, and the hand that holds it."""

    def __init__(self, warehouse, link, spki, folder, until, name):
        self.link, self.until = link, until
        place = Place(folder / name, name)
        told = PairingText((link.address,), warehouse.oms.cluster_id, spki, warehouse.code(name))
        pair_place(place, told.text())
        super().__init__(Client(place, KeptInMemory(Preferences(volume=0))))
        self.client.start()

    def away(self):
        """Out of reach of the server."""
        self.link.closed = True
        self.link.cut()

    def back(self):
        """In reach again."""
        self.link.closed = False

    def reads(self, text):
        """A scan that types, and its answer on the screen."""
        before = self.answered()
        self.scan(text)
        self.until(lambda: self.answered() > before)

    def hears(self, text):
        """A scan of a corded scanner, and its answer on the screen."""
        before = self.answered()
        self.client.shell.bridge.on_scan(ScanInput(text, time.monotonic()))
        self.until(lambda: self.answered() > before)

    def shows(self):
        """The text of the code on the screen, read with a camera."""
        picture = self.client.shell.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        size = (picture.width(), picture.height())
        image = Image.frombuffer("RGB", size, bytes(picture.constBits()), "raw", "RGB", picture.bytesPerLine(), 1)
        found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
        return found[0].text if found else None

    def films(self):
        """All pictures, one after the other as "next" shows them."""
        self.press("hold")
        texts = []
        for _ in range(self.view().count):
            texts.append(self.until(lambda: (text := self.shows()) not in texts and text))
            self.press("next")
        return texts

    def work(self):
        """Scans what the pick screen asks for, once."""
        view = self.view()
        wanted = {PickStep.TOTE: "T-1", PickStep.BIN: view.bin, PickStep.DROP: "LANE-1"}
        self.hears(wanted.get(view.step) or view.item.sku)

    def waiting(self):
        return self.client.look(lambda u: u.journal.pending_count())

    def signs_in(self):
        self.until(lambda: self.screen() == "signin")
        self.hears("B-1")
        self.until(lambda: self.screen() == "home")


@pytest.fixture
def hands(qapp, qtbot, live, link, warehouse, tmp_path, monkeypatch):
    """A job of two lines, picked half by the first of two handhelds; then the server is away for both."""
    monkeypatch.setattr("app.bootstrap.sources_here", lambda: ())

    def lane(w):
        w.db.add(Bin(site_id=warehouse.site, code="LANE-1", zone="A", kind=BinKind.LANE, seq=90))
        w.touch("bin", "LANE-1")

    def until(condition):
        __tracebackhide__ = True
        found = []
        qtbot.waitUntil(lambda: bool(found.append(condition()) or found[-1]), timeout=20_000)
        return found[-1]

    warehouse.act(lane)
    second = type(link)(live.port)
    job = warehouse.order("O-1", ("TEA", 2), ("CUP", 2))
    giver = Handheld(warehouse, link, live.tls.spki, tmp_path, until, "Handheld 1")
    taker = Handheld(warehouse, second, live.tls.spki, tmp_path, until, "Handheld 2")
    giver.signs_in()
    until(lambda: giver.view() and giver.view().jobs)
    taker.signs_in()
    until(lambda: taker.client.look(lambda u: u.hand_overs.trust()))
    giver.press("next")
    until(lambda: giver.screen() == "pick" and giver.view())
    for hand in (giver, taker):
        hand.away()
    # Tote, bin and one of the two.
    for _ in range(3):
        giver.work()
    yield giver, taker, warehouse, job
    for hand in (giver, taker):
        hand.client.stop()
    second.end()


def hand_over(giver, taker):
    """From the menu of one to the pick screen of the other."""
    giver.press("hand_over")
    giver.until(lambda: giver.screen() == "handover" and giver.view())
    giver.press("give")
    giver.until(lambda: giver.view().page == "show")
    texts = giver.films()
    # Any order; the first brings the screen by itself.
    for n, text in enumerate([*texts[1::2], *texts[::2]]):
        (taker.reads if n < 2 else taker.hears)(text)
    taker.until(lambda: taker.screen() == "handover" and taker.view().page == "taken")
    return texts


def finish(taker):
    """The rest of the job, to the lane."""
    taker.press("work")
    taker.until(lambda: taker.screen() == "pick" and taker.view())
    assert (taker.view().step, taker.view().in_hand, taker.view().tote) == (PickStep.ITEM, 1, "T-1")
    while taker.view().step is not PickStep.DONE:
        taker.work()


@pytest.mark.parametrize("first", ["taker", "giver"])
def test_from_screen_to_screen_and_exact_in_the_end(hands, first):
    giver, taker, warehouse, job = hands
    hand_over(giver, taker)
    giver.hears("TEA")
    assert giver.refusal().code is Code.HAND_OVER_WRONG_CODE
    giver.press("ok")

    receipt = taker.until(taker.shows)
    giver.hears(receipt)
    assert giver.view().page == "given"
    giver.press("leave")
    giver.until(lambda: giver.screen() == "home" and giver.view().jobs == ())
    finish(taker)

    order = (taker, giver) if first == "taker" else (giver, taker)
    for hand in order:
        hand.back()
        hand.until(lambda hand=hand: not hand.waiting())

    assert {item.sku: item.qty_done for item in warehouse.items_of(job)} == {"TEA": 2, "CUP": 2}
    assert (warehouse.balance("tote:T-1"), warehouse.balance("tote:T-1", "CUP")) == (2, 2)
    assert set(warehouse.outcomes().values()) == {"applied"}
    warehouse.check()
    assert giver.client.look(lambda u: [one.action for one in u.notices.waiting()]) == []
