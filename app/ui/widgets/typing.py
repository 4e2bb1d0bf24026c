"""A line to type in beside a list, as screens at a desk have it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.ui.theme import Skin, dress

_WAYS: Final = {
    Qt.Key.Key_Down: 1, Qt.Key.Key_PageDown: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageUp: -1,
}  # fmt: skip
_ENTERS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TypingLine(QLineEdit):
    """The line. `entered`: Enter, which ends here: to the window it would mean the act of the screen as well. `step` carries which way the
    fingers go in the list, 1 down and -1 up; `away`: Escape. The caret stays at the line: who shows it moves the keys."""

    entered = Signal()
    step = Signal(int)
    away = Signal()

    def __init__(self, skin: Skin, parent: QWidget) -> None:
        super().__init__(parent)
        dress(self, skin)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is not for the text is told and goes no further."""
        key = Qt.Key(event.key())
        if key in _ENTERS:
            self.entered.emit()
        elif key in _WAYS:
            self.step.emit(_WAYS[key])
        elif key == Qt.Key.Key_Escape:
            self.away.emit()
        else:
            super().keyPressEvent(event)
