"""The board's rows as a table: it takes the edits a page brings, and touches no row that has not changed."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex

from app.screens.floor.cell_table import CellTable
from app.screens.floor.cells import COLUMNS, Cell, Column, cell_of
from app.services.floor_port import Edit, FloorPage, Row
from app.ui.texts import Texts
from sync.contract.board import BoardTab


class FloorTable(CellTable[Row]):
    """One row of the board a row. The cells are made when they are looked at."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(texts)
        self._number = 0
        self.tab = BoardTab.DEVICES

    @property
    def kind(self) -> str:
        """See CellTable."""
        return self.tab

    @property
    def columns(self) -> tuple[Column, ...]:
        """See CellTable."""
        return COLUMNS[self.tab]

    def cell(self, column: int, row: Row) -> Cell:
        """See CellTable."""
        return cell_of(self._texts, self.tab, column, row)

    def id_of(self, row: Row) -> str:
        """See CellTable."""
        return row.id

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
