"""Whole shifts on a virtual link: the real client on the real store with power cuts, the real OMS on PostgreSQL, faults from a seed.

A failure names its seed: `FLOORHAND_SEEDS=17 pytest tests/sync/test_sync_simulation.py` plays that one again, `=1-500` a range.
"""

import os
from functools import partial

import pytest

from sync.simulation.clock import VirtualClock
from tools.soak._shift import run, skewed
from tools.soak.shifts import play

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
#: Without a range: as many seeds as there is time for, so many in any case.
LONG_ENOUGH_S = 25
AT_LEAST = 8


@pytest.fixture(autouse=True)
def of_restores(expected_log):
    # A restore that nobody has spoken of yet, seen by a device before the operator's word is in its ears.
    expected_log += ["was it restored"]


@pytest.mark.timeout(900)
def test_shifts_full_of_trouble(centre, capsys):
    asked = os.environ.get("FLOORHAND_SEEDS")
    first, _, last = (asked or "1-1000000").partition("-")
    seeds = range(int(first), int(last or first) + 1)
    shift = partial(run, centre)
    tally = play(shift, seeds) if asked else play(shift, seeds, LONG_ENOUGH_S, AT_LEAST)
    with capsys.disabled():
        print(f" {tally.seeds} seeds, {tally.seeds / tally.seconds:.1f} a second ", end="")
    assert not tally.broken
    assert tally.scans > 0


def test_a_seed_tells_the_same_story_again(centre):
    once, again = run(centre, 3), run(centre, 3)
    assert once == again
    assert once.requests > 30


class Frozen(VirtualClock):
    """A wall clock whose battery is empty."""

    def wall_ms(self):
        return 0


class BackStepping(VirtualClock):
    """A wall clock that somebody sets back an hour every five seconds."""

    def wall_ms(self):
        return super().wall_ms() - int(self.time.now // 5) * 3_600_000


YEARS = 10 * 365 * 86_400_000


def test_wall_clocks_decide_nothing(centre):
    """Ten years off, set back again and again, or standing still: the ledgers are equal to the byte."""
    clocks = {"ahead": skewed(YEARS), "behind": skewed(-YEARS), "set back": BackStepping, "frozen": Frozen}
    right = run(centre, 5, skewed(0))
    assert {name: run(centre, 5, clock) for name, clock in clocks.items()} == dict.fromkeys(clocks, right)
