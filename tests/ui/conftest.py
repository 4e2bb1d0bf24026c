"""A real window on given services, for one test; a walk over everything that is visible in it; and every word that is painted."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QHeaderView,
    QLineEdit,
    QTableView,
    QWidget,
)

from app.screens.preferences import Preferences
from app.ui.widgets.keypad import Keypad
from tools.shots import Gallery
from tools.shots_data import MOMENTS

BY_NAME = {moment.name: moment for moment in MOMENTS}
#: Pixels that strokes and rounding may take beyond their place.
_SLACK = 1.5
#: Pixels of a thumb in a glove.
THUMB = 56


def visible(shell):
    """Every visible widget, the window itself included."""
    return [w for w in (shell, *shell.findChildren(QWidget)) if w.isVisible() and w.width() and w.height()]


def covered(shell, widget):
    """True if a panel or sheet lies over the middle of the widget."""
    middle = widget.mapTo(shell, widget.rect().center())
    for lid in (shell.chrome.panel, shell.chrome.sheet, shell.chrome.toast):
        if lid.isVisible() and not lid.isAncestorOf(widget) and lid is not widget:
            inside = lid.geometry().contains(middle)
            if inside:
                return True
    return False


@dataclass(frozen=True)
class Word:
    """One text as it was painted: on which widget, where its ink lies there and in the window, what room it was given, how large."""

    text: str
    widget: QWidget
    ink: QRectF
    place: QRectF
    room: QRectF | None
    px: int


def _ink(painter, args):
    """Where the ink of a text lies, in the painter's pixels: from the tops of its tallest letters to its longest tails; and its room."""
    metrics, text = QFontMetricsF(painter.font()), args[-1]
    tight = metrics.tightBoundingRect(text)
    if isinstance(args[0], QPointF):
        return tight.translated(args[0]), None
    room, flags = (QRectF(args[0]), args[1]) if len(args) == 3 else (QRectF(*args[:4]), args[4])
    box = metrics.boundingRect(room, int(flags), text)
    top = box.top() + metrics.ascent() + tight.top()
    bottom = box.bottom() - metrics.descent() + tight.bottom()
    return QRectF(box.left(), top, box.width(), bottom - top), room


@contextmanager
def painted_words():
    """Hears every text that any widget paints; yields (words, texts that were shortened with dots)."""
    words, shortened = [], []
    draw, elides = QPainter.drawText, {kind: kind.elidedText for kind in (QFontMetrics, QFontMetricsF)}

    def drawn(self, *args):
        if args[-1] and isinstance(self.device(), QWidget):
            (ink, room), move = _ink(self, args), self.deviceTransform()
            place = ink.translated(move.dx(), move.dy())
            words.append(Word(args[-1], self.device(), ink, place, room, self.font().pixelSize()))
        return draw(self, *args)

    def elided(self, text, *args):
        short = elides[type(self)](self, text, *args)
        if short != text:
            shortened.append(text)
        return short

    QPainter.drawText = drawn
    for kind in elides:
        kind.elidedText = elided
    try:
        yield words, shortened
    finally:
        QPainter.drawText = draw
        for kind, elide in elides.items():
            kind.elidedText = elide


def _scrolled(widget):
    """The scroll area a widget lies in, if any: what is cut by its edge can be scrolled to."""
    while widget is not None:
        parent = widget.parentWidget()
        if isinstance(parent, QAbstractScrollArea):
            return parent
        widget = parent
    return None


def _inside(word, shell):
    """True if all ink lies on its widget and in the window; in a list that scrolls only the width counts."""
    widget = word.widget
    room = QRectF(widget.rect())
    if word.room is not None and not word.room.adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(word.ink):
        return False
    if _scrolled(widget) is None:
        top_left = widget.mapTo(shell, widget.rect().topLeft())
        room = room.intersected(QRectF(QRect(-top_left, shell.size())))
        return room.adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(word.ink)
    return room.left() - _SLACK <= word.ink.left() and word.ink.right() <= room.right() + _SLACK


