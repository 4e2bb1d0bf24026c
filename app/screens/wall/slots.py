"""The list of a wall's slots: colour and shape, label, how full, and what each waits for. Drawn, with no widget per row."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.views_work import SlotState
from app.screens.wall.presenter import SlotLine
from app.screens.words import Word
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.fit import fitted
from app.ui.widgets.panel import rounded
from app.ui.widgets.slot import draw_shape, slot_look

_GAP = 8
_TONES = {SlotState.PACK: "good", SlotState.WAITING: "warn", SlotState.CANCELLED: "bad"}
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class SlotList(QWidget):
    """As many slots as there is room for, those first that somebody can do something about."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin, self._texts = skin, texts
        self._slots: tuple[SlotLine, ...] = ()
        self.columns = 1

    def show_slots(self, slots: tuple[SlotLine, ...]) -> None:
        """Changes the list."""
        self._slots = slots
        self.setAccessibleName("; ".join(self._read(slot) for slot in slots))
        self.update()

    @property
    def fits(self) -> bool:
        """True if the first slot, if there is one, is readable."""
        return not self._slots or self._shown() > 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the rows."""
        painter = QPainter(self)
        high = self._high()
        wide = (self.width() - _GAP * (self.columns - 1)) / self.columns
        for i, slot in enumerate(self._slots[: self._shown()]):
            row, column = divmod(i, self.columns)
            self._draw(painter, QRectF(column * (wide + _GAP), row * (high + _GAP), wide, high), slot)

    def _shown(self) -> int:
        return max(0, int((self.height() + _GAP) // (self._high() + _GAP))) * self.columns

    def _high(self) -> int:
        return round(58 * max(1.0, min(1.5, self._skin.scale)))

    def _read(self, slot: SlotLine) -> str:
        mark = self._texts.phrase(slot.mark) if slot.mark else ""
        return f"{self._label(slot)} {slot.order} {slot.put}/{slot.units} {mark}"

    def _label(self, slot: SlotLine) -> str:
        return slot.label or (self._texts.phrase(slot.place) if slot.place else "")

    def _draw(self, painter: QPainter, rect: QRectF, slot: SlotLine) -> None:
        skin = self._skin
        tone = _TONES.get(slot.state)
        rounded(painter, rect, 12, skin.color("surface"), skin.color(tone or "line"), 2 if tone else 1)
        color, shape = slot_look(slot.n)
        side = min(30.0, rect.height() - 20)
        mark = QRectF(rect.left() + 12, rect.center().y() - side / 2, side, side)
        draw_shape(painter, mark, shape, color if slot.label else skin.color("raised"), skin.color("line"))
        self._write(painter, rect, mark.right() + 12, slot, tone or "quiet")

    def _write(self, painter: QPainter, rect: QRectF, left: float, slot: SlotLine, tone: str) -> None:
        word = self._texts.phrase(slot.mark) if slot.mark else ""
        count = self._texts.word(Word.COUNT_OF, n=slot.put, of=slot.units)
        right = self._line(
            painter, QRectF(rect.right() - 150, rect.top(), 138, rect.height()), word or count, 19, tone, right=True
        )
        room = rect.right() - 150 + 138 - right - left - 10
        half = rect.height() / 2
        below = self._texts.phrase(slot.waits[0]) if slot.waits else self._texts.word(Word.ORDER_NO, no=slot.order)
        self._line(painter, QRectF(left, rect.top() + 3, room, half), self._label(slot), 21, "text")
        self._line(painter, QRectF(left, rect.top() + half - 3, room, half), below, 15, "quiet")

    def _line(self, painter: QPainter, room: QRectF, text: str, px: float, tone: str, *, right: bool = False) -> float:
        """Draws one line and says how wide it is."""
        font, _ = fitted(self._skin, text, min(self._skin.px(px), px * 1.5), 700, room.width(), room.height(), 1)
        painter.setFont(font)
        painter.setPen(self._skin.color(tone))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        metrics = painter.fontMetrics()
        painter.drawText(
            room, int(side | _MIDDLE), metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        )
        return float(metrics.horizontalAdvance(text))
