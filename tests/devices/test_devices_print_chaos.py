"""A slice of the label soak: each SSCC once, whatever breaks. The 10 000 runs are `python -m tools.soak label_chaos`."""

import pytest

from tools.soak._label_station import ANSWERS, TROUBLES, WIRE
from tools.soak.label_chaos import chaos


@pytest.mark.parametrize("seed", [1])
def test_no_label_is_lost_or_doubled_and_every_unsure_one_is_decided(seed):
    tally = chaos(runs=150, seed=seed, lanes=6)
    assert (tally.lost, tally.doubled, tally.wrong) == ([], [], [])
    assert tally.states["printed"] >= 100
    assert tally.states["uncertain"] == sum(tally.verdicts.values()) - tally.verdicts["scanned late"] > 0
    assert set(tally.troubles) == set(TROUBLES)


def test_the_cuts_of_a_whole_soak_go_through_every_byte():
    runs = 10_000
    for name, positions in (("our link cut at a byte", WIRE), ("their answers cut at a byte", ANSWERS)):
        weight = TROUBLES[name][1]
        turns = {number // 100 * weight + n for number in range(0, runs, 100) for n in range(weight)}
        assert {1 + turn % positions for turn in turns} == set(range(1, positions + 1))
    assert sum(weight for _, weight in TROUBLES.values()) == 100
