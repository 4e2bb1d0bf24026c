"""A large icon that says what a page is about."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin


class BigIcon(QWidget):
    """An icon at the left edge (or in the middle), as high as the place it has, at most 96 px."""

    def __init__(self, skin: Skin, icon: str = "empty", color: str = "quiet", *, centred: bool = False) -> None:
        super().__init__()
        self._skin, self._icon, self._color, self._centred = skin, icon, color, centred

    def show_icon(self, icon: str, color: str = "quiet") -> None:
        """Changes icon and colour token."""
        self._icon, self._color = icon, color
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the icon."""
        side = min(96, self.height())
        x = (self.width() - side) / 2 if self._centred else -side / 12
        QPainter(self).drawPixmap(
            QPointF(x, (self.height() - side) / 2),
            self._skin.icon(self._icon, self._color, side, self.devicePixelRatioF()),
        )
