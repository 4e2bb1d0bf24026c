"""A figure from part to part of its period."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from PySide6.QtGui import QColor

from app.screens.reports.cells import drawn, value_text
from app.screens.reports.words import ReportsWord
from app.services.reports_ports import FigureRow, Unit
from app.ui.widgets.plot import PlotCard

#: Pixels that a day under the plot needs at 100 %.
_DAY_PX: Final = 78
_COUNTS: Final = frozenset({Unit.ORDERS, Unit.UNITS})


class FigurePlot(PlotCard[FigureRow]):
    """Bars for what is counted, a line for what is measured."""

    def paint(self, what: FigureRow) -> str:
        """See PlotCard.paint: between what the figure lies."""
        known = [(float(n), drawn(one.value, what.unit)) for n, one in enumerate(what.points) if one.value is not None]
        self._draw_days(what)
        if what.unit in _COUNTS:
            self._draw_bars(known)
        else:
            self._draw_line(known)
        self.plot.setXRange(-0.5, len(what.points) - 0.5, padding=0.01)
        values = [value for _, value in known] or [0.0, 1.0]
        if what.unit is Unit.PERCENT and min(values) > 50:
            self.plot.setYRange(min(values) - 2, 100, padding=0.02)
        else:
            self.plot.setYRange(0, max(values) or 1, padding=0.05)
        told = [one.value for one in what.points if one.value is not None]
        low, high = (value_text(self.texts, find(told) if told else None, what.unit) for find in (min, max))
        return self.texts.word(ReportsWord.PLOT_TOLD, name=what.name, low=low, high=high)

    def _draw_days(self, row: FigureRow) -> None:
        room = max(1, int(self.width() / (_DAY_PX * max(1.0, self.skin.scale))))
        every = -(-len(row.points) // room)
        ticks = [(n, self.texts.day(one.day)[:5]) for n, one in enumerate(row.points) if n % every == 0]
        self.plot.getAxis("bottom").setTicks([ticks])

    def _draw_bars(self, known: list[tuple[float, float]]) -> None:
        pg: Any = import_module("pyqtgraph")
        places, values = [at for at, _ in known], [value for _, value in known]
        ink = self.skin.color("ask")
        self.plot.addItem(pg.BarGraphItem(x=places, height=values, width=0.62, brush=ink, pen=pg.mkPen(None)))

    def _draw_line(self, known: list[tuple[float, float]]) -> None:
        pg: Any = import_module("pyqtgraph")
        ink = self.skin.color("ask")
        # The skin's own colour is everybody's.
        ground = QColor(ink)
        ground.setAlphaF(0.9)
        # Where nothing was measured there is no line.
        places: list[float] = []
        values: list[float] = []
        for at, value in known:
            if places and at > places[-1] + 1:
                places.append(places[-1] + 1)
                values.append(float("nan"))
            places.append(at)
            values.append(value)
        self.plot.plot(
            places, values, pen=pg.mkPen(ink, width=3), connect="finite", symbol="o", symbolSize=9, symbolBrush=ground,
            symbolPen=pg.mkPen(None),
        )  # fmt: skip
