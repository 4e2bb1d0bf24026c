"""Curves of a rehearsal: pieces picked and packed over the minutes, with their spread, when the trucks leave, and what happened.

pyqtgraph draws them. It costs seconds to load, so nothing imports it before the first curve is wanted; then `load` runs on a worker.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.screens.plans.words import PlansWord
from app.services.plans_port import CurvePoint
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.panel import Panel

_EDGE: Final = 12
#: Higher letters would leave no room for the curve.
_MOST_PX: Final = 22.0
_SPREAD: Final = 0.22


def load() -> None:
    """Loads what draws; takes its time."""
    # The library takes the first Qt it finds, unless it is told.
    os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
    import_module("pyqtgraph").setConfigOptions(antialias=True, exitCleanup=False)


@dataclass(frozen=True, slots=True)
class CurveLine:
    """A moment that matters: minutes after the release, and what it is."""

    minute: float
    told: str


@dataclass(frozen=True, slots=True)
class Curves:
    """What is drawn: picked and packed as foreseen, what happened (minute, pieces), and moments."""

    picked: tuple[CurvePoint, ...] = ()
    packed: tuple[CurvePoint, ...] = ()
    happened: tuple[tuple[float, int], ...] = ()
    lines: tuple[CurveLine, ...] = ()


class CurvesCard(Panel):
    """Owns the plot, once there is something to draw. `show_curves` must not be called before `load` has run."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(skin, parent=parent)
        self._texts = texts
        self._plot: Any = None
        self._curves = Curves()
        self._drawn: object = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        skin.changed.connect(self._draw)

    def show_curves(self, curves: Curves) -> None:
        """Draws them; the same ones once more cost nothing."""
        if self._plot is None:
            self._make_plot()
        self._curves = curves
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names of moments stand where there is room for them."""
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
        skin = self.skin
        looks = (self._curves, skin.theme, skin.scale, self._texts.language, self.width(), self.height())
        if self._plot is None or looks == self._drawn:
            return
        self._drawn = looks
        plot, curves = self._plot, self._curves
        plot.clear()
        plot.setBackground(skin.color("surface"))
        self._draw_axes()
        self._draw_spread(curves.picked, "ask", Qt.PenStyle.SolidLine)
        self._draw_spread(curves.packed, "good", Qt.PenStyle.DashLine)
        self._draw_happened()
        self._draw_moments()
        self._name(curves.picked, PlansWord.CURVE_PICKED, "ask", above=True)
        self._name(curves.packed, PlansWord.CURVE_PACKED, "good", above=False)
        self.setAccessibleName(self._told())

    def _told(self) -> str:
        """The curve for those who do not see it: when half is picked."""
        points = self._curves.picked
        units = points[-1].p50 if points else 0
        half = next((point.minute for point in points if point.p50 >= units / 2), 0)
        return self._texts.word(PlansWord.CURVE_TOLD, units=f"{units:.0f}", time=f"{half:.0f}")

    def _font(self) -> Any:
        return self.skin.font(min(_MOST_PX, max(12.0, self.skin.px(15))), 600)

    def _draw_axes(self) -> None:
        skin, word = self.skin, self._texts.word
        font = self._font()
        for side, told in (("bottom", PlansWord.CURVE_X), ("left", PlansWord.CURVE_Y)):
            axis = self._plot.getAxis(side)
            axis.setPen(skin.color("line"))
            axis.setTextPen(skin.color("quiet"))
            axis.setStyle(tickFont=font)
            size = f"{font.pixelSize()}px"
            axis.setLabel(word(told), color=skin.color("quiet").name(), **{"font-size": size})
        self._plot.showGrid(x=False, y=True, alpha=0.15)

    def _draw_spread(self, points: tuple[CurvePoint, ...], token: str, style: Qt.PenStyle) -> None:
        if not points:
            return
        pg: Any = import_module("pyqtgraph")
        color = self.skin.color(token)
        minutes = [point.minute for point in points]
        low = pg.PlotCurveItem(minutes, [point.p10 for point in points], pen=None)
        high = pg.PlotCurveItem(minutes, [point.p90 for point in points], pen=None)
        # The skin's own colour is everybody's.
        ground = QColor(color)
        ground.setAlphaF(_SPREAD)
        for item in (low, high, pg.FillBetweenItem(low, high, brush=ground)):
            self._plot.addItem(item)
        self._plot.plot(minutes, [point.p50 for point in points], pen=pg.mkPen(color, width=3, style=style))

    def _draw_happened(self) -> None:
        happened = self._curves.happened
        if not happened:
            return
        pg: Any = import_module("pyqtgraph")
        minutes, units = [minute for minute, _ in happened], [float(count) for _, count in happened]
        self._plot.plot(minutes, units, pen=pg.mkPen(self.skin.color("text"), width=3, style=Qt.PenStyle.DotLine))
        half = len(minutes) // 2
        self._text(PlansWord.CURVE_HAPPENED, "text", (minutes[half], units[half]), (-0.15, 0.1))

    def _draw_moments(self) -> None:
        pg: Any = import_module("pyqtgraph")
        pen = pg.mkPen(self.skin.color("bad"), width=2, style=Qt.PenStyle.DashDotLine)
        top = max((point.p90 for point in self._curves.picked), default=1.0)
        for i, moment in enumerate(self._curves.lines):
            self._plot.addItem(pg.InfiniteLine(moment.minute, angle=90, pen=pen))
            # Low down the curves leave room: by the time a truck goes nearly all is done.
            label = pg.TextItem(moment.told, color=self.skin.color("bad"), anchor=(1.03, 1))
            label.setFont(self._font())
            label.setPos(moment.minute, top * 0.09 * (i % 4))
            self._plot.addItem(label)

    def _name(self, points: tuple[CurvePoint, ...], word: PlansWord, token: str, *, above: bool) -> None:
        """A curve bears its name where it is half way up, on the side away from the other one."""
        if points:
            half = points[-1].p50 * (0.7 if above else 0.3)
            at = next((point for point in points if point.p50 >= half), points[-1])
            self._text(word, token, (at.minute, at.p50), (1.15, 0.9) if above else (-0.15, 0.1))

    def _text(self, word: PlansWord, token: str, at: tuple[float, float], anchor: tuple[float, float]) -> None:
        pg: Any = import_module("pyqtgraph")
        label = pg.TextItem(self._texts.word(word), color=self.skin.color(token), anchor=anchor)
        label.setFont(self._font())
        label.setPos(*at)
        self._plot.addItem(label)
