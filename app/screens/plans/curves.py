"""Curves of a rehearsal: pieces picked and packed over the minutes, with their spread, when the trucks leave, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from app.screens.plans.words import PlansWord
from app.services.plans_port import CurvePoint
from app.ui.widgets.plot import PlotCard

_SPREAD: Final = 0.22


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


class CurvesCard(PlotCard[Curves]):
    """The curves, each with its name where there is room for it."""

    def paint(self, what: Curves) -> str:
        """See PlotCard.paint: when half is picked."""
        self._draw_names_of_axes()
        self._draw_spread(what.picked, "ask", Qt.PenStyle.SolidLine)
        self._draw_spread(what.packed, "good", Qt.PenStyle.DashLine)
        self._draw_happened(what.happened)
        self._draw_moments(what)
        self._name(what.picked, PlansWord.CURVE_PICKED, "ask", above=True)
        self._name(what.packed, PlansWord.CURVE_PACKED, "good", above=False)
        units = what.picked[-1].p50 if what.picked else 0
        half = next((point.minute for point in what.picked if point.p50 >= units / 2), 0)
        return self.texts.word(PlansWord.CURVE_TOLD, units=f"{units:.0f}", time=f"{half:.0f}")

    def _draw_names_of_axes(self) -> None:
        looks = {"color": self.skin.color("quiet").name(), "font-size": f"{self.letters().pixelSize()}px"}
        for side, told in (("bottom", PlansWord.CURVE_X), ("left", PlansWord.CURVE_Y)):
            self.plot.getAxis(side).setLabel(self.texts.word(told), **looks)

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
            self.plot.addItem(item)
        self.plot.plot(minutes, [point.p50 for point in points], pen=pg.mkPen(color, width=3, style=style))

    def _draw_happened(self, happened: tuple[tuple[float, int], ...]) -> None:
        if not happened:
            return
        pg: Any = import_module("pyqtgraph")
        minutes, units = [minute for minute, _ in happened], [float(count) for _, count in happened]
        self.plot.plot(minutes, units, pen=pg.mkPen(self.skin.color("text"), width=3, style=Qt.PenStyle.DotLine))
        half = len(minutes) // 2
        self._text(PlansWord.CURVE_HAPPENED, "text", (minutes[half], units[half]), (-0.15, 0.1))

    def _draw_moments(self, curves: Curves) -> None:
        pg: Any = import_module("pyqtgraph")
        pen = pg.mkPen(self.skin.color("bad"), width=2, style=Qt.PenStyle.DashDotLine)
        top = max((point.p90 for point in curves.picked), default=1.0)
        for i, moment in enumerate(curves.lines):
            self.plot.addItem(pg.InfiniteLine(moment.minute, angle=90, pen=pen))
            # Low down the curves leave room: by the time a truck goes nearly all is done.
            label = pg.TextItem(moment.told, color=self.skin.color("bad"), anchor=(1.03, 1))
            label.setFont(self.letters())
            label.setPos(moment.minute, top * 0.09 * (i % 4))
            self.plot.addItem(label)

    def _name(self, points: tuple[CurvePoint, ...], word: PlansWord, token: str, *, above: bool) -> None:
        """A curve bears its name where it is half way up, on the side away from the other one."""
        if points:
            half = points[-1].p50 * (0.7 if above else 0.3)
            at = next((point for point in points if point.p50 >= half), points[-1])
            self._text(word, token, (at.minute, at.p50), (1.15, 0.9) if above else (-0.15, 0.1))

    def _text(self, word: PlansWord, token: str, at: tuple[float, float], anchor: tuple[float, float]) -> None:
        pg: Any = import_module("pyqtgraph")
        label = pg.TextItem(self.texts.word(word), color=self.skin.color(token), anchor=anchor)
        label.setFont(self.letters())
        label.setPos(*at)
        self.plot.addItem(label)
