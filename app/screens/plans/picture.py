"""Draws the floor in slices, so that no slice holds the window up: bins shaded by their picks, paths, depots, and one walk with its stops.

Picks are told by shade and by size, the walk by another hue, width and arrows: nothing by colour alone. Used by the map.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import atan2, cos, hypot, pi, sin
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from app.screens.plans.camera import Camera
from app.services.floor_drawing import FloorDrawing
from app.services.plans_port import PlanBatch, PlanStop
from app.ui.theme import Skin

#: Things drawn before the window has its turn again.
_SLICE: Final = 150
#: How much of a bin's place each shade fills, and how much of its colour it has.
_SIZES: Final = (0.55, 0.66, 0.77, 0.88, 1.0)
_STRENGTHS: Final = (0.0, 0.34, 0.56, 0.78, 1.0)
#: Pixels between two arrows, and a bin from which on its name has room.
_ARROWS, _NAMED = 64.0, 46.0
_STOP = 11.0


class FloorPicture:
    """Owns nothing but what is to be drawn: a floor, the walk on it (its stops with goods of `order` ringed), and from where."""

    def __init__(self, skin: Skin, drawing: FloorDrawing, tour: PlanBatch | None, order: str, camera: Camera) -> None:
        self._skin, self._drawing, self._tour, self._order, self._camera = skin, drawing, tour, order, camera

    def onto(self, image: QImage) -> Iterator[None]:
        """Draws a slice for each step. The painter is ended when the steps are, or when they are given up."""
        image.fill(self._skin.color("surface"))
        painter = QPainter(image)
        try:
            yield from self._bins(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            yield from self._paths(painter)
            yield from self._walk(painter)
            self._depots(painter)
            yield from self._stops(painter)
        finally:
            painter.end()

    def shade(self, shade: int) -> QColor:
        """The colour of bins picked from so much; unpicked ones are but a trace."""
        skin = self._skin
        if skin.theme == "contrast":
            return skin.color("line" if shade == 0 else "good")
        return skin.mix("ask", _STRENGTHS[shade], "surface") if shade else skin.color("line")

    def size(self, shade: int) -> float:
        """How much of its place a bin of this shade fills."""
        return _SIZES[shade]

    def _bins(self, painter: QPainter) -> Iterator[None]:
        drawing, camera = self._drawing, self._camera
        side = drawing.bin_mm * camera.scale
        reach = side / 2 + 1
        names: list[tuple[float, float, str]] = []
        for shade, bins in enumerate(drawing.by_shade):
            brush = QBrush(self.shade(shade))
            half = max(1.0, side * self.size(shade)) / 2
            whole = max(2, round(2 * half))
            for first in range(0, len(bins), _SLICE):
                rects = []
                for one in bins[first : first + _SLICE]:
                    x, y = camera.at(one.x, one.y)
                    if -reach < x < camera.wide + reach and -reach < y < camera.high + reach:
                        rects.append(QRect(round(x - half), round(y - half), whole, whole))
                        if side >= _NAMED:
                            names.append((x, y, one.code))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(brush)
                painter.drawRects(rects)
                yield
        yield from self._names(painter, names, side)

    def _names(self, painter: QPainter, names: list[tuple[float, float, str]], side: float) -> Iterator[None]:
        """Where one looks near enough the bins have their names, above their squares."""
        painter.setFont(self._skin.font(12, 600))
        painter.setPen(self._skin.color("text"))
        for i, (x, y, code) in enumerate(names):
            place = QRectF(x - side, y - side / 2 - 2, side * 2, 16)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), code)
            if i % 30 == 29:
                yield

    def _paths(self, painter: QPainter) -> Iterator[None]:
        camera, color = self._camera, self._skin.color("quiet")
        for i, path in enumerate(self._drawing.paths):
            begin, end = QPointF(*camera.at(path.x1_mm, path.y1_mm)), QPointF(*camera.at(path.x2_mm, path.y2_mm))
            style = Qt.PenStyle.DotLine if path.blocked else Qt.PenStyle.SolidLine
            painter.setPen(QPen(color, 1.2, style))
            painter.drawLine(begin, end)
            if path.one_way and not path.blocked:
                painter.setPen(QPen(color, 1.8))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                self._arrow(painter, begin, end, 0.5, 5.0)
            if i % 40 == 39:
                yield
        yield

    def _depots(self, painter: QPainter) -> None:
        """Where walks begin and end: a square with a dot."""
        painter.setPen(QPen(self._skin.color("text"), 2))
        for x, y in self._drawing.depots:
            middle = QPointF(*self._camera.at(x, y))
            painter.setBrush(self._skin.color("surface"))
            painter.drawRect(QRectF(middle.x() - 7, middle.y() - 7, 14, 14))
            painter.setBrush(self._skin.color("text"))
            painter.drawEllipse(middle, 2.5, 2.5)

    def _walk(self, painter: QPainter) -> Iterator[None]:
        tour = self._tour
        if tour is None:
            return
        corners = [QPointF(*self._camera.at(x, y)) for x, y in tour.way]
        ink = self._skin.color("warn")
        for color, width in ((self._skin.color("surface"), 7.0), (ink, 3.5)):
            painter.setPen(
                QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            for first in range(0, max(0, len(corners) - 1), 60):
                painter.drawPolyline(QPolygonF(corners[first : first + 61]))
                yield
        painter.setPen(QPen(ink, 1))
        painter.setBrush(ink)
        self._arrows(painter, corners)
        yield

    def _arrows(self, painter: QPainter, corners: list[QPointF]) -> None:
        """One every so many pixels of the way."""
        left = _ARROWS / 2
        for begin, end in pairwise(corners):
            length = hypot(end.x() - begin.x(), end.y() - begin.y())
            while left < length:
                self._arrow(painter, begin, end, left / length, 7.0, filled=True)
                left += _ARROWS
            left -= length

    def _arrow(
        self, painter: QPainter, begin: QPointF, end: QPointF, share: float, side: float, *, filled: bool = False
    ) -> None:
        tip = begin + (end - begin) * share
        angle = atan2(end.y() - begin.y(), end.x() - begin.x())
        wings = [tip - QPointF(cos(angle + turn), sin(angle + turn)) * side for turn in (pi / 5, -pi / 5)]
        points = [wings[0], tip, wings[1]]
        if filled:
            painter.drawPolygon(QPolygonF(points))
        else:
            painter.drawPolyline(QPolygonF(points))

    def _stops(self, painter: QPainter) -> Iterator[None]:
        """Numbers in walking order; where they would lie on each other the later ones are dots."""
        stops = self._tour.stops if self._tour is not None else []
        places: list[tuple[float, float]] = []
        drawn: list[tuple[int, QPointF, PlanStop]] = []
        for number, stop in enumerate(stops, 1):
            x, y = self._camera.at(stop.x_mm, stop.y_mm)
            free = all(hypot(x - a, y - b) > 2 * _STOP - 2 for a, b in places)
            if free:
                places.append((x, y))
            drawn.append((number if free else 0, QPointF(x, y), stop))
        # Dots first: numbers are read.
        for i, (number, place, stop) in enumerate(sorted(drawn, key=lambda one: one[0] > 0)):
            self._stop(painter, number, place, stop)
            if i % 12 == 11:
                yield
        yield

    def _stop(self, painter: QPainter, number: int, place: QPointF, stop: PlanStop) -> None:
        skin = self._skin
        wanted = self._order in stop.orders
        painter.setPen(QPen(skin.color("surface"), 1.5))
        painter.setBrush(skin.color("flag" if wanted else "text"))
        size = _STOP + (3 if wanted else 0)
        painter.drawEllipse(place, *((size, size) if number else (4.5, 4.5)))
        if number:
            painter.setPen(skin.color("on_flag" if wanted else "bg"))
            painter.setFont(skin.font(12, 700))
            box = QRectF(place.x() - size, place.y() - size, 2 * size, 2 * size)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(number))
