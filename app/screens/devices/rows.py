"""A device as a row of the list: what it is for, what it is called, how it is. Used by the device set-up view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.core.messages import Look
from app.ui.theme import Skin
from app.ui.widgets.fit import fitted, needed
from app.ui.widgets.panel import rounded
from app.ui.widgets.tone import draw_sign, tone_color

_WRAP = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)
_EDGE, _ICON, _LEAST = 14, 28, 72
_TITLE, _STATE = 20, 17


class DeviceRow(QAbstractButton):
    """One device. The sign before its state has the shape and the colour of the tone."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self.intent = ""
        self.chosen = False
        self._icon, self._title, self._state, self._key = "help", "", "", ""
        self._look: Look | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_device(self, intent: str, icon: str, title: str, state: str, look: Look | None, *, key: str = "") -> None:
        """Changes the row; `look` is the tone of the state, None for quiet words; `key` opens it where there is a keyboard."""
        self.intent, self._icon, self._title, self._state, self._look = intent, icon, title, state, look
        self._key = key
        self.setAccessibleName(f"{title}, {state}")
        self.update()

    def wanted_height(self, width: int) -> int:
        """Pixels for title and state in full, two lines each at most."""
        title, state = self._heights(width)
        return max(_LEAST, round(title + state + 2 * 10 + 2))

    @property
    def fits(self) -> bool:
        """True if both are whole."""
        room = self._room(self.width())
        title, state = self._heights(self.width())
        return (
            fitted(self._skin, self._title, self._skin.px(_TITLE), 700, room, title, 2)[1]
            and fitted(self._skin, self._state, self._skin.px(_STATE), 600, room - self._signed(), state, 2)[1]
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the row."""
        painter, skin = QPainter(self), self._skin
        bright = self.chosen or self.hasFocus()
        fill = skin.mix("ask", 0.16, "surface") if self.chosen else skin.color("raised" if self.isDown() else "surface")
        rounded(
            painter, QRectF(self.rect()), skin.measure("radius_card"), fill, skin.color("ask" if bright else "line"),
            3 if bright else 1,
        )  # fmt: skip
        middle = self.height() / 2
        icon = skin.icon(self._icon, "text" if self.isEnabled() else "quiet", _ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(_EDGE, middle - _ICON / 2), icon)
        left, room = _EDGE + _ICON + 14, self._room(self.width())
        title, state = self._heights(self.width())
        top = middle - (title + state + 2) / 2
        painter.setFont(fitted(skin, self._title, skin.px(_TITLE), 700, room, title, 2)[0])
        painter.setPen(skin.color("text"))
        painter.drawText(QRectF(left, top, room, title + 6), _WRAP, self._title)
        self._paint_state(painter, QRectF(left, top + title + 2, room, state + 6))
        if self._key:
            painter.setFont(skin.font(15, 600))
            painter.setPen(skin.color("quiet"))
            place = QRectF(self.width() - 26, 0, 16, self.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), self._key)

    def _paint_state(self, painter: QPainter, rect: QRectF) -> None:
        skin, color = self._skin, "quiet"
        room = rect.width() - self._signed()
        font = fitted(skin, self._state, skin.px(_STATE), 600, room, rect.height() - 6, 2)[0]
        if self._look is not None:
            color = tone_color(self._look)
            line = QFontMetricsF(font).height()
            side = self._sign
            draw_sign(painter, QRectF(rect.left(), rect.top() + (line - side) / 2, side, side), skin, self._look)
            rect = rect.adjusted(self._signed(), 0, 0, 0)
        painter.setFont(font)
        painter.setPen(skin.color(color))
        painter.drawText(rect, _WRAP, self._state)

    @property
    def _sign(self) -> int:
        return round(20 * max(1.0, min(1.6, self._skin.scale)))

    def _signed(self) -> int:
        return self._sign + 8 if self._look is not None else 0

    def _room(self, width: int) -> int:
        return max(40, width - _EDGE - _ICON - 14 - (30 if self._key else _EDGE))

    def _heights(self, width: int) -> tuple[float, float]:
        """Height of title and state at their full size, two lines at most."""
        room = self._room(width)
        heights = []
        for text, px, weight, wide in (
            (self._title, _TITLE, 700, room),
            (self._state, _STATE, 600, room - self._signed()),
        ):
            font = self._skin.font(self._skin.px(px), weight)
            spacing = QFontMetricsF(font).lineSpacing()
            heights.append(min(needed(text or "X", font, wide)[1], 2 * spacing) + 1)
        return heights[0], heights[1]
