"""The prompt: what to do now, always at the same place, in the thumb's reach."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.panel import rounded

#: Words about waiting come only when it takes longer than this.
PATIENCE_MS = 300


class PromptBar(QWidget):
    """A sentence with a sign; at a desk the acts of the screen stand in it, at the right."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.skin = skin
        self._icon = "scan"
        self._tone = "ask"
        self._prompt = ""
        self._words = FitLabel(skin, 25, 700, lines=2, parent=self)
        self._buttons: list[ActionButton] = []
        self._waiting = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._words.show_text(self._waiting))

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._words.text

    def show_prompt(self, text: str, icon: str, tone: str = "ask") -> None:
        """Changes the sentence, its icon and its colour token."""
        self._prompt, self._icon, self._tone = text, icon, tone
        if not self._waiting:
            self._words.show_text(text)
        self.update()

    def show_waiting(self, text: str) -> None:
        """Says what is being waited for, after a moment; an empty text brings the prompt back."""
        if text and not self._waiting:
            self._patience.start()
        if not text:
            self._patience.stop()
            self._words.show_text(self._prompt)
        self._waiting = text

    def hold_buttons(self, buttons: list[ActionButton]) -> None:
        """Puts these buttons into the bar, right of the sentence."""
        self._buttons = buttons
        for button in buttons:
            button.setParent(self)
            button.show()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places words and buttons anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        h = self.height()
        right = self.width() - 14
        for button in reversed(self._buttons):
            wide = max(104, button.sizeHint().width())
            high = min(h - 20, max(56, button.sizeHint().height()))
            right -= wide
            button.setGeometry(right, (h - high) // 2, wide, high)
            right -= 10
        left = 72 if self.width() > 360 else 56
        self._words.setGeometry(left, 4, max(40, right - left - 4), h - 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws ground and icon."""
        painter = QPainter(self)
        skin = self.skin
        rounded(
            painter,
            QRectF(self.rect()),
            skin.measure("radius_card"),
            skin.mix(self._tone, 0.12),
            skin.color(self._tone),
            3,
        )
        side = 36 if self.width() > 360 else 30
        left = 20 if self.width() > 360 else 14
        pixmap = skin.icon(self._icon, self._tone, side, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(left, (self.height() - side) / 2), pixmap)
