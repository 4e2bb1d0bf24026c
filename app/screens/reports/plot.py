"""A figure from part to part of its period. pyqtgraph draws it, loaded as for the curves of plans (`app.screens.plans.curves.load`)."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.screens.reports.cells import drawn, value_text
from app.screens.reports.words import ReportsWord
from app.services.reports_ports import FigureRow, Unit
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.panel import Panel

_EDGE: Final = 12
#: Higher letters would leave no room for what is drawn.
_MOST_PX: Final = 20.0
#: Pixels that a day under the plot needs at 100 %.
_DAY_PX: Final = 78
_COUNTS: Final = frozenset({Unit.ORDERS, Unit.UNITS})


class FigurePlot(Panel):
    """Owns the plot, once there is something to draw: bars for what is counted, a line for what is measured. `show_figure` must not be
    called before the library was loaded."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(skin, parent=parent)
        self._texts = texts
        self._plot: Any = None
        self._row: FigureRow | None = None
        self._drawn: object = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        skin.changed.connect(self._draw)

    def show_figure(self, row: FigureRow) -> None:
        """Draws it; the same once more costs nothing."""
        if self._plot is None:
            self._make_plot()
        self._row = row
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Days stand where there is room for them."""
        super().resizeEvent(event)
        self._draw()

    def _make_plot(self) -> None:
        pg: Any = import_module("pyqtgraph")
        self._plot = pg.PlotWidget(parent=self, enableMenu=False)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._layout.addWidget(self._plot)

    def _draw(self) -> None:
        skin, row = self.skin, self._row
        looks = (row, skin.theme, skin.scale, self._texts.language, self.width(), self.height())
        if self._plot is None or row is None or looks == self._drawn:
            return
        self._drawn = looks
        self._plot.clear()
        self._plot.setBackground(skin.color("surface"))
        known = [(float(n), drawn(one.value, row.unit)) for n, one in enumerate(row.points) if one.value is not None]
        self._draw_axes(row)
        if row.unit in _COUNTS:
            self._draw_bars(known)
        else:
            self._draw_line(known)
        self._plot.setXRange(-0.5, len(row.points) - 0.5, padding=0.01)
        values = [value for _, value in known] or [0.0, 1.0]
        if row.unit is Unit.PERCENT and min(values) > 50:
            self._plot.setYRange(min(values) - 2, 100, padding=0.02)
        else:
            self._plot.setYRange(0, max(values) or 1, padding=0.05)
        self.setAccessibleName(self._told(row))

    def _told(self, row: FigureRow) -> str:
        """The plot for those who do not see it: between what the figure lies."""
        values = [one.value for one in row.points if one.value is not None]
        low, high = (value_text(self._texts, find(values) if values else None, row.unit) for find in (min, max))
        return self._texts.word(ReportsWord.PLOT_TOLD, name=row.name, low=low, high=high)

    def _draw_axes(self, row: FigureRow) -> None:
        skin = self.skin
        font = skin.font(min(_MOST_PX, max(12.0, skin.px(15))), 600)
        for side in ("bottom", "left"):
            axis = self._plot.getAxis(side)
            axis.setPen(skin.color("line"))
            axis.setTextPen(skin.color("quiet"))
            axis.setStyle(tickFont=font)
        room = max(1, int(self.width() / (_DAY_PX * max(1.0, skin.scale))))
        every = -(-len(row.points) // room)
        ticks = [(n, self._texts.day(one.day)[:5]) for n, one in enumerate(row.points) if n % every == 0]
        self._plot.getAxis("bottom").setTicks([ticks])
        self._plot.showGrid(x=False, y=True, alpha=0.15)

    def _draw_bars(self, known: list[tuple[float, float]]) -> None:
        pg: Any = import_module("pyqtgraph")
        places, values = [at for at, _ in known], [value for _, value in known]
        ink = self.skin.color("ask")
        self._plot.addItem(pg.BarGraphItem(x=places, height=values, width=0.62, brush=ink, pen=pg.mkPen(None)))

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
        self._plot.plot(
            places, values, pen=pg.mkPen(ink, width=3), connect="finite", symbol="o", symbolSize=9, symbolBrush=ground,
            symbolPen=pg.mkPen(None),
        )  # fmt: skip
