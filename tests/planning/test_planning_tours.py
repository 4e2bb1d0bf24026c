"""Walks over distances: never a place lost, the best of the small ones, the same with and without the compiler."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning import compiled
from oms.planning.insertion import inserted
from oms.planning.tours import shortest, walked


def best(distances):
    """The shortest walk from place 0 to the last, by Held and Karp."""
    inner = len(distances) - 2
    if inner <= 0:
        return distances[0, -1]
    costs = {(1 << n, n): distances[0, n + 1] for n in range(inner)}
    for seen in range(1, 1 << inner):
        for at in range(inner):
            if (seen, at) not in costs:
                continue
            for to in range(inner):
                if not seen >> to & 1:
                    key = (seen | 1 << to, to)
                    costs[key] = min(costs.get(key, np.inf), costs[seen, at] + distances[at + 1, to + 1])
    return min(costs[(1 << inner) - 1, at] + distances[at + 1, -1] for at in range(inner))


def on_a_plane(seed, count, one_way):
    draw = np.random.default_rng(seed)
    points = draw.integers(0, 50, (count, 2))
    distances = np.abs(points[:, None] - points[None, :]).sum(axis=2).astype(float)
    return distances + draw.integers(0, 30, (count, count)) if one_way else distances


@pytest.mark.parametrize("one_way", [False, True], ids=["both-ways", "one-way"])
@pytest.mark.parametrize("count", [2, 3, 4, 5, 8, 10, 12])
def test_small_walks_are_the_shortest(count, one_way):
    for seed in range(6 if count > 8 else 15):
        distances = on_a_plane(seed, count, one_way)
        order, length = shortest(distances)
        assert sorted(order) == list(range(count))
        assert (order[0], order[-1]) == (0, count - 1)
        assert length == pytest.approx(best(distances))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 40).flatmap(
        lambda count: st.lists(
            st.sampled_from([0.0, 0.1, 1.0, 7.0, 1e4]), min_size=count * count, max_size=count * count
        )
    ),
    st.integers(-3, 10**12),
)
def test_no_walk_loses_or_doubles_a_place(values, seed):
    count = int(len(values) ** 0.5)
    distances = np.array(values).reshape(count, count)
    order, length = shortest(distances, kicks=3, seed=seed)
    assert sorted(order) == list(range(count))
    assert (order[0], order[-1]) == (0, count - 1)
    assert length == pytest.approx(walked(distances, order))


def test_a_given_walk_never_gets_longer_and_stays_as_it_was_given():
    for seed in range(10):
        distances = on_a_plane(seed, 30, one_way=True)
        start = np.arange(30)
        _, length = shortest(distances, kicks=1, start=start)
        assert length <= walked(distances, start)
        assert list(start) == list(range(30))


@pytest.mark.skipif(not compiled.enabled(), reason="nothing to compare without the compiler")
def test_the_same_walk_without_the_compiler():
    for count, one_way in ((3, False), (13, False), (13, True), (25, True)):
        distances = on_a_plane(count, count, one_way)
        order, length = shortest(distances, kicks=3, seed=7)
        with compiled.plain():
            plain_order, plain_length = shortest(distances, kicks=3, seed=7)
        assert list(order) == list(plain_order)
        assert length == plain_length


def test_the_seed_decides_and_nothing_else():
    distances = on_a_plane(1, 40, one_way=False)
    first, again = (shortest(distances, kicks=5, seed=3)[0] for _ in range(2))
    assert list(first) == list(again)


def test_a_step_on_the_way_goes_where_it_adds_least():
    for seed in range(20):
        distances = on_a_plane(seed, 7, one_way=bool(seed % 2))
        walk, added = inserted(distances, np.array([0, 4, 2, 5]), np.array([6]))
        spots = [walked(distances, np.array([0, *(4, 2, 5)[:at], 6, *(4, 2, 5)[at:]])) for at in range(3)]
        assert walked(distances, walk) == min(spots)
        assert added[0] == pytest.approx(max(0, min(spots) - walked(distances, np.array([0, 4, 2, 5]))))
        assert [place for place in walk if place != 6] == [0, 4, 2, 5]


def test_several_steps_on_the_way_are_all_there_once():
    distances = on_a_plane(3, 12, one_way=True)
    walk, added = inserted(distances, np.array([0, 3, 1]), np.array([5, 6, 7, 8, 5]))
    assert sorted(walk) == [0, 1, 3, 5, 5, 6, 7, 8]
    assert (walk[0], walk[-1]) == (0, 1)
    assert (added >= 0).all()
    with pytest.raises(ValueError, match="somewhere"):
        inserted(distances, np.array([0]), np.array([1]))


def test_held_karp_itself_agrees_with_trying_everything():
    distances = on_a_plane(9, 7, one_way=True)
    tried = min(walked(distances, np.array([0, *inner, 6])) for inner in permutations(range(1, 6)))
    assert best(distances) == tried
