"""The small facts of the strip: connection, waiting, data age, devices, battery. Calm, and never in the way of the title."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin
from app.ui.widgets.panel import rounded

_HIGH = 26
_GAP = 8
#: Pixels around the words of a chip: air, and a dot.
_AIR, _DOT = 22, 15
_AROUND = _AIR + _DOT


@dataclass(frozen=True, slots=True)
class Chip:
    """One fact. `dot` is `full`, `ring` or empty, in `tone`'s colour; higher `rank` stays longer when there is little room."""

    text: str
    tone: str = "text"
    dot: str = ""
    rank: int = 0


class ChipRow(QWidget):
    """Chips from the right edge to the left; those of lowest rank are left out when the row is too narrow."""

    def __init__(self, skin: Skin, px: float = 15, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin, self._px = skin, px
        self._chips: tuple[Chip, ...] = ()
        self._room = 10_000
        self.align_left = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def chips(self) -> tuple[Chip, ...]:
        """All chips, also those there is no room for."""
        return self._chips

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        """Changes the chips."""
        if chips != self._chips:
            self._chips = chips
            self.setAccessibleName(", ".join(c.text for c in chips))
            self.updateGeometry()
            self.update()

    def width_within(self, room: int) -> int:
        """Says how many pixels there are, and hears how many are used."""
        self._room = room
        return math.ceil(self._width(self._kept()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The room is what it has."""
        super().resizeEvent(event)
        self._room = self.width()

    def sizeHint(self) -> QSize:
        """All chips in one line."""
        return QSize(math.ceil(self._width(list(self._chips))), self._high())

    def minimumSizeHint(self) -> QSize:
        """No width at all: chips may be left out."""
        return QSize(0, self._high())

    @property
    def fits(self) -> bool:
        """True if at least the chip of highest rank has room."""
        return not self._chips or bool(self._kept())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the chips."""
        painter = QPainter(self)
        kept = self._kept()
        x = 0.0 if self.align_left else self.width() - self._width(kept)
        top = (self.height() - self._high()) / 2
        for chip in kept:
            wide = self._chip_width(chip)
            self._draw(painter, QRectF(x, top, wide, self._high()), chip)
            x += wide + _GAP

    def _draw(self, painter: QPainter, rect: QRectF, chip: Chip) -> None:
        skin = self._skin
        line = skin.color("line") if skin.theme == "contrast" else None
        rounded(painter, rect, rect.height() / 2, skin.color("raised"), line)
        left = rect.left() + 11
        if chip.dot:
            # The dot carries the colour, its fullness the state: readable without colour.
            dot = skin.color(chip.tone)
            painter.setPen(QPen(dot, 2.2))
            painter.setBrush(dot if chip.dot == "full" else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(left + 4, rect.center().y()), 3.6, 3.6)
            left += 15
        painter.setFont(self._font())
        painter.setPen(skin.color("text" if chip.dot else chip.tone))
        painter.drawText(
            QRectF(left, rect.top(), rect.width(), rect.height()), int(Qt.AlignmentFlag.AlignVCenter), chip.text
        )

    def _font(self) -> QFont:
        px = min(self._skin.px(self._px), self._px * 1.3)
        while px > self._skin.smallest and self._room < self._widest(px):
            px -= 1
        return self._skin.font(px, 600)

    def _widest(self, px: float) -> float:
        """Width of the widest chip of high rank: words that are longer than the row become smaller before they are left out."""
        top = max(chip.rank for chip in self._chips) if self._chips else 0
        metrics = QFontMetricsF(self._skin.font(px, 600))
        return max((metrics.horizontalAdvance(c.text) + _AROUND for c in self._chips if c.rank == top), default=0.0)

    def _high(self) -> int:
        return round(_HIGH * min(1.3, max(1.0, self._skin.scale)))

    def _chip_width(self, chip: Chip) -> float:
        return QFontMetricsF(self._font()).horizontalAdvance(chip.text) + _AIR + (_DOT if chip.dot else 0)

    def _width(self, chips: list[Chip]) -> float:
        return sum(self._chip_width(c) for c in chips) + _GAP * max(0, len(chips) - 1)

    def _kept(self) -> list[Chip]:
        kept = list(self._chips)
        while kept and self._width(kept) > self._room:
            kept.remove(min(kept, key=lambda c: c.rank))
        return kept
