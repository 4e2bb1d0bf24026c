"""The supervisor's orders as rows of a table: ten thousand of them cost as much as those in sight."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.core.views import OrderCard
from app.screens.floor.words import FloorWord
from app.screens.words import Word, named
from app.ui.texts import Texts

Index = QModelIndex | QPersistentModelIndex

COLUMNS = (
    Word.COLUMN_ORDER,
    Word.COLUMN_STATE,
    Word.COLUMN_CUSTOMER,
    Word.COLUMN_UNITS,
    Word.COLUMN_CARRIER,
    Word.COLUMN_CUT_OFF,
)
#: Role under which a cell gives its whole order.
ORDER = Qt.ItemDataRole.UserRole
#: Role under which a cell says whether its order is selected.
SELECTED = ORDER + 1


class OrderTable(QAbstractTableModel):
    """One order a row. The texts are made when a cell is looked at."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._orders: tuple[OrderCard, ...] = ()
        self._selected: frozenset[str] = frozenset()

    def show_orders(self, orders: tuple[OrderCard, ...], selected: frozenset[str]) -> None:
        """Changes the rows; only what differs is drawn anew when the same orders stand in the same rows."""
        same = len(orders) == len(self._orders) and all(a.no == b.no for a, b in zip(orders, self._orders, strict=True))
        if same:
            self._orders, self._selected = orders, selected
            if orders:
                self.dataChanged.emit(self.index(0, 0), self.index(len(orders) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._orders, self._selected = orders, selected
        self.endResetModel()

    def order_at(self, row: int) -> OrderCard | None:
        """The order of a row."""
        return self._orders[row] if 0 <= row < len(self._orders) else None

    def row_of(self, number: str) -> int | None:
        """The row of an order, if it is in the list."""
        return next((i for i, order in enumerate(self._orders) if order.no == number), None)

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        return 0 if parent is not None and parent.isValid() else len(self._orders)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words over the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._texts.word(COLUMNS[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell."""
        order = self.order_at(index.row())
        if order is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(order, COLUMNS[index.column()])
        if role == ORDER:
            return order
        if role == SELECTED:
            return order.no in self._selected
        return None

    def _text(self, order: OrderCard, column: Word) -> str:
        if column is Word.COLUMN_STATE:
            word = named("state", order.state)
            return self._texts.word(word) if word else order.state
        cells = {
            Word.COLUMN_ORDER: order.no,
            Word.COLUMN_CUSTOMER: order.customer,
            Word.COLUMN_UNITS: self._texts.word(Word.COUNT_OF, n=order.done_units, of=order.units),
            Word.COLUMN_CARRIER: order.carrier or self._texts.word(FloorWord.NO_CARRIER),
            Word.COLUMN_CUT_OFF: self._texts.clock(order.cut_off) if order.cut_off else "–",
        }
        return cells[column]
