"""The device set-up screen in a real window: the list beside the device at a desk, the code on the screen, keys, and no lost scan."""

import io
import threading

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtTest import QTest

from app.screens.preferences import THEMES
from devices.codecs.layouts import TEST_CODE
from tools.shots_devices import BENCH_SCALE, CORDED, WORKING, ZEBRA


def picture(shell):
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    shell.grab().toImage().save(buffer, "PNG")
    return Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("L")


def screen(shell):
    return shell._views["devices"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", ["handheld", "desk"])
def test_the_code_on_the_screen_can_be_scanned_off_it(show, size, theme):
    read = zxingcpp.read_barcodes(
        picture(show("devices-keyboard", size=size, theme=theme)), text_mode=zxingcpp.TextMode.Plain
    )
    assert [code.text for code in read] == [TEST_CODE]


def test_at_a_desk_the_list_stays_beside_the_device(show):
    view = screen(show("devices-scale", size="desk"))
    assert view._list.isVisible()
    assert view._page.isVisible()
    assert view._list.geometry().right() < view._page.geometry().left()
    assert [row.chosen for row in view._rows] == [
        card.key == BENCH_SCALE.key for card in (*WORKING.devices, *WORKING.found)
    ]


def test_on_a_handheld_it_is_the_one_or_the_other(show):
    assert not screen(show("devices-scale"))._list.isVisible()
    assert not screen(show("devices"))._page.isVisible()


def test_where_not_all_fits_the_weight_comes_first(show):
    small = screen(show("devices-scale", language="de", text_size=200))
    assert small._cards[1].y() < small._cards[0].y()
    large = screen(show("devices-scale"))
    assert large._cards[0].y() < large._cards[1].y()


@pytest.mark.parametrize("name", ["devices-printer-faulty", "devices-no-rights"])
def test_what_is_wrong_comes_first_at_any_size(show, name):
    view = screen(show(name, language="de", text_size=200))
    assert view._cards[0].y() == 0


def test_every_device_is_reached_by_its_key_and_left_by_escape(show):
    shell = show("devices", size="desk")
    for key, card in ((Qt.Key.Key_1, CORDED), (Qt.Key.Key_2, BENCH_SCALE), (Qt.Key.Key_3, ZEBRA)):
        QTest.keyClick(shell.windowHandle(), key)
        assert shell.presenter.state().device.key == card.key
    QTest.keyClick(shell.windowHandle(), Qt.Key.Key_Escape)
    assert shell.presenter.state().page == "list"
    QTest.keyClick(shell.windowHandle(), Qt.Key.Key_F4)
    assert shell.presenter.state().page == "type"
    QTest.keyClick(shell.windowHandle(), Qt.Key.Key_Escape)
    assert shell.presenter.state().page == "list"
    QTest.keyClick(shell.windowHandle(), Qt.Key.Key_Escape)
    assert shell.screen_name() == "settings"


def test_settings_have_the_door_and_the_way_back_ends_where_it_began(show):
    shell = show("pack", size="desk")
    shell.press("settings")
    QTest.keyClick(shell.windowHandle(), Qt.Key.Key_F3)
    assert shell.screen_name() == "devices"
    shell.press("leave")
    shell.press("leave")
    assert shell.screen_name() == "pack"


def test_an_address_is_typed_with_keys_of_the_screen(show):
    shell = show("devices-type")
    pad = screen(shell)._pad
    for button in pad._keys.buttons:
        if button.accessibleName() in ("1", "0", "."):
            button.click()
    assert pad.line.text() == "1.0"


def test_a_thousand_weights_are_one_look_of_the_screen(show, qtbot, monkeypatch):
    shell = show("devices-scale")
    looks = []
    monkeypatch.setattr(type(shell.presenter._desk), "view", lambda desk: looks.append(1) or WORKING)
    shell.bridge.listen(shell)
    thread = threading.Thread(target=lambda: [shell.bridge.on_desk() for _ in range(1000)])
    thread.start()
    thread.join()
    assert not looks  # nothing is drawn on the thread of a device
    qtbot.waitUntil(lambda: len(looks) == 1)
    qtbot.wait(60)
    assert len(looks) == 1
    shell.bridge.on_desk()
    qtbot.waitUntil(lambda: len(looks) == 2)


def test_while_another_screen_is_in_front_nobody_looks(show, qtbot, monkeypatch):
    shell = show("pack")
    looks = []
    devices = shell._presenters["devices"]
    monkeypatch.setattr(type(devices._desk), "view", lambda desk: looks.append(1) or WORKING)
    shell.bridge.on_desk()
    qtbot.wait(80)
    assert not looks
