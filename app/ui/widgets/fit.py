"""Text that always fits: it wraps, then shrinks, and never hides its end. Used by every widget that shows words."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Skin

_STEP = 0.94
_WRAP = int(Qt.TextFlag.TextWordWrap)


def needed(text: str, font: QFont, width: float) -> tuple[float, float]:
    """Width and height in pixels of a text wrapped at `width`; one word longer than that sticks out."""
    return _needed(text, font.key(), font, round(width))


@lru_cache(maxsize=4096)
def _air(text: str, _key: str, font: QFont) -> tuple[float, float]:
    """Pixels of the line box above the tallest letter and below the longest tail."""
    metrics = QFontMetricsF(font)
    ink = metrics.tightBoundingRect(text)
    return metrics.ascent() + ink.top(), metrics.descent() - ink.bottom()


@lru_cache(maxsize=4096)
def _needed(text: str, _key: str, font: QFont, width: int) -> tuple[float, float]:
    box = QFontMetricsF(font).boundingRect(QRectF(0, 0, width, 100_000), _WRAP, text)
    return box.width(), box.height()


def fitted(
    skin: Skin, text: str, px: float, weight: int, width: float, height: float, lines: int
) -> tuple[QFont, bool]:
    """The largest font up to `px` in which the text fits, and whether it fits at all (it never shrinks below the smallest text)."""
    least = min(px, skin.smallest)
    while True:
        font = skin.font(px, weight)
        spacing = QFontMetricsF(font).lineSpacing()
        wide, high = needed(text, font, width)
        # The text stands in the middle; only the air of its line boxes may stick out of the room.
        air = min(_air(text, font.key(), font))
        fits = wide <= width + 0.5 and high - height <= 2 * air + 1 and high < spacing * (lines + 0.5)
        if fits or px <= least:
            return font, fits
        px = max(least, px * _STEP)


class FitLabel(QWidget):
    """A text of at most `lines` lines. `px` is its height at 100 %; the colour is a token."""

    def __init__(
        self,
        skin: Skin,
        px: float,
        weight: int = 500,
        color: str = "text",
        lines: int = 1,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.skin = skin
        self._text = ""
        self._px, self._weight, self._color, self._lines = px, weight, color, lines
        self._align = align | Qt.AlignmentFlag.AlignVCenter
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    def show_text(self, text: str, color: str | None = None) -> None:
        """Changes text and, if given, colour token."""
        color = color or self._color
        if (text, color) != (self._text, self._color):
            self._text, self._color = text, color
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    @property
    def fits(self) -> bool:
        """True if the whole text is visible at the present size."""
        return not self._text or self._fit()[1]

    def height_for(self, width: int) -> int:
        """Pixels the text wants at its full size, at most `lines` lines."""
        font = self.skin.font(self.skin.px(self._px), self._weight)
        spacing = QFontMetricsF(font).lineSpacing()
        return round(min(needed(self._text or "X", font, width)[1], spacing * self._lines) + 0.5)

    def sizeHint(self) -> QSize:
        """Qt's question; the width is that of one line."""
        font = self.skin.font(self.skin.px(self._px), self._weight)
        wide = QFontMetricsF(font).horizontalAdvance(self._text)
        return QSize(round(wide + 1), self.height_for(max(1, self.width() if self._lines > 1 else round(wide + 2))))

    def minimumSizeHint(self) -> QSize:
        """One line of the smallest text."""
        return QSize(24, self.skin.smallest + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the text."""
        if not self._text:
            return
        painter = QPainter(self)
        painter.setFont(self._fit()[0])
        painter.setPen(self.skin.color(self._color))
        painter.drawText(self.rect().adjusted(0, -4, 0, 4), int(self._align) | _WRAP, self._text)

    def _fit(self) -> tuple[QFont, bool]:
        px = self.skin.px(self._px)
        return fitted(self.skin, self._text, px, self._weight, self.width(), self.height(), self._lines)
