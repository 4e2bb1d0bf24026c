"""The picture of a packed carton: a layer from above, and all of it from its corner. Plain drawing of a `PlanCard`; no thinking here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from app.core.pack_plan import Block, PlanCard
from app.ui.theme import Skin
from app.ui.widgets.panel import rounded

_CARDBOARD = "#cfa06a"
#: Items that have no colour of their own, in the order in which they come.
_COLOURS = ("#5b8def", "#e0a458", "#6bbf8a", "#c678b5", "#8d99ae", "#d9705f", "#4fb3bf", "#a3a847")
_PALE, _SIDE, _RISE = 70, 0.87, 0.42
#: On white the colour of what to do is that of the light theme, whichever theme is on.
_ASK = QColor("#0B63CE")
#: Nobody waits longer than this for the picture to give way.
_SLICE_NS = 1_000_000

#: A picture in small steps, each for a painter with its corners smoothed.
Steps = Iterator[Callable[[QPainter], None]]

_LINE, _FAINT = QColor(30, 38, 48), QColor(150, 158, 168)


@dataclass(frozen=True, slots=True)
class _Corner:
    """Where millimetres of the carton are on the glass, seen from where its three axes point."""

    x: float
    y: float
    unit: float

    @staticmethod
    def of(rect: QRectF, size: tuple[int, int, int]) -> _Corner:
        """Fills the room with a carton of this size."""
        long, wide, high = (max(side, 1) for side in size)
        unit = min(rect.width() / ((long + wide) * _SIDE), rect.height() / ((long + wide) * _RISE + high))
        tall = ((long + wide) * _RISE + high) * unit
        left = rect.center().x() - (long - wide) * _SIDE * unit / 2
        return _Corner(left, rect.center().y() - tall / 2 + high * unit, unit)

    def at(self, x: float, y: float, z: float) -> QPointF:
        """A corner of the carton or of a unit."""
        return QPointF(self.x + (x - y) * _SIDE * self.unit, self.y + ((x + y) * _RISE - z) * self.unit)

    def face(self, *corners: tuple[float, float, float]) -> QPolygonF:
        """A side, by its corners."""
        return QPolygonF([self.at(*corner) for corner in corners])


def shades(plan: PlanCard) -> list[QColor]:
    """The colour of each block: its item's own, else one of ours."""
    order = {sku: n for n, sku in enumerate(dict.fromkeys(block.sku for block in plan.blocks))}
    return [
        QColor(b.colour if QColor.isValidColorName(b.colour) else _COLOURS[order[b.sku] % len(_COLOURS)])
        for b in plan.blocks
    ]


def draw_corner(rect: QRectF, plan: PlanCard, colours: list[QColor], ask: QColor, layer: int) -> Steps:
    """The carton from its corner, its front open, with the units up to `layer`: those that are in solid, the next one in the colour of
    what to do, those to come pale."""
    eye = _Corner.of(rect, plan.inner_mm)
    yield lambda painter: _draw_walls(painter, eye, plan.inner_mm)
    for n in plan.back_to_front:
        block = plan.blocks[n]
        if block.layer <= layer:
            colour, pale = ask if n == plan.next else colours[n], not _solid(plan, n)
            yield partial(
                _draw_block,
                eye=eye,
                block=block,
                faces=_faces(colour.name(), pale=pale),
                line=_FAINT if pale else _LINE,
            )
    yield lambda painter: _draw_front(painter, eye, plan.inner_mm)


def _draw_walls(painter: QPainter, eye: _Corner, inner: tuple[int, int, int]) -> None:
    long, wide, high = inner
    card = QColor(_CARDBOARD)
    painter.setPen(QPen(card.darker(140), 1))
    for tint, face in (
        (125, eye.face((0, 0, 0), (long, 0, 0), (long, wide, 0), (0, wide, 0))),
        (112, eye.face((0, 0, 0), (0, wide, 0), (0, wide, high), (0, 0, high))),
        (100, eye.face((0, 0, 0), (long, 0, 0), (long, 0, high), (0, 0, high))),
    ):
        painter.setBrush(card.lighter(tint))
        painter.drawPolygon(face)


def _draw_front(painter: QPainter, eye: _Corner, inner: tuple[int, int, int]) -> None:
    long, wide, high = inner
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(_CARDBOARD).darker(150), 1.5))
    painter.drawPolyline(eye.face((0, wide, high), (long, wide, high), (long, 0, high)))
    painter.drawPolyline(eye.face((0, wide, 0), (long, wide, 0), (long, 0, 0)))
    painter.drawLine(eye.at(long, wide, 0), eye.at(long, wide, high))


