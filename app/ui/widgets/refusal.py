"""The panel of a refusal: what was scanned and what was needed, side by side; what happened to the count; the ways out.

It stays until it is acknowledged or the right scan comes, and it never keeps a scan from arriving.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.messages import Look, Tone
from app.core.views import ItemCard
from app.ui.theme import Skin
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.panel import Panel, rounded
from app.ui.widgets.picture import ItemPicture
from app.ui.widgets.tone import ToneSign, tone_color

_CENTRE = Qt.AlignmentFlag.AlignHCenter


class Banner(QWidget):
    """A filled card in the colour of the tone: sign, headline, what exactly."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self._look = Look(Tone.BAD)
        self._sign = ToneSign(skin, 48, inverse=True, parent=self)
        self._title = FitLabel(skin, 28, 800, lines=2, parent=self)
        self._detail = FitLabel(skin, 20, 550, lines=6, parent=self)

    def show_words(self, look: Look, title: str, detail: str) -> None:
        """Changes the message."""
        self._look = look
        ink = f"on_{tone_color(look)}"
        self._sign.show_look(look)
        self._title.show_text(title, ink)
        self._detail.show_text(detail, ink)
        self._place()
        self.update()

    def wanted_height(self, width: int) -> int:
        """Pixels for all words at full size."""
        wide = width - 96
        detail = self._detail.height_for(wide) + 4 if self._detail.text else 0
        return max(88, 34 + self._title.height_for(wide) + detail)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places sign and words anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        w, h = self.width(), self.height()
        signed = w >= 260 and h >= 72
        self._sign.setVisible(signed)
        left = (84 if w > 360 else 72) if signed else 16
        wide = w - left - 14
        title = min(self._title.height_for(wide), h - 16 if not self._detail.text else round((h - 16) * 0.34))
        self._sign.move(20 if w > 360 else 12, 20 if self._detail.text and h > 88 else (h - 48) // 2)
        if self._detail.text:
            total = title + 3 + min(self._detail.height_for(wide) + 4, h - 16 - title)
            top = max(6, (h - total) // 2)
            self._title.setGeometry(left, top, wide, title)
            self._detail.setGeometry(left, top + title + 3, wide, max(10, h - top - title - 8))
        else:
            self._title.setGeometry(left, 8, wide, h - 16)
        self._detail.setVisible(bool(self._detail.text))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the ground."""
        fill = self._skin.color(tone_color(self._look))
        rounded(QPainter(self), QRectF(self.rect()), self._skin.measure("radius_card"), fill)


class CompareCard(Panel):
    """One of the two things compared: a word above, the picture, the name below."""

    def __init__(self, skin: Skin, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(skin, line=tone, line_width=2, parent=parent)
        self._word = FitLabel(skin, 17, 700, tone, align=_CENTRE, parent=self)
        self._picture = ItemPicture(skin, self)
        self._name = FitLabel(skin, 18, 700, lines=2, align=_CENTRE, parent=self)

    def show_item(self, word: str, item: ItemCard, name: str) -> None:
        """Changes what is compared."""
        self._word.show_text(word)
        self._picture.show_color(item.colour)
        self._name.show_text(name)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places the three anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        w, h = self.width(), self.height()
        line = round(24 * max(1.0, min(1.4, self.skin.scale)))
        name = min(self._name.height_for(w - 20) + 2, line * 2)
        room = h - line - name - 28
        shown = room >= 34
        self._picture.setVisible(shown)
        self._word.setGeometry(8, 8, w - 16, line)
        self._picture.setGeometry(14, 12 + line, w - 28, max(0, room))
        top = h - name - 9 if shown else line + 10
        self._name.setGeometry(10, top, w - 20, name if shown else h - top - 6)


class RefusalPanel(QWidget):
    """Banner, comparison and hint, from top to bottom, on the ground of the screen."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self.banner = Banner(skin, self)
        self._scanned = CompareCard(skin, "bad", self)
        self._needed = CompareCard(skin, "good", self)
        self._hint = FitLabel(skin, 18, 500, "quiet", lines=3, parent=self)
        self._compares = False
        self.hide()

    def show_words(self, look: Look, title: str, detail: str, hint: str) -> None:
        """Changes the message and the line under it."""
        self.banner.show_words(look, title, detail)
        self._hint.show_text(hint)
        self._place()

    def show_pair(self, scanned: tuple[str, ItemCard, str] | None, needed: tuple[str, ItemCard, str] | None) -> None:
        """Shows both things as (word, item, name), or none of them."""
        self._compares = scanned is not None and needed is not None
        if scanned and needed:
            self._scanned.show_item(*scanned)
            self._needed.show_item(*needed)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places everything anew."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Covers what lies below."""
        QPainter(self).fillRect(self.rect(), self._skin.color("bg"))

    def _place(self) -> None:
        # The last pixels are air above the buttons; the panel still covers what lies there.
        w, h, gap = self.width(), self.height() - 12, 12
        banner = min(self.banner.wanted_height(w), h)
        hint = self._hint.height_for(w) + 4 if self._hint.text else 0
        pair = min(200, h - banner - hint - 2 * gap)
        compares = self._compares and pair >= 64
        if not compares:
            pair = -gap
        hinted = hint > 0 and banner + pair + gap + hint + gap <= h
        self._scanned.setVisible(compares)
        self._needed.setVisible(compares)
        self._hint.setVisible(hinted)
        half = (w - gap) // 2
        self.banner.setGeometry(0, 0, w, banner)
        self._scanned.setGeometry(0, banner + gap, half, max(0, pair))
        self._needed.setGeometry(w - half, banner + gap, half, max(0, pair))
        self._hint.setGeometry(0, banner + gap + pair + gap, w, hint)
