"""Floors as arrays: distances against an oracle, one-way and blocked paths, what cannot be drawn, and floors that hardly are any."""

import random
from itertools import pairwise
from math import inf
from time import thread_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning import compiled
from oms.planning.layout import BadLayout, Path, Point, laid_out
from oms.planning.rectangle import recognised


def oracle(crossings, paths, bins):
    """Metres between all codes by Floyd and Warshall, every bin a point on its path of its own."""
    at = {one.code: (one.x, one.y) for one in crossings}
    step = {}

    def add(a, b, metres, one_way):
        step[a, b] = min(step.get((a, b), inf), metres)
        if not one_way:
            add(b, a, metres, True)

    for n, path in enumerate(paths):
        a, b = at[path.start], at[path.end]
        long = path.metres if path.metres is not None else float(np.hypot(b[0] - a[0], b[1] - a[1]))
        chain = sorted((share, code) for code, (on, share) in bins.items() if on == n)
        chain = [(0.0, path.start), *chain, (1.0, path.end)]
        if not path.blocked:
            for (share, code), (next_share, other) in pairwise(chain):
                add(code, other, (next_share - share) * long, path.one_way and share < next_share)
    codes = [*at, *bins]
    found = {(a, b): 0.0 if a == b else step.get((a, b), inf) for a in codes for b in codes}
    for via in codes:
        for a in codes:
            for b in codes:
                found[a, b] = min(found[a, b], found[a, via] + found[via, b])
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_distances_are_those_of_the_graph(seed):
    draw = random.Random(seed)
    crossings = [
        Point(f"c{n}", draw.randrange(5) * 20.0, draw.randrange(5) * 20.0) for n in range(draw.randrange(2, 7))
    ]
    paths = []
    for _ in range(draw.randrange(1, 12)):
        one, other = draw.sample(crossings, 2)
        if (one.code, other.code) not in {(path.start, path.end) for path in paths}:
            own = draw.choice([None, None, 0.0, 33.0])
            paths.append(Path(one.code, other.code, own, own != 0 and draw.random() < 0.3, draw.random() < 0.1))
    floor = laid_out(crossings, paths)
    bins = {}
    # Bins are put on paths in the arrays: where the nearest path is, is another test's matter.
    for n in range(draw.randrange(6)):
        bins[f"b{n}"] = (draw.randrange(len(paths)), draw.choice([0.0, 0.25, 0.5, 1.0]))
    floor = type(floor)(
        **{
            name: getattr(floor, name)
            for name in ("x", "y", "starts", "ends", "lengths", "one_way", "blocked", "first", "to", "metres")
        },
        places=floor.places | {code: len(crossings) + n for n, code in enumerate(bins)},
        on=np.concatenate([floor.on, np.array([on for on, _ in bins.values()], dtype=np.int64)]),
        along=np.concatenate([floor.along, np.array([share * floor.lengths[on] for on, share in bins.values()])]),
    )
    wanted = {code: on for code, on in bins.items() if not paths[on[0]].blocked}
    expected = oracle(crossings, paths, wanted)
    codes = [*(one.code for one in crossings), *wanted]
    found = floor.distances(floor.numbers(codes))
    for row, a in enumerate(codes):
        for column, b in enumerate(codes):
            assert found[row, column] == pytest.approx(expected[a, b]), (a, b)
    legs = floor.legs(floor.numbers(codes))
    assert list(legs) == [found[n, n + 1] for n in range(len(codes) - 1)]


def ladder(aisles=3, long=10.0, bins=()):
    crossings = [Point(f"{n}{end}", n * 4.0, y) for n in range(aisles) for end, y in (("f", 0.0), ("b", long))]
    paths = [Path(f"{n}f", f"{n}b") for n in range(aisles)]
    paths += [Path(f"{n}{end}", f"{n + 1}{end}") for n in range(aisles - 1) for end in "fb"]
    return crossings, paths, bins


def test_a_bin_lies_on_the_nearest_path_and_the_way_there_is_drawn():
    floor = laid_out(*ladder(bins=[Point("A", 1.2, 3.0), Point("B", 8.5, 9.0)]))
    metres = floor.distances(floor.numbers(["A", "B"]))
    assert metres[0, 1] == metres[1, 0] == pytest.approx(7 + 8 + 1)
    way = floor.way(floor.places["A"], floor.places["B"])
    assert way == [(1.2, 3.0), (0.0, 10.0), (4.0, 10.0), (8.0, 10.0), (8.5, 9.0)]
    assert floor.way(0, 0) == [(0.0, 0.0)]


def test_an_aisle_walked_one_way_only():
    crossings, paths, _ = ladder()
    paths[0] = Path("0f", "0b", one_way=True)
    floor = laid_out(crossings, paths, [Point("A", 0, 3), Point("B", 0, 7)])
    metres = floor.distances(floor.numbers(["A", "B"]))
    assert metres[0, 1] == pytest.approx(4)
    # On to the back, through the next aisle, and in again at the front.
    assert metres[1, 0] == pytest.approx(3 + 4 + 10 + 4 + 3)


def test_a_blocked_path_leads_nowhere_and_its_bins_are_lost():
    crossings, paths, _ = ladder()
    paths[1] = Path("1f", "1b", blocked=True)
    floor = laid_out(crossings, paths, [Point("A", 4, 5), Point("far", 90, 90)])
    assert floor.lost == {"A", "far"}
    with pytest.raises(BadLayout, match="unknown A"):
        floor.numbers(["A"])
    metres = floor.distances(floor.numbers(["1f", "1b"]))
    assert metres[0, 1] == pytest.approx(4 + 10 + 4)