def _draw_block(
    painter: QPainter, eye: _Corner, block: Block, faces: tuple[QColor, QColor, QColor], line: QColor
) -> None:
    """The three sides one sees. Hairlines that cover wholly: Qt draws wide or see-through ones ten times as slowly."""
    (x, y, z), (long, wide, high) = block.at, block.sides
    far_x, far_y, top = x + long, y + wide, z + high
    painter.setPen(QPen(line, 0))
    near, left, right, low = (
        eye.at(far_x, far_y, top),
        eye.at(x, far_y, top),
        eye.at(far_x, y, top),
        eye.at(far_x, far_y, z),
    )
    painter.setBrush(faces[0])
    painter.drawConvexPolygon(QPolygonF([eye.at(x, y, top), right, near, left]))
    painter.setBrush(faces[1])
    painter.drawConvexPolygon(QPolygonF([left, near, low, eye.at(x, far_y, z)]))
    painter.setBrush(faces[2])
    painter.drawConvexPolygon(QPolygonF([near, right, eye.at(far_x, y, z), low]))


@lru_cache(maxsize=64)
def _faces(colour: str, *, pale: bool) -> tuple[QColor, QColor, QColor]:
    """Top, left and right side of a unit."""
    plain = QColor(colour)
    tinted = plain.lighter(115), plain, plain.darker(118)
    for tint in tinted:
        tint.setAlpha(_PALE if pale else 255)
    return tinted


def _solid(plan: PlanCard, n: int) -> bool:
    return n in plan.inside or n == plan.next


def draw_layer(rect: QRectF, plan: PlanCard, colours: list[QColor], ask: QColor, layer: int) -> Steps:
    """One layer from above: what is in solid, what is to come pale, the next one framed; of the layers below only outlines."""
    long, wide, _ = (max(side, 1) for side in plan.inner_mm)
    unit = min(rect.width() / long, rect.height() / wide)
    left, top = rect.center().x() - long * unit / 2, rect.center().y() - wide * unit / 2
    card = QColor(_CARDBOARD)

    def place(block: Block) -> QRectF:
        x, y = left + block.at[0] * unit, top + block.at[1] * unit
        return QRectF(x, y, block.sides[0] * unit, block.sides[1] * unit)

    floor = QRectF(left, top, long * unit, wide * unit)
    yield partial(_draw_rect, rect=floor, fill=card.lighter(125), pen=QPen(card.darker(140), 2))
    below = QPen(card.darker(125), 0, Qt.PenStyle.DashLine)
    for block in plan.blocks:
        if block.layer < layer:
            yield partial(_draw_rect, rect=place(block), fill=None, pen=below)
    for n, block in enumerate(plan.blocks):
        if block.layer == layer:
            colour = QColor(colours[n])
            colour.setAlpha(255 if _solid(plan, n) else _PALE)
            yield partial(_draw_rect, rect=place(block), fill=colour, pen=QPen(_LINE, 0))
    if plan.next is not None and plan.blocks[plan.next].layer == layer:
        here = place(plan.blocks[plan.next]).adjusted(1.5, 1.5, -1.5, -1.5)
        yield partial(_draw_rect, rect=here, fill=ask, pen=QPen(ask.darker(150), 3))


def _draw_rect(painter: QPainter, rect: QRectF, fill: QColor | None, pen: QPen) -> None:
    painter.setPen(pen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)


class PlanPicture(QWidget):
    """A carton from its corner, or one of its layers from above. Owns the canvas it draws on, a little at a time: however many units
    there are, scans and touches are heard in between."""

    def __init__(self, skin: Skin, *, above: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin, self._above = skin, above
        self._plan: PlanCard | None = None
        self._layer = 0
        self._canvas = QPixmap()
        self._steps: Steps = iter(())
        self._whole = True
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def whole(self) -> bool:
        """Whether all of it is drawn."""
        return self._whole

    def show_plan(self, plan: PlanCard | None, layer: int) -> None:
        """Changes the picture."""
        if plan != self._plan or layer != self._layer:
            self._plan, self._layer = plan, layer
            self._canvas = QPixmap()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws it on white, as pictures stand everywhere."""
        ratio = self.devicePixelRatioF()
        if self._canvas.size() != (QSizeF(self.size()) * ratio).toSize():
            self._begin(ratio)
        self._go_on()
        QPainter(self).drawPixmap(0, 0, self._canvas)
        if not self._whole:
            self._again.start()

    def _begin(self, ratio: float) -> None:
        self._canvas = QPixmap((QSizeF(self.size()) * ratio).toSize())
        self._canvas.setDevicePixelRatio(ratio)
        self._canvas.fill(Qt.GlobalColor.transparent)
        line = None if self._skin.theme == "dark" else self._skin.color("line")
        rounded(QPainter(self._canvas), QRectF(self.rect()), 10, self._skin.color("picture"), line)
        plan = self._plan
        if plan is None or not plan.blocks:
            self._steps = iter(())
            return
        room = QRectF(self.rect()).adjusted(10, 10, -10, -10)
        draw = draw_layer if self._above else draw_corner
        self._steps = draw(room, plan, shades(plan), _ASK, self._layer)

    def _go_on(self) -> None:
        """Draws for a moment, at least one step."""
        spent = QElapsedTimer()
        spent.start()
        painter = QPainter(self._canvas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._whole = False
        for step in self._steps:
            step(painter)
            if spent.nsecsElapsed() >= _SLICE_NS:
                break
        else:
            self._whole = True
        painter.end()
