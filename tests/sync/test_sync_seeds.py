"""Five hundred short stories from seeds: the real client, the real OMS on PostgreSQL, clones, restores and power cuts (`sync.md` F1).

A failure names its seed: `FLOORHAND_SEEDS=17 pytest tests/sync/test_sync_seeds.py` plays that one again, `=1-500` a range.
"""

import os

import pytest

from tools.soak._quick import Stage
from tools.soak._side_by_side import shares, side_by_side
from tools.soak.shifts import Tally, play

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
SLICES = 10
SEEDS_EACH = 50


@pytest.fixture(scope="module")
def built(centre):
    return Stage(centre)


@pytest.fixture
def stage(built, expected_log):
    """A stage that is made new for every seed."""
    # A restore that nobody has spoken of yet, seen by a device before the operator's word is in its ears.
    expected_log += ["was it restored"]
    return built


def seeds_of(part):
    if asked := os.environ.get("FLOORHAND_SEEDS"):
        first, _, last = asked.partition("-")
        return range(int(first), int(last or first) + 1)[part::SLICES]
    return range(1 + part * SEEDS_EACH, 1 + (part + 1) * SEEDS_EACH)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(SLICES))
def test_no_seed_breaks_an_invariant(stage, part):
    tally = play(stage.run, seeds_of(part))
    assert not tally.broken
    if "FLOORHAND_SEEDS" not in os.environ:
        assert tally.seeds == SEEDS_EACH
        assert min(tally.scans, tally.cuts, tally.forks, tally.restores, len(tally.outcomes)) > 1


def test_a_seed_tells_the_same_story_again(stage):
    assert stage.run(3) == stage.run(3)


def test_shares_leave_no_seed_out_and_none_is_played_twice():
    assert [list(share) for share in shares(range(1, 8), 3)] == [[1, 4, 7], [2, 5], [3, 6]]
    assert shares(range(1, 3), 5) == [range(1, 2, 5), range(2, 3, 5)]


def test_a_share_that_fails_is_told_whichever_process_played_it():
    assert side_by_side(max, range(7), 2) == [6, 5]
    with pytest.raises(ZeroDivisionError):
        side_by_side(divmod_of_each, range(2), 2)


def divmod_of_each(share):
    return [1 // n for n in share]


def test_tallies_of_processes_add_up():
    one, two = Tally(3, scans=5, seconds=2.0, broken=["seed 1"]), Tally(2, scans=4, seconds=3.0, broken=["seed 2"])
    assert one.join(two) == Tally(5, scans=9, seconds=3.0, broken=["seed 1", "seed 2"])
