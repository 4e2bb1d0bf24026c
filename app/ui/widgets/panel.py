"""The rounded ground that cards, bars and sheets stand on."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin


def rounded(
    painter: QPainter, rect: QRectF, radius: float, fill: QColor, line: QColor | None = None, width: float = 1.0
) -> None:
    """Draws a rounded rectangle whose line lies inside `rect`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if line is None:
        painter.setPen(QPen(fill, 0))
        inner = rect
    else:
        painter.setPen(QPen(line, width))
        inner = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.setBrush(fill)
    painter.drawRoundedRect(inner, radius, radius)


class Panel(QWidget):
    """A rounded card. `fill` and `line` are tokens; `line_width` in pixels."""

    def __init__(
        self,
        skin: Skin,
        fill: str = "surface",
        line: str | None = "line",
        line_width: float = 1.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.skin = skin
        self.fill, self.line, self.line_width = fill, line, line_width
        self.radius = skin.measure("radius_card")

    def paint_ground(self, painter: QPainter) -> None:
        """Draws the card itself; what stands on it follows."""
        line = self.skin.color(self.line) if self.line else None
        rounded(painter, QRectF(self.rect()), self.radius, self.skin.color(self.fill), line, self.line_width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the card."""
        painter = QPainter(self)
        self.paint_ground(painter)
