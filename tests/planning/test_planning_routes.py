"""Walks over a floor: what is asked for is kept, nothing is lost or doubled, and what cannot be reached is named."""

import json
import random
import subprocess
import sys
from itertools import groupby
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning import compiled
from oms.planning.layout import BadLayout, Path, Point, laid_out
from oms.planning.routes import ANY, FRAGILE, HEAVY, MOST, Stop, route
from tools.bench_planning import multi_block
from tools.bench_planning._measure import SHARED, Absent, Result, find, percentile
from tools.bench_planning._plot import drawing


def two_blocks(bins=40, seed=0, one_way=False):
    """Six aisles of 20 m with a cross-aisle half-way, and as many bins at random."""
    draw = random.Random(seed)
    crossings = [Point(f"{x}{y}", x * 4.0, y * 10.0) for x in range(6) for y in range(3)]
    paths = [Path(f"{x}{y}", f"{x}{y + 1}", one_way=one_way and x == 3) for x in range(6) for y in range(2)]
    paths += [Path(f"{x}{y}", f"{x + 1}{y}") for x in range(5) for y in range(3)]
    return laid_out(
        crossings, paths, [Point(f"B{n}", draw.randrange(6) * 4.0, draw.random() * 20) for n in range(bins)]
    )


def in_order(stops, found):
    assert sorted(found.order) == list(range(len(stops)))
    return [stops[n] for n in found.order]


def test_a_walk_leads_out_and_home_again():
    floor, stops = two_blocks(), [Stop(f"B{n}") for n in range(30)]
    found = route(floor, stops, ["00"])
    walk = ["00", *(stop.place for stop in in_order(stops, found)), "00"]
    assert found.metres == pytest.approx(floor.legs(floor.numbers(walk)).sum())
    assert (found.start, found.end, found.unreached) == ("00", "00", ())
    assert found == route(floor, stops, ["00"])


def test_another_depot_at_the_end_and_the_best_of_several():
    floor, stops = two_blocks(), [Stop("B1"), Stop("B2"), Stop("B3")]
    there = route(floor, stops, ["00"], ["50"])
    assert (there.start, there.end) == ("00", "50")
    every = [f"{x}0" for x in range(6)]
    best = min(route(floor, stops, [a], [b]).metres for a in every for b in every)
    found = route(floor, stops, every)
    assert found.metres == pytest.approx(best)
    assert route(floor, stops, [found.start], [found.end]).metres == pytest.approx(best)


def test_without_a_depot_a_walk_begins_and_ends_anywhere():
    floor = two_blocks()
    found = route(floor, [Stop("B1"), Stop("B2")], [])
    assert found.metres == pytest.approx(floor.legs(floor.numbers(["B1", "B2"])).sum())
    assert (found.start, found.end) == ("", "")


def test_heavy_goods_come_first_and_fragile_ones_last():
    ranks = [FRAGILE, ANY, HEAVY, ANY, HEAVY, FRAGILE, ANY, HEAVY]
    stops = [Stop(f"B{n}", rank) for n, rank in enumerate(ranks)]
    walk = in_order(stops, route(two_blocks(), stops, ["00"]))
    assert [stop.rank for stop in walk] == sorted(ranks)


def test_a_product_that_is_begun_is_finished_first():
    stops = [Stop(f"B{n}", together=f"sku{n % 3}") for n in range(12)]
    walk = in_order(stops, route(two_blocks(), stops, ["00"]))
    assert len(list(groupby(stop.together for stop in walk))) == 3


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2), st.sampled_from(["", "p", "q"])), max_size=14),
    st.integers(0, 99),
    st.booleans(),
)
def test_rules_hold_and_nothing_is_lost(drawn, seed, one_way):
    floor = two_blocks(9, seed, one_way)
    stops = [Stop(f"B{place}", rank, together) for place, rank, together in drawn]
    found = route(floor, stops, ["00"], ["50"], kicks=2, seed=seed)
    walk = in_order(stops, found)
    reached = [stop for stop in walk if stop.place in floor.places]
    assert [stop.place for stop in walk[len(reached) :]] == [stops[n].place for n in found.unreached]
    assert [stop.rank for stop in reached] == sorted(stop.rank for stop in reached)
    for rank in range(3):
        runs = [name for name, _ in groupby(stop.together for stop in reached if stop.rank == rank and stop.together)]
        assert len(runs) == len(set(runs))
    if reached:
        legs = floor.legs(floor.numbers(["00", *(stop.place for stop in reached), "50"]))
        assert found.metres == pytest.approx(legs.sum())


