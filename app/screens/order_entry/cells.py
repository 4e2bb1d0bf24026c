"""What stands in the list of order entry: lines of the order, customers or items that were found, answers to choose."""

from __future__ import annotations

from typing import Final

from app.screens.floor.cell_table import CellTable
from app.screens.floor.cells import NONE, Cell, Column
from app.screens.order_entry.typing import Row, Typed, row_id
from app.screens.order_entry.words import EntryWord as W
from app.screens.workbench.asking import Option
from app.screens.workbench.cells import money_text
from app.services.order_entry_ports import EntryCustomer, EntryItem
from app.ui.texts import Texts


def what(texts: Texts, row: Row) -> Cell:
    """The name of a row."""
    match row:
        case Typed(line=line, looked=looked):
            wrong = looked is not None and looked.free < line.qty
            name = line.name or line.sku
            text = texts.word(W.ENTRY_LINE, n=line.qty, name=name)
            return Cell(text, "warn" if wrong else "text", "triangle" if wrong else "dot", bold=True)
        case EntryCustomer(name=name, flags=flags):
            return Cell(name, "flag" if "vip" in flags else "text", bold=True)
        case EntryItem(name=name, sku=sku):
            return Cell(name or sku, bold=True)
    return Cell(option_text(texts, row), bold=True)


def option_text(texts: Texts, row: Option) -> str:
    """The words of an answer."""
    said = texts.word(row.word, name=row.text)
    return f"{said}: {row.text}" if row.word is W.ENTRY_NOTE and row.text else said


def there(texts: Texts, row: Row) -> Cell:
    """How many are there and when they come; of a customer where they live."""
    match row:
        case Typed(looked=None) | Option():
            return Cell(NONE if isinstance(row, Typed) else "", "quiet")
        case Typed(line=line, looked=looked) if looked is not None:
            stock = texts.word(W.ENTRY_FREE, n=looked.free) if looked.free else texts.word(W.ENTRY_NONE_FREE)
            day = texts.word(W.ENTRY_ARRIVES, date=looked.arrives) if looked.arrives else texts.word(W.ENTRY_NO_DATE)
            return Cell(f"{stock} · {day}", "warn" if looked.free < line.qty else "good")
        case EntryCustomer(address=home, phone=phone, email=email):
            return Cell(" · ".join(part for part in (home.city, phone or email) if part), "quiet")
        case EntryItem(sku=sku):
            return Cell(sku, "quiet")
    return Cell("")


def price(texts: Texts, row: Row) -> Cell:
    """What a line costs, with its tax."""
    if not isinstance(row, Typed) or row.looked is None:
        return Cell("")
    if row.looked.price is None:
        return Cell(texts.word(W.ENTRY_NO_PRICE), "quiet")
    tax = texts.word(W.ENTRY_TAX_IN_LINE, what=money_text(texts, row.looked.tax, row.currency))
    return Cell(f"{money_text(texts, row.looked.total, row.currency)} · {tax}")


COLUMNS: Final[tuple[Column, ...]] = (
    Column(W.ENTRY_COLUMN_WHAT, what, 190, 3),
    Column(W.ENTRY_COLUMN_THERE, there, 150, 2, 2),
    Column(W.ENTRY_COLUMN_PRICE, price, 120, 0, 1),
)


class EntryTable(CellTable[Row]):
    """The rows."""

    @property
    def kind(self) -> str:
        """See CellTable."""
        return type(self._rows[0]).__name__ if self._rows else ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """See CellTable."""
        return COLUMNS

    def id_of(self, row: Row) -> str:
        """See CellTable."""
        return row_id(row)

    def take(self, rows: tuple[Row, ...]) -> None:
        """Shows these; what stands in the same places is only drawn anew."""
        if [row_id(one) for one in rows] == [row_id(one) for one in self._rows] and rows:
            self._rows = list(rows)
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()
