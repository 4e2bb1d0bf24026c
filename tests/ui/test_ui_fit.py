"""Every screen in every state, language, layout and theme: no cut words, no small targets, nothing outside its window."""

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QAbstractButton, QHeaderView, QLineEdit, QScrollArea

from app.screens.preferences import LANGUAGES, THEMES
from tools.shots_data import MOMENTS

NAMES = [moment.name for moment in MOMENTS]
#: Where large letters must still work: every screen, and a refusal.
LARGE = (
    "signin",
    "home",
    "pick-bin",
    "pick-wrong-item",
    "pick-short",
    "pack",
    "pack-carton",
    "pack-weight",
    "pack-too-light",
    "devices",
    "devices-printer-faulty",
    "devices-type",
    "devices-scale",
    "devices-scan",
    "devices-check",
    "handover-start",
    "handover-show",
    "handover-taking",
    "handover-taken",
)


def cut(shell, seen, is_covered):
    """What cannot be read in full, as (kind, text)."""
    found = []
    for widget in seen(shell):
        if getattr(widget, "fits", True) is False and not is_covered(shell, widget):
            words = widget.accessibleName() or getattr(widget, "text", "")
            found.append(
                (type(widget).__name__, words if isinstance(words, str) else "", widget.width(), widget.height())
            )
        if isinstance(widget, QHeaderView):
            found += _cut_heads(widget)
        if isinstance(widget, QLineEdit):
            wide = QFontMetricsF(widget.font()).horizontalAdvance(widget.placeholderText())
            if wide > widget.width() - 28:
                found.append(("QLineEdit", widget.placeholderText()))
    return found


def _cut_heads(header):
    metrics = QFontMetricsF(header.font())
    heads = [(i, str(header.model().headerData(i, header.orientation()))) for i in range(header.count())]
    return [
        ("header", text)
        for i, text in heads
        if header.isVisible()
        and not header.isSectionHidden(i)
        and metrics.horizontalAdvance(text) > header.sectionSize(i) - 14
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", ["handheld", "desk"])
@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_cut(show, seen, is_covered, name, size, language):
    assert not cut(show(name, size=size, language=language), seen, is_covered)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", ["handheld", "desk"])
@pytest.mark.parametrize("name", NAMES)
def test_every_theme_draws_the_same_screen(show, seen, is_covered, name, size, theme):
    shell = show(name, size=size, theme=theme)
    assert not cut(shell, seen, is_covered)
    picture = shell.grab().toImage()
    assert picture.pixelColor(2, shell.height() - 2).name() == shell._skin.color("bg").name()


@pytest.mark.parametrize(("size", "text_size"), [("narrow", 100), ("handheld", 200)])
@pytest.mark.parametrize("name", LARGE)
def test_german_fits_the_smallest_screen_and_double_letters(show, seen, is_covered, name, size, text_size):
    assert not cut(show(name, size=size, language="de", text_size=text_size), seen, is_covered)


@pytest.mark.parametrize("size", ["narrow", "handheld", "desk"])
@pytest.mark.parametrize("name", NAMES)
def test_buttons_are_as_large_as_a_thumb_inside_the_window_and_apart(show, seen, is_covered, name, size):
    shell = show(name, size=size)
    places = []
    for widget in seen(shell):
        if not isinstance(widget, QAbstractButton) or is_covered(shell, widget):
            continue
        assert widget.width() >= 56, (widget.accessibleName(), widget.size())
        assert widget.height() >= 56, (widget.accessibleName(), widget.size())
        if not any(area.isAncestorOf(widget) for area in shell.findChildren(QScrollArea)):
            place = widget.rect().translated(widget.mapTo(shell, widget.rect().topLeft()))
            assert shell.rect().contains(place), widget.accessibleName()
            places.append((widget.accessibleName(), place))
    for i, (name_a, a) in enumerate(places):
        for name_b, b in places[i + 1 :]:
            assert not a.intersects(b), (name_a, name_b)


def test_the_rule_can_fail(show, seen, is_covered):
    shell = show("pick")
    shell.chrome.prompt._words.setGeometry(0, 0, 30, 10)
    assert cut(shell, seen, is_covered)


@pytest.mark.parametrize("size", ["handheld", "desk"])
def test_the_prompt_never_moves(show, size):
    places = set()
    for name in ("pick-bin", "pick", "pick-short", "pick-drop", "pick-done", "pick-tote"):
        places.add(show(name, size=size).chrome.prompt.geometry().getRect())
    assert len(places) == 1
