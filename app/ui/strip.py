"""The top of every screen: what the job is, the small facts, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin
from app.ui.widgets.chips import Chip, ChipRow
from app.ui.widgets.fit import fitted


class Strip(QWidget):
    """Title and second title at the left, chips at the right. `painted` tells of each repaint."""

    painted = Signal()

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self._title = self._subtitle = ""
        self.chips = ChipRow(skin, parent=self)

    @property
    def title(self) -> str:
        """The title shown."""
        return self._title

    @property
    def fits(self) -> bool:
        """True if the title is whole."""
        return fitted(self._skin, self._title, self._px(), 800, self._room(), self.height(), 1)[1]

    def show_title(self, title: str, subtitle: str) -> None:
        """Changes both."""
        self._title, self._subtitle = title, subtitle
        self.setAccessibleName(title)
        self._place()
        self.update()

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        """Changes the chips."""
        self.chips.show_chips(chips)
        self._place()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places the chips anew."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws ground, title and second title."""
        painter = QPainter(self)
        skin = self._skin
        painter.fillRect(self.rect(), skin.color("surface"))
        if skin.theme != "dark":
            painter.fillRect(0, self.height() - 1, self.width(), 1, skin.color("line"))
        font, _ = fitted(skin, self._title, self._px(), 800, self._room(), self.height(), 1)
        metrics = QFontMetricsF(font)
        y = (self.height() + metrics.capHeight()) / 2
        painter.setFont(font)
        painter.setPen(skin.color("text"))
        painter.drawText(QPointF(14, y), self._title)
        x = 14 + metrics.horizontalAdvance(self._title) + 10
        second = skin.font(font.pixelSize(), 500)
        if self._subtitle and x + QFontMetricsF(second).horizontalAdvance(self._subtitle) <= self._room() + 14:
            painter.setFont(second)
            painter.setPen(skin.color("quiet"))
            painter.drawText(QPointF(x, y), self._subtitle)
        self.painted.emit()

    def _px(self) -> float:
        return min(self._skin.px(16), 24)

    def _room(self) -> float:
        return self.chips.x() - 14 - 12

    def _place(self) -> None:
        title = QFontMetricsF(self._skin.font(self._px(), 800)).horizontalAdvance(self._title)
        least = min(title, self.width() * 0.42)
        wide = self.chips.width_within(round(self.width() - least - 14 - 24))
        self.chips.setGeometry(self.width() - 14 - wide, 0, wide, self.height())


class ProgressLine(QWidget):
    """A line as wide as the work done."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self._part: int | None = None

    def show_part(self, thousandths: int | None) -> None:
        """Changes how far it is; None for no line at all."""
        if thousandths != self._part:
            self._part = thousandths
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the line."""
        if self._part is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._skin.color("raised"))
        wide = self.width() * min(1000, max(0, self._part)) / 1000
        painter.fillRect(QRectF(0, 0, wide, self.height()), self._skin.color("ask"))
