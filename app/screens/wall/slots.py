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
#: Pixels of a row at 100 %: one that waits for nothing, one that says what it waits for.
_HIGH = {False: 58, True: 100}
_TONES = {SlotState.PACK: "good", SlotState.WAITING: "warn", SlotState.CANCELLED: "bad"}
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class SlotList(QWidget):
    """As many slots as there is room for, those first that somebody can do something about."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin, self._texts = skin, texts
        self._slots: tuple[SlotLine, ...] = ()

    def show_slots(self, slots: tuple[SlotLine, ...]) -> None:
        """Changes the list."""
        self._slots = slots
        self.setAccessibleName("; ".join(self._read(slot) for slot in slots))
        self.update()

    @property
    def fits(self) -> bool:
        """True if the first slot, if there is one, is readable."""
        return not self._slots or bool(self._places())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the rows."""
        painter = QPainter(self)
        for place, slot in zip(self._places(), self._slots, strict=False):
            self._draw(painter, place, slot)

    def _places(self) -> list[QRectF]:
        """One for each slot there is room for; a slot that waits for goods says for which, over its whole width."""
        out, top = [], 0.0
        for slot in self._slots:
            high = _HIGH[bool(slot.waits)] * max(1.0, min(1.5, self._skin.scale))
            if top + high > self.height():
                break
            out.append(QRectF(0, top, self.width(), high))
            top += high + _GAP
        return out

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
        mark = QRectF(rect.left() + 12, self._upper(rect).center().y() - side / 2, side, side)
        draw_shape(painter, mark, shape, color if slot.label else skin.color("raised"), skin.color("line"))
        self._write(painter, rect, mark.right() + 12, slot, tone or "quiet")

    def _write(self, painter: QPainter, rect: QRectF, left: float, slot: SlotLine, tone: str) -> None:
        word = self._texts.phrase(slot.mark) if slot.mark else ""
        count = self._texts.word(Word.COUNT_OF, n=slot.put, of=slot.units)
        upper, half = self._upper(rect), self._upper(rect).height() / 2
        right = self._line(
            painter, QRectF(rect.right() - 162, rect.top(), 150, upper.height()), word or count, 19, tone, right=True
        )
        room = rect.right() - 12 - right - left - 10
        order = self._texts.word(Word.ORDER_NO, no=slot.order)
        self._line(painter, QRectF(left, rect.top() + 3, room, half), self._label(slot), 21, "text")
        self._line(painter, QRectF(left, rect.top() + half - 3, room, half), order, 15, "quiet")
        if slot.waits:
            below = QRectF(left, upper.bottom() - 4, rect.right() - 12 - left, rect.bottom() - upper.bottom())
            self._line(painter, below, self._texts.phrase(slot.waits[0]), 16, "text", lines=2)

    def _upper(self, rect: QRectF) -> QRectF:
        """The part with label, order and mark."""
        return QRectF(rect.left(), rect.top(), rect.width(), _HIGH[False] * max(1.0, min(1.5, self._skin.scale)))

    def _line(
        self, painter: QPainter, room: QRectF, text: str, px: float, tone: str, *, right: bool = False, lines: int = 1
    ) -> float:
        """Draws a text and says how wide it is; only one that is too long even when small is shortened."""
        px = min(self._skin.px(px), px * 1.5)
        font, fits = fitted(self._skin, text, px, 700, room.width(), room.height(), lines)
        painter.setFont(font)
        painter.setPen(self._skin.color(tone))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        metrics = painter.fontMetrics()
        if not fits:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, int(side | _MIDDLE | Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextDontClip), text)
        return float(metrics.horizontalAdvance(text))
