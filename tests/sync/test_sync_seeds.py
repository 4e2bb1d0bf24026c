"""Five hundred short stories from seeds: the real client, the real OMS on PostgreSQL, clones, restores and power cuts (`sync.md` F1).

A failure names its seed: `FLOORHAND_SEEDS=17 pytest tests/sync/test_sync_seeds.py` plays that one again, `=1-500` a range.
"""

import os

import pytest

from tools.soak._quick import Stage
from tools.soak.shifts import play

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
