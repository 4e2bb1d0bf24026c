"""The scale, as a packer reads it: the weight in large figures, and where it lies against what is expected."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin
from app.ui.widgets.panel import rounded


class WeightGauge(QWidget):
    """A bar from nothing to a third more than expected; the green field is the tolerance, the mark the scale."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self._grams: int | None = None
        self._expected: int | None = None
        self._tolerance = 0
        self.setMinimumHeight(34)

    def show_weight(self, grams: int | None, expected: int | None, tolerance: int) -> None:
        """Changes the figures, all in grams."""
        self._grams, self._expected, self._tolerance = grams, expected, tolerance
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws bar, field and mark."""
        painter = QPainter(self)
        skin = self._skin
        bar = QRectF(0, self.height() / 2 - 11, self.width(), 22)
        line = skin.color("line") if skin.theme == "contrast" else None
        rounded(painter, bar, 6, skin.color("raised"), line)
        if self._expected:
            full = max(self._expected * 1.33, (self._expected + self._tolerance) * 1.1)
            left = (self._expected - self._tolerance) / full * bar.width()
            wide = max(8.0, 2 * self._tolerance / full * bar.width())
            field = skin.color("good") if skin.theme == "contrast" else skin.mix("good", 0.4, "raised")
            rounded(painter, QRectF(left, bar.top(), wide, bar.height()), 4, field)
            if self._grams is not None:
                at = min(max(self._grams / full, 0.0), 1.0) * bar.width()
                x = min(max(at - 2.5, 0.0), bar.width() - 5)
                painter.setPen(Qt.PenStyle.NoPen)
                rounded(painter, QRectF(x, bar.top() - 5, 5, bar.height() + 10), 2.5, skin.color("text"))
