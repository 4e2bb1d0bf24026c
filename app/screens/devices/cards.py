"""Cards of lines, as high as their words need at any text size. Used by the device set-up view for everything that is read there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.core.messages import Look
from app.ui.theme import Skin, dress
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.panel import Panel
from app.ui.widgets.tone import draw_sign, tone_color

_EDGE, _GAP = 16, 6


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph. `px` at 100 %; with a `look` its sign stands before the words, which take its colour."""

    text: str
    px: float = 18
    weight: int = 500
    color: str = "text"
    lines: int = 3
    look: Look | None = None


def heading(text: str) -> Line:
    """The quiet word above a card's content."""
    return Line(text, 17, 700, "quiet", 4)


def breakable(text: str) -> str:
    """An address or command that may go on in the next line after any of its marks."""
    return "".join(f"{c}\N{ZERO WIDTH SPACE}" if c in "/-_:?&=.@" else c for c in text)


class LinesCard(Panel):
    """Paragraphs one below the other on a card; hidden while it has none."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(skin, parent=parent)
        self._lines: tuple[Line, ...] = ()
        self._labels: list[FitLabel] = []

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Changes the paragraphs; empty ones are left out."""
        lines = tuple(line for line in lines if line.text)
        shape = [(line.px, line.weight, line.lines) for line in lines]
        if shape != [(line.px, line.weight, line.lines) for line in self._lines]:
            for label in self._labels:
                label.hide()
                label.deleteLater()
            self._labels = [FitLabel(self.skin, line.px, line.weight, lines=line.lines, parent=self) for line in lines]
            for label in self._labels:
                label.show()
        self._lines = lines
        for label, line in zip(self._labels, lines, strict=True):
            label.show_text(line.text, tone_color(line.look) if line.look else line.color)
        self._place()
        self.update()

    @property
    def empty(self) -> bool:
        """True while it has nothing to say."""
        return not self._lines

    def wanted_height(self, width: int) -> int:
        """Pixels for all paragraphs at this width."""
        return sum(self._heights(width)) + _GAP * max(0, len(self._lines) - 1) + 2 * _EDGE if self._lines else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places the paragraphs anew."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the card and the signs."""
        super().paintEvent(event)
        painter = QPainter(self)
        for label, line in zip(self._labels, self._lines, strict=True):
            if line.look is not None:
                first = min(label.height(), round(self.skin.px(line.px) * 1.25))
                top = label.y() + (first - self._sign) / 2
                draw_sign(painter, QRectF(_EDGE, top, self._sign, self._sign), self.skin, line.look)

    @property
    def _sign(self) -> int:
        return round(26 * max(1.0, min(1.6, self.skin.scale)))

    def _heights(self, width: int) -> list[int]:
        return [
            max(label.height_for(self._wide(width, line)) + 3, self._sign if line.look else 0)
            for label, line in zip(self._labels, self._lines, strict=True)
        ]

    def _wide(self, width: int, line: Line) -> int:
        return width - 2 * _EDGE - (self._sign + 10 if line.look else 0)

    def _place(self) -> None:
        top = _EDGE
        for label, line, high in zip(self._labels, self._lines, self._heights(self.width()), strict=True):
            left = _EDGE + (self._sign + 10 if line.look else 0)
            label.setGeometry(left, top, max(1, self._wide(self.width(), line)), high)
            top += high + _GAP


class BarsCard(QWidget):
    """A barcode to be scanned off the screen: black on white in every theme, with its quiet margins."""

    HEIGHT = 132
    _QUIET = 10

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._runs: tuple[int, ...] = ()

    def show_runs(self, runs: tuple[int, ...]) -> None:
        """Widths of bars and spaces in turn, in modules."""
        self._runs = runs
        self.update()

    def wanted_height(self, width: int) -> int:
        """No pixels at all where not even one of them is left for a module."""
        return self.HEIGHT if self._runs and self._module(width) else 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws whole pixels only: a scanner needs sharp edges."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        module = self._module(self.width())
        x = (self.width() - module * sum(self._runs)) // 2
        for i, run in enumerate(self._runs):
            if i % 2 == 0:
                painter.fillRect(x, 16, run * module, self.height() - 32, Qt.GlobalColor.black)
            x += run * module

    def _module(self, width: int) -> int:
        return width // (sum(self._runs) + 2 * self._QUIET)


class Scroller(QScrollArea):
    """A column of widgets that say their height by `wanted_height(width)`, or have a fixed one; scrolls when it is too high."""

    def __init__(self, skin: Skin, parent: QWidget) -> None:
        super().__init__(parent)
        # Only the bar: a style sheet on the area would be worked out anew for everything in it.
        dress(self.verticalScrollBar(), skin)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body = QWidget()
        self.setWidget(self.body)
        for ground in (self.viewport(), self.body):
            ground.setAutoFillBackground(False)
        self._column: list[tuple[QWidget, int]] = []
        self.used = 0

    def stack(self, widgets: Sequence[tuple[QWidget, int]], gap: int = 10) -> None:
        """Puts (widget, height) one below the other; those of height 0 are hidden."""
        top = 0
        for widget, high in widgets:
            widget.setParent(self.body)
            widget.setVisible(high > 0)
            if high > 0:
                widget.setGeometry(0, top, self.inner, high)
                top += high + gap
        self.used = max(0, top - gap)
        self.body.resize(self.inner, max(1, self.used + 4))

    @property
    def inner(self) -> int:
        """Width of the column: room for the scroll bar is always left, so that nothing moves when it comes."""
        return max(60, self.width() - 16)
