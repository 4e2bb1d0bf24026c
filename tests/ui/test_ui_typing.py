"""The line of screens with a list, with real keys: what it tells, what stays in it, and what never reaches the window behind it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme import Skin
from app.ui.widgets.typing import TypingLine

KEY = Qt.Key


class Window(QWidget):
    """A window with one line in it, that hears what its line lets through."""

    def __init__(self):
        super().__init__()
        self.heard, self.told = [], []
        self.line = TypingLine(Skin(), self)
        QVBoxLayout(self).addWidget(self.line)
        self.line.entered.connect(lambda: self.told.append("entered"))
        self.line.step.connect(lambda way: self.told.append(way))
        self.line.away.connect(lambda: self.told.append("away"))

    def keyPressEvent(self, event):
        self.heard.append(event.key())


@pytest.fixture
def window(qtbot):
    made = Window()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.line.setFocus()
    qtbot.waitUntil(made.line.hasFocus)
    return made


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (KEY.Key_Return, "entered"), (KEY.Key_Enter, "entered"), (KEY.Key_Down, 1), (KEY.Key_PageDown, 1), (KEY.Key_Up, -1),
        (KEY.Key_PageUp, -1), (KEY.Key_Escape, "away"),
    ],
)  # fmt: skip
def test_what_is_not_for_the_text_is_told_and_goes_no_further(window, key, told):
    QTest.keyClicks(window.line, "tea")
    QTest.keyClick(window.line, key)
    assert (window.told, window.heard, window.line.text()) == ([told], [], "tea")


def test_what_is_typed_stays_and_keys_of_the_screen_reach_it(window):
    QTest.keyClicks(window.line, "3*tea")
    QTest.keyClick(window.line, KEY.Key_Left)
    QTest.keyClick(window.line, KEY.Key_Backspace)
    QTest.keyClick(window.line, KEY.Key_F5)
    assert (window.line.text(), window.told, window.heard) == ("3*ta", [], [KEY.Key_F5])
