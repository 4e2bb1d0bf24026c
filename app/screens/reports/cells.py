"""What stands in the list of figures: the name, the figure, what was counted. Used by the table and the side."""

from __future__ import annotations

from typing import Final

from app.screens.floor.cell_table import CellTable
from app.screens.floor.cells import NONE, Cell, Column
from app.screens.reports.words import ReportsWord
from app.services.reports_ports import Figure, FigureRow, Unit
from app.ui.texts import Texts

_TENTHS: Final = frozenset({Unit.PERCENT, Unit.HOURS, Unit.PER_HOUR, Unit.TIMES})
_MARKS: Final = {
    Unit.PERCENT: "\N{NO-BREAK SPACE}%",
    Unit.HOURS: "\N{NO-BREAK SPACE}h",
    Unit.TIMES: "\N{NO-BREAK SPACE}×",
}
#: Of these the part says how many of the whole; the others are told in their own words.
_SHARES: Final = frozenset({Figure.FILL_RATE, Figure.ON_TIME, Figure.ACCURACY, Figure.RETURNS})


def value_text(texts: Texts, value: float | None, unit: Unit) -> str:
    """A figure as people of the language read it."""
    if value is None:
        return NONE
    text = texts.reading(f"{drawn(value, unit):.{1 if unit in _TENTHS else 0}f}")
    return text + _MARKS.get(unit, "")


def drawn(value: float, unit: Unit) -> float:
    """As it is drawn and read: a share in percent."""
    return value * 100 if unit is Unit.PERCENT else value


def counted_text(texts: Texts, row: FigureRow) -> str:
    """Of what a figure was made; '' where that says no more than the figure."""
    part, whole = round(row.part), round(row.whole)
    match row.figure:
        case one if one in _SHARES:
            return texts.word(ReportsWord.OF, part=part, whole=whole) if whole else ""
        case Figure.CYCLE_TIME if row.whole:
            return texts.word(ReportsWord.HOURS_OF, hours=texts.reading(f"{row.part:.1f}"), n=whole)
        case Figure.PICKS_PER_HOUR if row.part:
            return texts.word(ReportsWord.PIECES_IN, n=part, hours=texts.reading(f"{row.whole:.1f}"))
        case Figure.SHORTS if row.whole:
            return texts.word(ReportsWord.REPORTED, n=whole)
        case Figure.STOCK_TURNS if row.whole:
            return texts.word(ReportsWord.STOCK_OF, n=part, stock=whole)
        case Figure.AGEING if row.whole:
            return texts.word(ReportsWord.OLDEST, age=texts.age(row.part * 3600))
    return ""


def _name(_texts: Texts, row: FigureRow) -> Cell:
    return Cell(row.name, bold=True)


def _value(texts: Texts, row: FigureRow) -> Cell:
    return Cell(value_text(texts, row.value, row.unit), "text" if row.value is not None else "quiet", bold=True)


def _counted(texts: Texts, row: FigureRow) -> Cell:
    return Cell(counted_text(texts, row), "quiet")


COLUMNS: Final = (
    Column(ReportsWord.COLUMN_FIGURE, _name, 170, share=2),
    Column(ReportsWord.COLUMN_VALUE, _value, 110, share=1),
    Column(ReportsWord.COLUMN_COUNTED, _counted, 190, share=2, give_up=1),
)


class FiguresTable(CellTable[FigureRow]):
    """The figures of a report."""

    @property
    def kind(self) -> str:
        """See CellTable."""
        return "figures"

    @property
    def columns(self) -> tuple[Column, ...]:
        """See CellTable."""
        return COLUMNS

    def id_of(self, row: FigureRow) -> str:
        """See CellTable."""
        return row.figure

    def take(self, rows: list[FigureRow]) -> None:
        """Shows these; while they are the same figures only what is in the cells changes, and nobody loses their place."""
        same = [row.figure for row in rows] == [row.figure for row in self._rows]
        if same:
            self._rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()
