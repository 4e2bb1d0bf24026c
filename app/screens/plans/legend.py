"""What the shades of the floor map mean: a square of each with the picks from which on it holds. Drawn in a corner of the map."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from app.screens.plans.camera import whole
from app.screens.plans.picture import FloorPicture
from app.screens.plans.words import PlansWord
from app.services.floor_drawing import SHADES, FloorDrawing
from app.ui.texts import Texts
from app.ui.theme import Skin

_SIDE, _GAP, _EDGE = 14.0, 6.0, 8.0


def draw_legend(painter: QPainter, area: QRectF, skin: Skin, texts: Texts, drawing: FloorDrawing) -> None:
    """In the lower left corner, if there is room for it."""
    font = skin.font(15, 600)
    metrics = QFontMetricsF(font)
    words = ["0", *(f"{step}+" for step in drawing.steps)]
    title = texts.word(PlansWord.LEGEND)
    widths = [metrics.horizontalAdvance(word) for word in words]
    wide = metrics.horizontalAdvance(title) + sum(widths) + len(words) * (_SIDE + 3 * _GAP) + 2 * _EDGE
    high = metrics.height() + _EDGE
    if wide > area.width() or high * 3 > area.height():
        return
    box = QRectF(area.left(), area.bottom() - high, wide, high)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(skin.color("surface"))
    painter.drawRoundedRect(box, 8, 8)
    painter.setFont(font)
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    left = box.left() + _EDGE
    picture = FloorPicture(skin, drawing, None, "", whole(drawing.box, 1, 1))
    painter.setPen(skin.color("quiet"))
    painter.drawText(QRectF(left, box.top(), wide, high), middle, title)
    left += metrics.horizontalAdvance(title) + 2 * _GAP
    for i, (word, width) in enumerate(zip(words, widths, strict=True)):
        shade = i + SHADES - len(drawing.steps) if i else 0
        side = _SIDE * picture.size(shade)
        painter.fillRect(QRectF(left, box.center().y() - side / 2, side, side), picture.shade(shade))
        painter.drawText(QRectF(left + _SIDE + _GAP, box.top(), width + 4, high), middle, word)
        left += _SIDE + width + 3 * _GAP
