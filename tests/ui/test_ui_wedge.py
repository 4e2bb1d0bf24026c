"""The wedge's key filter in a real window: scans reach no widget, typed keys all do, whatever else the window is busy with."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from app.ui.wedge_filter import Wedge, WedgeFilter
from devices.codecs.layouts import as_typed, symptom
from devices.wedge import USB, Key, KeyBurst
from tools.soak.scanner_soak import through_keys

CODE = "9501101530003"


class Bench:
    """A window with one entry line, filtered."""

    def __init__(self, qtbot, profile=USB):
        self.window = QWidget()
        self.line = QLineEdit(self.window)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        self.line.setFocus()
        self.scans, self.layouts = [], []
        wedge = Wedge(KeyBurst(profile), Key, lambda text: (found := symptom(text)) and found.value)
        self.filter = WedgeFilter(wedge, self.window.windowHandle(), self.scans.append, self.layouts.append)

    def press(self, key, text, at, modifiers=Qt.KeyboardModifier.NoModifier, window=None, repeat=False):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, text, repeat)
            event.setTimestamp(at)
            QApplication.sendEvent(window or self.window.windowHandle(), event)

    def burst(self, text, at, window=None):
        for number, char in enumerate(text):
            key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char.upper()))
            self.press(key, char, at + 3 * number, window=window)
        return at + 3 * len(text)


@pytest.fixture
def bench(qtbot):
    return Bench(qtbot)


def test_hundreds_of_scans_and_typing_between_them(qapp):
    found, mistyped = through_keys(400, 7)
    assert (found.sent, found.wrong, mistyped) == (400, 0, 0), found


def test_the_window_system_itself_brings_the_keys(qtbot):
    # Real keys have the times of this machine, which may be busy: no pace is asked of them.
    patient = replace(USB, burst_gap_ms=9000, sure_gap_ms=9000, longest_gap_ms=9000, hold_ms=9000, idle_ms=9000)
    bench = Bench(qtbot, patient)
    for char in CODE:
        QTest.keyClick(bench.window.windowHandle(), char)
    QTest.keyClick(bench.window.windowHandle(), Qt.Key.Key_Return)
    assert bench.scans == [CODE]
    assert bench.line.text() == ""


def test_shift_between_the_characters_of_a_scan(bench):
    """Every capital and most punctuation comes with Shift, whose own press names no character."""
    at = 5000
    for char in "FH:NEXT-A":
        bench.press(Qt.Key.Key_Shift, "", at, Qt.KeyboardModifier.ShiftModifier)
        bench.press(Qt.Key(ord(char)), char, at + 2, Qt.KeyboardModifier.ShiftModifier)
        at += 5
    bench.press(Qt.Key.Key_Return, "\r", at)
    assert bench.scans == ["FH:NEXT-A"]
    assert bench.line.text() == ""


@pytest.mark.parametrize(
    ("key", "text", "modifiers"),
    [
        (Qt.Key.Key_BracketRight, "\x1d", Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_BracketRight, "", Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_F12, "", Qt.KeyboardModifier.NoModifier),
    ],
    ids=["with text", "without text", "F12"],
)
def test_the_separator(bench, key, text, modifiers):
    at = bench.burst("0109501101530003", 5000)
    bench.press(key, text, at, modifiers)
    bench.burst("10LOT\r", at + 3)
    assert bench.scans == ["0109501101530003\x1d10LOT"]


def test_the_separator_by_its_number(bench):
    at = bench.burst("0109501101530003", 5000)
    for number, digit in enumerate("029"):
        bench.press(Qt.Key(ord(digit)), digit, at + number, Qt.KeyboardModifier.AltModifier)
    bench.burst("10LOT\r", at + 4)
    assert bench.scans == ["0109501101530003\x1d10LOT"]
    assert bench.line.text() == ""


def test_keys_that_were_typing_are_given_back_when_nothing_follows(bench, qtbot):
    bench.burst("12", 5000)
    assert bench.line.text() == ""
    qtbot.waitUntil(lambda: bench.line.text() == "12", timeout=20_000)
    assert bench.scans == []


def test_a_scanner_without_suffix(bench, qtbot):
    bench.burst(CODE, 5000)
    qtbot.waitUntil(lambda: bench.scans == [CODE], timeout=20_000)


def test_a_window_that_was_busy_in_the_middle_of_a_scan_does_not_cut_it(bench, qtbot):
    handle = bench.window.windowHandle()
    for number, char in enumerate(CODE + "\r"):
        key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char))
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, char)
        event.setTimestamp(5000 + 3 * number)
        if number == 5:
            time.sleep(0.2)  # the filter's timer is over, and the rest of the scan is in the queue behind it
        if number < 5:
            QApplication.sendEvent(handle, event)
        else:
            QApplication.postEvent(handle, event, Qt.EventPriority.LowEventPriority.value)
    qtbot.waitUntil(lambda: bool(bench.scans) or bool(bench.line.text()), timeout=20_000)
    assert bench.scans == [CODE]
    assert bench.line.text() == ""


def test_a_dialog_over_the_window_is_listened_to_and_another_window_is_not(bench, qtbot):
    dialog = QDialog(bench.window)
    entry = QLineEdit(dialog)
    dialog.show()
    entry.setFocus()
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    handle = dialog.windowHandle()
    assert isinstance(handle, QWindow)
    bench.filter._follow_focus(handle)
    bench.filter._follow_focus(other.windowHandle())
    bench.burst(CODE + "\r", 5000, handle)
    assert bench.scans == [CODE]
    assert entry.text() == ""
    bench.burst(CODE + "\r", 6000, other.windowHandle())
    assert bench.scans == [CODE]
    bench.burst("12", 7000, handle)
    dialog.close()
    dialog.deleteLater()
    qtbot.waitUntil(lambda: bench.filter._timer.isActive() is False, timeout=20_000)


def test_a_held_key_repeats_into_the_line(bench, qtbot):
    bench.press(Qt.Key.Key_5, "5", 5000)
    for n in range(20):
        bench.press(Qt.Key.Key_5, "5", 5400 + 30 * n, repeat=True)
    qtbot.waitUntil(lambda: bench.line.text() == "5" * 21, timeout=20_000)
    assert bench.scans == []


@pytest.mark.parametrize(("layout", "code"), [("azerty", CODE), ("qwertz", "https://id.gs1.org/01/09501101530003")])
def test_a_wrong_keyboard_layout_is_reported_before_the_scan(bench, layout, code):
    seen = as_typed(code, layout)
    at = 5000
    for char in seen + "\r":
        bench.press(Qt.Key.Key_Return if char == "\r" else Qt.Key.Key_A, char, at)
        at += 3
    assert bench.scans == [seen]
    assert bench.layouts == [layout]


def test_a_clean_scan_shows_no_symptom(bench):
    bench.burst(CODE + "\r", 5000)
    assert (bench.scans, bench.layouts) == ([CODE], [])


def test_keys_without_a_name_of_qts_pass(bench):
    bench.press(0x01FFFFFF, "", 5000)
    bench.press(0x0BADF00D, "", 5100)
    assert bench.scans == []


def test_keys_without_a_time_are_taken_as_they_arrive(bench, qtbot):
    """A virtual keyboard: letter by letter at a person's pace, and no timestamp on any."""
    for char in "A12345":
        bench.press(Qt.Key(ord(char)), char, 0)
        qtbot.waitUntil(lambda char=char: bench.line.text().endswith(char), timeout=20_000)
    bench.press(Qt.Key.Key_Return, "\r", 0)
    assert bench.line.text() == "A12345"
    assert bench.scans == []
