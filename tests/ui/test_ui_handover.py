"""The hand-over in the window: how one gets there, what a camera reads off it, and the word about the battery."""

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage

from app.core.handover import Collected, add, read
from app.core.messages import Code
from app.core.scan import ScanInput
from app.ui.acts import act_of_key


def camera(shell):
    """The text of the code on the screen."""
    picture = shell.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size = (picture.width(), picture.height())
    image = Image.frombuffer("RGB", size, bytes(picture.constBits()), "raw", "RGB", picture.bytesPerLine(), 1)
    found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
    return found[0].text if found else None


@pytest.mark.parametrize("size", ["handheld", "desk", "narrow"])
def test_every_picture_is_read_off_the_screen(show, size):
    shell = show("handover-show", size=size, theme="dark")
    shell.press("hold")
    found = Collected()
    for _ in range(shell.service_view().count):
        found = add(found, read(camera(shell)))
        shell.press("next")
    assert found.complete is not None


@pytest.mark.parametrize("size", ["handheld", "desk", "narrow"])
def test_the_code_that_ends_it_is_read_off_the_screen(show, size):
    shell = show("handover-taken", size=size, theme="dark")
    assert camera(shell) == "FHXR471903"


def test_a_picture_scanned_on_any_screen_of_work_opens_it(show):
    shell = show("pick")
    shell.on_scan(ScanInput("FHX1AAAA", 0.0))
    assert shell.screen_name() == "handover"
    shell = show("signin")
    shell.on_scan(ScanInput("FHX1AAAA", 0.0))
    assert shell.screen_name() == "signin"


def test_menu_key_and_card_lead_there_and_back(show):
    shell = show("home")
    for way in (
        lambda: shell.press("hand_over"),
        lambda: shell.on_scan(ScanInput("FH:HANDOVER", 0.0)),
        lambda: shell.press(act_of_key(shell.chrome.acts(), "F7", signed_in=True)),
    ):
        way()
        assert shell.screen_name() == "handover"
        shell.press("leave")
        assert shell.screen_name() == "home"


def test_an_empty_battery_offers_it_once(show, monkeypatch):
    shell = show("home")
    said = []
    monkeypatch.setattr(shell, "say", said.append)
    for percent in (30, 9, 8, 7, 7, None, 20, 5):
        shell.on_battery(percent)
    assert [message.code for message in said] == [Code.HAND_OVER_BATTERY] * 2


def test_pictures_run_only_while_they_are_seen(show, qtbot):
    shell = show("handover-show")
    first = camera(shell)
    shell.press("faster")
    shell.press("faster")
    qtbot.waitUntil(lambda: camera(shell) not in (None, first))
    view = shell._views["handover"]
    assert view._clock.isActive()
    shell.go("settings")
    assert not view._clock.isActive()
