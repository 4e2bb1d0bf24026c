"""What stands in the list of orders to suppliers, and its table. Cells are made when they are looked at."""

from __future__ import annotations

from typing import Any, Final

from app.screens.buying.words import BuyingWord as W
from app.screens.buying.words import of_code
from app.screens.floor.cells import NONE, Cell, Column
from app.screens.words import Word
from app.screens.workbench.cells import FoundTable, money_text
from app.services.buying_port import BuyFound
from app.ui.texts import Texts

#: Colour and sign of each state: not told by colour alone, for the word stands beside it.
TONES: Final[dict[str, tuple[str, str]]] = {
    "draft": ("warn", "ring"),
    "awaiting_approval": ("warn", "ring"),
    "approved": ("ask", "ring"),
    "sent": ("ask", "dot"),
    "confirmed": ("good", "ring"),
    "partly_received": ("good", "ring"),
    "received": ("good", "dot"),
    "closed": ("quiet", "dot"),
    "cancelled": ("quiet", "ring"),
}


def state_text(texts: Texts, state: str) -> str:
    """A state in words; one this app does not know as it is."""
    word = of_code("state", state)
    return texts.word(word) if word is not None else state


def _state(texts: Texts, row: BuyFound) -> Cell:
    if row.late:
        # How far it is stands on its sheet: what matters in the list is that it is late.
        return Cell(texts.word(W.BUY_STATE_LATE), "bad", "octagon", bold=True)
    tone, mark = TONES.get(row.state, ("quiet", "ring"))
    return Cell(state_text(texts, row.state), tone, mark)


def _number(_texts: Texts, row: BuyFound) -> Cell:
    # Its mail did not get there: the supplier does not know of it.
    return Cell(row.number, "bad", "triangle", bold=True) if row.undelivered else Cell(row.number, "text", bold=True)


def _expected(texts: Texts, row: BuyFound) -> Cell:
    return Cell(texts.day(row.day) if row.day else NONE, "bad" if row.late else "quiet")


COLUMNS: Final[tuple[Column, ...]] = (
    Column(W.BUY_COLUMN_ORDER, _number, 150, 1),
    Column(Word.COLUMN_STATE, _state, 170, 1),
    Column(W.BUY_COLUMN_SUPPLIER, lambda _t, r: Cell(r.supplier_name or r.supplier), 140, 3, 1),
    Column(W.BUY_COLUMN_TOTAL, lambda t, r: Cell(money_text(t, r.total, r.currency)), 110, 0, 2),
    Column(W.BUY_COLUMN_DAY, _expected, 104, 0, 3),
    Column(W.BUY_COLUMN_CAME, lambda _t, r: Cell(f"{r.received} / {r.units}"), 100, 0, 4),
)


class BuyTable(FoundTable):
    """The orders that were found."""

    @property
    def kind(self) -> str:
        """See CellTable."""
        return "buys"

    @property
    def columns(self) -> tuple[Column, ...]:
        """See CellTable."""
        return COLUMNS

    def id_of(self, row: Any) -> str:
        """See CellTable."""
        return str(row.number)
