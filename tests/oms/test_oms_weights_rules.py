"""What parcels teach about weights, and what the bench then blocks: a slice of the simulation that `tools.soak.weights` runs at length."""

import random

import pytest

from oms.packing.weights import Part, first_carton, first_item, learn
from tools.soak.weights import figures, judged, main, table, taught


def test_one_item_is_learned_with_its_spread():
    dice, item, carton = random.Random(1), first_item(None), first_carton(150)
    for _ in range(300):
        qty = dice.choice((1, 2, 3))
        grams = dice.gauss(160, 3) + sum(dice.gauss(420, 4) for _ in range(qty))
        carton, item = learn([Part(1, carton), Part(qty, item)], round(grams))
    assert abs(item.mean - 420) < 3 * item.error
    assert item.error < 2
    assert 2.5 < item.spread < 6
    assert abs(carton.mean - 160) < 5


def test_one_wrong_parcel_teaches_little():
    dice, item = random.Random(2), first_item(500)
    for _ in range(50):
        [item] = learn([Part(1, item)], round(dice.gauss(500, 3)))
    [after] = learn([Part(1, item)], 900)
    assert abs(after.mean - item.mean) < 1
    assert after.spread < 1.5 * item.spread


def test_three_off_in_a_row_are_a_new_item():
    dice, item = random.Random(3), first_item(500)
    for _ in range(50):
        [item] = learn([Part(1, item)], round(dice.gauss(500, 3)))
    for _ in range(8):
        [item] = learn([Part(1, item)], round(dice.gauss(560, 3)))
    assert abs(item.mean - 560) < 5


@pytest.mark.parametrize("master", [None, 1, 20, 5000])
def test_first_guesses_are_wide_enough_to_be_corrected(master):
    item = first_item(master)
    for _ in range(12):
        [item] = learn([Part(1, item)], 1000)
    assert abs(item.mean - 1000) < 25


def test_the_promises_on_simulated_parcels():
    out = judged(taught(1, 6000), 4000)
    broken = [figure for figure in figures(out) if figure.limit is not None and figure.value > 1.4 * figure.limit]
    assert broken == []
    assert len(list(table(out))) == 19


def test_the_whole_bench_runs_small(capsys):
    assert [figure.name for figure in main(["--learn", "600", "--judge", "200"])][1] == "false alarms"
    assert "missing" in capsys.readouterr().out
