"""What stands in the list of returns at the desk, and its table. Cells are made when they are looked at."""

from __future__ import annotations

from typing import Any, Final

from app.screens.floor.cells import NONE, Cell, Column
from app.screens.returns_desk.words import ReturnsDeskWord as W
from app.screens.returns_desk.words import of_code
from app.screens.words import Word
from app.screens.workbench.cells import FoundTable, money_text
from app.screens.workbench.words import WorkbenchWord
from app.services.returns_desk_port import BackFound
from app.ui.texts import Texts

#: Colour and sign of each state: not told by colour alone, for the word stands beside it.
TONES: Final[dict[str, tuple[str, str]]] = {
    "asked": ("warn", "ring"),
    "approved": ("ask", "ring"),
    "label_sent": ("ask", "dot"),
    "partly_received": ("ask", "dot"),
    "graded": ("warn", "dot"),
    "closed": ("good", "dot"),
    "refused": ("quiet", "ring"),
    "cancelled": ("quiet", "ring"),
}


def state_text(texts: Texts, state: str) -> str:
    """A state in words; one this app does not know as it is."""
    word = of_code("state", state)
    return texts.word(word) if word is not None else state


def _state(texts: Texts, row: BackFound) -> Cell:
    tone, mark = TONES.get(row.state, ("quiet", "ring"))
    return Cell(state_text(texts, row.state), tone, mark)


def _number(_texts: Texts, row: BackFound) -> Cell:
    # Something is odd about it, or its label does not come: who decides looks there first.
    return (
        Cell(row.number, "bad", "triangle", bold=True)
        if row.signs or row.stuck
        else Cell(row.number, "text", bold=True)
    )


def _paid(texts: Texts, row: BackFound) -> Cell:
    return Cell(money_text(texts, row.refund, row.currency) if row.resolution == "refund" else NONE)


COLUMNS: Final[tuple[Column, ...]] = (
    Column(W.RD_COLUMN_RETURN, _number, 140, 1),
    Column(Word.COLUMN_STATE, _state, 170, 1),
    Column(WorkbenchWord.WB_COLUMN_CUSTOMER, lambda _t, r: Cell(r.customer or NONE), 140, 3, 1),
    Column(Word.COLUMN_ORDER, lambda _t, r: Cell(r.order or NONE, "quiet" if r.order else "warn"), 100, 0, 2),
    Column(W.RD_COLUMN_HERE, lambda _t, r: Cell(f"{r.received} / {r.units}"), 70, 0, 3),
    Column(W.RD_COLUMN_PAID, _paid, 100, 0, 4),
    Column(WorkbenchWord.WB_COLUMN_CHANNEL, lambda _t, r: Cell(r.channel or NONE, "quiet"), 80, 0, 5),
)


class BackTable(FoundTable):
    """The returns that were found."""

    @property
    def kind(self) -> str:
        """See CellTable."""
        return "backs"

    @property
    def columns(self) -> tuple[Column, ...]:
        """See CellTable."""
        return COLUMNS

    def id_of(self, row: Any) -> str:
        """See CellTable."""
        return str(row.number)
