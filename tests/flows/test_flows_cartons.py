"""Cartons and weights."""

from hypothesis import given
from hypothesis import strategies as st

from app.flows.cartons import Box, Goods, goods, holds, offers

SMALL = Box("S", "small", (200, 150, 100), 60, 5000)
MIDDLE = Box("M", "middle", (300, 200, 150), 130, 20000)
LARGE = Box("L", "large", (500, 400, 300), 400, 30000)
BOXES = [LARGE, SMALL, MIDDLE]


def test_the_smallest_that_holds_all_is_suggested_first():
    load = goods([(2, (150, 100, 100), 300)])
    found = offers(BOXES, load)
    assert [(o.box.code, o.fits, o.suggested) for o in found] == [
        ("M", True, True),
        ("L", True, False),
        ("S", False, False),
    ]
    assert found[0].fill_percent == 33


def test_long_things_need_long_boxes():
    assert not holds(MIDDLE, goods([(1, (10, 10, 301), 5)]))
    assert holds(LARGE, goods([(1, (301, 10, 10), 5)]))


def test_sides_may_turn():
    assert holds(SMALL, goods([(1, (100, 200, 150 - 20), 5)]))


def test_weight_counts():
    assert not holds(SMALL, goods([(6, (10, 10, 10), 1000)]))


def test_unknown_sizes_take_no_room():
    assert goods([(3, None, None), (0, (1, 1, 1), 1)]) == Goods()
    assert offers(BOXES, Goods())[0].box.code == "S"


def test_four_are_offered_at_most_and_nothing_is_suggested_when_nothing_fits():
    many = [Box(f"B{n}", "", (10 + n, 10, 10), 0, 1) for n in range(6)]
    found = offers(many, goods([(1, (99, 99, 99), 5)]))
    assert [offer.box.code for offer in found] == ["B5", "B4", "B3", "B2"]
    assert not any(offer.suggested or offer.fits for offer in found)
    assert offers([Box("Z", "", (0, 0, 0), 0, 0)], Goods())[0].fill_percent == 0
    assert offers([], Goods()) == ()


@given(st.lists(st.tuples(st.integers(0, 9), st.tuples(*[st.integers(1, 400)] * 3), st.integers(0, 4000)), max_size=6))
def test_an_offer_is_suggested_exactly_when_one_fits(units):
    load = goods(units)
    found = offers(BOXES, load)
    fitting = [box for box in BOXES if holds(box, load)]
    assert [offer.suggested for offer in found].count(True) == bool(fitting)
    for offer in found:
        assert offer.fits == holds(offer.box, load)
