"""The people of the demonstration take time when they are given a pace, and none otherwise."""

import json
import random
import time
from itertools import pairwise

import pytest

from app.demo.dataset import write_own
from app.demo.walking import BACK_M, BIN_S, METRE_S, TOTES_S, Body, way_m
from app.demo.world import lay_out
from oms.planning.layout import Path, Point, laid_out


@pytest.fixture
def files(tmp_path):
    return write_own(tmp_path / "files", 2, 1, drawn=True)


@pytest.fixture
def world(tmp_path, files):
    return lay_out(tmp_path / "floor.json", files)


def least(acting):
    """Seconds that what somebody does will take at least: nothing is waited for."""
    return sum(until.timeout_s - 60 for until in acting)


def test_a_walk_takes_its_metres_and_the_quicker_the_pace_the_less(world):
    life, quick = (Body(world, pace, random.Random(1)) for pace in (1.0, 10.0))
    full = METRE_S * world.spots["A-10-01"][1] + BIN_S
    taken = least(life.to("A-10-01"))
    assert taken == pytest.approx(full, rel=0.4)
    assert least(quick.to("A-10-01")) == pytest.approx(taken / 10)


def test_who_stands_there_already_does_not_walk(world):
    body = Body(world, 1.0, random.Random(1))
    assert least(body.to("B-05-01")) > 0
    assert list(body.to("B-05-01")) == []


def test_without_a_pace_nothing_takes_time(world):
    body = Body(world, 0.0, random.Random(1))
    before = time.monotonic()
    assert [*body.to("A-10-01"), *body.fetches_totes(), *body.hangs_tote(), *body.takes_unit(is_first=True)] == []
    assert time.monotonic() - before < TOTES_S


def test_people_walk_as_the_floor_is_drawn(files, world):
    """The way a person takes is the shortest of the floor that is imported."""

    drawn = json.loads(files.layout.read_text(encoding="utf-8"))
    crossings = [Point(one["crossing"], one["x_mm"] / 1000, one["y_mm"] / 1000) for one in drawn["crossings"]]
    paths = [Path(one["path_from"], one["path_to"]) for one in drawn["paths"]]
    places = ["A-03-01", "B-20-01", "D-26-01", "C-01-01", "A-04-01"]
    floor = laid_out(crossings, paths, [Point(place, *world.spots[place]) for place in places])

    ways = [way_m(world.spots[one], world.spots[other]) for one, other in pairwise(places)]
    assert ways == pytest.approx(list(floor.legs(floor.numbers(places))))
    assert max(point.y for point in crossings) == pytest.approx(BACK_M)
