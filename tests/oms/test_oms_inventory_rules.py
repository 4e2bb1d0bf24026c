"""Allocation over plain shelves."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from oms.inventory.rules import Shelf, allocate

TODAY = date(2030, 5, 1)


def taken(shelves, qty, *, fefo=False):
    found = allocate(shelves, qty, TODAY, fefo=fefo)
    return [(take.shelf.bin, take.shelf.lot, take.qty) for take in found.takes], found.missing


def test_in_walk_order_over_as_many_bins_as_needed():
    shelves = [Shelf("B-2", 20, 5), Shelf("A-1", 10, 3), Shelf("C-3", 30, 5)]
    assert taken(shelves, 6) == ([("A-1", "", 3), ("B-2", "", 3)], 0)


def test_the_earliest_expiry_first_even_at_the_end_of_the_walk():
    shelves = [
        Shelf("A-1", 10, 9, "L1", date(2031, 1, 1)),
        Shelf("Z-9", 90, 2, "L2", date(2030, 6, 1)),
        Shelf("B-2", 20, 9, "L3"),
    ]
    assert taken(shelves, 4, fefo=True) == ([("Z-9", "L2", 2), ("A-1", "L1", 2)], 0)
    assert taken(shelves, 4) == ([("A-1", "L1", 4)], 0)


def test_expired_and_owed_shelves_give_nothing():
    shelves = [Shelf("A-1", 10, 9, "L1", TODAY), Shelf("B-2", 20, -4), Shelf("C-3", 30, 0), Shelf("D-4", 40, 1)]
    assert taken(shelves, 3) == ([("D-4", "", 1)], 2)


SHELF = st.builds(
    Shelf,
    bin=st.sampled_from(["A", "B", "C", "D"]),
    seq=st.integers(0, 3),
    free=st.integers(-5, 20),
    lot=st.sampled_from(["", "L1", "L2"]),
    expiry=st.none() | st.dates(date(2030, 4, 1), date(2030, 7, 1)),
)


@given(st.lists(SHELF, unique_by=lambda shelf: (shelf.bin, shelf.lot)), st.integers(1, 60), st.booleans())
def test_takes_all_that_is_there_and_never_more(shelves, qty, fefo):
    found = allocate(shelves, qty, TODAY, fefo=fefo)
    assert all(0 < take.qty <= take.shelf.free for take in found.takes)
    assert len({id(take.shelf) for take in found.takes}) == len(found.takes)
    assert sum(take.qty for take in found.takes) + found.missing == qty
    sound = sum(max(s.free, 0) for s in shelves if s.expiry is None or s.expiry > TODAY)
    assert found.missing == max(0, qty - sound)
    if fefo:
        expiries = [take.shelf.expiry or date.max for take in found.takes]
        assert expiries == sorted(expiries)


@given(st.permutations([Shelf("A", 1, 4), Shelf("B", 1, 4), Shelf("C", 2, 4, "L1"), Shelf("C", 2, 4, "L2")]))
def test_the_same_shelves_give_the_same_answer_in_any_order(shelves):
    assert taken(shelves, 11) == ([("A", "", 4), ("B", "", 4), ("C", "L1", 3)], 0)