def _overlaps(words, shell):
    """Pairs of texts of which one is painted over the other."""
    boxes = []
    for word in words:
        if not covered(shell, word.widget):
            area = _scrolled(word.widget)
            place = word.place
            if area is not None:
                corner = area.viewport().mapTo(shell, area.viewport().rect().topLeft())
                place = place.intersected(QRectF(QRect(corner, area.viewport().size())))
            boxes.append((word.text, place.adjusted(_SLACK, _SLACK, -_SLACK, -_SLACK)))
    return [
        f"{one!r} on {other!r}"
        for i, (one, a) in enumerate(boxes)
        for other, b in boxes[i + 1 :]
        if a.intersects(b) and a.isValid() and b.isValid()
    ]


def _cut_heads(shell):
    """Words that Qt paints itself: heads of columns, and what stands in an empty entry line."""
    out = []
    for widget in visible(shell):
        metrics = QFontMetricsF(widget.font())
        hint = widget.placeholderText() if isinstance(widget, QLineEdit) else ""
        if hint and metrics.horizontalAdvance(hint) > widget.width() - 28:
            out.append(f"entry: {hint!r}")
        if isinstance(widget, QHeaderView) and widget.orientation() == Qt.Orientation.Horizontal:
            for i in range(widget.count()):
                head = str(widget.model().headerData(i, widget.orientation()))
                if not widget.isSectionHidden(i) and metrics.horizontalAdvance(head) > widget.sectionSize(i) - 14:
                    out.append(f"head: {head!r}")
    return out


def unreadable(shell):
    """Every reason why something in the window cannot be read in full, as sentences; the window is painted for it."""
    QApplication.sendPostedEvents()
    with painted_words() as (words, shortened):
        picture = shell.grab().toImage()
    ground = picture.pixelColor(2, shell.height() - 2).name()
    least = min(1.0, shell._skin.scale) * (12 if shell.width() < 400 else 15)
    out = [f"cut: {w.text!r} in {type(w.widget).__name__}" for w in words if not _inside(w, shell)]
    out += [f"ground: {ground}"] if ground != shell._skin.color("bg").name() else []
    out += [f"shortened: {text!r}" for text in shortened] + _cut_heads(shell)
    out += [f"{w.px} px: {w.text!r}" for w in words if w.px < int(least)]
    return out + [f"overlap: {pair}" for pair in _overlaps(words, shell)]


def _types(widget):
    """True for a key of a key pad: a keyboard has the same key."""
    parent = widget.parentWidget()
    return parent is not None and isinstance(parent.parentWidget(), Keypad)


def hard_to_hit(shell):
    """Every reason why something cannot be pressed with a glove, reached with Tab or heard from a screen reader, as sentences."""
    out, places = [], []
    for widget in visible(shell):
        if isinstance(widget, QTableView) and not widget.accessibleName():
            out.append(f"nameless: {type(widget).__name__}")
        if isinstance(widget, QTableView) and widget.verticalHeader().defaultSectionSize() < THUMB:
            out.append(f"low rows: {widget.verticalHeader().defaultSectionSize()}")
        if not isinstance(widget, QAbstractButton) or covered(shell, widget):
            continue
        name = widget.accessibleName()
        if not name.strip():
            out.append(f"nameless: {type(widget).__name__}")
        if widget.width() < THUMB or widget.height() < THUMB:
            out.append(f"small: {name!r} {widget.width()} x {widget.height()}")
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not _types(widget):
            out.append(f"no Tab: {name!r}")
        if _scrolled(widget) is None:
            place = widget.rect().translated(widget.mapTo(shell, widget.rect().topLeft()))
            out += [] if shell.rect().contains(place) else [f"outside: {name!r}"]
            out += [f"{name!r} on {other!r}" for other, taken in places if taken.intersects(place)]
            places.append((name, place))
    return out


@pytest.fixture(scope="session")
def gallery(qapp):
    """One window for all tests that only look."""
    gallery = Gallery()
    yield gallery
    gallery.shell.close()


@pytest.fixture
def show(gallery):
    """Puts the window into a moment (by name): `show("pick", size="desk", language="de")`."""

    def open_(name, size="handheld", **chosen):
        return gallery.show(BY_NAME[name], size, Preferences(**chosen))

    return open_


@pytest.fixture
def stand_at(gallery):
    """Has the services answer as at a moment (by name), whatever the window shows."""

    def stand(name):
        gallery._canned.moment = BY_NAME[name]

    return stand


@pytest.fixture
def seen():
    return visible


@pytest.fixture
def is_covered():
    return covered


@pytest.fixture
def what_cannot_be_read():
    return unreadable


@pytest.fixture
def what_is_hard_to_hit():
    return hard_to_hit
