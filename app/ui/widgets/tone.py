"""The sign of a tone: its own shape and its own inner mark, so that colour is never the only difference."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.messages import Cue, Look, Tone
from app.ui.theme import Skin

#: shape and mark by tone; a cue may have a mark of its own
_BY_TONE = {
    Tone.GOOD: ("circle", "check"),
    Tone.WARN: ("triangle", "bang"),
    Tone.BAD: ("octagon", "cross"),
    Tone.ASK: ("circle", "arrow"),
    Tone.INFO: ("circle", "info"),
}
_BY_CUE = {
    Cue.WRONG_BIN: ("octagon", "arrow"),
    Cue.TOO_MANY: ("octagon", "plus"),
    Cue.DUPLICATE: ("octagon", "bars"),
    Cue.AWAY: ("circle", "away"),
    Cue.CALL: ("circle", "hand"),
}


def sign(look: Look) -> tuple[str, str]:
    """Shape and inner mark of a look, as names of icons."""
    return _BY_CUE.get(look.cue) or _BY_TONE[look.tone]


def tone_color(look: Look) -> str:
    """The colour token of a look: its tone, but violet for a call."""
    return "flag" if look.cue is Cue.CALL else str(look.tone)


def draw_sign(painter: QPainter, rect: QRectF, skin: Skin, look: Look, *, inverse: bool = False) -> None:
    """Draws the sign; `inverse` for use on a ground filled with the tone."""
    shape, mark = sign(look)
    tone = tone_color(look)
    ground, ink = (f"on_{tone}", tone) if inverse else (tone, f"on_{tone}")
    side = rect.width()
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(rect.topLeft(), skin.icon(shape, ground, round(side), ratio))
    inner = side * (0.42 if shape == "triangle" else 0.52)
    drop = side * (0.09 if shape == "triangle" else 0)
    corner = rect.center().x() - inner / 2, rect.center().y() - inner / 2 + drop
    painter.drawPixmap(QRectF(*corner, inner, inner).topLeft(), skin.icon(mark, ink, round(inner), ratio))


class ToneSign(QWidget):
    """A sign of `side` pixels."""

    def __init__(self, skin: Skin, side: int, *, inverse: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin, self._inverse = skin, inverse
        self._look = Look(Tone.GOOD)
        self.setFixedSize(side, side)

    def show_look(self, look: Look) -> None:
        """Changes the sign."""
        self._look = look
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the sign."""
        draw_sign(QPainter(self), QRectF(self.rect()), self._skin, self._look, inverse=self._inverse)
