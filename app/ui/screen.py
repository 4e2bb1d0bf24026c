"""What every view of a screen is: draws one state, sends named intents, and knows no business. The shell hosts it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.texts import Texts
from app.ui.theme import Skin

#: The widest a single column of one question gets at a desk.
MIDDLE = 820


class ScreenView(QWidget):
    """The pixels of one screen between strip and prompt. `intent` carries an intent's name, such as `short:not_found`."""

    intent = Signal(str)

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__()
        self.skin = skin
        self.texts = texts
        self.desk = False
        self.foot = 0
        self.state: Any = None

    def render_state(self, state: Any) -> None:
        """Draws a state; called again with the same one after a change of language, theme or text size."""
        self.state = state
        self.draw(state)

    def draw(self, state: Any) -> None:
        """What a screen does to draw a state."""
        raise NotImplementedError

    def arrange(self, desk: bool, foot: int) -> None:
        """Lays the screen out for a handheld or a desk; `foot` pixels under the middle column belong to the prompt."""
        self.desk, self.foot = desk, foot
        self.place()

    def place(self) -> None:
        """Gives everything its place; called after each change of size or layout."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places everything anew."""
        super().resizeEvent(event)
        self.place()

    def span(self) -> tuple[int, int]:
        """Left edge and width of the middle column at a desk, under which the prompt stands."""
        wide = min(self.width() - 32, MIDDLE)
        return (self.width() - wide) // 2, wide

    def refusal_area(self) -> QRect:
        """Which part of the screen a refusal may cover; what lies outside stays in sight."""
        left, wide = self.span() if self.desk else (16, self.width() - 32)
        top = 28 if self.desk else 12
        return QRect(left, top, wide, self.height() - top - self.foot)

    def spare(self) -> int:
        """Free pixels above the prompt, where a passing word hides nothing; 0 if there is no such place."""
        return 0

    def takes_focus(self) -> bool:
        """True while keys should go to an entry line of this screen."""
        return False
