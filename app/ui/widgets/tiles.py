"""Counts in large figures with a word above, and the card that shows an item."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.views import ItemCard
from app.ui.theme import Skin
from app.ui.widgets.chips import Chip, ChipRow
from app.ui.widgets.code import CodeLabel, tail_spans
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.panel import Panel
from app.ui.widgets.picture import ItemPicture

_CENTRE = Qt.AlignmentFlag.AlignHCenter


class CountTile(Panel):
    """A word and a number. The number is `px` high at 100 %."""

    def __init__(self, skin: Skin, px: float = 72, parent: QWidget | None = None) -> None:
        super().__init__(skin, parent=parent)
        self._word = FitLabel(skin, 17, 600, "quiet", align=_CENTRE, parent=self)
        self._number = FitLabel(skin, px, 800, align=_CENTRE, parent=self)

    def show_count(self, word: str, number: str, color: str = "text") -> None:
        """Changes both."""
        self._word.show_text(word)
        self._number.show_text(number, color)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Word above, number below."""
        super().resizeEvent(event)
        w, h = self.width(), self.height()
        top = min(round(26 * max(1.0, min(1.6, self.skin.scale))), round(h * 0.34))
        self._word.setGeometry(4, 10 if h > 90 else 4, w - 8, top)
        above = self._word.geometry().bottom() + 1
        self._number.setGeometry(6, above, w - 12, max(10, h - above - (8 if h > 90 else 2)))


class ItemView(Panel):
    """An item as a person finds it: picture, name, the end of its barcode, and what to look out for."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(skin, parent=parent)
        self._picture = ItemPicture(skin, self)
        self._name = FitLabel(skin, 23, 700, lines=3, parent=self)
        self._code = CodeLabel(skin, 18, 550, self)
        self._notes = ChipRow(skin, parent=self)
        self._notes.align_left = True

    def show_item(self, item: ItemCard | None, notes: tuple[Chip, ...] = ()) -> None:
        """Changes the item and the notes under it."""
        self._picture.show_color(item.colour if item else "")
        self._name.show_text(item.name if item else "")
        self._code.show_spans(tail_spans(item.code) if item else [])
        self._notes.show_chips(notes)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places picture and words anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        w, h = self.width(), self.height()
        edge = 16 if h >= 110 else 10
        # The picture goes first when letters are large or the screen is small; then the code, then the notes.
        pictured = h >= 96 and w >= 300 and self.skin.scale <= 1.3
        side = min(104, h - 2 * edge) if pictured else 0
        self._picture.setVisible(pictured)
        self._picture.setGeometry(edge, (h - side) // 2, side, side)
        left = edge + (side + 16 if side else 0)
        wide = w - left - edge
        line = round(25 * max(1.0, min(1.5, self.skin.scale)))
        notes = bool(self._notes.chips) and h >= edge * 2 + line * 3
        coded = h >= edge * 2 + line * 2
        self._notes.setVisible(notes)
        self._code.setVisible(coded)
        foot = (line + 3 if notes else 0) + (line if coded else 0)
        room = h - 2 * edge - foot
        name = min(room, self._name.height_for(wide) + 2)
        used = name + foot
        top = max(edge, round((h - used) / 2))
        self._name.setGeometry(left, top, wide, name)
        self._code.setGeometry(left, top + name + 1, wide, line)
        self._notes.setGeometry(left, top + name + line + 4, wide, line + 3)
