"""Drawn stand-ins for photographs: an item as a pack in its own colour, a carton with what fills it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin
from app.ui.widgets.panel import rounded

_GREY = "#8d99ae"


def draw_block(painter: QPainter, rect: QRectF, color: QColor, size: tuple[float, float, float]) -> None:
    """A box seen from its corner. `size` is width, depth, height in any unit; it is scaled to fill `rect`."""
    w, d, h = size
    unit = min(rect.width() / ((w + d) * 0.87), rect.height() / ((w + d) * 0.42 + h))
    right, left = QPointF(0.87 * w * unit, -0.42 * w * unit), QPointF(-0.87 * d * unit, -0.42 * d * unit)
    up = QPointF(0, -h * unit)
    wide, high = (w + d) * 0.87 * unit, ((w + d) * 0.42 + h) * unit
    foot = QPointF(rect.center().x() - wide / 2 + 0.87 * d * unit, rect.center().y() + high / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    for shade, corners in (
        (118, (foot + up, foot + up + right, foot + up + right + left, foot + up + left)),
        (100, (foot, foot + left, foot + left + up, foot + up)),
        (82, (foot, foot + right, foot + right + up, foot + up)),
    ):
        painter.setBrush(color.lighter(shade) if shade >= 100 else color.darker(round(10_000 / shade)))
        painter.drawPolygon(QPolygonF(list(corners)))
    painter.setBrush(QColor(255, 255, 255, 225))
    at = [(0.2, 0.24), (0.72, 0.24), (0.72, 0.66), (0.2, 0.66)]
    painter.drawPolygon(QPolygonF([foot + left * u + up * v for u, v in at]))


class ItemPicture(QWidget):
    """An item on white, as the shop shows it. An unknown colour is grey."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self._color = QColor(_GREY)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_color(self, color: str) -> None:
        """Changes the item's colour: `#RRGGBB` or empty."""
        self._color = QColor(color if QColor.isValidColorName(color) else _GREY)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the item."""
        painter = QPainter(self)
        line = None if self._skin.theme == "dark" else self._skin.color("line")
        rounded(painter, QRectF(self.rect()), 10, self._skin.color("picture"), line)
        air = min(self.width(), self.height()) * 0.16
        draw_block(painter, QRectF(self.rect()).adjusted(air, air, -air, -air), self._color, (0.8, 0.62, 1.05))


class CartonPicture(QWidget):
    """A carton in its own proportions."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self._size: tuple[float, float, float] = (3, 2, 1.5)

    def show_size(self, size_mm: tuple[int, int, int]) -> None:
        """Changes the carton: inner length, width, height in millimetres."""
        self._size = (float(size_mm[0]) or 1, float(size_mm[1]) or 1, float(size_mm[2]) or 1)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the carton."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_block(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), QColor("#cfa06a"), self._size)
