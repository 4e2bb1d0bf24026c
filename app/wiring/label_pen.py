"""Draws a line of text for a label with Qt's fonts: what the printer's own lack, such as Arabic, Chinese or emoji. Used by `labels`."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QImage, QPainter, QTextLayout

from devices.codecs.printers.page import Picture

_SMALLEST = 0.6
_DARK = 128


def draw_line(text: str, high: int, room: int) -> Picture | None:
    """`devices.labels.Pen`: a picture at most `room` dots wide and `high` dots high; smaller, then cut off with an ellipsis, so as to fit.

    None without an application, and when a character is in none of this machine's fonts.
    """
    if QGuiApplication.instance() is None or high < 1 or room < 1:
        return None
    font = QFont()
    font.setBold(True)
    size = high
    while size > 1 and not _fits(text, font, size, high, room, high * _SMALLEST):
        size -= 1
    font.setPixelSize(size)
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
    return _painted(shown, font, high, room) if _known(shown, font) else None


def _fits(text: str, font: QFont, size: int, high: int, room: int, least: float) -> bool:
    font.setPixelSize(size)
    metrics = QFontMetricsF(font)
    return metrics.height() <= high and (size <= least or metrics.horizontalAdvance(text) <= room)


def _known(text: str, font: QFont) -> bool:
    """Whether every character has a glyph: glyph 0 is the box that stands for a missing one."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return all(0 not in run.glyphIndexes() for run in layout.glyphRuns())


def _painted(text: str, font: QFont, high: int, room: int) -> Picture:
    metrics = QFontMetricsF(font)
    wide = max(1, min(room, round(metrics.horizontalAdvance(text) + 0.5)))
    image = QImage(wide, high, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setClipRect(QRectF(0, 0, wide, high))
    painter.drawText(QPointF(0, (high - metrics.height()) / 2 + metrics.ascent()), text)
    painter.end()
    return Picture(0, 0, wide, tuple(_row(image, line) for line in range(high)))


def _row(image: QImage, line: int) -> bytes:
    start = line * image.bytesPerLine()
    grey = bytes(image.constBits()[start : start + image.width()])
    bits = "".join("1" if level < _DARK else "0" for level in grey).ljust(-(-len(grey) // 8) * 8, "0")
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
