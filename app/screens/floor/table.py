"""Draws the board's list: a sign, the name large, the rest quiet. Arrow keys move, a click chooses."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from app.core.messages import Cue, Look, Tone
from app.screens.floor.cell_table import CELL, CellTable, Index
from app.screens.floor.cells import Cell
from app.ui.theme import Skin
from app.ui.widgets.fit import fitted
from app.ui.widgets.rows import MOVES, RowsTable
from app.ui.widgets.tone import draw_sign

_SIGN = 24
#: Rows whose words decide how wide a column is, and the widest it may be.
_MEASURED, _MOST = 40, 340
#: Pixels of a scroll bar and the frame.
_BAR = 18
#: Lines of words in a cell: a long name wraps before it shrinks.
_LINES = 2
_LOOKS = {"triangle": Look(Tone.WARN), "octagon": Look(Tone.BAD), "hand": Look(Tone.WARN, Cue.CALL)}


class FloorCells(QStyledItemDelegate):
    """Paints one cell."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self._skin = skin

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """A row is as high as a thumb."""
        return QSize(80, 56)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, sign, words."""
        cell: Cell | None = index.data(CELL)
        if cell is None:
            return
        skin, rect = self._skin, QRectF(option.rect)
        table = option.widget
        chosen = isinstance(table, QTableView) and table.currentIndex().row() == index.row()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.fillRect(rect, skin.mix("ask", 0.16, "surface"))
        painter.setPen(QPen(skin.color("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if chosen and index.column() == 0:
            painter.fillRect(QRectF(rect.left(), rect.top(), 5, rect.height()), skin.color("ask"))
        self._draw_words(painter, rect, cell, self._draw_mark(painter, rect, cell))
        painter.restore()

    def _draw_words(self, painter: QPainter, rect: QRectF, cell: Cell, left: float) -> None:
        skin, room = self._skin, rect.right() - left - 8
        px, weight = cell_px(skin, bold=cell.bold), 700 if cell.bold else 500
        font, fits = fitted(skin, cell.text, px, weight, room, rect.height() - 6, _LINES)
        painter.setFont(font)
        # A sign carries the colour of its row's name; elsewhere the words do.
        painter.setPen(skin.color("text" if cell.mark in ("dot", "ring", "hand") and cell.bold else cell.tone))
        text = cell.text if fits else QFontMetricsF(font).elidedText(cell.text, Qt.TextElideMode.ElideRight, room)
        flags = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(QRectF(left, rect.top(), room, rect.height()), flags, text)

    def _draw_mark(self, painter: QPainter, rect: QRectF, cell: Cell) -> float:
        left, middle = rect.left() + 16, rect.center().y()
        if cell.mark in ("dot", "ring"):
            color = self._skin.color("quiet" if cell.tone == "text" else cell.tone)
            painter.setPen(QPen(color, 2.4))
            painter.setBrush(color if cell.mark == "dot" else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(left + 6, middle), 5, 5)
            return left + 22
        if cell.mark:
            place = QRectF(left, middle - _SIGN / 2, _SIGN, _SIGN)
            draw_sign(painter, place, self._skin, _LOOKS[cell.mark])
            return left + _SIGN + 8
        return left


def cell_px(skin: Skin, *, bold: bool) -> float:
    """Text height in a cell."""
    return min(skin.px(18 if bold else 17), 26)


class FloorList(RowsTable):
    """The table. `moved` carries the id of the row the arrow keys came to, `picked` that of a row clicked."""

    moved = Signal(str)
    picked = Signal(str)

    def __init__(self, skin: Skin, model: CellTable[Any]) -> None:
        super().__init__(skin, model, FloorCells(skin))
        self._table = model
        self._styled: object = None

    def restyle(self) -> None:
        """Takes fonts and measures from the skin, and gives the columns their widths."""
        self.measure()
        columns = self._table.columns
        # Room for the scroll bar is left from the start; while there is none the last column has it.
        room = self.width() - _BAR
        # Widths stay as they are while rows come and go: nothing moves under a finger.
        now = (self._table.kind, room, self._skin.scale, self._table.language, self._table.rowCount() > 0)
        if now == self._styled:
            return
        self._styled = now
        widths = [max(self._head_width(i), self._widest(i)) for i in range(len(columns))]
        kept = list(range(len(columns)))
        for i in sorted((i for i in kept if columns[i].give_up), key=lambda i: -columns[i].give_up):
            if sum(widths[k] for k in kept) > room:
                kept.remove(i)
        wanted = sum(widths[k] for k in kept)
        if wanted > room:
            widths = [width * room // wanted for width in widths]
        spare = max(0, room - sum(widths[k] for k in kept))
        shares = sum(columns[k].share for k in kept) or 1
        for i, column in enumerate(columns):
            self.setColumnHidden(i, i not in kept)
            more = spare * column.share // shares if i in kept else 0
            self.setColumnWidth(i, widths[i] + more)

    def _head_width(self, column: int) -> int:
        head = self._table.headerData(column, Qt.Orientation.Horizontal)
        return round(QFontMetricsF(self.horizontalHeader().font()).horizontalAdvance(str(head))) + 34

    def _widest(self, column: int) -> int:
        """Pixels the words of a column need, measured on the rows at the top."""
        least = round(self._table.columns[column].least * max(1.0, min(1.5, self._skin.scale)))
        rows = range(min(_MEASURED, self._table.rowCount()))
        cells: list[Cell] = [self._table.index(row, column).data(CELL) for row in rows]
        wide = [
            QFontMetricsF(
                self._skin.font(cell_px(self._skin, bold=cell.bold), 700 if cell.bold else 500)
            ).horizontalAdvance(cell.text)
            + (_SIGN + 8 if cell.mark else 0)
            for cell in cells
        ]
        return min(round(max([least - 28.0, *wide])) + 28, _MOST)

    def stand_on(self, id: str) -> None:
        """Makes a row the current one, without a word of it; '' for none."""
        now = self._table.row_at(self.currentIndex().row())
        if (self._table.id_of(now) if now is not None else "") == id:
            return
        place = self._table.place_of(id) if id else None
        before = self.blockSignals(True)
        self.setCurrentIndex(self._table.index(place, 0) if place is not None else self._table.index(-1, -1))
        self.blockSignals(before)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move; keys that mean nothing to a list go to the window."""
        if event.key() not in MOVES:
            event.ignore()
            return
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self._table.index(0, 0))
        else:
            super().keyPressEvent(event)
        self.viewport().update()
        row = self._table.row_at(self.currentIndex().row())
        if row is not None:
            self.moved.emit(self._table.id_of(row))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses its row."""
        super().mouseReleaseEvent(event)
        row = self._table.row_at(self.indexAt(event.position().toPoint()).row())
        self.viewport().update()
        if row is not None:
            self.picked.emit(self._table.id_of(row))

    def event(self, event: QEvent) -> bool:
        """Tab leaves the table instead of walking its cells."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        ):
            return self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
        return super().event(event)
