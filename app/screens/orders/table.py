"""Draws the orders: a box to choose, the number large, the state as a word with a dot. Keyboard first, a click works too."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from app.screens.orders.model import COLUMNS, ORDER, SELECTED, OrderTable
from app.screens.words import Word
from app.ui.theme import Skin
from app.ui.widgets.fit import fitted
from app.ui.widgets.panel import rounded
from app.ui.widgets.rows import MOVES, RowsTable

Index = QModelIndex | QPersistentModelIndex

_TONES = {
    "held": ("warn", "ring"),
    "open": ("ask", "ring"),
    "released": ("ask", "full"),
    "picking": ("ask", "full"),
    "picked": ("ask", "full"),
    "packing": ("ask", "full"),
    "label_pending": ("warn", "full"),
    "shipped": ("good", "full"),
    "cancelled": ("quiet", "ring"),
}
#: Least width in pixels of the other columns; the customer gets what is left.
_WIDTHS = {
    Word.COLUMN_CUSTOMER: 120,
    Word.COLUMN_UNITS: 96,
    Word.COLUMN_CARRIER: 130,
    Word.COLUMN_CUT_OFF: 110,
}
#: Rows whose texts decide how wide a column is.
_MEASURED = 60
#: Pixels of a scroll bar and the frame.
_BAR = 18
#: Columns left out when the table is narrow, in this order.
_GIVE_UP = (Word.COLUMN_CARRIER, Word.COLUMN_CUSTOMER, Word.COLUMN_CUT_OFF, Word.COLUMN_UNITS)


def cell_px(skin: Skin, *, bold: bool) -> float:
    """Text height in a cell."""
    return min(skin.px(18 if bold else 17), 26)


class OrderCells(QStyledItemDelegate):
    """Paints one cell."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self._skin = skin

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """A row is as high as a thumb."""
        return QSize(80, 56)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, box, dot, words."""
        skin = self._skin
        order = index.data(ORDER)
        rect = QRectF(option.rect)
        chosen = bool(index.data(SELECTED))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.fillRect(rect, skin.mix("ask", 0.12, "surface"))
        painter.setPen(QPen(skin.color("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        column = COLUMNS[index.column()]
        left = rect.left() + 16
        if column is Word.COLUMN_ORDER:
            left = self._draw_box(painter, rect, chosen, open_=order.state == "open")
        if column is Word.COLUMN_STATE:
            left = self._draw_dot(painter, rect, order.state)
        bold = column in (Word.COLUMN_ORDER, Word.COLUMN_UNITS)
        quiet = column in (Word.COLUMN_CARRIER, Word.COLUMN_CUT_OFF) or order.state in ("shipped", "cancelled")
        room = rect.right() - left - 8
        font, _ = fitted(
            skin, str(index.data()), cell_px(skin, bold=bold), 700 if bold else 500, room, rect.height(), 1
        )
        painter.setFont(font)
        painter.setPen(skin.color("quiet" if quiet else "text"))
        text = QFontMetricsF(font).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, rect.top(), room, rect.height()), int(Qt.AlignmentFlag.AlignVCenter), text)
        if self._is_current(option, index):
            painter.setPen(QPen(skin.color("ask"), 3))
            painter.drawLine(QPointF(rect.left(), rect.bottom() - 2), QPointF(rect.right(), rect.bottom() - 2))
        painter.restore()

    def _is_current(self, option: QStyleOptionViewItem, index: Index) -> bool:
        table = option.widget
        return isinstance(table, QTableView) and table.hasFocus() and table.currentIndex().row() == index.row()

    def _draw_box(self, painter: QPainter, rect: QRectF, chosen: bool, *, open_: bool) -> float:
        box = QRectF(rect.left() + 16, rect.center().y() - 12, 24, 24)
        if open_:
            fill = self._skin.color("ask" if chosen else "surface")
            rounded(painter, box, 6, fill, self._skin.color("ask" if chosen else "quiet"), 2)
            if chosen:
                ratio = painter.device().devicePixelRatioF()
                painter.drawPixmap(box.topLeft() + QPointF(4, 4), self._skin.icon("check", "on_ask", 16, ratio))
        return box.right() + 14

    def _draw_dot(self, painter: QPainter, rect: QRectF, state: str) -> float:
        tone, dot = _TONES.get(state, ("quiet", "ring"))
        painter.setPen(QPen(self._skin.color(tone), 2.4))
        painter.setBrush(self._skin.color(tone) if dot == "full" else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(rect.left() + 22, rect.center().y()), 5, 5)
        return rect.left() + 38


class OrderList(RowsTable):
    """The table. `toggled` carries an order number; Space or a click chooses, arrow keys move."""

    toggled = Signal(str)

    def __init__(self, skin: Skin, model: OrderTable) -> None:
        super().__init__(skin, model, OrderCells(skin))
        self._orders = model
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)

    def restyle(self) -> None:
        """Takes fonts and measures from the skin, and gives the columns their widths."""
        self.measure()
        grown = max(1.0, min(1.5, self._skin.scale))
        widths = {column: round(width * grown) for column, width in _WIDTHS.items()}
        widths[Word.COLUMN_ORDER] = self._widest(Word.COLUMN_ORDER, 54)
        widths[Word.COLUMN_STATE] = self._widest(Word.COLUMN_STATE, 38)
        # Room for the scroll bar is left from the start; while there is none the last column has it.
        room = self.width() - _BAR
        kept = list(COLUMNS)
        for column in _GIVE_UP:
            if sum(widths[c] for c in kept) > room:
                kept.remove(column)
        wide = Word.COLUMN_CUSTOMER if Word.COLUMN_CUSTOMER in kept else Word.COLUMN_STATE
        spare = room - sum(widths[c] for c in kept)
        for i, column in enumerate(COLUMNS):
            self.setColumnHidden(i, column not in kept)
            self.setColumnWidth(i, max(60, widths[column] + (spare if column is wide else 0)))

    def _widest(self, column: Word, before: int) -> int:
        """Pixels the texts of a column need after `before` pixels for a box or dot; measured on the rows at the top."""
        bold = column is Word.COLUMN_ORDER
        metrics = QFontMetricsF(self._skin.font(cell_px(self._skin, bold=bold), 700 if bold else 500))
        rows = range(min(_MEASURED, self._orders.rowCount()))
        texts = [str(self._orders.index(row, COLUMNS.index(column)).data()) for row in rows]
        return before + 26 + round(max((metrics.horizontalAdvance(text) for text in texts), default=80))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space chooses; keys that mean nothing to a list go to the window."""
        order = self._orders.order_at(self.currentIndex().row())
        if event.key() == Qt.Key.Key_Space and order is not None:
            self.toggled.emit(order.no)
        elif event.key() in MOVES:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a row chooses it."""
        super().mouseReleaseEvent(event)
        order = self._orders.order_at(self.indexAt(event.position().toPoint()).row())
        if order is not None:
            self.toggled.emit(order.no)

    def event(self, event: QEvent) -> bool:
        """Tab leaves the table instead of walking its cells."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        ):
            return self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
        return super().event(event)
