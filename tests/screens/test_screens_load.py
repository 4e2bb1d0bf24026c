"""The pad to sign on, and what the screen of pallets and trucks hands to its service."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.core.messages import Code
from app.screens.load.words import LoadWord
from app.screens.preferences import Preferences
from app.ui.theme import Skin
from app.ui.widgets.signature import MOST, SignaturePad
from tools.shots import Gallery
from tools.shots_data import MOMENTS


@pytest.fixture
def pad(qapp, qtbot):
    pad = SignaturePad(Skin("light", 100))
    qtbot.addWidget(pad)
    pad.resize(400, 200)
    pad.show()
    return pad


def draw(pad, *points):
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(pad, QPoint(*point))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(*points[-1]))


def test_strokes_are_told_in_hundredths_of_the_width(pad):
    told = []
    pad.signed.connect(told.append)
    draw(pad, (40, 40), (80, 100), (80, 101))
    draw(pad, (200, 20), (-50, 900))
    # A point that hardly moved says nothing new; what leaves the pad stays at its edge.
    assert told == ["10.0,10.0 20.0,25.0", "10.0,10.0 20.0,25.0;50.0,5.0 0.0,50.0"]
    pad.show_strokes("")
    assert pad.text == ""
    pad.show_strokes(told[-1])
    assert pad.text == told[-1]
    assert not pad.grab().isNull()


def test_whoever_draws_for_ever_is_not_kept_for_ever(pad):
    draw(pad, *((n * 37 % 400, n * 91 % 200) for n in range(2000)))
    assert MOST - 40 < len(pad.text) <= MOST
    draw(pad, (1, 1), (300, 150))
    assert len(pad.text) <= MOST
    pad.show_strokes("1.0,1.0")
    assert pad.text == "1.0,1.0"
    assert not pad.grab().isNull()


def test_a_signature_travels_with_the_hand_over_and_is_gone_afterwards(qapp):
    gallery, moments = Gallery(), {moment.name: moment for moment in MOMENTS}
    asked = []
    canned = gallery._canned
    shell = gallery.show(moments["load-sign"], "handheld", Preferences())
    presenter = shell.presenter
    presenter._load = type("Load", (), {"hand_over": lambda _, strokes: asked.append(strokes) or canned.view()})()
    canned.moment = moments["load-gone"]
    shell.press("handed")
    assert asked == [next(act for act in moments["load-sign"].acts).partition(":")[2]]
    assert presenter.state().strokes == ""
    shell.close()


@pytest.mark.parametrize(("card", "reason"), [("F2", "lost"), ("F3", "spoilt"), ("F4", "copy")])
def test_a_list_that_was_printed_comes_again_with_a_reason_and_one_that_was_not_without(qapp, card, reason):
    gallery, moments = Gallery(), {moment.name: moment for moment in MOMENTS}
    shell = gallery.show(moments["load-list-again"], "handheld", Preferences())
    presenter, asked = shell.presenter, []
    paper = gallery._canned.view
    presenter._load = type(
        "Load", (), {"paper": lambda _, why="": (asked.append(why), paper())[1], "view": lambda _: paper()}
    )()
    frame = presenter.frame()
    assert frame.prompt.word is LoadWord.WHY_LIST_AGAIN
    [chosen] = [action.intent for action in frame.actions if action.key == card]
    shell.press("not_again")
    assert presenter.frame().prompt.code is Code.PALLET_WRAPPED
    # Without the question no reason counts.
    shell.press(chosen)
    assert asked == []
    shell.press("paper")
    shell.press(chosen)
    assert asked == [reason]
    assert presenter.frame().prompt.code is Code.PALLET_WRAPPED
    gallery._canned.moment = moments["load-wrapped"]
    presenter.refresh()
    shell.press("paper")
    assert asked == [reason, ""]
    shell.close()


def test_a_carriers_list_that_was_printed_comes_again_with_a_reason(qapp):
    gallery, moments = Gallery(), {moment.name: moment for moment in MOMENTS}
    shell = gallery.show(moments["manifests"], "desk", Preferences())
    presenter, asked = shell.presenter, []
    view = presenter._manifests.view
    presenter._manifests = type(
        "Manifests", (), {"paper": lambda _, id, why="": (asked.append((id, why)), view())[1], "view": lambda _: view()}
    )()
    shell.press("paper:m2")
    shell.press("paper:m3")
    assert presenter.frame().prompt.word is LoadWord.WHY_LIST_AGAIN
    assert presenter.frame().choices == ()
    shell.press("not_again")
    shell.press("again:lost")
    shell.press("paper:m3")
    shell.press("again:lost")
    assert asked == [("m2", ""), ("m3", "lost")]
    shell.close()
