"""A pad to sign on with a finger, a pen or the mouse. The strokes are points in hundredths of the pad's width: `x,y x,y;x,y ...`."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Skin
from app.ui.widgets.panel import rounded

#: Letters that all strokes together may need; what is drawn beyond that is not kept.
MOST = 8000
#: Points closer than this (hundredths of the width) say nothing new.
_NEAR = 0.6
_UNITS = 100.0


class SignaturePad(QWidget):
    """Owns the strokes. `signed(text)` comes at the end of each stroke."""

    signed = Signal(str)

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self._strokes: list[list[tuple[float, float]]] = []
        self._drawing = False
        self._room = MOST
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def text(self) -> str:
        """The strokes as they travel; at most `MOST` letters."""
        return ";".join(" ".join(f"{x:.1f},{y:.1f}" for x, y in stroke) for stroke in self._strokes)[:MOST]

    def show_strokes(self, text: str) -> None:
        """What is drawn already, while nobody is drawing: after a change of page, or nothing to begin anew."""
        if self._drawing or text == self.text:
            return
        self._strokes = [
            [(float(x), float(y)) for x, _, y in (point.partition(",") for point in stroke.split())]
            for stroke in text.split(";")
            if stroke
        ]
        self._room = MOST - len(text)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A stroke begins."""
        self._drawing = True
        self._strokes.append([])
        self._add(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """It goes on."""
        if self._drawing:
            self._add(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It ends."""
        if not self._drawing:
            return
        self._add(event.position())
        self._drawing = False
        self._strokes = [stroke for stroke in self._strokes if stroke]
        self.signed.emit(self.text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """White as paper in every theme, a line to sign on, and what was drawn."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._skin.color("line")
        rounded(painter, QRectF(self.rect()), self._skin.measure("radius_card"), QColor("white"), frame, 2)
        w, h = self.width(), self.height()
        painter.setPen(QPen(Qt.GlobalColor.lightGray, 2))
        painter.drawLine(QPointF(w * 0.06, h * 0.8), QPointF(w * 0.94, h * 0.8))
        painter.setPen(
            QPen(Qt.GlobalColor.black, max(2.5, w / 160), c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
        )
        unit = w / _UNITS
        for stroke in self._strokes:
            path = QPainterPath(QPointF(stroke[0][0] * unit, stroke[0][1] * unit)) if stroke else QPainterPath()
            for x, y in stroke[1:] or stroke:
                path.lineTo(x * unit, y * unit + (0.1 if len(stroke) == 1 else 0))
            painter.drawPath(path)

    def _add(self, at: QPointF) -> None:
        unit = max(1.0, self.width()) / _UNITS
        x = min(_UNITS, max(0.0, at.x() / unit))
        y = min(self.height() / unit, max(0.0, at.y() / unit))
        stroke = self._strokes[-1]
        if stroke and abs(stroke[-1][0] - x) + abs(stroke[-1][1] - y) < _NEAR:
            return
        # "100.0,100.0 " is the longest a point gets.
        if self._room < 12:
            return
        self._room -= len(f"{x:.1f},{y:.1f} ")
        stroke.append((round(x, 1), round(y, 1)))
        self.update()
