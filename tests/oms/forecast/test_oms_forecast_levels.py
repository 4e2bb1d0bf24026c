"""Levels, classes, seasons and spreads by hand and by chance: small numbers that can be reckoned, and draws whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.forecast import accuracy, known, methods, seasons, spread
from oms.forecast.codes import Method, Shape
from oms.forecast.shapes import intervals, shapes, sizes, unlikeness
from oms.forecast.stocking import simulate

NAN = np.nan


def rows(*some):
    return np.array(some, dtype=float)


def test_classes_are_those_of_syntetos_boylan_and_croston():
    x = rows(
        [5, 5, 6, 5, 5, 6, 5, 5],
        [1, 9, 1, 1, 1, 9, 1, 30],
        [0, 0, 2, 0, 2, 0, 0, 2],
        [0, 0, 1, 0, 30, 0, 0, 1],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [NAN, 4, 4, 4, 4, 4, 4, 4],
    )
    assert shapes(x) == [Shape.SMOOTH, Shape.ERRATIC, Shape.INTERMITTENT, Shape.LUMPY, Shape.NONE, Shape.NEW]
    assert intervals(x)[2] == pytest.approx(8 / 3)
    # Amounts 1, 30, 1: mean 32/3, variance 1682/9.
    assert unlikeness(x)[3] == pytest.approx((1682 / 9) / (32 / 3) ** 2)


def test_smoothing_by_hand():
    x = rows([2, 4, 0])
    # From the mean 2: 2, then 2.2, then 1.98.
    assert methods.ses(x, 0.1)[0] == pytest.approx(1.98)
    assert methods.naive(rows([3, 7, NAN]))[0] == 7
    # Amounts 4, then 4 + 0.1 * (6 - 4); intervals 2, then 2 + 0.1 * (3 - 2).
    assert methods.croston(rows([0, 4, 0, 0, 6]), 0.1)[0] == pytest.approx(4.2 / 2.1)
    assert methods.sba(rows([0, 4, 0, 0, 6]), 0.1)[0] == pytest.approx(0.95 * 2)
    # Chance 1/2 with 0 after 2: 0.5 + 0.1 * 0.5 = 0.55, then 0.495; the amount stays 2.
    assert methods.tsb(rows([2, 0]), 0.1, 0.1)[0] == pytest.approx(0.99)


def test_what_nobody_knows_changes_no_level():
    plain = rows([1, 0, 3, 0, 2, 0, 0, 4, 1, 0, 2, 1])
    holes = rows([NAN, NAN, 1, 0, 3, NAN, 0, 2, 0, 0, 4, NAN, 1, 0, 2, 1, NAN])
    for name, find in methods.LEVELS.items():
        if name is not Method.IMAPA:
            assert find(holes)[0] == pytest.approx(find(plain)[0]), name
    assert np.isfinite(methods.imapa(holes)).all()


@given(
    st.lists(
        st.lists(st.one_of(st.integers(0, 1000).map(float), st.just(NAN)), min_size=9, max_size=9),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_levels_lie_between_the_least_and_the_most_that_was_known(some):
    x = np.array(some)
    for name, find in methods.LEVELS.items():
        found = find(x)
        most = np.where(known.count(x) > 0, np.nan_to_num(x, nan=0.0).max(axis=1), 0)
        limit = np.full(len(x), most.max()) if name is Method.POOL else most
        assert (found >= 0).all(), name
        assert (found <= limit + 1e-9).all(), name


def test_a_season_is_found_in_draws_that_have_one():
    dice = np.random.default_rng(3)
    bins = np.arange(60) % 12
    year = 1 + 0.6 * np.sin(2 * np.pi * np.arange(12) / 12)
    x = dice.poisson(20 * year[bins], (40, 60)).astype(float)
    found = seasons.factors(x, bins, 12)
    assert np.abs(found.mean(axis=0) - year).max() < 0.06
    # An item that nobody buys has the others' season.
    x[0] = 0
    assert np.abs(seasons.factors(x, bins, 12)[0] - year).max() < 0.06


def test_a_promotion_is_what_it_multiplies():
    dice = np.random.default_rng(5)
    promoted = np.zeros((30, 50), dtype=bool)
    promoted[:, ::10] = True
    x = dice.poisson(np.where(promoted, 24, 8)).astype(float)
    assert seasons.promotion(x, promoted) == pytest.approx(3, abs=0.25)
    assert seasons.promotion(x, np.zeros_like(promoted)) == 1


def test_quantiles_are_those_of_the_poisson_and_the_negative_binomial():
    # Poisson 2: chances of up to 4 and 5 are 0.9473 and 0.9834.
    mean = np.array([2.0, 2.0, 0.0])
    assert spread.quantile(np.array([0.947, 0.948, 0.95]), mean, mean).tolist() == [4, 5, 0]
    # Negative binomial of mean 4 and variance 12: size 2, share 2/3; the chance of none is (1/3)^2, of one 4/27.
    below = spread.chance_below(np.array([0.0, 1.0, 2.0]), np.full(3, 4.0), np.full(3, 12.0))
    assert below == pytest.approx([0, 1 / 9, 1 / 9 + 4 / 27])


@pytest.mark.parametrize(
    ("mean", "variance"), [(0.3, 0.5), (3.0, 9.0), (140.0, 900.0), (160.0, 900.0), (5000.0, 250000.0)]
)
def test_quantiles_hold_for_draws(mean, variance):
    dice = np.random.default_rng(11)
    size = mean**2 / (variance - mean)
    drawn = dice.negative_binomial(size, size / (size + mean), 40_000)
    for level in (0.5, 0.9, 0.98):
        found = spread.quantile(level, np.array([mean]), np.array([variance]))[0]
        assert (drawn <= found).mean() >= level - 0.01
        assert (drawn <= found - max(1, 0.02 * found)).mean() < level + 0.01


def test_a_spread_is_learned_from_draws_and_its_level_holds():
    dice = np.random.default_rng(7)
    mean = dice.uniform(0.2, 30, 20_000)
    # Twice as much variance by chance as whole units have, and a level that is wrong by a third.
    level = mean * dice.gamma(9, 1 / 9, len(mean))
    came = dice.negative_binomial(np.maximum(level, 1e-9), 0.5).astype(float)
    found = spread.learn_spread(mean[:10_000], np.ones(10_000), came[:10_000])
    assert found.unit == pytest.approx(2, abs=0.3)
    assert found.level == pytest.approx(1 / 9, abs=0.03)
    for target in (0.8, 0.95, 0.99):
        units = spread.quantile(found.asked(target), mean[10_000:], found.variance(mean[10_000:], np.ones(10_000)))
        assert (came[10_000:] <= units).mean() == pytest.approx(target, abs=0.01)


def test_sizes_say_how_demands_come_together():
    x = rows([0, 10, 0, 10, 0, 10] * 10, [1, 1, 0, 1, 1, 0] * 10)
    assert sizes(x, prior=0.0).tolist() == pytest.approx([10, 1])


def test_accuracy_by_hand():
    said, came, upper = np.array([4.0, 0.0]), np.array([6.0, 1.0]), np.array([8.0, 0.0])
    found = accuracy.accuracy(said, came, np.array([2.0, 0.0]), 0.9, upper)
    assert (found.rmse, found.bias, found.mase) == pytest.approx((np.sqrt(2.5), -1.5, 1.0))
    assert (found.pinball, found.service) == pytest.approx(((0.1 * 2 + 0.9 * 1) / 2, 0.5))
    assert accuracy.steps(rows([1, 4, NAN, 2, 2]))[0] == pytest.approx(1.5)


def test_shelves_by_hand():
    levels, demand = np.full((1, 5), 3.0), rows([2, 2, 0, 1, 4])
    # Lead 1: 3 there, 2 go, 1 left; 2 asked with 1 + 0 there... what was ordered in a period comes in the next, in time for its demand.
    found = simulate(levels, demand, 1)
    # Ends: 1 (not counted), 1 - 2 = -1, then 2 come: 1, then 2 come: 2, then 0 come: -2.
    assert found.cycle == pytest.approx(2 / 4)
    assert found.fill == pytest.approx((1 + 0 + 1 + 2) / 7)
    assert found.held == pytest.approx((0 + 1 + 2 + 0) / 4)
    assert simulate(levels, demand, 0).orders == 3
