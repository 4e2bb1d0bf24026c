"""Hands at a desk whose screen finds while one types: keys go where the focus is, as a keyboard's do."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


def shown(desk):
    """What the screen draws."""
    return desk.shell.presenter.state()


def keys(desk, *wanted):
    """Types texts and presses keys."""
    for one in wanted:
        target = QApplication.focusWidget() or desk.shell
        if isinstance(one, str):
            QTest.keyClicks(target, one)
        else:
            QTest.keyClick(target, one)
        QApplication.processEvents()


def at(hands, screen, count):
    """A supervisor at a desk before this screen, with so many rows found."""
    hand = hands("Desk", desk=True).sign_in()
    shell = hand.client.shell
    shell.resize(1280, 800)
    shell.show()
    shell.activateWindow()
    shell.go(screen)
    hand._until(lambda: shell.screen_name() == screen and len(shown(hand).found) == count)
    return hand


def find(desk, text, number):
    """Types it, and stands on the one that is found."""
    desk._until(lambda: not shown(desk).question.asks)
    keys(desk, "/")
    line = desk.shell._views[desk.shell.screen_name()].search
    desk._until(lambda: line.hasFocus())
    line.selectAll()
    keys(desk, text)
    # Not what was found for the words before.
    desk._until(lambda: shown(desk).text == text and not shown(desk).searching)
    desk._until(lambda: [one.number for one in shown(desk).found] == [number])
    keys(desk, Qt.Key.Key_Return)
    desk._until(lambda: shown(desk).sheet is not None and shown(desk).sheet.head.number == number)


def answer(desk, *texts):
    """Types each entry that is asked for in place of what stands in it."""
    entry = desk.shell._views[desk.shell.screen_name()].entry
    for n, text in enumerate(texts):
        desk._until(lambda n=n: shown(desk).question.at == n and entry.hasFocus())
        entry.selectAll()
        keys(desk, text, Qt.Key.Key_Return)


def yes(desk, letter, kind):
    """Asks for an act by its letter, and means it."""
    keys(desk, letter)
    desk._until(lambda: shown(desk).question.kind == kind)
    keys(desk, "1")
