"""What slides over a screen on request: more acts, help, typing a code. Never a box that swallows scans: any scan closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.screens.frame import Action
from app.screens.words import Vocabulary, Word
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton, ButtonRow
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.keypad import Keypad


class Sheet(QWidget):
    """One of three faces: `more`, `help` or `type`. `intent` carries what was chosen, `typed` what was typed."""

    intent = Signal(str)
    typed = Signal(str)

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._home = parent
        self._skin, self._texts = skin, texts
        self.face = ""
        self._heading = FitLabel(skin, 26, 800, lines=2, parent=self)
        self._lines = [FitLabel(skin, 19, 500, lines=3, parent=self) for _ in range(4)]
        self._acts = ButtonRow(gap=10, columns=1, parent=self)
        self._keypad = Keypad(skin, letters=True, parent=self)
        self._keypad.entered.connect(self._typed)
        self._close = ActionButton(skin, "close", 64, parent=self)
        self._close.clicked.connect(self.close_sheet)
        self.hide()

    def open_more(self, actions: tuple[Action, ...], *, keys: bool) -> None:
        """Shows acts as large buttons, with their keys if there is a keyboard."""
        self._heading.show_text(self._texts.word(Word.MORE))
        buttons = self._acts.show_buttons(len(actions), self._make)
        for button, action in zip(buttons, actions, strict=True):
            button.intent = action.intent
            button.setEnabled(action.enabled)
            button.show_action(
                self._texts.word(action.word, n=action.n), key=action.key if keys else "", icon=action.icon
            )
        self._open("more")

    def open_help(self, lines: tuple[Vocabulary, ...]) -> None:
        """Says what can be scanned here."""
        self._heading.show_text(self._texts.word(Word.HELP_HEADING))
        for i, label in enumerate(self._lines):
            label.show_text(self._texts.word(lines[i]) if i < len(lines) else "")
        self._open("help")

    def open_typing(self) -> None:
        """Lets a code be typed whose label cannot be scanned."""
        self._heading.show_text(self._texts.word(Word.TYPE_CODE))
        self._keypad.restyle()
        self._open("type")
        self._keypad.begin(secret=False)

    def close_sheet(self) -> None:
        """Goes away and gives the keyboard back."""
        if self.face:
            self.face = ""
            self.hide()
            self._home.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places everything anew."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Covers what lies below."""
        QPainter(self).fillRect(self.rect(), self._skin.color("bg"))

    def _open(self, face: str) -> None:
        self.face = face
        self._close.show_action(self._texts.word(Word.CLOSE), icon="cross")
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        wide = min(self.width() - 32, 620)
        left = (self.width() - wide) // 2
        small = self.height() < 500
        close, edge = (56, 8) if small else (64, 16)
        foot = self.height() - close - edge
        self._close.setGeometry(left, foot, wide, close)
        headed = not small or self.face == "help"
        self._heading.setVisible(headed)
        high = 54 if headed else 0
        self._heading.setGeometry(left, 6, wide, 44)
        top, room = high + 4, foot - high - 4 - edge
        self._acts.setVisible(self.face == "more")
        self._keypad.setVisible(self.face == "type")
        rows = max(1, len(self._acts.buttons))
        self._acts.columns = 1 if rows * 66 <= room else 2
        rows = -(-rows // self._acts.columns)
        self._acts.setGeometry(left, top, wide, min(room, rows * 74 - 10))
        self._acts.arrange()
        self._keypad.setGeometry(left, top, wide, room)
        shown = [label for label in self._lines if label.text]
        for label in self._lines:
            label.setVisible(self.face == "help" and bool(label.text))
        part = room // max(1, len(shown))
        for i, label in enumerate(shown):
            label.setGeometry(left, top + i * min(part, 96), wide, min(part, 96) - 8)

    def _make(self, _index: int) -> ActionButton:
        button = ActionButton(self._skin, "", 56)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._chosen(button.intent))
        return button

    def _chosen(self, intent: str) -> None:
        self.close_sheet()
        self.intent.emit(intent)

    def _typed(self, text: str) -> None:
        self.close_sheet()
        self.typed.emit(text)
