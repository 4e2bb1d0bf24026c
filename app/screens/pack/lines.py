"""The lines of the order on the bench: what is in, what comes now, what is still to come."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.core.messages import Look, Tone
from app.core.views import PackLine
from app.screens.words import Word
from app.ui.texts import Texts
from app.ui.theme import Skin, dress
from app.ui.widgets.fit import fitted
from app.ui.widgets.panel import rounded
from app.ui.widgets.tone import draw_sign

_ROW = 74
_DONE = Look(Tone.GOOD)
_SHORT = Look(Tone.WARN)


class _Rows(QWidget):
    """All lines, painted one below the other."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__()
        self._skin, self._texts = skin, texts
        self.lines: tuple[PackLine, ...] = ()

    @property
    def row(self) -> int:
        """Height of one line in pixels."""
        return round(_ROW * max(1.0, min(1.45, self._skin.scale)))

    @property
    def fits(self) -> bool:
        """True if every name is whole."""
        boxes = [(line, QRectF(*self._text_box(line, 0))) for line in self.lines]
        return all(self._name(line, box)[1] and self._note(line, box)[1] for line, box in boxes)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the lines in sight."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for i, line in enumerate(self.lines):
            top = i * self.row
            if top + self.row >= event.rect().top() and top <= event.rect().bottom():
                self._draw(painter, line, top)

    def _draw(self, painter: QPainter, line: PackLine, top: int) -> None:
        skin, row = self._skin, self.row
        closed = line.packed + line.short >= line.qty
        if line.current:
            painter.fillRect(QRectF(0, top, self.width(), row), skin.mix("ask", 0.10, "surface"))
            painter.fillRect(QRectF(0, top, 6, row), skin.color("ask"))
        self._draw_sign(painter, line, closed, top)
        box = QRectF(*self._text_box(line, top))
        font, _ = self._name(line, box)
        ink = "quiet" if closed else "text"
        painter.setFont(font)
        painter.setPen(skin.color(ink))
        high = box.height() * 0.58
        flags = int(Qt.AlignmentFlag.AlignBottom) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(QRectF(box.left(), box.top(), box.width(), high), flags, line.item.name)
        painter.setFont(self._note(line, box)[0])
        painter.setPen(skin.color("quiet"))
        second = QRectF(box.left(), box.top() + high + 1, box.width(), box.height() - high)
        painter.drawText(second, int(Qt.AlignmentFlag.AlignTop), self._second(line))
        painter.setFont(self._count_font())
        painter.setPen(skin.color(ink))
        right = QRectF(0, top, self.width() - 18, row)
        painter.drawText(right, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), self._count(line))
        painter.setPen(QPen(skin.color("line"), 1))
        painter.drawLine(0, top + row - 1, self.width(), top + row - 1)

    def _draw_sign(self, painter: QPainter, line: PackLine, closed: bool, top: int) -> None:
        side = 34 if self.width() > 360 else 26
        left = 18 if self.width() > 360 else 12
        rect = QRectF(left, top + (self.row - side) / 2, side, side)
        if closed:
            draw_sign(painter, rect, self._skin, _SHORT if line.short else _DONE)
            return
        painter.setPen(QPen(self._skin.color("ask" if line.current else "line"), 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rect.adjusted(2, 2, -2, -2))

    def _text_box(self, line: PackLine, top: int) -> tuple[float, float, float, float]:
        left = 74 if self.width() > 360 else 48
        right = 18 + QFontMetricsF(self._count_font()).horizontalAdvance(self._count(line)) + 14
        return left, top + 5, max(40.0, self.width() - left - right), self.row - 10

    def _name(self, line: PackLine, box: QRectF) -> tuple[QFont, bool]:
        return fitted(self._skin, line.item.name, self._skin.px(20), 700, box.width(), box.height() * 0.58, 2)

    def _note(self, line: PackLine, box: QRectF) -> tuple[QFont, bool]:
        px = min(self._skin.px(16), 22)
        return fitted(self._skin, self._second(line), px, 500, box.width(), box.height() * 0.42, 1)

    def _count_font(self) -> QFont:
        return self._skin.font(min(self._skin.px(28), 40) if self.width() > 360 else 22, 800)

    def _count(self, line: PackLine) -> str:
        return self._texts.word(Word.COUNT_OF, n=line.packed, of=line.qty)

    def _second(self, line: PackLine) -> str:
        # Where several orders are in the parcel, whose it is matters more than the end of its code.
        parts = [f"…{line.item.code[-4:]}" if not line.order else f"▸ {line.order}"]
        if line.item.lot:
            parts.append(self._texts.word(Word.LOT_NO, lot=line.item.lot))
        if line.item.fragile:
            parts.append(self._texts.word(Word.FRAGILE))
        if line.short:
            parts.append(self._texts.word(Word.SHORT_N, n=line.short))
        return " · ".join(parts)


class LineList(QWidget):
    """The lines on a card; the current one is always in sight."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__()
        self._skin = skin
        self._rows = _Rows(skin, texts)
        self._area = QScrollArea(self)
        dress(self._area, skin)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._rows)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_lines(self, lines: tuple[PackLine, ...]) -> None:
        """Changes the lines."""
        self._rows.lines = lines
        self._rows.setAccessibleName(", ".join(f"{line.item.name} {line.packed}/{line.qty}" for line in lines))
        self._size()
        self._rows.update()

    @property
    def spare(self) -> int:
        """Free pixels below the last line."""
        return max(0, self.height() - 16 - len(self._rows.lines) * self._rows.row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The lines get the whole width inside the card's round corners."""
        super().resizeEvent(event)
        self._area.setGeometry(2, 8, self.width() - 4, self.height() - 16)
        self._size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the card."""
        painter = QPainter(self)
        radius = self._skin.measure("radius_card")
        rounded(painter, QRectF(self.rect()), radius, self._skin.color("surface"), self._skin.color("line"))

    def _size(self) -> None:
        rows = self._rows
        rows.resize(self._area.viewport().width(), max(1, len(rows.lines)) * rows.row)
        current = next((i for i, line in enumerate(rows.lines) if line.current), None)
        if current is not None:
            self._area.ensureVisible(0, round((current + 0.5) * rows.row), 0, rows.row)
