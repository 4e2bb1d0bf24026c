"""The screen of plans in a real window, steered by keys and mouse: the way through it, the map on a large floor, and the curves."""

import statistics
import subprocess
import sys
import time

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.screens.plans.camera import whole
from app.screens.plans.map import FloorMap
from app.screens.plans.picture import FloorPicture
from app.screens.plans.teller import PlansTeller
from app.screens.plans.words import PlansWord
from app.screens.preferences import LANGUAGES, Preferences
from app.services.floor_drawing import prepared
from app.services.plans_port import Because, PlanWhy
from app.ui.texts import Texts
from app.ui.theme import Skin
from sync.contract.plans import FloorMapReply, MapBin, MapCrossing, MapPath
from tools.shots import Gallery
from tools.shots_data import MOMENTS
from tools.shots_planning import BATCHES, DRAWING, RESULT

BY_NAME = {moment.name: moment for moment in MOMENTS}
MANY = 10_000


@pytest.fixture(scope="module")
def gallery(qapp):
    gallery = Gallery()
    yield gallery
    gallery.shell.close()


@pytest.fixture
def window(gallery):
    def opened(name, size="desk", **looks):
        shell = gallery.show(BY_NAME[name], size, Preferences(theme="light", **looks))
        shell.activateWindow()
        gallery.finish()
        return shell

    return opened


def state(shell):
    return shell._views["plans"].state


def key(shell, *keys):
    for one in keys:
        QTest.keyClick(QApplication.focusWidget() or shell, one)
        QApplication.processEvents()


def test_the_whole_way_goes_by_keys(window, qtbot):
    shell = window("plans-list")
    view = shell._views["plans"]
    qtbot.waitUntil(view.list.hasFocus)
    key(shell, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert state(shell).tour.number == 3
    pages = []
    for digit in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_6, Qt.Key.Key_1):
        key(shell, digit)
        pages.append(state(shell).page.value)
    assert pages == ["orders", "rehearsal", "compare", "outcome", "rescue", "walks"]
    key(shell, Qt.Key.Key_F5)
    assert state(shell).question.kind == "use"
    key(shell, Qt.Key.Key_Escape)
    assert not state(shell).question.asks
    key(shell, Qt.Key.Key_F6, Qt.Key.Key_1)
    assert not state(shell).question.asks
    key(shell, Qt.Key.Key_Escape)
    assert shell.presenter.name == "floor"


def test_from_a_wave_on_the_board_f8_opens_its_plans(window):
    shell = window("floor-plan")
    key(shell, Qt.Key.Key_F8)
    assert shell.presenter.name == "plans"
    assert state(shell).wave.name == "Evening express"


def test_the_large_map_has_the_keys_and_gives_them_back(window, qtbot):
    shell = window("plans-list")
    view = shell._views["plans"]
    key(shell, Qt.Key.Key_F8)
    qtbot.waitUntil(view.map.hasFocus)
    far = view.map.camera
    key(shell, Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Right)
    near = view.map.camera
    assert near.scale == pytest.approx(far.scale * 2.25)
    assert near.x > far.x
    assert near.y == pytest.approx(far.y)
    key(shell, Qt.Key.Key_0)
    assert view.map.camera == far
    key(shell, Qt.Key.Key_F8)
    qtbot.waitUntil(view.list.hasFocus)
    assert view.list.isVisible()


