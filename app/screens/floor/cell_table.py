"""Rows whose cells are made when they are looked at: what the tables of the board and of plans have in common."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.screens.floor.cells import Cell, Column
from app.ui.texts import Texts

Index = QModelIndex | QPersistentModelIndex
R = TypeVar("R")

#: Role under which a cell gives its `Cell`.
CELL = Qt.ItemDataRole.UserRole


class CellTable(QAbstractTableModel, Generic[R]):
    """Owns the rows; who derives from it says which columns they have, and changes them with Qt's begin and end."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._rows: list[R] = []

    @property
    def kind(self) -> str:
        """Which list it is: with another one the columns are measured anew."""
        raise NotImplementedError

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of this kind."""
        raise NotImplementedError

    def id_of(self, row: R) -> str:
        """By which a row is known."""
        raise NotImplementedError

    def cell(self, column: int, row: R) -> Cell:
        """One cell of a row."""
        return self.columns[column].make(self._texts, row)

    @property
    def language(self) -> str:
        """Of its words."""
        return self._texts.language

    def row_at(self, place: int) -> R | None:
        """The row at a place."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, id: str) -> int | None:
        """Where a row stands, if it is on the list."""
        return next((i for i, row in enumerate(self._rows) if self.id_of(row) == id), None)

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt's question."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words over the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            columns = self.columns
            return self._texts.word(columns[section].word) if section < len(columns) else ""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell."""
        row = self.row_at(index.row())
        if row is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, CELL):
            return None
        cell = self.cell(index.column(), row)
        return cell if role == CELL else cell.text
