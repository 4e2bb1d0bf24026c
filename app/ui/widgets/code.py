"""Codes as people read them: the part that differs is bright, the rest is quiet. Bins in the largest letters of the screen."""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin

Span = tuple[str, bool]


def bin_spans(code: str) -> list[Span]:
    """A bin as spans (text, bright): the zone and the separators are quiet, aisle and level bright. A one-part code is all bright."""
    parts = re.split(r"([-./ ])", code)
    if len(parts) == 1:
        return [(code, True)]
    return [(part, i > 0 and i % 2 == 0) for i, part in enumerate(parts)]


def tail_spans(code: str, tail: int = 4) -> list[Span]:
    """A barcode as spans: only the last four characters are bright."""
    return [(code[:-tail], False), (code[-tail:], True)] if len(code) > tail else [(code, True)]


class CodeLabel(QWidget):
    """One line of spans that shrinks to the width it has. `px` is its height at 100 %."""

    def __init__(self, skin: Skin, px: float, weight: int = 700, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.skin = skin
        self._px, self._weight = px, weight
        self._spans: list[Span] = []
        self._align = Qt.AlignmentFlag.AlignLeft
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_spans(self, spans: list[Span], *, centred: bool = False) -> None:
        """Changes what is shown."""
        self._spans = spans
        self._align = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
        self.setAccessibleName(self.text)
        self.update()

    @property
    def text(self) -> str:
        """The whole code."""
        return "".join(text for text, _ in self._spans)

    @property
    def fits(self) -> bool:
        """True if the whole code is visible in letters of at least the smallest size."""
        return not self._spans or self._size() >= min(self.skin.smallest, self._px)

    @property
    def wide(self) -> float:
        """Width in pixels of the code as drawn now."""
        return self._width(self._size())

    def sizeHint(self) -> QSize:
        """One line at full size."""
        px = self.skin.px(self._px)
        return QSize(round(self._width(px)) + 2, round(px * 1.2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the spans on one base line."""
        if not self._spans:
            return
        painter = QPainter(self)
        font = self.skin.font(self._size(), self._weight)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        x = (self.width() - self._width(font.pixelSize())) / 2 if self._align == Qt.AlignmentFlag.AlignHCenter else 0.0
        y = (self.height() + metrics.capHeight()) / 2
        for text, bright in self._spans:
            painter.setPen(self.skin.color("text" if bright else "quiet"))
            painter.drawText(QPointF(x, y), text)
            x += metrics.horizontalAdvance(text)

    def _width(self, px: float) -> float:
        metrics = QFontMetricsF(self.skin.font(px, self._weight))
        return sum(metrics.horizontalAdvance(text) for text, _ in self._spans)

    def _size(self) -> float:
        # Figures are 0.73 of the letter size high; the label may use its whole height for them.
        px = min(self.skin.px(self._px), self.height() / 0.8)
        while px > 8 and self._width(px) > self.width():
            px -= max(1.0, px * 0.03)
        return px
