"""A table of rows as the desk has them: no grid, no selection of Qt's own, cells painted by a delegate, steered by arrow keys."""

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QTableView

from app.ui.theme import Skin, dress

#: Keys that move from row to row.
MOVES = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)


class RowsTable(QTableView):
    """Owns how rows and heads look; who derives from it owns what is in them. `cells` paints them."""

    def __init__(self, skin: Skin, model: QAbstractTableModel, cells: QStyledItemDelegate) -> None:
        super().__init__()
        self._skin = skin
        # Qt does not keep a delegate alive.
        self._cells = cells
        dress(self, skin)
        self.setModel(model)
        self.setItemDelegate(cells)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setStretchLastSection(True)

    def measure(self) -> None:
        """Takes fonts and heights from the skin."""
        self.horizontalHeader().setFont(self._skin.font(min(self._skin.px(16), 22), 700))
        self.horizontalHeader().setFixedHeight(self._skin.grown(44))
        self.verticalHeader().setDefaultSectionSize(max(56, self._skin.grown(56)))
