"""Every screen in every state, in languages, sizes, themes and text sizes: every word is read in full, every button hit with a glove.

What is measured is what was painted (see `conftest`); the states are those of the pictures in `tools.shots_data`.
"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.services.home import DOORS
from app.ui.widgets.fit import FitLabel
from tools.shots_data import MOMENTS

SCREENS = tuple(dict.fromkeys(moment.screen for moment in MOMENTS))
NAMES = {screen: [moment.name for moment in MOMENTS if moment.screen == screen] for screen in SCREENS}
#: Size, text size in per cent, language, theme: German is the longest, the largest letters need the most room.
LOOKS = (
    ("handheld", 100, "en", "dark"),
    ("handheld", 100, "de", "contrast"),
    ("handheld", 200, "en", "light"),
    ("handheld", 200, "de", "dark"),
    ("handheld", 200, "nl", "dark"),
    ("handheld", 70, "da", "dark"),
    ("handheld", 400, "en", "light"),
    ("narrow", 100, "de", "dark"),
    ("desk", 100, "en", "light"),
    ("desk", 200, "de", "dark"),
    ("desk", 400, "en", "contrast"),
)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_everything_is_read_in_full_and_hit_with_a_glove(show, what_cannot_be_read, what_is_hard_to_hit, screen, look):
    size, text_size, language, theme = look
    found = {}
    for name in NAMES[screen]:
        shell = show(name, size=size, text_size=text_size, language=language, theme=theme)
        if faults := what_cannot_be_read(shell) + what_is_hard_to_hit(shell):
            found[name] = faults
    assert not found


def test_the_walk_passes_every_screen_of_the_client(show):
    assert set(SCREENS) == set(show("pick")._presenters)


def break_width(shell):
    shell.chrome.prompt._words.setGeometry(0, 0, 30, 40)


def break_height(shell):
    shell.chrome.prompt._words.setGeometry(60, 0, 400, 8)


def break_overlap(shell):
    label = FitLabel(shell._skin, 25, parent=shell.chrome.prompt)
    label.show_text("Above it all")
    label.setGeometry(shell.chrome.prompt._words.geometry())
    label.show()
    return label


@pytest.mark.parametrize("damage", [break_width, break_height, break_overlap])
def test_a_word_that_is_cut_or_covered_is_seen(show, what_cannot_be_read, damage):
    shell = show("pick")
    assert not what_cannot_be_read(shell)
    added = damage(shell)
    try:
        assert what_cannot_be_read(shell)
    finally:
        if added is not None:
            added.setParent(None)
        shell.chrome.relayout()
    assert not what_cannot_be_read(shell)


def test_a_shortened_word_is_seen(show, what_cannot_be_read):
    shell = show("floor")
    shell._views["floor"].list.setColumnWidth(0, 52)
    faults = what_cannot_be_read(shell)
    shell._views["floor"].list._styled = None
    shell._views["floor"].list.restyle()
    assert any(fault.startswith("shortened") for fault in faults)


def test_a_small_a_nameless_and_an_unreachable_button_are_seen(show, what_is_hard_to_hit):
    shell = show("pick")
    assert not what_is_hard_to_hit(shell)
    button = QPushButton(shell)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setGeometry(0, 200, 55, 56)
    button.show()
    faults = what_is_hard_to_hit(shell)
    button.setParent(None)
    assert [fault.split(":")[0] for fault in faults] == ["nameless", "small", "no Tab"]


@pytest.mark.parametrize("size", ["handheld", "desk"])
def test_the_prompt_never_moves(show, size):
    places = set()
    for name in ("pick-bin", "pick", "pick-short", "pick-drop", "pick-done", "pick-tote"):
        places.add(show(name, size=size).chrome.prompt.geometry().getRect())
    assert len(places) == 1


@pytest.mark.parametrize("screen", SCREENS)
def test_tab_comes_to_every_act(show, screen):
    shell = show(NAMES[screen][0], size="desk")
    shell.activateWindow()
    wanted = {b for b in shell.chrome._in_prompt if b.isVisible() and b.isEnabled()}
    assert wanted
    for _ in range(80):
        QTest.keyClick(shell.focusWidget() or shell, Qt.Key.Key_Tab)
        wanted.discard(shell.focusWidget())
        if not wanted:
            break
    assert not {b.text() for b in wanted}


@pytest.mark.parametrize(
    ("key", "screen"),
    [
        ("2", "pack"), ("3", "orders"), ("4", "settings"), ("5", "floor"), ("6", "zone"), ("7", "tasks"), ("8", "wall"), ("9", "load"),
        ("0", "pickup"), ("r", "returns"), ("g", "receive"), ("w", "workbench"), ("d", "returns_desk"), ("b", "buying"),
        ("n", "entry"),
    ],
)  # fmt: skip
def test_every_door_opens_by_its_key(show, stand_at, key, screen):
    shell = show("home-doors", size="desk")
    stand_at(NAMES[screen][0])
    QTest.keyClick(shell, Qt.Key(ord(key.upper())))
    assert shell.screen_name() == screen


@pytest.mark.parametrize("text_size", [100, 200, 400])
def test_doors_there_is_no_room_for_stand_behind_the_last_one(show, text_size):
    shell = show("home-doors", size="handheld", text_size=text_size)
    opened = []
    shell._views["home"].intent.connect(opened.append)
    seen, doors = [], shell._views["home"]._doors
    while (now := [button.intent for button in doors.buttons if button.isVisible()])[0] not in seen:
        assert now[-1] == "next_doors"
        seen += now[:-1]
        QTest.mouseClick(doors.buttons[len(now) - 1], Qt.MouseButton.LeftButton)
    assert sorted(seen) == sorted(f"door:{door}" for door in DOORS if door != "pick")
    assert opened == []


@pytest.mark.parametrize("screen", SCREENS)
def test_the_left_hand_has_the_acts_mirrored(show, screen):
    name = NAMES[screen][0]
    right = [b.x() for b in show(name, hand="right").chrome.act_row.buttons]
    left = [b.x() for b in show(name, hand="left").chrome.act_row.buttons]
    assert left == sorted(left, reverse=True)
    assert right == sorted(right)
    assert len(left) == len(right) > 0
