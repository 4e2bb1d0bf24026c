"""The board's rows as a table: it takes the edits a page brings, and touches no row that has not changed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.screens.floor.cells import COLUMNS, cell_of
from app.services.floor_port import Edit, FloorPage, Row
from app.ui.texts import Texts
from sync.contract.board import BoardTab

Index = QModelIndex | QPersistentModelIndex

#: Role under which a cell gives its `Cell`.
CELL = Qt.ItemDataRole.UserRole


class FloorTable(QAbstractTableModel):
    """One row of the board a row. The cells are made when they are looked at."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._rows: list[Row] = []
        self._number = 0
        self.tab = BoardTab.DEVICES

    @property
    def language(self) -> str:
        """Of its words."""
        return self._texts.language

    def take(self, page: FloorPage) -> None:
        """Shows a page: by its edits where it follows on what is shown, else anew."""
        if page.tab is self.tab and page.number == self._number:
            return
        if page.edits is None or page.tab is not self.tab or page.base != self._number:
            self.beginResetModel()
            self.tab, self._rows = page.tab, list(page.rows)
            self.endResetModel()
        else:
            for edit in page.edits:
                self._edit(edit)
        self._number = page.number

    def clear(self, tab: BoardTab) -> None:
        """Nothing is known of a list yet."""
        if self._rows or tab is not self.tab:
            self.beginResetModel()
            self.tab, self._rows, self._number = tab, [], 0
            self.endResetModel()

    def _edit(self, edit: Edit) -> None:
        here = QModelIndex()
        if edit.kind == "removed":
            self.beginRemoveRows(here, edit.first, edit.last)
            del self._rows[edit.first : edit.last + 1]
            self.endRemoveRows()
        elif edit.kind == "inserted":
            self.beginInsertRows(here, edit.first, edit.last)
            self._rows[edit.first : edit.first] = edit.rows
            self.endInsertRows()
        else:
            self._rows[edit.first : edit.last + 1] = edit.rows
            last = self.index(edit.last, self.columnCount() - 1)
            self.dataChanged.emit(self.index(edit.first, 0), last)

    def row_at(self, place: int) -> Row | None:
        """The row at a place."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, id: str) -> int | None:
        """Where a row stands, if it is on the list."""
        return next((i for i, row in enumerate(self._rows) if row.id == id), None)

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS[self.tab])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words over the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            columns = COLUMNS[self.tab]
            return self._texts.word(columns[section].word) if section < len(columns) else ""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell."""
        row = self.row_at(index.row())
        if row is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, CELL):
            return None
        cell = cell_of(self._texts, self.tab, index.column(), row)
        return cell if role == CELL else cell.text
