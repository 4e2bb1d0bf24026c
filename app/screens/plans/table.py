"""The rows of a page of plans as a table. Anew when they differ: a plan does not change while it is looked at."""

from __future__ import annotations

from app.screens.floor.cell_table import CellTable
from app.screens.floor.cells import Column
from app.screens.plans.cells import COLUMNS
from app.screens.plans.pages import Item, Page, key_of
from app.ui.texts import Texts


class PlansTable(CellTable[Item]):
    """Owns which page its rows are of."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(texts)
        self.page = Page.WALKS
        self._taken: tuple[Item, ...] = ()

    @property
    def kind(self) -> str:
        """See CellTable."""
        return self.page

    @property
    def columns(self) -> tuple[Column, ...]:
        """See CellTable."""
        return COLUMNS[self.page]

    def id_of(self, row: Item) -> str:
        """See CellTable."""
        return key_of(row)

    def take(self, page: Page, rows: tuple[Item, ...]) -> None:
        """Shows these rows; the same ones once more cost nothing."""
        same = len(rows) == len(self._taken) and all(a is b for a, b in zip(rows, self._taken, strict=True))
        if page is self.page and same:
            return
        self.beginResetModel()
        self.page, self._taken, self._rows = page, rows, list(rows)
        self.endResetModel()
