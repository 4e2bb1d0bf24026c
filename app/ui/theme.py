"""Colours, measures, fonts and icons of the screens, from `resources/themes/tokens.toml`. Every widget is given the one `Skin`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

import resources


@dataclass(frozen=True, slots=True)
class Tokens:
    """What `tokens.toml` says: `#RRGGBB` by theme and name, measures in pixels at 100 %, font families in order of preference."""

    themes: dict[str, dict[str, str]]
    measures: dict[str, int]
    families: tuple[str, ...]


@cache
def tokens() -> Tokens:
    """The tokens, read once."""
    data: dict[str, Any] = tomllib.loads(resources.path("themes/tokens.toml").read_text())
    return Tokens(data["theme"], data["measure"], tuple(data["fonts"]["families"]))


def luminance(color: QColor) -> float:
    """Relative luminance, 0-1 (WCAG 2.2)."""

    def linear(c: float) -> float:
        return c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours, 1-21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


class Skin(QObject):
    """How everything looks now: theme and text size. `changed` is emitted after either changes.

    `smallest` is the least text height in pixels; the chrome lowers it on screens narrower than a handheld's.
    """

    changed = Signal()

    def __init__(self, theme: str = "dark", text_size: int = 100) -> None:
        super().__init__()
        self._palette = {name: QColor(value) for name, value in tokens().themes[theme].items()}
        self._icons: dict[tuple[str, str, int, float], QPixmap] = {}
        self.theme = theme
        self.scale = text_size / 100
        self.smallest = tokens().measures["smallest_text"]

    def use(self, theme: str, text_size: int) -> None:
        """Changes theme and text size (per cent)."""
        self.theme = theme
        self.scale = text_size / 100
        self._palette = {name: QColor(value) for name, value in tokens().themes[theme].items()}
        self._icons.clear()
        self.changed.emit()

    def color(self, name: str) -> QColor:
        """A colour by its token."""
        return self._palette[name]

    def mix(self, name: str, part: float, ground: str = "bg") -> QColor:
        """`part` (0-1) of one token on another: the soft fills. In the contrast theme fills stay plain."""
        a, b = self.color(name), self.color(ground)
        if self.theme == "contrast":
            return b
        pairs = ((a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF()))
        return QColor.fromRgbF(*(x * part + y * (1 - part) for x, y in pairs))

    def measure(self, name: str) -> int:
        """A measure in pixels, not touched by the text size."""
        return tokens().measures[name]

    def px(self, size: float) -> float:
        """A text height in pixels at the chosen text size."""
        return size * self.scale

    def grown(self, size: float) -> int:
        """A height that holds one line of text: grows half as fast as the text, never below its 100 % value."""
        return round(size * max(1.0, 1 + (self.scale - 1) * 0.5))

    def font(self, px: float, weight: int = 500) -> QFont:
        """A font of exactly `px` pixels, with tabular figures and a slashed zero."""
        font = QFont(list(tokens().families))
        font.setPixelSize(max(1, round(px)))
        font.setWeight(QFont.Weight(weight))
        font.setFeature(QFont.Tag("tnum"), 1)
        font.setFeature(QFont.Tag("zero"), 1)
        return font

    def icon(self, name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
        """An icon in the colour of a token, `size` pixels square."""
        key = (name, self.color(color).name(), size, ratio)
        if key not in self._icons:
            self._icons[key] = _drawn(name, self.color(color), size, ratio)
        return self._icons[key]

    def style_sheet(self) -> str:
        """The QSS for what is not painted by our own widgets: entry lines, tables, scroll bars."""
        c = {name: color.name() for name, color in self._palette.items()}
        small, row = round(self.px(17)), self.grown(18)
        return _QSS.format(**c, small=small, pad=max(6, row // 3), chosen=self.mix("ask", 0.16, "surface").name())


def dress(widget: QWidget, skin: Skin) -> None:
    """Gives one of Qt's own widgets our style sheet, now and after each change. Not the window: polishing all of it costs 45 ms."""
    widget.setStyleSheet(skin.style_sheet())
    skin.changed.connect(lambda: widget.setStyleSheet(skin.style_sheet()))


@cache
def _svg(name: str) -> str:
    return resources.path(f"icons/{name}.svg").read_text()


def _drawn(name: str, color: QColor, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("#000", color.name()).encode()))
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


_QSS = """

QLineEdit {{ background: {surface}; color: {text}; border: 2px solid {line}; border-radius: 14px; padding: 4px 14px;
  selection-background-color: {ask}; selection-color: {on_ask}; }}
QLineEdit:focus {{ border: 3px solid {ask}; padding: 3px 13px; }}
QTableView {{ background: {surface}; color: {text}; border: 1px solid {line}; border-radius: 16px; gridline-color: {line};
  selection-background-color: {chosen}; selection-color: {text}; outline: 0; }}
QTableView::item {{ padding: 0 {pad}px; border-bottom: 1px solid {line}; }}
QHeaderView {{ background: transparent; border: 0; }}
QHeaderView::section {{ background: transparent; color: {quiet}; border: 0; border-bottom: 1px solid {line}; padding: 0 16px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: 0; }}
QScrollBar:vertical {{ background: transparent; width: 14px; margin: 2px; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: 5px; min-height: 56px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; height: 0; }}
"""
