"""The floor of the demonstration, on which the goods really lie: several processes move them, and none is made or lost."""

import subprocess
import sys
from collections import Counter

import pytest

from app.demo.dataset import write_own
from app.demo.world import World, lay_out

MOVER = """
import sys
from pathlib import Path
from app.demo.world import World
world = World(Path(sys.argv[1]))
while world.take("A", "TEA"):
    world.put(sys.argv[2], "TEA")
    world.add("moved")
"""


@pytest.fixture
def floor(tmp_path):
    world = lay_out(tmp_path / "floor.json", write_own(tmp_path / "files", 2, 1))
    world.put("A", "TEA", 60)
    return world


def test_processes_share_one_floor(floor):
    movers = [subprocess.Popen([sys.executable, "-c", MOVER, str(floor.path), f"T-{n}"]) for n in range(3)]
    assert [mover.wait(60) for mover in movers] == [0, 0, 0]
    assert floor.goods("A") == Counter()
    assert sum(floor.goods(f"T-{n}")["TEA"] for n in range(3)) == floor.tally("moved") == 60


def test_a_change_of_one_is_seen_by_the_other(floor):
    other = World(floor.path)
    assert (other.next_dropped(), other.tally("over")) == (None, 0)
    floor.drop("T-1")
    floor.drop("T-2")
    floor.drop("T-3", "wall")
    floor.add("over")
    assert [other.next_dropped(), floor.next_dropped(), other.next_dropped(), other.next_dropped("wall")] == [
        "T-1", "T-2", None, "T-3",
    ]  # fmt: skip
    assert other.tally("over") == 1


def test_what_is_not_there_is_not_taken(floor):
    assert not floor.take("A", "TEA", 61)
    assert floor.take("A", "TEA", 60)
    assert "A" not in floor.places()
    floor.put("T-1", "TEA", 3)
    assert floor.empty("T-1") == Counter(TEA=3)
    assert floor.goods("T-1") == Counter()


def test_what_is_owed_goes_back_from_what_is_left_over(floor):
    floor.owe("CUP", "B", 3)
    floor.put("T-1", "CUP", 2)
    floor.settle("T-1")
    assert (floor.goods("B")["CUP"], floor.goods("T-1")["CUP"]) == (2, 0)
    floor.put("T-2", "CUP", 2)
    floor.settle("T-2")
    assert (floor.goods("B")["CUP"], floor.goods("T-2")["CUP"]) == (3, 1)
