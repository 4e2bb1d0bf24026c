"""The floor map: looks near and far, is pushed with mouse and keys, and draws in slices of about a millisecond between the window's other
work. Until a new picture is ready the old one is shown in its place. Used by the view of plans."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.screens.plans.camera import Camera, whole
from app.screens.plans.legend import LEGEND, draw_legend
from app.screens.plans.picture import FloorPicture
from app.screens.plans.words import PlansWord
from app.services.floor_drawing import FloorDrawing
from app.services.plans_port import PlanBatch
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.panel import Panel

#: Seconds of drawing before the window has its turn.
_BUDGET_S: Final = 0.001
_PUSH: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ZOOM: Final = 1.5
_EDGE: Final = 8
_LOW: Final = 140


class FloorMap(Panel):
    """Owns from where one looks, the picture shown and the one being drawn."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(skin, parent=parent)
        self._texts = texts
        self._drawing = FloorDrawing()
        self._tour: PlanBatch | None = None
        self._order = ""
        self.camera: Camera | None = None
        self._shown: tuple[QImage, Camera] | None = None
        self._next: tuple[QImage, Camera, Iterator[None]] | None = None
        self._stale = False
        self._held: QPointF | None = None
        self._looks: object = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_on)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        skin.changed.connect(self._anew)

    @property
    def busy(self) -> bool:
        """Whether a picture is being drawn."""
        return self._timer.isActive()

    def show_floor(self, drawing: FloorDrawing, tour: PlanBatch | None, order: str) -> None:
        """Another floor, walk or order. The look stays while the floor does."""
        looks = (id(drawing), id(tour), order)
        if looks == self._looks:
            return
        self._looks = looks
        if drawing is not self._drawing:
            self.camera = None
        self._drawing, self._tour, self._order = drawing, tour, order
        stops = len(tour.stops) if tour else 0
        told = self._texts.word(PlansWord.MAP_TOLD, n=len(drawing.bins), stops=stops)
        self.setAccessibleName(told)
        self._anew()

    # looking

    def look(self, camera: Camera) -> None:
        """From another place."""
        self.camera = camera
        self._anew()
        self.update()

    def look_at_all(self) -> None:
        """The whole floor."""
        self.look(whole(self._drawing.box, *self._size()))

    def zoom(self, times: float, at: QPointF | None = None) -> None:
        """Nearer or farther; `at` in pixels of the map."""
        if self.camera is not None:
            place = (at.x() - _EDGE, at.y() - _EDGE) if at is not None else None
            self.look(self.camera.nearer(times, self._drawing.box, place))

    def _push(self, right: float, down: float) -> None:
        if self.camera is not None:
            self.look(self.camera.moved(right, down))

    def _size(self) -> tuple[int, int]:
        return max(1, self.width() - 2 * _EDGE), max(1, self.height() - 2 * _EDGE - self._foot)

    @property
    def _foot(self) -> int:
        """Pixels under the floor for what its shades mean; a map that is too low goes without."""
        return LEGEND if self._drawing.bins and self.height() > _LOW else 0

    # drawing

    def _anew(self) -> None:
        """What is being drawn is finished first: pushed on and on, the map would never come to an end otherwise."""
        self._stale = True
        if self.isVisible():
            self._timer.start()

    def _begin(self) -> None:
        wide, high = self._size()
        if self.camera is None:
            self.camera = whole(self._drawing.box, wide, high)
        ratio = self.devicePixelRatioF()
        image = QImage(round(wide * ratio), round(high * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        steps = FloorPicture(self.skin, self._drawing, self._tour, self._order, self.camera).onto(image)
        self._next, self._stale = (image, self.camera, steps), False

    def _draw_on(self) -> None:
        """One slice of the picture, or the last."""
        until = time.perf_counter() + _BUDGET_S
        if self._next is None:
            self._begin()
        assert self._next is not None
        image, camera, steps = self._next
        while time.perf_counter() < until:
            if next(steps, self) is self:
                self._shown, self._next = (image, camera), None
                self.update()
                if not self._stale:
                    self._timer.stop()
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture there is, moved to where one looks now, and what the shades mean."""
        super().paintEvent(event)
        if self._shown is None or self.camera is None:
            return
        painter = QPainter(self)
        inner = QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE - self._foot)
        painter.setClipRect(inner)
        image, camera = self._shown
        if camera == self.camera:
            painter.drawImage(inner.topLeft(), image)
        else:
            times = self.camera.scale / camera.scale
            x, y = self.camera.at(camera.x, camera.y)
            place = QRectF(0, 0, camera.wide * times, camera.high * times)
            place.moveCenter(inner.topLeft() + QPointF(x, y))
            painter.drawImage(place, image)
        if self._foot:
            painter.setClipping(False)
            foot = QRectF(inner.left(), inner.bottom(), inner.width(), self._foot)
            draw_legend(painter, foot, self.skin, self._texts, self._drawing)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The same place in the middle, as near as before; a floor seen whole stays so."""
        super().resizeEvent(event)
        wide, high = self._size()
        if self.camera is not None:
            before = whole(self._drawing.box, self.camera.wide, self.camera.high)
            now = whole(self._drawing.box, wide, high)
            nearer = self.camera.scale / before.scale
            self.camera = (
                now if nearer <= 1.001 else Camera(self.camera.x, self.camera.y, now.scale * nearer, wide, high)
            )
        self._anew()

    def showEvent(self, event: object) -> None:
        """What changed while it was hidden is drawn now."""
        if self._stale or self._next is not None:
            self._timer.start()

    def hideEvent(self, event: object) -> None:
        """Nothing is drawn that nobody sees."""
        self._timer.stop()

    # mouse and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nearer or farther, about the mouse."""
        self.zoom(_ZOOM ** (event.angleDelta().y() / 120), event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold of the floor."""
        self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pushes it."""
        if self._held is not None:
            by = self._held - event.position()
            self._held = event.position()
            self._push(by.x(), by.y())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Lets go."""
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nearer, about the mouse."""
        self.zoom(_ZOOM * _ZOOM, event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows push, + and - go nearer and farther, 0 shows all; other keys are the window's."""
        push = _PUSH.get(Qt.Key(event.key()))
        if push is not None:
            self._push(push[0] * self.width() / 5, push[1] * self.height() / 5)
        elif event.text() == "+":
            self.zoom(_ZOOM)
        elif event.text() == "-":
            self.zoom(1 / _ZOOM)
        elif event.text() == "0":
            self.look_at_all()
        else:
            event.ignore()
