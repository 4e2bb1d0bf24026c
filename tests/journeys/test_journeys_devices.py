"""A packer sets up a station on its screen: simulated devices as processes of their own, real bytes, a real window."""

import json
import subprocess
import sys
import threading
import tomllib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.bootstrap import Client, Place
from app.demo.show import KeptInMemory
from app.screens.preferences import Preferences
from app.settings.devices import FILE

WAIT_MS = 15_000


class Sim:
    """`floorhand devices simulate ...` on a wire; lives until its input is closed."""

    def __init__(self, *arguments):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "devices", "simulate", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = json.loads(self._process.stdout.readline())["url"]
        self.events = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def do(self, command):
        """One command, done when this returns."""
        with self._changed:
            before = sum("ok" in event for event in self.events)
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        with self._changed:
            assert self._changed.wait_for(lambda: sum("ok" in event for event in self.events) > before, 10)
            last = [event for event in self.events if "ok" in event][-1]
        assert last["ok"], last

    def stop(self):
        self._process.stdin.close()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdout.close()

    def _read(self):
        for line in self._process.stdout:
            with self._changed:
                self.events.append(json.loads(line))
                self._changed.notify_all()


@pytest.fixture
def sim():
    running = []

    def start(*arguments):
        running.append(Sim(*arguments))
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def station(qapp, tmp_path, monkeypatch):
    """Opens a pack station on one data folder; what the machine of the test has plugged in is left out of it."""
    monkeypatch.setattr("app.bootstrap.sources_here", lambda: ())
    open_ones = []

    def start(**options):
        for old in open_ones:
            old.stop()
        open_ones[:] = [
            Client(Place(tmp_path / "data", "Bench 3", desk=True, **options), KeptInMemory(Preferences(volume=0)))
        ]
        open_ones[0].start()
        return open_ones[0]

    yield start
    for client in open_ones:
        client.stop()


@pytest.fixture
def until(qtbot):
    def wait(condition):
        __tracebackhide__ = True
        qtbot.waitUntil(condition, timeout=WAIT_MS)

    return wait


def chips(client):
    return [chip.text for chip in client.shell.chrome.strip.chips.chips]


def words(client):
    """Everything that the set-up screen says now."""
    view = client.shell._views["devices"]
    cards = [line.text.replace("\N{ZERO WIDTH SPACE}", "") for card in view._cards for line in card._lines]
    rows = [row.accessibleName() for row in view._rows]
    return cards, rows


def said(client, text):
    cards, rows = words(client)
    return any(text in line for line in (*cards, *rows))


def by_hand(client, until, address, role, silent=False):
    """F4, the address on the keyboard, Enter, and what it is for."""
    shell = client.shell
    window = shell.windowHandle()
    QTest.keyClick(window, Qt.Key.Key_F4)
    until(lambda: shell.presenter.state().page == "type")
    QTest.keyClicks(shell._views["devices"]._pad.line, address)
    QTest.keyClick(shell._views["devices"]._pad.line, Qt.Key.Key_Return)
    if silent:  # a scanner says nothing by itself: nobody waits for it
        until(lambda: shell.presenter.state().frame.busy is not None)
        QTest.keyClick(window, Qt.Key.Key_F2)
    until(lambda: shell.presenter.state().page == "role")
    shell.press(f"take:{role}")
    until(lambda: shell.presenter.state().page == "device")
    return shell.presenter.state().device.key