def test_the_wheel_goes_nearer_about_the_mouse_and_dragging_pushes(window):
    shell = window("plans-map")
    floor = shell._views["plans"].map
    before, at = floor.camera, QPointF(200, 150)

    def under(camera):
        x = (at.x() - 8 - camera.wide / 2) / camera.scale + camera.x
        return x, camera.y + (camera.high / 2 - (at.y() - 8)) / camera.scale

    turn = QWheelEvent(
        at, floor.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(floor, turn)
    assert floor.camera.scale > before.scale
    assert under(floor.camera) == pytest.approx(under(before))
    held = floor.camera
    QTest.mousePress(floor, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(floor, QPoint(140, 90))
    QTest.mouseRelease(floor, Qt.MouseButton.LeftButton, pos=QPoint(140, 90))
    assert (floor.camera.x - held.x) * held.scale == pytest.approx(-40)
    assert (floor.camera.y - held.y) * held.scale == pytest.approx(-10)


def test_farther_than_the_whole_floor_nobody_can_go():
    camera = whole(DRAWING.box, 640, 300)
    assert camera.nearer(1 / 50, DRAWING.box) == camera
    assert camera.nearer(1e6, DRAWING.box).scale == pytest.approx(0.4)
    left, bottom = camera.at(*DRAWING.box[:2])
    right, top = camera.at(*DRAWING.box[2:])
    assert left >= -0.01
    assert right <= 640.01
    assert top >= -0.01
    assert bottom <= 300.01


def large_floor():
    bins = [MapBin(f"B{i}", (i % 100) * 1300, (i // 100) * 1200, "A", i * 7 % 50) for i in range(MANY)]
    paths = [MapPath(x * 2600, 0, x * 2600, 120_000, x % 3 == 0, False) for x in range(50)]
    return prepared(
        FloorMapReply(
            drawn=True, crossings=[MapCrossing("D", 0, 0, True)], paths=paths, bins=bins, epoch=1, server_time=""
        )
    )


def test_ten_thousand_bins_are_drawn_in_slices_that_hold_nothing_up(qapp, qtbot):
    floor = FloorMap(Skin("light"), Texts("en"))
    qtbot.addWidget(floor)
    floor.resize(900, 560)
    floor.show_floor(large_floor(), BATCHES[0], "")
    floor.show()
    slices = []
    while floor.busy:
        began = time.thread_time()
        floor._draw_on()
        slices.append(time.thread_time() - began)
    # Whatever a busy machine makes of it, no slice is more than a small part of the whole.
    assert len(slices) > 6
    assert statistics.median(slices) < sum(slices) / 6
    assert max(slices) < sum(slices) / 2
    assert floor.grab().toImage().pixelColor(450, 300).isValid()


def test_the_map_says_more_picks_by_shade_and_by_size_and_the_walk_by_its_hue(qapp, qtbot, window):
    shell = window("plans-map")
    floor = shell._views["plans"].map
    skin = floor.skin
    image = floor.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 2)}
    picture = FloorPicture(skin, DRAWING, None, "", floor.camera)
    shades = [picture.shade(shade).name() for shade in range(1, 5)]
    assert len(set(shades)) == 4
    assert set(shades) <= seen
    assert skin.color("warn").name() in seen
    sizes = [picture.size(shade) for shade in range(5)]
    assert sizes == sorted(set(sizes))


def test_a_floor_nobody_picked_from_has_but_one_shade():
    one = prepared(
        FloorMapReply(
            drawn=False,
            crossings=[],
            paths=[],
            epoch=1,
            server_time="",
            bins=[MapBin("A", 0, 0, "", 0), MapBin("B", 0, 9, "", 0)],
        )
    )
    assert (one.steps, [each.shade for each in one.bins]) == ((), [0, 0])
    assert prepared(FloorMapReply(drawn=False, crossings=[], paths=[], epoch=1, server_time="", bins=[])).bins == ()


def test_bins_at_one_place_are_drawn_once_with_the_most_picks():
    drawing = prepared(
        FloorMapReply(
            drawn=True, crossings=[], paths=[], epoch=1, server_time="",
            bins=[MapBin("A-1", 0, 0, "", 3), MapBin("A-2", 0, 0, "", 90), MapBin("B-1", 0, 1000, "", 1)],
        )
    )  # fmt: skip
    assert [(one.code, one.shade) for one in drawing.bins] == [("A-1", 4), ("B-1", 2)]


def test_the_start_does_not_load_what_draws_curves():
    code = "import sys, app.ui.application, app.bootstrap; print(sorted({'pyqtgraph', 'numpy'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert out.stdout.strip() == "[]"


def test_curves_are_drawn_with_their_spread_in_the_colours_of_the_theme(window):
    shell = window("plans-rehearsal")
    curves = shell._views["plans"].curves
    assert curves.isVisible()
    image = curves.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {shell._skin.color(token).name() for token in ("surface", "bad")} <= seen
    assert "146" in curves.accessibleName()


def test_without_a_rehearsal_there_is_no_curve_and_it_says_so(window):
    shell = window("plans-blind")
    shell.press("page:rehearsal")
    view = shell._views["plans"]
    assert not view.curves.isVisible()
    assert view.texts.word(PlansWord.NOT_REHEARSED) in [line.text for line in view._card._lines]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_told_in_words(language):
    teller = PlansTeller(Texts(language))
    whys = {why.because: why for why in RESULT.why} | {
        because: PlanWhy(order="7", because=because, batch=1, words={"state": "packed"})
        for because in (Because.ALONE, Because.IN_TURN, Because.NOT_OPEN)
    }
    assert set(whys) == set(Because)
    told = [" ".join(line.text for line in teller._why(why)) for why in whys.values()]
    assert len(set(told)) == len(Because)
    for text in told:
        assert "{" not in text
        assert "–" not in text


def test_a_row_that_is_gone_leaves_the_first(window):
    shell = window("plans-list")
    shell.press("row:77")
    assert state(shell).current.number == 1
