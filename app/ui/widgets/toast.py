"""What just happened, in a line above the prompt. It lies over nothing that is needed, moves nothing, and takes no click."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.messages import Look, Tone
from app.ui.theme import Skin
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.panel import rounded
from app.ui.widgets.tone import ToneSign, tone_color


class Toast(QWidget):
    """Good news and news of the world. Good news leaves by itself; all else stays until something new is said."""

    STAYS_MS = 4000

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self._look = Look(Tone.INFO)
        self._sign = ToneSign(skin, 28, parent=self)
        self._words = FitLabel(skin, 18, 600, lines=2, parent=self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.STAYS_MS)
        self._timer.timeout.connect(self.hide)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def text(self) -> str:
        """What is said, also after it has left."""
        return self._words.text

    def say(self, look: Look, text: str) -> None:
        """Shows one message."""
        self._look = look
        self._sign.show_look(look)
        self._words.show_text(text)
        self.show()
        self.raise_()
        self.update()
        if look.tone in (Tone.GOOD, Tone.INFO):
            self._timer.start()
        else:
            self._timer.stop()

    def wanted_height(self, width: int) -> int:
        """Pixels for the words at this width."""
        return max(52, self._words.height_for(width - 72) + 20)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sign left, words right."""
        super().resizeEvent(event)
        self._sign.move(14, (self.height() - 28) // 2)
        self._words.setGeometry(54, 6, self.width() - 68, self.height() - 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the ground."""
        tone = tone_color(self._look)
        fill, line = self._skin.mix(tone, 0.14, "surface"), self._skin.mix(tone, 0.55, "surface")
        if self._skin.theme == "contrast":
            line = self._skin.color(tone)
        rounded(QPainter(self), QRectF(self.rect()), self._skin.measure("radius_button"), fill, line, 2)
