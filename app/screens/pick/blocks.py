"""The parts the pick screen is put together from: the bin with its tick, the counts, the cart as a map, two items to compare."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.messages import Look, Tone
from app.core.views import CartSlotCard, ItemCard
from app.ui.theme import Skin
from app.ui.widgets.code import CodeLabel, bin_spans
from app.ui.widgets.fit import FitLabel, fitted
from app.ui.widgets.panel import Panel, rounded
from app.ui.widgets.refusal import CompareCard
from app.ui.widgets.slot import draw_shape, ink_on, slot_look
from app.ui.widgets.tiles import CountTile
from app.ui.widgets.tone import ToneSign

_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_RIGHT = Qt.AlignmentFlag.AlignRight
_GAP = 8


class BinLine(QWidget):
    """The bin, and the tick beside it once it has been scanned."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self.code = CodeLabel(skin, 88, 800, self)
        self._tick = ToneSign(skin, 44, parent=self)
        self._tick.show_look(Look(Tone.GOOD))

    def show_bin(self, code: str, ticked: bool) -> None:
        """Changes both."""
        self.code.show_spans(bin_spans(code))
        self._tick.setVisible(ticked)

    def show_lane(self, lane: str) -> None:
        """Shows a lane, all of it bright."""
        self.code.show_spans([(lane, True)])
        self._tick.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tick keeps its place whether it shows or not, so that the bin does not move."""
        super().resizeEvent(event)
        self.code.setGeometry(0, 0, self.width() - 56, self.height())
        self._tick.move(self.width() - 44, (self.height() - 44) // 2)


class Heading(QWidget):
    """Where one is in the walk, and where it goes then."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self.where = FitLabel(skin, 17, 600, "quiet", parent=self)
        self.then = FitLabel(skin, 17, 600, "quiet", align=_RIGHT, parent=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Half and half."""
        super().resizeEvent(event)
        half = self.width() // 2
        self.where.setGeometry(0, 0, half - 4, self.height())
        self.then.setGeometry(half, 0, self.width() - half, self.height())


class ForSlots(Panel):
    """Which slots the units are for: a pill each in the slot's colour, `slot · units`."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(skin, parent=parent)
        self._word = FitLabel(skin, 17, 600, "quiet", align=Qt.AlignmentFlag.AlignHCenter, parent=self)
        self._slots: Sequence[CartSlotCard] = ()

    def show_slots(self, word: str, slots: Sequence[CartSlotCard]) -> None:
        """Changes both."""
        self._word.show_text(word)
        self._slots = [slot for slot in slots if slot.units]
        self.setAccessibleName(f"{word} " + ", ".join(f"{slot.n}: {slot.units}" for slot in self._slots))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Word above, pills below."""
        super().resizeEvent(event)
        top = min(round(26 * max(1.0, min(1.6, self.skin.scale))), round(self.height() * 0.34))
        self._word.setGeometry(4, 10 if self.height() > 90 else 4, self.width() - 8, top)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the pills: two in a row."""
        super().paintEvent(event)
        painter = QPainter(self)
        top = self._word.geometry().bottom() + 4
        room = QRectF(8, top, self.width() - 16, self.height() - top - 8)
        columns = 1 if len(self._slots) < 2 else 2
        rows = max(1, -(-len(self._slots) // columns))
        wide, high = (room.width() - 6 * (columns - 1)) / columns, (room.height() - 6 * (rows - 1)) / rows
        high = min(high, 44.0)
        for i, slot in enumerate(self._slots):
            row, column = divmod(i, columns)
            rect = QRectF(room.left() + column * (wide + 6), room.top() + row * (high + 6), wide, high)
            _pill(painter, self.skin, rect, slot.n, f"{slot.n} · {slot.units}")


def _pill(painter: QPainter, skin: Skin, rect: QRectF, n: int, text: str) -> None:
    color, _ = slot_look(n)
    plain = skin.theme == "contrast"
    rounded(painter, rect, 8, skin.color("surface") if plain else color, skin.color("line") if plain else None, 2)
    painter.setPen(skin.color("text") if plain else ink_on(color))
    painter.setFont(fitted(skin, text, skin.px(20), 800, rect.width() - 8, rect.height(), 1)[0])
    painter.drawText(rect, _CENTRE, text)


class Tiles(QWidget):
    """Take, in hand, and where it goes: three counts side by side."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self.take, self.hand = CountTile(skin, parent=self), CountTile(skin, parent=self)
        self.tote = CountTile(skin, 34, parent=self)
        self.slots = ForSlots(skin, self)

    def show_where(self, slots: bool) -> None:
        """Slots of a cart, or a tote."""
        self.slots.setVisible(slots)
        self.tote.setVisible(not slots)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three equal parts."""
        super().resizeEvent(event)
        gap = 12 if self.width() > 360 else 8
        wide = (self.width() - 2 * gap) / 3
        for i, tile in ((0, self.take), (1, self.hand), (2, self.tote), (2, self.slots)):
            tile.setGeometry(round(i * (wide + gap)), 0, round(wide), self.height())


class CartMap(QWidget):
    """The cart as it stands before the picker: a cell for each slot with its number, colour and shape, a tick when its order is
    complete, a cross when it was cancelled, a frame around the one that is meant."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self._skin = skin
        self._slots: Sequence[CartSlotCard] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_slots(self, slots: Sequence[CartSlotCard]) -> None:
        """Changes the cells."""
        self._slots = slots
        self.setAccessibleName(", ".join(f"{slot.n}: {slot.order} {slot.tote or ''} {slot.state}" for slot in slots))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the cells, up to four in a row."""
        if not self._slots:
            return
        painter = QPainter(self)
        columns = min(4, max(2, -(-len(self._slots) // 2)))
        rows = -(-len(self._slots) // columns)
        wide = (self.width() - _GAP * (columns - 1)) / columns
        high = min((self.height() - _GAP * (rows - 1)) / rows, 110.0)
        for i, slot in enumerate(self._slots):
            row, column = divmod(i, columns)
            self._cell(painter, QRectF(column * (wide + _GAP), row * (high + _GAP), wide, high), slot)

    def _cell(self, painter: QPainter, rect: QRectF, slot: CartSlotCard) -> None:
        skin, (color, shape) = self._skin, slot_look(slot.n)
        line = skin.color("ask") if slot.here else skin.color("line")
        inset = rect.adjusted(2, 2, -2, -2)
        rounded(painter, inset, 12, skin.color("surface"), line, 4 if slot.here else 1)
        side = min(rect.height() * 0.42, rect.width() * 0.3)
        mark = QRectF(inset.left() + 10, inset.center().y() - side / 2, side, side)
        draw_shape(painter, mark, shape, color if slot.state != "cancelled" else skin.color("line"))
        left = mark.right() + 8
        number = QRectF(left, inset.top() + 4, inset.right() - left - 6, inset.height() * 0.55)
        painter.setPen(skin.color("quiet" if slot.state == "cancelled" else "text"))
        painter.setFont(fitted(skin, str(slot.n), skin.px(34), 800, number.width(), number.height(), 1)[0])
        painter.drawText(number, _CENTRE, str(slot.n))
        below = QRectF(left, number.bottom(), number.width(), inset.bottom() - number.bottom() - 4)
        words = {"done": "✓", "cancelled": "✕"}.get(slot.state, slot.tote or "–")
        tones = {"done": "good", "cancelled": "bad"}
        painter.setPen(skin.color(tones.get(slot.state, "quiet")))
        painter.setFont(fitted(skin, words, skin.px(17), 650, below.width(), below.height(), 1)[0])
        painter.drawText(below, _CENTRE, words)


class Pair(QWidget):
    """Two items side by side: the one that is needed, and the one it was mistaken for."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self._needed = CompareCard(skin, "good", self)
        self._other = CompareCard(skin, "bad", self)
        self._paired = True

    def show_pair(self, this: str, needed: ItemCard, notthis: str, other: ItemCard | None) -> None:
        """Changes both; without another there is one card."""
        self._needed.show_item(this, needed, _name(needed))
        self._paired = other is not None
        self._other.setVisible(self._paired)
        if other is not None:
            self._other.show_item(notthis, other, _name(other))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Half and half."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        half = (self.width() - 12) // 2
        self._needed.setGeometry(0, 0, half if self._paired else self.width(), self.height())
        self._other.setGeometry(self.width() - half, 0, half, self.height())


def _name(item: ItemCard) -> str:
    return f"{item.name} …{item.code[-4:]}" if item.code else item.name
