"""Buttons for gloves: at least 56 px, words that fit, their key shown where there is a keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.theme import Skin
from app.ui.widgets.fit import fitted
from app.ui.widgets.panel import rounded
from app.ui.widgets.several import keep

#: Lower than this a button has no room for an icon.
_BARE = 20
#: An icon may cost so much of the height of its word.
_WORTH = 0.85
_WRAP = int(Qt.TextFlag.TextWordWrap)


class ActionButton(QAbstractButton):
    """One act. `look`: `plain`, `primary` (filled with the text colour), `ask` (filled blue), `chosen` (blue frame), `bare`."""

    def __init__(
        self, skin: Skin, intent: str, height: int = 56, px: float = 18, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.skin = skin
        self.intent = intent
        self.look = "plain"
        self.key = ""
        self.icon_name = self.icon_tone = ""
        self._px = px
        self._height = height
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_action(
        self, text: str, *, key: str = "", icon: str = "", look: str = "plain", icon_tone: str = ""
    ) -> None:
        """Changes words, key hint, icon (in a colour of its own, if given) and look; the place stays."""
        self.setText(text)
        self.setAccessibleName(text)
        self.key, self.icon_name, self.look, self.icon_tone = key, icon, look, icon_tone
        self.updateGeometry()
        self.update()

    @property
    def fits(self) -> bool:
        """True if the whole text is visible."""
        return not self.text() or self._fit(self._text_rect())[1]

    def sizeHint(self) -> QSize:
        """Words at full size with air around them."""
        metrics = QFontMetricsF(self.skin.font(self.skin.px(self._px), 700))
        wide = metrics.horizontalAdvance(self.text()) + 40 + (self._key_width() + 10 if self.key else 0)
        return QSize(round(max(self._height, wide + (34 if self.icon_name else 0))), self._grown())

    def minimumSizeHint(self) -> QSize:
        """Never smaller than a thumb."""
        return QSize(self.skin.measure("touch"), self._height)

    def _grown(self) -> int:
        return max(self._height, round(self._height * min(1.35, max(1.0, 1 + (self.skin.scale - 1) * 0.35))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the button."""
        painter = QPainter(self)
        fill, line, ink, width = self._colors()
        rounded(painter, QRectF(self.rect()), self.skin.measure("radius_button"), fill, line, width)
        rect = self._text_rect()
        font, _ = self._fit(rect)
        if self._iconed and self.height() > _BARE:
            side = min(26, self.height() - _BARE)
            wide = 0.0
            if self.text():
                wide = min(rect.width(), QFontMetricsF(font).horizontalAdvance(self.text()))
            x = rect.center().x() - wide / 2 - (side + 8 if self.text() else side / 2)
            painter.drawPixmap(
                QPointF(x, (self.height() - side) / 2),
                self.skin.icon(self.icon_name, self.icon_tone or ink, side, self.devicePixelRatioF()),
            )
        painter.setFont(font)
        painter.setPen(self.skin.color(ink))
        painter.drawText(rect.adjusted(0, -6, 0, 6), int(Qt.AlignmentFlag.AlignCenter) | _WRAP, self.text())
        if self.key:
            self._draw_key(painter)
        if self.hasFocus():
            painter.setPen(QPen(self.skin.color("ask"), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            radius = self.skin.measure("radius_button")
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), radius, radius)

    def _colors(self) -> tuple[QColor, QColor | None, str, float]:
        skin = self.skin
        down = self.isDown()
        if not self.isEnabled():
            return skin.color("bg"), skin.color("line"), "quiet", 1.0
        if self.look == "primary":
            return (skin.color("quiet") if down else skin.color("text")), skin.color("text"), "bg", 1.0
        if self.look == "ask":
            return (skin.mix("ask", 0.75) if down else skin.color("ask")), None, "on_ask", 1.0
        if self.look == "chosen":
            return skin.mix("ask", 0.16, "surface"), skin.color("ask"), "text", 3.0
        if self.look == "bare":
            return skin.color("raised" if down else "bg"), None, "text", 1.0
        return skin.color("line" if down else "raised"), skin.color("line"), "text", 1.0

    def _key_width(self) -> float:
        return QFontMetricsF(self.skin.font(15, 600)).horizontalAdvance(self.key)

    @property
    def _iconed(self) -> bool:
        """On a narrow button the word matters more than its icon, also when it would only become smaller."""
        if not self.icon_name or not self.text():
            return bool(self.icon_name)
        beside, fits = self._fit(self._room(iconed=True))
        return fits and beside.pixelSize() >= _WORTH * self._fit(self._room(iconed=False))[0].pixelSize()

    def _text_rect(self) -> QRectF:
        return self._room(iconed=self._iconed)

    def _room(self, *, iconed: bool) -> QRectF:
        left = 10.0 + (self._key_width() + 12 if self.key else 0) + (30 if iconed and self.text() else 0)
        right = 10.0
        return QRectF(self.rect()).adjusted(left, 4, -right, -4)

    def _draw_key(self, painter: QPainter) -> None:
        painter.setFont(self.skin.font(15, 600))
        _, _, ink, _ = self._colors()
        painter.setPen(self.skin.color("quiet" if ink == "text" else ink))
        painter.drawText(
            QRectF(12, 0, self._key_width() + 4, self.height()), int(Qt.AlignmentFlag.AlignVCenter), self.key
        )

    def _fit(self, rect: QRectF) -> tuple[QFont, bool]:
        return fitted(self.skin, self.text(), self.skin.px(self._px), 700, rect.width(), rect.height(), 2)


class ButtonRow(QWidget):
    """Buttons of equal width in one row (or several), with 12 px between them. `mirrored` runs from right to left.

    With `last_alone` the last button has the lowest row to itself.
    """

    def __init__(self, gap: int = 12, columns: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = gap
        self.columns = columns
        self.mirrored = False
        self.last_alone = False
        self._buttons: list[ActionButton] = []

    @property
    def buttons(self) -> list[ActionButton]:
        """The buttons now in the row."""
        return self._buttons

    def show_buttons(self, count: int, make: Callable[[int], ActionButton]) -> Sequence[ActionButton]:
        """Keeps the row at `count` buttons, making or removing only what differs."""

        def another() -> ActionButton:
            button = make(len(self._buttons))
            button.setParent(self)
            return button

        keep(self._buttons, count, another)
        self.arrange()
        return self._buttons

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Arranges anew."""
        self.arrange()

    def arrange(self) -> None:
        """Gives every button its place."""
        if not self._buttons or self.width() <= 0:
            return
        if self.last_alone and len(self._buttons) > 1:
            half = (self.height() - self._gap) // 2
            self._arrange(self._buttons[:-1], QRect(0, 0, self.width(), half))
            self._arrange(self._buttons[-1:], QRect(0, self.height() - half, self.width(), half))
        else:
            self._arrange(self._buttons, self.rect())

    def _arrange(self, buttons: list[ActionButton], place: QRect) -> None:
        columns = self.columns or len(buttons)
        rows = -(-len(buttons) // columns)
        wide = (place.width() - self._gap * (columns - 1)) / columns
        high = (place.height() - self._gap * (rows - 1)) / rows
        for i, button in enumerate(buttons):
            row, column = divmod(i, columns)
            if self.mirrored:
                column = columns - 1 - column
            x, y = column * (wide + self._gap), place.top() + row * (high + self._gap)
            button.setGeometry(round(x), round(y), round(x + wide) - round(x), round(y + high) - round(y))
