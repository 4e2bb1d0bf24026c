"""A column of blocks that keeps its promises on any screen: the picture goes first, then second lines; bin, item and count never."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


@dataclass(slots=True)
class Block:
    """One widget of a column: pixels it likes, pixels it needs, and when it is given up (0 = never, higher goes first)."""

    widget: QWidget
    likes: int
    needs: int
    give_up: int = 0
    shown: bool = True


class Column(QWidget):
    """Lays blocks out from the top. Spare height stays below; missing height is taken from all, then whole blocks are given up.

    `used` is how many pixels are taken, `gap` how many lie between two blocks.
    """

    def __init__(self, gap: int = 12, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = gap
        self.used = self.gap = 0
        self._blocks: list[Block] = []

    def add(self, widget: QWidget, likes: int, needs: int, give_up: int = 0) -> Block:
        """Adds a block at the end; change the returned one and call `arrange` to change it later."""
        widget.setParent(self)
        block = Block(widget, likes, needs, give_up)
        self._blocks.append(block)
        return block

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arranges anew."""
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Gives every block its place."""
        wanted = [b for b in self._blocks if b.shown]
        kept = list(wanted)
        while _height(kept, self._gap, least=True) > self.height() and any(b.give_up for b in kept):
            kept.remove(max((b for b in kept if b.give_up), key=lambda b: b.give_up))
        gap = self._gap if _height(kept, self._gap, least=False) <= self.height() else max(4, self._gap // 2)
        self.gap = gap
        room = self.height() - gap * max(0, len(kept) - 1)
        likes, needs = sum(b.likes for b in kept), sum(b.needs for b in kept)
        part = 1.0 if likes <= room or likes == needs else max(0.0, (room - needs) / (likes - needs))
        squeeze = min(1.0, room / needs) if needs else 1.0
        top = 0
        for block in self._blocks:
            block.widget.setVisible(block in kept)
        for block in kept:
            height = round((block.needs + (block.likes - block.needs) * part) * (squeeze if part == 0.0 else 1))
            block.widget.setGeometry(0, top, self.width(), height)
            top += height + gap
        self.used = top - gap if kept else 0


def _height(blocks: list[Block], gap: int, *, least: bool) -> int:
    return sum(b.needs if least else b.likes for b in blocks) + gap * max(0, len(blocks) - 1)
