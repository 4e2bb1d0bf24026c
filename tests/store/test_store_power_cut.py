"""The power goes at any write of a handheld's disk: what beeped is there, nothing is half there, the app starts."""

import pytest

from tools.soak.power_cuts import run

pytestmark = pytest.mark.slow


def test_two_thousand_power_cuts_lose_nothing_that_beeped():
    tally = run(2000, seed=1)
    assert (tally.lost, tally.broken) == (0, [])
    assert tally.cuts == 2000
    assert tally.beeps > 2000


def test_without_a_sync_at_each_commit_scans_are_lost():
    """The control: if this lost nothing, the disk would not be cutting where it matters."""
    tally = run(100, seed=1, synchronous=1)
    assert tally.lost > 10
    assert tally.broken == []
