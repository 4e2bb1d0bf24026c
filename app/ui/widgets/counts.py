"""One to four counts side by side, all of one width."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin
from app.ui.widgets.tiles import CountTile


class CountRow(QWidget):
    """Owns the tiles; those without a count are not there."""

    def __init__(self, skin: Skin, most: int = 3) -> None:
        super().__init__()
        self._tiles = [CountTile(skin, parent=self) for _ in range(most)]
        self._count = most

    def show_counts(self, *counts: tuple[str, str, str]) -> None:
        """Words, numbers and colours."""
        self._count = len(counts)
        for tile, count in zip(self._tiles, counts, strict=False):
            tile.show_count(*count)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Equal parts."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        gap = 12 if self.width() > 360 else 8
        wide = (self.width() - gap * (self._count - 1)) / max(1, self._count)
        for i, tile in enumerate(self._tiles):
            tile.setVisible(i < self._count)
            tile.setGeometry(round(i * (wide + gap)), 0, round(wide), self.height())
