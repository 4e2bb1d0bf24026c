"""The picture of a plan: what hides what, what is in, and what goes in next - on cartons packed by the OMS's own packer."""

from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.flows.carton_picture import back_to_front, following, follows, inside
from oms.packing.cartons import Carton, Item, choose

SIDES = st.tuples(*[st.integers(30, 160)] * 3)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(SIDES, st.integers(1, 4)), min_size=1, max_size=6))
@example([((30, 30, 133), 2), ((30, 51, 81), 4), ((31, 135, 160), 4)])
def test_nothing_is_drawn_over_what_it_lies_behind(goods):
    items = [Item(f"i{n}", qty, size) for n, (size, qty) in enumerate(goods)]
    for packed in choose(items, [Carton("M", (400, 300, 250), (410, 310, 260))]).parcels:
        cuboids = tuple((one.at, one.sides) for one in packed.placements)
        order = back_to_front(cuboids)
        assert sorted(order) == list(range(len(cuboids)))
        drawn = {n: place for place, n in enumerate(order)}
        hides = {(front, back) for front, back in permutations(drawn, 2) if ahead_of(cuboids[front], cuboids[back])}
        for front, back in hides:
            assert drawn[front] > drawn[back] or reaches(hides, back, front), "only what lies in a ring has no order"


def ahead_of(front, back):
    (at, sides), (behind, deep) = front, back
    ahead = any(at[axis] >= behind[axis] + deep[axis] for axis in range(3))
    return ahead and not any(behind[axis] >= at[axis] + sides[axis] for axis in range(3))


def reaches(hides, one, other):
    found, todo = set(), {one}
    while todo:
        now = todo.pop()
        found.add(now)
        todo |= {back for front, back in hides if front == now} - found
    return other in found


def test_a_ring_of_units_is_still_drawn_whole():
    ring = (((0, 0, 0), (30, 10, 10)), ((0, 20, 5), (10, 10, 30)), ((20, 5, 20), (10, 30, 10)))
    assert sorted(back_to_front(ring)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("packed", "in_hand", "done", "following_one"),
    [
        ({}, None, set(), 0),
        ({}, "B", set(), 1),
        ({"A": 1}, "A", {0}, 2),
        ({"A": 2, "B": 1}, None, {0, 1, 2}, None),
        ({"A": 9}, "C", {0, 2}, 1),
    ],
    ids=["empty", "second item first", "one in", "all in", "more than planned"],
)
def test_what_is_in_and_what_goes_in_next(packed, in_hand, done, following_one):
    skus = ["A", "B", "A"]
    here = inside(skus, packed)
    assert here == done
    assert following(skus, here, in_hand) == following_one


@pytest.mark.parametrize(
    ("packed", "whole", "so"),
    [
        ({"A": 1}, False, True),
        ({"A": 1}, True, False),
        ({"A": 2}, True, True),
        ({"A": 3}, False, False),
        ({"X": 1}, False, False),
    ],
)
def test_whether_the_plan_is_followed(packed, whole, so):
    assert follows({"A": 2}, packed, whole=whole) is so
