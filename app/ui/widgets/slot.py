"""A slot of a put wall or cart: its colour, its shape and its code, so that nobody has to tell colours apart. Used by the wall screen."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin, contrast
from app.ui.widgets.fit import fitted
from app.ui.widgets.panel import rounded

#: Eight colours that stay apart for most eyes, in an order that puts unlike ones beside each other.
COLOURS = ("#4C8DF6", "#F2A516", "#2FA968", "#C061CB", "#E2574C", "#22A8B8", "#D9CB2E", "#9A7B5B")
#: Corners of each shape; 0 is a circle, negative a star. Shapes run on where the colours begin again.
_CORNERS = (0, 4, 3, -5, 6, -4, 5, -6)
_INKS = (QColor("#000000"), QColor("#FFFFFF"))


def slot_look(n: int) -> tuple[QColor, int]:
    """Colour and shape of slot number `n`, from 1: 64 different pairs."""
    at = n - 1
    return QColor(COLOURS[at % len(COLOURS)]), (at + at // len(COLOURS)) % len(_CORNERS)


def ink_on(color: QColor) -> QColor:
    """Black or white, whichever can be read better on a colour."""
    return max(_INKS, key=lambda ink: contrast(ink, color))


def draw_shape(painter: QPainter, rect: QRectF, shape: int, fill: QColor, line: QColor | None = None) -> None:
    """Draws one of the shapes into a square."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill)
    painter.setPen(QPen(line, 2) if line else Qt.PenStyle.NoPen)
    corners = _CORNERS[shape]
    if corners == 0:
        painter.drawEllipse(rect)
        return
    painter.drawPolygon(_polygon(rect, corners))


def _polygon(rect: QRectF, corners: int) -> QPolygonF:
    count = abs(corners) * (2 if corners < 0 else 1)
    start = -math.pi / 2 + (math.pi / 4 if corners == 4 else 0)
    points = []
    for i in range(count):
        reach = rect.width() / 2 * (0.46 if corners < 0 and i % 2 else 1.0)
        turn = start + 2 * math.pi * i / count
        points.append(QPointF(rect.center().x() + reach * math.cos(turn), rect.center().y() + reach * math.sin(turn)))
    return QPolygonF(points)


class SlotTile(QWidget):
    """The slot to put something into: filled with its colour, its shape beside the code in the largest letters, a line above it."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self._n, self._code, self._lead = 1, "", ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_slot(self, n: int, code: str, lead: str) -> None:
        """Changes slot, code and the line above."""
        self._n, self._code, self._lead = n, code, lead
        self.setAccessibleName(f"{lead} {code}")
        self.update()

    @property
    def fits(self) -> bool:
        """True if code and line can be read in full."""
        wide, lead, code = self._rooms()
        return self._fit(self._lead, 40, wide, lead)[1] and self._fit(self._code, 150, wide, code)[1]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the tile. In high contrast the ground stays black and only the shape has a colour."""
        painter = QPainter(self)
        skin = self._skin
        color, shape = slot_look(self._n)
        plain = skin.theme == "contrast"
        ground = skin.color("surface") if plain else color
        ink = skin.color("text") if plain else ink_on(color)
        rounded(
            painter, QRectF(self.rect()), skin.measure("radius_card"), ground, skin.color("line") if plain else None, 3
        )
        side = self._side()
        mark = QRectF(18, (self.height() - side) / 2, side, side)
        draw_shape(painter, mark, shape, color if plain else ink)
        painter.setPen(ink)
        self._draw_words(painter, mark.right() + 20)

    def _draw_words(self, painter: QPainter, left: float) -> None:
        """The line and the code below it, as one block in the middle: their ink is measured, for line boxes are mostly air."""
        wide, lead, code = self._rooms()
        fonts = [self._fit(self._lead, 40, wide, lead)[0], self._fit(self._code, 150, wide, code)[0]]
        inks = [
            QFontMetricsF(font).tightBoundingRect(text)
            for font, text in zip(fonts, (self._lead, self._code), strict=True)
        ]
        gap = self._gap()
        top = (self.height() - inks[0].height() - gap - inks[1].height()) / 2
        for font, ink, text in zip(fonts, inks, (self._lead, self._code), strict=True):
            painter.setFont(font)
            painter.drawText(QPointF(left - ink.left(), top - ink.top()), text)
            top += ink.height() + gap

    def _side(self) -> float:
        return float(min(self.height() - 28, self.width() * 0.24, 120))

    def _gap(self) -> float:
        return min(22.0, self.height() * 0.09) if self._lead else 0.0

    def _rooms(self) -> tuple[float, float, float]:
        """Width for the words, height for the line, height for the code."""
        wide = max(20.0, self.width() - 18 - self._side() - 20 - 16)
        lead = min(self.height() * 0.3, 52 * max(1.0, self._skin.scale)) if self._lead else 0.0
        return wide, lead, self.height() - lead - self._gap() - 24

    def _fit(self, text: str, px: float, wide: float, high: float) -> tuple[QFont, bool]:
        return fitted(self._skin, text, self._skin.px(px), 800, wide, high, 1)
