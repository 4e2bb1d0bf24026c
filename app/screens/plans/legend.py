"""What the shades of the floor map mean: a square of each with the picks from which on it holds. Drawn under the floor."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from app.screens.plans.camera import whole
from app.screens.plans.picture import FloorPicture
from app.screens.plans.words import PlansWord
from app.services.floor_drawing import SHADES, FloorDrawing
from app.ui.texts import Texts
from app.ui.theme import Skin

#: Pixels of height it is given.
LEGEND = 28
_SIDE, _GAP = 14.0, 6.0


def draw_legend(painter: QPainter, area: QRectF, skin: Skin, texts: Texts, drawing: FloorDrawing) -> None:
    """From the left of `area` on; without its title where that has no room, and not at all where the shades have none."""
    font = skin.font(15, 600)
    metrics = QFontMetricsF(font)
    words = ["0", *(f"{step}+" for step in drawing.steps)]
    title = texts.word(PlansWord.LEGEND)
    titled = metrics.horizontalAdvance(title) + 2 * _GAP
    widths = [metrics.horizontalAdvance(word) for word in words]
    wide = sum(widths) + len(words) * (_SIDE + 3 * _GAP)
    if wide > area.width():
        return
    painter.setFont(font)
    painter.setPen(skin.color("quiet"))
    left, middle = area.left(), int(Qt.AlignmentFlag.AlignVCenter)
    if wide + titled <= area.width():
        painter.drawText(QRectF(left, area.top(), titled, area.height()), middle, title)
        left += titled
    picture = FloorPicture(skin, drawing, None, "", whole(drawing.box, 1, 1))
    for i, (word, width) in enumerate(zip(words, widths, strict=True)):
        shade = i + SHADES - len(drawing.steps) if i else 0
        side = _SIDE * picture.size(shade)
        painter.fillRect(QRectF(left, area.center().y() - side / 2, side, side), picture.shade(shade))
        painter.drawText(QRectF(left + _SIDE + _GAP, area.top(), width + 4, area.height()), middle, word)
        left += _SIDE + width + 3 * _GAP