def test_a_bin_that_a_path_names_is_a_crossing_of_its_own():
    floor = laid_out([Point("a", 0, 0)], [Path("a", "BIN", metres=12.5)], [Point("BIN", 3, 0)])
    assert floor.distances(floor.numbers(["a", "BIN"]))[0, 1] == 12.5


@pytest.mark.parametrize(
    ("code", "crossings", "paths", "bins"),
    [
        ("empty", [], [], []),
        ("empty", [Point("a", 0, 0)], [], []),
        ("twice a", [Point("a", 0, 0), Point("a", 1, 0)], [Path("a", "a")], []),
        ("twice a", [Point("a", 0, 0), Point("b", 1, 0)], [Path("a", "b")], [Point("a", 3, 3)]),
        ("unknown x", [Point("a", 0, 0)], [Path("a", "x")], []),
        ("loop a", [Point("a", 0, 0)], [Path("a", "a")], []),
        ("too_long a", [Point("a", 0, 0), Point("b", 1, 0)], [Path("a", "b", metres=float("nan"))], []),
        ("too_long a", [Point("a", 0, 0), Point("b", 1, 0)], [Path("a", "b", metres=-1.0)], []),
        ("too_many", [Point(str(n), n, 0) for n in range(100_001)], [Path("1", "2")], []),
    ],
    ids=["nothing", "no-paths", "twice", "bin-and-crossing", "unknown", "loop", "nan", "negative", "too-many"],
)
def test_a_floor_that_cannot_be_drawn_says_why(code, crossings, paths, bins):
    with pytest.raises(BadLayout) as caught:
        laid_out(crossings, paths, bins)
    assert str(caught.value) == code


def test_paths_of_no_length_cost_nothing():
    points = [Point("a", 1, 1), Point("b", 1, 1), Point("c", 1, 1)]
    floor = laid_out(points, [Path("a", "b"), Path("b", "c")], [Point("A", 1, 1), Point("B", 1, 1)])
    assert floor.distances(floor.numbers(["a", "b", "c", "A", "B"])).max() == 0


def test_ten_thousand_bins_cost_no_more_than_the_stops_of_the_job():
    crossings = [Point(f"{x}/{y}", x * 4.0, y * 50.0) for x in range(100) for y in range(3)]
    paths = [Path(f"{x}/{y}", f"{x}/{y + 1}") for x in range(100) for y in range(2)]
    paths += [Path(f"{x}/{y}", f"{x + 1}/{y}") for x in range(99) for y in range(3)]
    bins = [Point(f"bin{n}", (n % 100) * 4.0, n // 100 + 0.5) for n in range(10_000)]
    floor = laid_out(crossings, paths, bins)
    assert not floor.lost
    chosen = floor.numbers([f"bin{n}" for n in range(0, 10_000, 250)])
    floor.distances(chosen[:2])
    started = thread_time()
    metres = floor.distances(chosen)
    assert metres.shape == (40, 40)
    assert np.isfinite(metres).all()
    assert thread_time() - started < (0.5 if compiled.enabled() else 60)


@pytest.mark.skipif(not compiled.enabled(), reason="nothing to compare without the compiler")
def test_the_same_distances_without_the_compiler():
    floor = laid_out(*ladder(5, bins=[Point(f"B{n}", n % 5 * 4.0, n / 2) for n in range(20)]))
    places = floor.numbers([*(f"B{n}" for n in range(20)), "0f"])
    found = floor.distances(places)
    with compiled.plain():
        assert (floor.distances(places) == found).all()


def test_a_block_between_two_cross_aisles_is_recognised():
    block = recognised(laid_out(*ladder(4, bins=[Point("A", 4.4, 3.0), Point("B", 12, 9.0)])))
    assert block is not None
    assert (block.long, block.steps) == (10.0, (4.0, 4.0, 4.0))
    assert list(zip(block.aisles, block.deep, strict=True))[-2:] == [(1, pytest.approx(3.0)), (3, pytest.approx(9.0))]


def test_a_block_lying_on_its_side_is_recognised_too():
    crossings, paths, _ = ladder(3)
    block = recognised(laid_out([Point(one.code, one.y, one.x) for one in crossings], paths, [Point("A", 3.0, 8.2)]))
    assert block is not None
    assert (block.aisles[-1], block.deep[-1]) == (2, pytest.approx(3.0))


@pytest.mark.parametrize("what", ["one-way", "blocked", "crossed", "longer", "gap", "slanting", "lost"])
def test_whatever_is_no_block_is_a_floor_like_any_other(what):
    crossings, paths, bins = ladder(3)
    if what in ("one-way", "blocked"):
        paths[1] = Path("1f", "1b", one_way=what == "one-way", blocked=what == "blocked")
    elif what == "longer":
        paths[1] = Path("1f", "1b", metres=11)
    elif what == "crossed":
        crossings += [Point("0m", 0, 5), Point("1m", 4, 5)]
        paths[:2] = [Path("0f", "0m"), Path("0m", "0b"), Path("1f", "1m"), Path("1m", "1b"), Path("0m", "1m")]
    elif what == "gap":
        del paths[-1]
    elif what == "slanting":
        crossings[-1] = Point("2b", 9.0, 10.0)
    else:
        bins = [Point("A", 50, 50)]
    assert recognised(laid_out(crossings, paths, bins)) is None