@pytest.mark.timeout(120)
def test_a_station_is_set_up_tested_unplugged_and_found_again(station, sim, until, tmp_path, expected_log):
    expected_log.append("no link")  # the plug is pulled on purpose
    scanner = sim("scanner", "--link", str(tmp_path / "scanner"))
    scale = sim("scale")
    printer = sim("printer", "--folder", str(tmp_path / "labels"))
    client = station()
    shell = client.shell
    shell.press("settings")
    shell.press("devices")
    until(lambda: said(client, "Keyboard scanner"))

    # A scanner on a port: it reads, and answers by its own beeper.
    scanner_key = by_hand(client, until, str(tmp_path / "scanner"), "scanner", silent=True)
    until(lambda: said(client, "scanner, Ready"))
    scanner.do("scan ]d201095011015300031727033110LOT-7\x1d2142")
    until(lambda: said(client, "GTIN: 09501101530003"))
    assert said(client, "GS1 DataMatrix")
    until(lambda: any(event.get("bytes") == "06" for event in scanner.events))
    shell.press("up")

    # A scale: its weight lives on the screen.
    by_hand(client, until, scale.url, "scale")
    scale.do("load 1846")
    until(lambda: said(client, "1.846 kg") and said(client, "Steady"))
    scale.do("load 99999")
    until(lambda: said(client, "Too heavy for this scale"))
    scale.do("load 0")
    until(lambda: said(client, "0.000 kg"))
    shell.press("up")

    # A printer: the test label comes out, and is scanned back.
    printer_key = by_hand(client, until, printer.url.removeprefix("tcp://"), "label-printer")
    until(lambda: said(client, "Ready"))
    shell.press("print")
    until(lambda: any(event.get("event") == "label" for event in printer.events))
    until(lambda: said(client, "The printer says it is out") or said(client, "Sent. Look whether it came out"))
    (label,) = (tmp_path / "labels").glob("*.zpl")
    assert b"FLOORHAND-TEST" in label.read_bytes()
    scanner.do("scan FLOORHAND-TEST")
    until(lambda: said(client, "Printed and read back"))

    # Faults in words, and gone when they are mended: on this screen, and as a chip wherever one is.
    printer.do("fault media-empty on")
    until(lambda: said(client, "Out of labels") and "Printer: out of labels" in chips(client))
    printer.do("fault media-empty off")
    until(lambda: "Printer" in chips(client) and said(client, "Ready"))
    scanner.do("unplug")
    until(lambda: "Scanner: unplugged" in chips(client))
    until(lambda: any("Unplugged" in row for row in words(client)[1]))
    scanner.do("replug")
    until(lambda: "Scanner" in chips(client))

    # What went over the wire can be handed on.
    shell.press("save")
    until(lambda: bool(list((tmp_path / "data" / "evidence").glob("*.toml"))))
    (transcript,) = (tmp_path / "data" / "evidence").glob("*.toml")
    assert tomllib.loads(transcript.read_text())
    shell.press("ok")

    # Removed, and taken back.
    shell.press(f"open:{scanner_key}")
    shell.press("remove")
    until(
        lambda: (
            shell.presenter.state().page == "list" and scanner_key not in {str(d[0].key) for d in client.hub.devices()}
        )
    )
    shell.press("restore")
    until(lambda: scanner_key in {str(d[0].key) for d in client.hub.devices()})

    # All of it is there after a restart; a device given as an option is used beside it.
    shell.press(f"open:{printer_key}")
    assert len(tomllib.loads((tmp_path / "data" / FILE).read_text())["device"]) == 3
    client = station()
    until(lambda: {"Scanner", "Printer"} <= set(chips(client)))
    assert client.shell.answered() == 0


@pytest.mark.timeout(60)
def test_devices_given_as_options_are_used_and_can_be_removed_for_good(station, sim, until, tmp_path):
    printer = sim("printer", "--folder", str(tmp_path / "labels"))
    given = {"printers": ((printer.url, "Printer"),), "wedge": False}
    client = station(**given)
    until(lambda: "Printer" in chips(client))
    client.shell.press("settings")
    client.shell.press("devices")
    until(lambda: said(client, "Printer, Ready"))
    (row,) = client.shell._views["devices"]._rows
    client.shell.press(row.intent)
    until(lambda: client.shell.presenter.state().page == "device")
    client.shell.press("remove")
    until(lambda: not client.hub.devices())
    client = station(**given)
    QTest.qWait(50)
    assert not client.hub.devices()
    assert chips(client) == []