def test_stops_that_no_way_leads_to_come_last_and_are_named():
    crossings = [Point("a", 0, 0), Point("b", 0, 10), Point("out", 20, 0), Point("in", 40, 0)]
    paths = [Path("a", "b"), Path("a", "out", one_way=True), Path("in", "a", one_way=True)]
    floor = laid_out(crossings, paths, [Point("A", 0, 5), Point("far", 90, 90)])
    stops = [Stop("far"), Stop("out"), Stop("A"), Stop("in"), Stop("nowhere")]
    found = route(floor, stops, ["b"])
    assert found.order == (2, 0, 1, 3, 4)
    assert found.unreached == (0, 1, 3, 4)
    assert found.metres == 10
    assert route(floor, [Stop("far")], ["b"]).metres == 0
    # Out of one and into the other leads no way, though the walk begins at the first and ends at the last.
    one_end = route(floor, [Stop("out"), Stop("A"), Stop("in")], ["b", "in"], ["b", "out"])
    assert sorted(one_end.order) == [0, 1, 2]
    assert one_end.metres < inf


def test_floors_that_hardly_are_any():
    corridor = laid_out(
        [Point("a", 0, 0), Point("b", 0, 30)], [Path("a", "b")], [Point(f"B{n}", 0, n) for n in range(30)]
    )
    assert route(corridor, [], ["a"]).order == ()
    assert route(corridor, [Stop("B7")], ["a"]).metres == 14
    assert route(corridor, [Stop("B7"), Stop("B7"), Stop("B7")], ["a"]).order == (0, 1, 2)
    assert route(corridor, [Stop(f"B{n}") for n in range(30)], ["a"]).metres == 58
    nothing = laid_out([Point("a", 1, 1), Point("b", 1, 1)], [Path("a", "b")], [Point("A", 1, 1), Point("B", 1, 1)])
    assert route(nothing, [Stop("A"), Stop("B"), Stop("b")], ["a"]).metres == 0
    with pytest.raises(BadLayout, match="unknown x"):
        route(corridor, [Stop("B1")], ["x"])
    with pytest.raises(ValueError, match=str(MOST)):
        route(corridor, [Stop("B1")] * (MOST + 1), ["a"])


@pytest.mark.skipif(not compiled.enabled(), reason="nothing to compare without the compiler")
def test_the_same_walk_in_a_process_without_the_compiler():
    program = (
        "import sys; from oms.planning import compiled; from oms.planning.layout import *; from oms.planning.routes import *\n"
        "floor = laid_out([Point('a', 0, 0), Point('b', 0, 30), Point('c', 9, 30)], [Path('a', 'b'), Path('b', 'c'), Path('a', 'c')],"
        " [Point(str(n), n * 7 % 9, n) for n in range(14)])\n"
        "found = route(floor, [Stop(str(n), n % 2) for n in range(14)], ['a'], ['c'], kicks=3)\n"
        "print(found.order, found.metres.hex(), 'numba' in sys.modules)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={"FLOORHAND_NUMBA": on, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.rsplit(" ", 1)
        for on in "01"
    ]
    assert said[0][0] == said[1][0]
    assert [loaded.strip() for _, loaded in said] == ["False", "True"]


def instance(points, best):
    return {"cross_y": [0.0, 10.0, 20.0], "aisle_pitch": 5.0, "aisles": 3, "pts": points, "best": best}


def test_the_benchmark_runs_files_of_its_form(tmp_path):
    (tmp_path / "instances.json").write_text(json.dumps([instance([[0, 0], [0, 8], [2, 12]], 44.0)]))
    (result,) = multi_block.run(tmp_path)
    assert result.summed() == {"n": 1, "mean": 1.0, "p95": 1.0, "worst": 1.0, "seconds": pytest.approx(0, abs=9)}
    assert "multi_block" in drawing([result])
    with pytest.raises(Absent, match="route-multiblock"):
        multi_block.run(tmp_path / "elsewhere")


def test_multi_block_walks_are_within_what_is_aimed_at():
    """A slice of the benchmark, where its data are."""
    try:
        some = list(multi_block.instances(SHARED))[::12]
    except Absent as why:
        pytest.skip(str(why))
    ratios = []
    for one in some:
        floor, stops = multi_block.floor(one)
        ratios.append(route(floor, stops, ["depot"]).metres / one["best"])
    assert max(ratios) <= 1.01
    assert min(ratios) >= 0.9999
    assert sum(ratios) / len(ratios) <= 1.002


def test_figures_are_counted_as_they_are_named(tmp_path):
    assert [percentile([3, 1, 2], percent) for percent in (1, 50, 95, 100)] == [1, 2, 3, 3]
    result = Result("x", [1.0, 1.2], [0.5, 1.5], {"own": 3.0})
    assert result.all_figures() == {
        "n": 2,
        "mean": 1.1,
        "p95": 1.2,
        "worst": 1.2,
        "seconds": 2.0,
        "each_s": 1.0,
        "own": 3.0,
    }
    (tmp_path / "own" / "some-set").mkdir(parents=True)
    assert find(tmp_path, "some-set") == tmp_path / "own" / "some-set"
