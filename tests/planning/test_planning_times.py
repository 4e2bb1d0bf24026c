"""What work takes, from gaps between facts: found when it is in them, never nonsense when it is not."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning.times import BOUNDS, FEWEST, USUAL, Times, learned

TRUE = Times(metre_s=1.1, bin_s=7.0, pick_s=2.5, unit_s=0.8, tote_s=55.0)


def shift(count, seed, breaks=0.0):
    """Gaps of a picker who takes `TRUE`, give or take, with a share of breaks and phone calls among them."""
    draw = np.random.default_rng(seed)
    is_new = draw.random(count) < 0.1
    rows = np.column_stack(
        [
            draw.exponential(15, count),
            (draw.random(count) < 0.8) | is_new,
            draw.random(count) < 0.95,
            draw.integers(1, 6, count),
            is_new,
        ]
    ).astype(float)
    seconds = rows @ np.array(astuple(TRUE)) + draw.normal(0, 1.5, count)
    seconds[draw.random(count) < breaks] += draw.uniform(60, 500)
    return rows, np.maximum(seconds, 0.1)


@pytest.mark.parametrize("breaks", [0.0, 0.08], ids=["steady", "with-breaks"])
def test_the_times_in_the_gaps_are_found(breaks):
    found = learned(*shift(4000, 1, breaks))
    for name, (low, high) in BOUNDS.items():
        assert low <= getattr(found, name) <= high
    assert found.metre_s == pytest.approx(TRUE.metre_s, rel=0.06)
    assert found.bin_s == pytest.approx(TRUE.bin_s, abs=1.5)
    assert found.unit_s == pytest.approx(TRUE.unit_s, abs=0.4)
    assert found.tote_s == pytest.approx(TRUE.tote_s, rel=0.1)


def test_few_gaps_hardly_move_what_is_usual_and_fewer_not_at_all():
    rows, seconds = shift(200, 2)
    assert learned(rows[: FEWEST - 1], seconds[: FEWEST - 1]) == USUAL
    few, many = learned(rows[:40], seconds[:40]), learned(rows, seconds)
    assert abs(few.tote_s - USUAL.tote_s) < abs(many.tote_s - USUAL.tote_s)
    assert learned(np.zeros((0, 5)), np.zeros(0)) == USUAL


def test_what_never_happened_stays_as_usual():
    rows, seconds = shift(500, 3)
    rows[:, 0] = 0
    assert learned(rows, seconds).metre_s == USUAL.metre_s


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            *[st.sampled_from([0.0, 1.0, 40.0, -1.0, 1e9, float("nan"), float("inf")])] * 5,
            st.sampled_from([0.0, 0.01, 3.0, 599.0, 1e12, float("nan"), -5.0]),
        ),
        min_size=FEWEST,
        max_size=90,
    )
)
def test_nonsense_never_leads_out_of_bounds(rows):
    every = np.array(rows)
    found = learned(np.ascontiguousarray(every[:, :5]), every[:, 5])
    for name, (low, high) in BOUNDS.items():
        assert low <= getattr(found, name) <= high


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="five"):
        learned(np.zeros((40, 4)), np.zeros(40))


def test_seconds_add_up():
    assert TRUE.seconds(10, bins=2, picks=3, units=4, totes=1) == pytest.approx(11 + 14 + 7.5 + 3.2 + 55)
