"""Typing without a keyboard: figures for numbers and PINs, letters for a code whose label cannot be scanned."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.ui.theme import Skin, dress
from app.ui.widgets.buttons import ActionButton, ButtonRow

_DIGITS = (*"123456789", "back", "0", "ok")
_FIGURES = (*"123456789", "-", "0", "back", "abc", ":", "ok")
_ADDRESS = (*"123456789", ".", "0", "back", "abc", ":", "ok")
_LETTERS = (*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "/", "back", "123", "ok")
_NAME = tuple(" " if face == "/" else face for face in _LETTERS)
# On a narrow screen the letters need two pages, or they would be smaller than a thumb.
_FIRST = (*"ABCDEFGHIJKLMNOP", "q-z", "back", "123", "ok")
_SECOND = (*"QRSTUVWXYZ-/:._+", "abc", "back", "123", "ok")
_NAME_SECOND = tuple(" " if face == "+" else face for face in _SECOND)
_COLUMNS = {_DIGITS: 3, _FIGURES: 3, _ADDRESS: 3, _LETTERS: 5, _NAME: 5, _FIRST: 4, _SECOND: 4, _NAME_SECOND: 4}
_NARROW = 400
_GAP = 8


class Keypad(QWidget):
    """An entry line over keys. `entered(text)` comes with the OK key or Enter; the physical keyboard types into the same line."""

    entered = Signal(str)
    #: Pixels it needs for figures: line, gap, four rows of keys.
    LEAST = 44 + _GAP + 4 * 56 + 3 * _GAP

    def __init__(
        self, skin: Skin, *, letters: bool, address: bool = False, spaces: bool = False, parent: QWidget | None = None
    ) -> None:
        """`letters` for codes instead of numbers; `address` has the dot of network addresses among the figures, `spaces` a space among
        the letters, for names."""
        super().__init__(parent)
        self._skin = skin
        self._spaces = spaces
        #: Whether the line may stand alone where there is no room for keys.
        self.may_hide = False
        self._figures = _ADDRESS if address else _FIGURES if letters else _DIGITS
        self.line = QLineEdit(self)
        self.line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.line.returnPressed.connect(self._enter)
        self.line.setMaxLength(120 if letters or address else 12)
        self.line.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        dress(self.line, skin)
        self._keys = ButtonRow(gap=_GAP, columns=3, parent=self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._faces: tuple[str, ...] = ()
        self._show_keys(self._figures)

    def begin(self, *, secret: bool) -> None:
        """Empties the line and takes the keyboard; `secret` shows dots."""
        self.line.clear()
        self.line.setEchoMode(QLineEdit.EchoMode.Password if secret else QLineEdit.EchoMode.Normal)
        self.line.setFocus()
        self._show_keys(self._figures)

    def show_letters(self) -> None:
        """Puts letters in place of the figures."""
        self._press("abc")

    def restyle(self) -> None:
        """Takes fonts from the skin anew."""
        self.line.setFont(self._skin.font(min(self._skin.px(32), 44), 700))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that arrive here although the line lost the focus still type."""
        if event.text() and event.text().isprintable():
            self.line.setFocus()
            self.line.insert(event.text())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Line above, keys below, both centred and not wider than a hand."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        columns = _COLUMNS[self._faces]
        rows = -(-len(self._faces) // columns)
        wide = min(self.width(), 460)
        left = (self.width() - wide) // 2
        field = 64 if self.height() > 420 else 44 if self.height() >= self.LEAST else 36
        keys = min(self.height() - field - _GAP, rows * 84 + (rows - 1) * _GAP)
        self.line.setGeometry(left, 0, wide, field)
        # Keys too small for a thumb are worse than none, where a keyboard is at hand or nothing need be typed.
        self._keys.setVisible(not self.may_hide or keys >= rows * 56 + (rows - 1) * _GAP)
        self._keys.columns = columns
        self._keys.setGeometry(left, field + _GAP, wide, keys)
        self._keys.arrange()

    def _show_keys(self, faces: tuple[str, ...]) -> None:
        self._faces = faces
        self._keys.show_buttons(0, self._make)
        for button, face in zip(self._keys.show_buttons(len(faces), self._make), faces, strict=True):
            icon = {"back": "backspace", "ok": "check", " ": "space"}.get(face, "")
            button.show_action("" if icon else face.upper(), icon=icon, look="ask" if face == "ok" else "plain")
            button.setAccessibleName("space" if face == " " else face)
        self._place()

    def _make(self, index: int) -> ActionButton:
        button = ActionButton(self._skin, self._faces[index], 56, 26)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self._press(self._faces[index]))
        return button

    def _press(self, face: str) -> None:
        if face == "ok":
            self._enter()
        elif face == "back":
            self.line.backspace()
        elif face in ("abc", "q-z", "123"):
            wide, second = (_NAME, _NAME_SECOND) if self._spaces else (_LETTERS, _SECOND)
            letters = _FIRST if self.width() < _NARROW else wide
            self._show_keys({"abc": letters, "q-z": second, "123": self._figures}[face])
        else:
            self.line.insert(face)

    def _enter(self) -> None:
        text = self.line.text().strip()
        if text:
            self.line.clear()
            self.entered.emit(text)
