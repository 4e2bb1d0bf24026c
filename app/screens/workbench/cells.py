"""What stands in the list of the workbench, and its table. Cells are made when they are looked at."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from app.core.money import Money
from app.screens.floor.cell_table import CellTable
from app.screens.floor.cells import NONE, Cell, Column
from app.screens.words import Word
from app.screens.workbench.words import WorkbenchWord, of_code
from app.services.workbench_ports import OrderFound
from app.ui.texts import Texts

#: Colour and sign of each state: not told by colour alone, for the word stands beside it.
TONES: Final[dict[str, tuple[str, str]]] = {
    "held": ("warn", "triangle"),
    "accepted": ("ask", "ring"),
    "backordered": ("warn", "ring"),
    "sourced": ("ask", "ring"),
    "in_work": ("ask", "dot"),
    "ready": ("good", "dot"),
    "partly_shipped": ("good", "ring"),
    "shipped": ("good", "dot"),
    "returned": ("quiet", "ring"),
    "cancelled": ("quiet", "ring"),
}


def state_text(texts: Texts, state: str) -> str:
    """A state in words; one this app does not know as it is."""
    word = of_code("state", state)
    return texts.word(word) if word is not None else state


def money_text(texts: Texts, amount: str, currency: str) -> str:
    """An amount as the language writes it; what is no number as it came."""
    try:
        return texts.money(Money(Decimal(amount), currency))
    except (InvalidOperation, ValueError):
        return f"{amount} {currency}"


def _order(_texts: Texts, row: OrderFound) -> Cell:
    flag = "flag" if "vip" in row.flags else "text"
    return Cell(row.number, flag, bold=True)


def _state(texts: Texts, row: OrderFound) -> Cell:
    tone, mark = TONES.get(row.state, ("quiet", "ring"))
    if row.late:
        # How far it is stands on its sheet: what matters in the list is that it is late.
        return Cell(texts.word(WorkbenchWord.WB_STATE_LATE), "bad", "octagon", bold=True)
    return Cell(state_text(texts, row.state), tone, mark)


def _customer(_texts: Texts, row: OrderFound) -> Cell:
    return Cell(", ".join(part for part in (row.customer, row.city) if part) or NONE)


def _promised(texts: Texts, row: OrderFound) -> Cell:
    return Cell(texts.day(row.promised) if row.promised else NONE, "bad" if row.late else "quiet")


COLUMNS: Final[tuple[Column, ...]] = (
    Column(Word.COLUMN_ORDER, _order, 110, 1),
    Column(Word.COLUMN_STATE, _state, 150, 1),
    Column(WorkbenchWord.WB_COLUMN_CUSTOMER, _customer, 150, 3, 1),
    Column(WorkbenchWord.WB_COLUMN_TOTAL, lambda t, r: Cell(money_text(t, r.total, r.currency)), 100, 0, 2),
    Column(WorkbenchWord.WB_COLUMN_PROMISED, _promised, 104, 0, 3),
    Column(WorkbenchWord.WB_COLUMN_SITES, lambda _t, r: Cell(", ".join(r.sites) or NONE, "quiet"), 70, 0, 4),
    Column(WorkbenchWord.WB_COLUMN_CHANNEL, lambda _t, r: Cell(r.channel or NONE, "quiet"), 80, 0, 5),
)


class FoundTable(CellTable[OrderFound]):
    """The orders that were found."""

    @property
    def kind(self) -> str:
        """See CellTable."""
        return "found"

    @property
    def columns(self) -> tuple[Column, ...]:
        """See CellTable."""
        return COLUMNS

    def id_of(self, row: OrderFound) -> str:
        """See CellTable."""
        return row.number

    def take(self, rows: tuple[OrderFound, ...]) -> None:
        """Shows these; what stands in the same places is only drawn anew."""
        same = len(rows) == len(self._rows) and all(a.number == b.number for a, b in zip(rows, self._rows, strict=True))
        if same:
            self._rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()
