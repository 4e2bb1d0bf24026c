"""The picture of a packed carton, drawn: the next unit stands out, what is to come is pale, and layers hide what lies on them."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.core.pack_plan import Block, PlanCard
from app.flows.carton_picture import back_to_front
from app.screens.pack import picture
from app.screens.pack.picture import draw_corner, draw_layer, shades
from tools.shots_plan import plan

ASK = QColor("#0B63CE")
PLAN = plan("TOWEL", "OLIVE", "CUP", "TEA", (0, 1, 2, 3, 4), 5)
LAYER = QRectF(0, 0, 300, 200)


def drawn(draw, card, layer, rect=LAYER):
    image = QImage(int(rect.width()), int(rect.height()), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    for step in draw(rect, card, shades(card), ASK, layer):
        step(painter)
    painter.end()
    return image


def at(image, x, y):
    return image.pixelColor(x, y)


def covers(image, colour):
    """Share of the picture in exactly this colour, in thousandths."""
    wide, high = image.width(), image.height()
    hits = sum(image.pixelColor(x, y) == colour for x in range(0, wide, 3) for y in range(0, high, 3))
    return 1000 * hits // ((wide // 3) * (high // 3))


def test_from_above_each_unit_lies_where_the_packer_put_it(qapp):
    """One millimetre is one pixel here."""
    image = drawn(draw_layer, PLAN, 1)
    assert at(image, 40, 150) == ASK
    assert at(image, 40, 40) == QColor("#b5533c")
    pale = at(image, 150, 140)
    assert pale not in (ASK, QColor("#b5533c"))
    assert pale.lightness() > QColor("#5b8def").lightness()


def test_a_layer_shows_its_own_units_only(qapp):
    below = drawn(draw_layer, PLAN, 0)
    assert at(below, 40, 150) == QColor("#3a6ea5")
    assert covers(below, ASK) == 0
    assert covers(drawn(draw_layer, replace(PLAN, next=None), 1), ASK) == 0


def test_from_the_corner_the_next_unit_stands_out_and_a_lower_layer_is_without_it(qapp):
    room = QRectF(0, 0, 360, 300)
    faces = (ASK, ASK.lighter(115), ASK.darker(round(10_000 / 85)))
    assert sum(covers(drawn(draw_corner, PLAN, 1, room), face) for face in faces) > 20
    assert sum(covers(drawn(draw_corner, PLAN, 0, room), face) for face in faces) == 0


def test_a_full_carton_of_the_most_units_is_drawn(qapp):
    cuboids = tuple(((x * 20, y * 20, z * 20), (20, 20, 20)) for z in range(4) for y in range(5) for x in range(6))
    blocks = tuple(Block(f"i{n % 9}", where, sides, where[2] // 20) for n, (where, sides) in enumerate(cuboids))
    card = PlanCard("M", "smallest", (120, 100, 80), blocks, back_to_front(cuboids), frozenset(range(120)))
    image = drawn(draw_corner, card, card.layer, QRectF(0, 0, 480, 400))
    assert covers(image, QColor("white")) < 700


def test_a_large_picture_is_drawn_a_little_at_a_time(show, monkeypatch):
    """Where there is no time at all, each paint still does one step and comes back for the next."""
    monkeypatch.setattr(picture, "_SLICE_NS", 1)
    view = show("pack-planned", size="desk")._views["pack"]
    box = view.plan._picture
    box.show_plan(replace(PLAN, unseen=3), 1)
    paints = 0
    while not (paints and box.whole):
        box.grab()
        paints += 1
    assert 7 < paints < 20


def test_a_touch_on_the_planned_box_opens_the_picture(show, qtbot):
    view = show("pack-planned", size="desk")._views["pack"]
    assert view.plan.isVisible()
    with qtbot.waitSignal(view.intent) as heard:
        qtbot.mouseClick(view.plan, Qt.MouseButton.LeftButton)
    assert heard.args == ["picture"]


@pytest.mark.parametrize(
    ("moment", "size", "shown"),
    [
        ("pack-picture", "handheld", {"picture"}),
        ("pack-picture", "desk", {"picture", "plan", "supplies"}),
        ("pack-supplies", "handheld", {"supplies"}),
        ("pack", "desk", {"box"}),
    ],
)
def test_each_moment_shows_what_belongs_to_it(show, moment, size, shown):
    view = show(moment, size=size)._views["pack"]
    assert {name for name in ("picture", "plan", "supplies", "box") if getattr(view, name).isVisible()} == shown
